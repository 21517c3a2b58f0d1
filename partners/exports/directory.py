"""The directory of a sector, as data for `templates/typst/directory.typ`.

In it: the records in service that serve a commune of the sector, and those that stand there and
never said which zone they serve (rule R10). Not in it: named contacts, the line for professionals
(rule R6), the place of a confidential shelter (rule R7).
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from partners import hours, periods, permissions, phones
from partners.coverage import ZONE_RANKS, place_of_territory
from partners.exports import printed
from partners.imports import writing
from partners.models import UNSPECIFIED_ZONE, Helpline, Listing, SearchEntry, Situation, Territory

LOCAL_RANK = ZONE_RANKS[Territory.Kind.EPCI]
Row = dict[str, Any]


def pdf(sector: Territory) -> bytes:
    """The printed directory of a sector. Raises `printed.Unprintable`."""
    return printed.pdf("directory.typ", data(sector))


def data(sector: Territory) -> Row:
    """What the template is filled with."""
    place = place_of_territory(sector)
    today = timezone.localdate()
    listings = _listings(place)
    local = [one for one in listings if _is_local(one, place)]
    wide = [one for one in listings if one not in local]
    parts = {"Dans le secteur": local, "Pour tout le département, et au-delà": wide}
    return {
        "titre": "Annuaire des partenaires",
        "lieu": sector.name,
        "date": hours.format_date(today),
        "couverture": _cover(len(listings), today),
        "numeros": _helplines(place.zones),
        "parties": [
            {"titre": title, "fiches": [_record(one, today) for one in group]}
            for title, group in parts.items()
            if group
        ],
        "index": _index(listings),
    }


def _cover(count: int, today: date) -> list[str]:
    return [
        f"{count} partenaires et dispositifs, tels que l'annuaire les connaît au "
        f"{hours.format_date(today)}.",
        "Chaque numéro dit quand il a été vérifié, et après quelle date il faut le revérifier.",
        "N'écrivez ici aucun nom ni aucune information sur un locataire.",
    ]


def _listings(place: Any) -> list[Listing]:
    """Those of the sector by name, with all that a block says."""
    serving = SearchEntry.objects.filter(zone_ids__overlap=[*place.zones])
    asked = SearchEntry.objects.filter(
        zone_ids__contains=[UNSPECIFIED_ZONE], near_ids__overlap=[*place.near_ids]
    )
    keys = [*serving.values_list("pk", flat=True), *asked.values_list("pk", flat=True)]
    found = permissions.in_service(Listing.objects.filter(pk__in=keys))
    return list(writing.with_relations(found).order_by("search_key", "pk"))


def _is_local(listing: Listing, place: Any) -> bool:
    """Whether a zone of its own is no wider than an EPCI, or nobody knows its zone."""
    zones = [link.territory_id for link in listing.zone_links.all()]
    ranks = [place.zone_ranks[zone] for zone in zones if zone in place.zone_ranks]
    return not ranks or min(ranks) <= LOCAL_RANK


def _record(listing: Listing, today: date) -> Row:
    acronym = f" ({listing.acronym})" if listing.acronym else ""
    return {
        "cle": listing.pk,
        "nom": f"{listing.name}{acronym}",
        "message": _message(listing, today),
        "resume": listing.summary,
        "telephone": phones.display(listing.phone),
        "consigne": listing.phone_instructions,
        "courriel": listing.email,
        "horaires": [f"{days} {times}".strip() for days, times in _hours(listing)],
        "permanences": [] if listing.is_confidential else _permanences(listing),
        "adresse": _address(listing),
        "zone": _zone(listing),
        "situations": [link.situation.label for link in listing.situation_links.all()],
        "fraicheur": _freshness(listing),
    }


def _message(listing: Listing, today: date) -> str:
    if not listing.is_suspended_on(today):
        return ""
    return listing.suspension_message or "Fermé temporairement"


def _hours(listing: Listing) -> Iterable[tuple[str, str]]:
    note = [(listing.opening_hours_note, "")] if listing.opening_hours_note else []
    return [*hours.describe(listing.opening_hours), *note]


def _permanences(listing: Listing) -> list[str]:
    found = sorted(listing.permanences.all(), key=lambda permanence: permanence.pk)
    return [f"{one.commune}, {one.place}\u00a0: {_said(one)}" for one in found]


def _said(permanence: Any) -> str:
    booked = ", sur rendez-vous" if permanence.is_by_appointment else ""
    return hours.describe_permanence(permanence.hours) + booked


def _address(listing: Listing) -> str:
    if listing.is_confidential:
        return "lieu confidentiel"
    town = f"{listing.postal_code} {listing.commune or ''}".strip()
    return ", ".join(filter(None, [listing.address, listing.address_extra, town]))


def _zone(listing: Listing) -> str:
    if listing.is_zone_unspecified:
        return "zone non précisée, à demander"
    return ", ".join(sorted(link.territory.zone_label for link in listing.zone_links.all()))


def _freshness(listing: Listing) -> str:
    """When the number was checked, and from when on it should be again."""
    checked = [row.checked_on for row in listing.verifications.all() if row.is_of_phone]
    if not checked:
        return "Jamais vérifié\u00a0: à vérifier avant de s'y fier."
    day = max(checked)
    after = periods.end_of(day, listing.situation_links.all())
    return f"Vérifié le {hours.format_date(day)}, à vérifier après le {hours.format_date(after)}."


def _index(listings: list[Listing]) -> list[Row]:
    """By situation in the order of the home page, then the generalists: names and keys."""
    rows: dict[int | None, list[Row]] = {}
    for listing in listings:
        keys = {link.situation_id for link in listing.situation_links.all()}
        for key in [*keys, *([None] if listing.is_generalist else [])]:
            rows.setdefault(key, []).append({"cle": listing.pk, "nom": listing.name})
    known = [(one.pk, one.label) for one in Situation.objects.order_by("order", "pk")]
    return [
        {"situation": label, "fiches": rows[key]}
        for key, label in [*known, (None, "Généralistes")]
        if key in rows
    ]


def _helplines(zones: Iterable[int]) -> list[Row]:
    found = Helpline.objects.active().covering(list(zones)).order_by("order", "pk")
    return [
        {
            "numero": line.number,
            "nom": line.own_name if line.takes_calls else f"{line.own_name} (sans parler)",
            "horaires": line.hours or "Horaires à vérifier",
        }
        for line in found
    ]
