"""Directories drawn by chance around real communes, and what the search says of them."""

from datetime import date, timedelta

import time_machine

from partners import places, visit
from partners.coverage import communes_by_code, place_of_communes, place_of_territory
from partners.forms import YES_OR_NO
from partners.models import (
    CoverageZone,
    EntryPoint,
    Listing,
    ListingSituation,
    Permanence,
    Situation,
    Territory,
    TerritoryAlias,
    Verification,
    derived,
)
from partners.search import Criteria, matches_of, search
from partners.search.results import GENERALIST_TYPES
from tests.factories import ListingFactory, commune, territory

SITUATIONS = ["personnes-agees", "isolement", "impayes", "violences", "voisinage"]
AROUND = ["85182", "85031", "85109", "85047", "85113", "85163", "85076", "85191", "79050", "44043",
          "85090"]  # fmt: skip
"""Pouzauges and its neighbours, Challans, Yeu, Noirmoutier, Cugand at the edge, beyond it;
Sèvremont is made of several."""

HOURS = [
    "",
    "Mo-Fr 09:00-12:00,14:00-17:00; PH off",
    "Mo-Fr 08:30-12:30",
    "Tu,Th 14:00-18:30",
    "24/7",
    'Mo-Fr 09:00-12:00 "sur rendez-vous"',
    'Mo-Su "sur rendez-vous"',
    "Sa 10:00-12:00; Aug off; SH off",
    "Fr-Sa 22:00-02:00",
    "off",
    "week 1-53/2 Mo 09:00-10:00",
    'Mo-Fr 09:00-12:00 || "appeler l\'accueil"',
    "illisible",
    "Dec 25 10:00-12:00",
]
ROUNDS = ["Tu[2] 14:00-17:00", "Mo 09:00-12:00", "We[1,3] 10:00-12:00; Aug off", "sur rendez-vous"]
NAMES = ["Relais", "Le Relais", "Entraide", "Écoute", "Maison"]
FILTERS = ["ouvert", "domicile", "sans_rdv", "telephone", "distance", "convention", "verifie"]


def pack_of(sector, user, slugs=None, *, start):
    """The pack made at `start`, of these situations (slugs; None for all)."""
    chosen = None if slugs is None else list(Situation.objects.filter(slug__in=slugs))
    with time_machine.travel(start, tick=False):
        return visit.pack_of(sector, user, start, situations=chosen)


def draw(chance, today, count):
    """Write a world of so many records (`chance` is a `random.Random`)."""
    communes = {c.code: c for c in Territory.objects.filter(kind="commune", code__in=AROUND)}
    towns = [communes[code] for code in AROUND if code in communes]
    zones = _zones(towns)
    listings = Listing.objects.bulk_create(
        [_listing(chance, towns, today, number) for number in range(count)]
    )
    _relate(chance, listings, zones, towns, today)
    derived.refresh()
    return listings


def place_former_communes(chance):
    """Give a centre to some of the former communes `AROUND`; the codes of all that there are."""
    rows = list(TerritoryAlias.objects.filter(territory__code__in=AROUND).order_by("pk"))
    for row in chance.sample(rows, len(rows) * 2 // 3):
        row.latitude = row.territory.latitude + chance.uniform(-0.1, 0.1)
        row.longitude = row.territory.longitude + chance.uniform(-0.1, 0.1)
        row.save()
    return [row.code for row in rows]


def _zones(towns):
    holders = {pk for c in towns for pk in (c.pk, c.epci_id, c.departement_id, c.region_id)}
    wide = Territory.objects.filter(kind__in=["pays", "secteur"]).values_list("pk", flat=True)
    return sorted(holders - {None}) + list(wide)


def _maybe(chance, share, value, other=None):
    return value if chance.random() < share else other


def _day(chance, today, share):
    return _maybe(chance, share, today + timedelta(days=chance.randint(-3, 9)))


def _listing(chance, towns, today, number):
    is_generalist = chance.random() < 0.25
    is_confidential = chance.random() < 0.08
    town = _maybe(chance, 0.85, chance.choice(towns))
    has_point = town is not None and not is_confidential and chance.random() < 0.5
    first = _day(chance, today, 0.15)
    shift = [chance.uniform(-0.2, 0.2) for _ in range(2)]
    name = chance.choice(NAMES)
    return Listing(
        status=Listing.Status.PUBLISHED,
        kind=chance.choice(Listing.Kind.values),
        name=name,
        search_key=name.lower().replace("é", "e"),
        summary="Rend visite.",
        source="tirage",
        source_id=str(number),
        audiences=chance.choice([[], [], ["tous-publics"], ["jeunes"], ["familles", "seniors"]]),
        phone=_maybe(chance, 0.8, f"+3326191{5000 + number:04d}", ""),
        email="a@example.org",
        structure_type=chance.choice(GENERALIST_TYPES) if is_generalist else "association",
        is_generalist=is_generalist,
        is_zone_strict=chance.random() < 0.3,
        is_zone_unspecified=chance.random() < 0.25,
        is_confidential=is_confidential,
        commune=town,
        latitude=town.latitude + shift[0] if has_point else None,
        longitude=town.longitude + shift[1] if has_point else None,
        opening_hours=chance.choice(HOURS),
        appointment=chance.choice(["", *Listing.Appointment.values]),
        home_visits=chance.random() < 0.3,
        reception_modes=_maybe(chance, 0.3, ["a-distance"], []),
        has_convention=chance.random() < 0.6,
        convention_until=_day(chance, today, 0.4),
        suspended_from=first,
        suspended_until=first and first + timedelta(days=chance.randint(0, 9)),
        suspension_message=_maybe(chance, 0.5, "Fermé pour travaux", ""),
        notice=_maybe(chance, 0.3, "Déménage bientôt", ""),
        notice_until=_day(chance, today, 0.5),
    )


def _relate(chance, listings, zones, towns, today):
    known = list(Situation.objects.filter(slug__in=SITUATIONS).order_by("pk"))
    roles = ListingSituation.Role.values
    links, served, rounds, checks, doors = [], [], [], [], []
    for listing in listings:
        for situation in chance.sample(known, chance.randint(0, 3)):
            is_first = chance.random() < 0.15
            link = {"situation": situation, "role": chance.choice(roles), "is_first": is_first}
            links.append(ListingSituation(listing=listing, **link))
        covered = chance.sample(zones, chance.choice([0, 1, 1, 1, 2, 3]))
        served += [CoverageZone(listing=listing, territory_id=zone) for zone in covered]
        for number in range(chance.choice([0, 0, 0, 1, 2])):
            place = {"commune": chance.choice(towns), "place": f"salle {number}"}
            asked = {"hours": chance.choice(ROUNDS), "is_by_appointment": chance.random() < 0.3}
            rounds.append(Permanence(listing=listing, **place, **asked))
        if chance.random() < 0.5:
            day = today - timedelta(days=chance.randint(355, 370))
            checks.append(
                Verification(listing=listing, scope="telephone", method="appel", checked_on=day)
            )
        if listing.kind == Listing.Kind.SCHEME:
            where = {"territory_id": chance.choice(zones), "label": "Porte"}
            doors.append(EntryPoint(scheme=listing, **where))
    for rows in (links, served, rounds, checks, doors):
        if rows:
            type(rows[0]).objects.bulk_create(rows)


# Questions


def ask(chance, codes, slugs, start):
    """A question as `search` of visit-search.js takes it, `at` in ISO 8601."""
    needs = chance.sample(slugs, min(len(slugs), chance.choice([0, 1, 1, 1, 2, 3])))
    if "violences" in slugs and chance.random() < 0.25:
        needs = list(dict.fromkeys([*needs, "violences"]))
    minutes = chance.randint(0, 7 * 24 * 60 - 1)
    return {
        "situations": needs,
        "communes": chance.sample(codes, min(len(codes), chance.choice([0, 1, 1, 1, 1, 2, 3]))),
        "audience": chance.choice(["", "", "", "seniors", "jeunes"]),
        "filters": chance.sample(FILTERS, chance.choice([0, 0, 0, 1, 2])),
        "opened": chance.sample(["deplace", "plusieurs", "pres"], chance.choice([0, 0, 1])),
        "at": (start + timedelta(minutes=minutes)).isoformat(),
    }


def criteria_of(asked, at, territory):
    """The `Criteria` of the same question online; `territory` is the sector without a commune."""
    by_code = communes_by_code(asked["communes"])
    communes = places.each_once(by_code[code] for code in asked["communes"])
    needs = Situation.objects.filter(slug__in=asked["situations"]).order_by("order", "pk")
    return Criteria(
        place=place_of_communes(communes) if communes else place_of_territory(territory),
        at=at,
        situations=tuple(needs),
        audience=asked["audience"],
        **{YES_OR_NO[name][0]: True for name in asked["filters"]},
    )


def answer(criteria, opened):
    """What online says, in the shape of `ANSWER_ALL`."""
    found = search(criteria, opened=opened)
    every = matches_of(criteria, opened=opened)
    return {
        "blocks": [
            {
                "slug": block.slug,
                "title": block.title,
                "intro": block.intro,
                "folded": block.is_folded,
                "cards": [_card(card) for card in block.cards],
                "all": [[m.pk, m.number, m.km] for slug, m in every if slug == block.slug],
            }
            for block in found.blocks
        ],
        "strip": [_card(card) for card in found.danger_partners],
        "message": found.danger_message,
        "danger": [line.label for line in found.danger],
        "helplines": [line.label for line in found.helplines],
        "referents": [[one.agency_name, one.subject] for one in found.referents],
        "team": [[one.agency_name, one.subject] for one in found.team],
        "calls": [card.listing.pk for card in found.calls],
        "total": found.total,
        "place": criteria.place.label,
    }


def _card(card):
    return {
        "id": card.listing.pk,
        "number": card.number,
        "verdict": [card.verdict.kind, card.verdict.label],
        "needs": [[need.slug, need.is_core, need.is_first] for need in card.needs],
        "first": card.is_first,
        "opening": [card.opening.kind, card.opening.label, card.opening.comment],
        "open": card.is_open,
        "permanence": card.permanence,
        "suspension": card.suspension,
        "notice": card.notice,
        "marks": [card.has_convention, card.is_verified],
        "door": card.door.territory if card.door else None,
    }


ANSWER_ALL = """({ packs, asked }, visit) => {
    const card = (one) => ({
        id: one.record.id,
        number: one.number,
        verdict: [one.verdict.kind, one.verdict.label],
        needs: one.needs.map((need) => [need.slug, need.isCore, need.isFirst]),
        first: one.isFirst,
        opening: [one.opening.kind, one.opening.label, one.opening.comment],
        open: one.isOpen,
        permanence: one.permanence,
        suspension: one.suspension,
        notice: one.notice,
        marks: [one.hasConvention, one.isVerified],
        door: one.door?.territory ?? null,
    });
    const person = ({ agency, subject }) => [agency, subject];
    return asked.map(([pack, { at, ...facts }]) => {
        const found = visit.search(packs[pack], { ...facts, at: new Date(at) });
        return {
            blocks: found.blocks.map((block) => ({
                slug: block.slug,
                title: block.title,
                intro: block.intro,
                folded: block.isFolded,
                cards: block.results.slice(0, block.shown).map(card),
                all: block.results.map(({ record, number, km }) => [record.id, number, km]),
            })),
            strip: found.danger.partners.map(card),
            message: found.danger.message,
            danger: found.danger.helplines.map(({ label }) => label),
            helplines: found.helplines.map(({ label }) => label),
            referents: found.referents.map(person),
            team: found.team.map(person),
            calls: found.calls.map(({ record }) => record.id),
            total: found.total,
            place: found.place.label,
        };
    });
}"""


# The shared table


def write(records):
    """Write the records of the table; {primary key: name}."""
    names = {_write(name, dict(facts)).pk: name for name, facts in records.items()}
    derived.refresh()
    return names


def _write(name, facts):
    code, rounds = facts.pop("commune"), facts.pop("permanences", [])
    first = facts.pop("first", [])
    zones = [_territory(text) for text in facts.pop("zones")]
    until = facts.pop("suspended_until", None)
    listing = ListingFactory(
        name=name,
        commune=code and commune(code),
        zones=zones,
        suspended_until=until and date.fromisoformat(until),
        **facts,
    )
    listing.situation_links.filter(situation__slug__in=first).update(is_first=True)
    for where, place, osm in rounds:
        listing.permanences.create(commune=commune(where), place=place, hours=osm)
    return listing


def _territory(text):
    kind, code = text.split(":")
    return commune(code).epci if kind == "epci" else territory(kind, code)


def question(asked, at):
    return {"filters": [], "audience": "", "opened": [], "at": at} | asked


def told(answer, names):
    """The names of each block, of the strip and of the calls, when there are any."""
    blocks = {one["slug"]: [names[row[0]] for row in one["all"]] for one in answer["blocks"]}
    strip = {"bandeau": [names[card["id"]] for card in answer["strip"]]}
    calls = {"appels": [names[key] for key in answer["calls"]]}
    return {slug: found for slug, found in (strip | calls | blocks).items() if found}
