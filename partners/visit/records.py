"""The records of a pack: the facts of a card and of a page, for any commune of the sector.

A row: {id, url, kind, name, acronym, key (folded name), summary, type, type_label, is_generalist,
is_strict, is_confidential, is_unspecified; core, helps, first (slugs); zones (indexes), elsewhere
(it has others); sites: [[lat, lon, commune, code, key of a permanence or 0]] as in `SearchEntry`;
commune, address, without_car; phone, href, instructions, email, website, request_url, access_url;
hours (index), hours_note, appointment, appointment_label, fees_label, fees_details; description,
conditions, audiences, audience_details, help, advice; callers, agreement; filters (names of
`YES_OR_NO`); convention_until, checked_on, checked_how, recheck_after, freshness, fault; closed
{from, until, message}, notice {text, from, until}; permanences: [{id, commune, where, place, hours,
on_request}]; papers: [{name, note, optional}]; doors: [{zone, name, territory, phone, href,
instructions, email, website, note, record}], the most local first; criteria}.
"""

from datetime import date

from django.db import connection

from partners import announcing, doors, matches, periods, phones, words
from partners.cards import Card, build_cards
from partners.forms import YES_OR_NO
from partners.imports.column import PLACE
from partners.imports.columns import BY_HEADER
from partners.matches import BITS, Moment
from partners.models import (
    GENERALIST,
    UNSPECIFIED_ZONE,
    Audience,
    Fees,
    HelpKind,
    Listing,
    ListingSituation,
    Paper,
    StructureType,
    Verification,
    facets,
)
from partners.models.derived import FOREVER
from partners.visit.ground import Ground
from partners.visit.rows import Row, full
from partners.visit.timetable import Timetable

TEXTS = {
    "name": "nom",
    "acronym": "sigle",
    "summary": "resume",
    "description": "description",
    "conditions": "conditions_acces",
    "audience_details": "publics_precisions",
    "instructions": "consigne_telephone",
    "email": "courriel",
    "website": "site_web",
    "hours_note": "horaires_precisions",
    "appointment": "rendez_vous",
    "fees_details": "frais_precisions",
    "advice": "mobilisation_precisions",
    "request_url": "lien_mobilisation",
    "access_url": "accessibilite_lieu",
}
"""Names of a row: columns of the census, which know what shows where a shelter is (rule R7)."""

ADDRESS = ("adresse", "complement_adresse")
WAY_THERE = "venir_sans_voiture"
STORED = {name for name, value in facets.STORED if not value}
FILTERS = {name: BITS[attr, ""] for name, (attr, _) in YES_OR_NO.items() if attr in STORED}

CANDIDATES = """
    (zone_ids && %(codes)s::int[]
     OR (near_ids && %(near)s::int[] AND zone_ids <> '{}' AND NOT is_zone_strict
         AND NOT is_generalist AND NOT %(unspecified)s = ANY(zone_ids)))
    AND (%(all)s OR situation_ids && %(needs)s::int[])
    ORDER BY listing_id LIMIT %(most)s
"""
"""What a search in one commune or another may find: see `partners.search.finding`."""

DOORS = f"""
    SELECT entry.scheme_id, found.territory_id, to_jsonb(found) FROM ({doors.ROWS}
        AND e.scheme_id = ANY(%(schemes)s::int[]) AND e.territory_id = ANY(%(zones)s::int[])
    ) found JOIN partners_entrypoint entry ON entry.id = found.id
    ORDER BY found.rank, found."order", found.id
"""  # noqa: S608


def cards_of(ground: Ground, situations, at, *, most: int) -> list[Card]:
    """The cards of what may be found, `most` + 1 at most; `situations` is None for any."""
    moment = Moment(ground.whole, at)
    near = ground.near_ids
    asked = {
        "codes": [*ground.whole.zones, *(-code for code in near)],
        "near": near,
        "unspecified": UNSPECIFIED_ZONE,
        "all": situations is None,
        "needs": [GENERALIST, *(situation.pk for situation in situations or ())],
        "most": most + 1,
    }
    found = matches.select(moment, CANDIDATES, asked)
    return list(build_cards(found, moment, is_whole=True).values())


class Records:
    """Rows of cards, with what stands around them: three queries, whatever their number."""

    def __init__(self, cards: list[Card], ground: Ground, timetable: Timetable) -> None:
        self._ground, self._timetable = ground, timetable
        self._cards = cards
        keys = [card.listing.pk for card in cards]
        self._links = _grouped(
            ListingSituation.objects.filter(listing__in=keys)
            .with_situation()
            .order_by("situation__order", "situation__pk")
        )
        self._papers = _grouped(Paper.objects.filter(listing__in=keys).order_by("order", "pk"))
        self._doors = _doors(
            [card.listing.pk for card in cards if card.listing.kind == Listing.Kind.SCHEME],
            ground,
        )

    def rows(self) -> list[Row]:
        return [self._row(card) for card in self._cards]

    def _row(self, card):
        listing, links = card.listing, self._links.get(card.listing.pk, [])
        row = {
            "id": listing.pk,
            "url": card.url,
            "kind": listing.kind,
            "key": listing.search_key,
            "type": listing.structure_type,
            "type_label": _label(StructureType, listing.structure_type),
            "is_generalist": listing.is_generalist,
            "is_strict": listing.is_zone_strict,
            "is_confidential": listing.is_confidential,
            "is_unspecified": listing.is_zone_unspecified,
            **{name: _said(listing, header) for name, header in TEXTS.items()},
            **_situations(links),
            **self._place(card),
            **self._reached(card),
            **_offer(card),
            **_trust(card, links),
            **_announcements(listing),
            "papers": [
                full({"name": paper.name, "note": paper.note, "optional": not paper.is_required})
                for paper in self._papers.get(listing.pk, [])
            ],
            "doors": self._doors.get(listing.pk),
            "criteria": listing.has_criteria,
        }
        return full(row)

    def _place(self, card):
        listing = card.listing
        zones = self._ground.indexes(listing.zone_keys)
        return {
            "zones": zones,
            "elsewhere": len(zones) < len(listing.zone_keys),
            "sites": [_site(site) for site in card.match.sites],
            "commune": "" if listing.is_confidential else listing.commune_name,
            "address": _address(listing),
            "without_car": "" if _is_hidden(listing, WAY_THERE) else listing.without_car,
            "permanences": [self._permanence(held) for held in card.match.permanences],
        }

    def _permanence(self, held):
        return full(
            {
                "id": held["id"],
                "commune": held["commune"],
                "where": words.at_place(held["name"]),
                "place": held["place"],
                "hours": self._timetable.index(held["hours"], held["departement"]),
                "on_request": held["on_request"],
            }
        )

    def _reached(self, card):
        listing = card.listing
        return {
            "phone": card.phone,
            "href": card.phone_href,
            "hours": self._timetable.index(listing.opening_hours, card.match.departement),
            "callers": listing.mobilisable_by,
            "agreement": listing.needs_agreement,
        }


def _grouped(rows):
    found = {}
    for row in rows:
        found.setdefault(row.listing_id, []).append(row)
    return found


def _doors(schemes, ground):
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(DOORS, {"schemes": schemes, "zones": [*ground.whole.zones]})
        for scheme, territory, text in cursor.fetchall():
            door = _door(doors.read(text), ground.index(territory))
            found.setdefault(scheme, []).append(door)
    return found


def _door(door, zone):
    return full(
        {
            "zone": zone,
            "name": door.name,
            "territory": door.territory,
            "phone": phones.display(door.phone),
            "href": phones.href(door.phone),
            "instructions": door.instructions,
            "email": door.email,
            "website": door.website,
            "note": door.note,
            "record": door.listing_id or None,
        }
    )


def _said(listing, header):
    """What a column of the census says; nothing of the place of a confidential record."""
    return "" if _is_hidden(listing, header) else getattr(listing, BY_HEADER[header].attr)


def _is_hidden(listing, header):
    return listing.is_confidential and BY_HEADER[header].secrecy == PLACE


def _situations(links):
    role = ListingSituation.Role
    return {
        "core": [link.situation.slug for link in links if link.role == role.CORE],
        "helps": [link.situation.slug for link in links if link.role == role.HELPS],
        "first": [link.situation.slug for link in links if link.is_first],
    }


def _site(site):
    return [site.latitude, site.longitude, site.commune_id, site.near_id, site.permanence_id]


def _address(listing):
    if listing.is_confidential:
        return []
    town = f"{listing.postal_code} {listing.commune_name or ''}".strip()
    return [line for line in (*(_said(listing, name) for name in ADDRESS), town) if line]


def _offer(card):
    listing = card.listing
    return {
        "appointment_label": _label(Listing.Appointment, listing.appointment),
        "fees_label": _label(Fees, listing.fees),
        "audiences": [_label(Audience, value) for value in listing.audiences],
        "help": [_label(HelpKind, value) for value in listing.help_kinds],
        "filters": [name for name, bit in FILTERS.items() if card.match.mask & bit],
    }


def _label(choices, value):
    return str(choices(value).label) if value in choices.values else value


def _trust(card, links):
    listing, checked = card.listing, card.verified_on
    until = listing.convention_until or date.fromisoformat(FOREVER)
    return {
        "convention_until": until.isoformat() if listing.has_convention else "",
        "checked_on": checked.isoformat() if checked else "",
        "checked_how": Verification.Method(listing.checked_by_method).label if checked else "",
        "recheck_after": periods.end_of(checked, links).isoformat() if checked else "",
        "freshness": card.freshness,
        "fault": card.has_fault,
    }


def _announcements(listing):
    found = {"closed": None, "notice": None}
    for one in announcing.standing(listing):
        days = {"from": one.first and str(one.first), "until": one.last and str(one.last)}
        name, text = ("closed", "message") if one.is_closure else ("notice", "text")
        found[name] = full({text: one.text, **days})
    return found
