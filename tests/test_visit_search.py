"""The search without a network answers as online: same blocks, same order, same words."""

import json
import random
import re
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from partners import hours, places, words
from partners.models import InternalReferent, SectorCommune
from partners.visit.timetable import Timetable
from tests.factories import AgencyFactory, ListingFactory, UserFactory, commune, territory
from tests.visit import in_browser, worlds

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 12, 18, 11, 3, tzinfo=PARIS)  # Christmas is in the week
TODAY = START.date()
RECORDS, QUESTIONS = 160, 36


INLAND, ISLANDS = ["85182", "85031", "85109", "85090"], ["85113", "85163", "85076", "85047"]


def agency(name, codes):
    made = AgencyFactory(name=name)
    for code in codes:
        SectorCommune.objects.create(sector=made.sector, commune=commune(code))
    for subject in ("loyer", "social", "voisinage"):
        InternalReferent.objects.create(agency=made, subject=subject, name="Le pôle")
    return made


TABLE = json.loads((Path(worlds.__file__).parent / "cases.json").read_text())
CASES = {case["name"]: case for case in TABLE["cases"]}
TUESDAY = "2026-11-24T10:00:00+01:00"

pack_of = partial(worlds.pack_of, start=START)


def test_drawn_world_is_searched_as_online(tmp_path):
    chance = random.Random(7)
    own, other = agency("Bocage", INLAND), agency("Îles", ISLANDS)
    worlds.draw(chance, TODAY, RECORDS)
    former = worlds.place_former_communes(chance)
    user = UserFactory(agency=own)
    some = ["isolement", "violences"]
    sectors = [own.sector, territory("departement", "85"), other.sector]
    chosen = [None, worlds.SITUATIONS, some]
    packs = [
        pack_of(*facts, slugs)
        for facts, slugs in zip([(s, user) for s in sectors], chosen, strict=True)
    ]
    asked, expected = [], []
    for number in range(QUESTIONS):
        at = number % len(packs)
        rows = packs[at]["communes"]
        known = [row["code"] for row in rows]
        known += [code for row in rows for _, _, code, _ in row.get("former", [])]
        codes = [code for code in [*worlds.AROUND, *former] if code in known] or known
        question = worlds.ask(chance, codes, chosen[at] or worlds.SITUATIONS, START)
        if chosen[at] is not None and not question["situations"]:
            question["situations"] = chosen[at][:1]
        criteria = worlds.criteria_of(question, datetime.fromisoformat(question["at"]), sectors[at])
        asked.append([at, question])
        expected.append(worlds.answer(criteria, question["opened"]))
    found = in_browser(tmp_path, {"packs": packs, "asked": asked}, worlds.ANSWER_ALL)
    for question, mine, theirs in zip(asked, found, expected, strict=True):
        assert mine == theirs, question


def test_table_is_large_and_uses_every_block():
    blocks = {slug.partition("-")[0] for case in CASES.values() for slug in case["expect"]}
    assert blocks == {"pres", "deplace", "hors", "continent", "plusieurs", "besoin", "bandeau",
                      "appels", "generalistes"}  # fmt: skip
    assert len(CASES) == len(TABLE["cases"]) >= 15


def test_shared_cases(tmp_path):
    """What the rule says, by name: online and without a network."""
    names = worlds.write(TABLE["records"])
    sector = territory("departement", "85")
    pack = pack_of(sector, UserFactory(), start=datetime.fromisoformat(TUESDAY) - timedelta(days=1))
    asked = [worlds.question(case["ask"], TUESDAY) for case in CASES.values()]
    online = [
        worlds.answer(worlds.criteria_of(one, datetime.fromisoformat(one["at"]), sector), ())
        for one in asked
    ]
    found = in_browser(
        tmp_path, {"packs": [pack], "asked": [[0, one] for one in asked]}, worlds.ANSWER_ALL
    )
    for name, mine, theirs in zip(CASES, found, online, strict=True):
        assert worlds.told(theirs, names) == CASES[name]["expect"], name
        assert worlds.told(mine, names) == CASES[name]["expect"], name


# Opening hours

EXPRESSIONS = [
    *worlds.HOURS, *worlds.ROUNDS, "Mo-Su 00:00-24:00", "Mo-Fr 09:00-17:00; Dec 24-26 off",
    "Mo-Th 20:00-26:00", "PH 10:00-12:00", "Mo-We 09:00-12:00; PH,SH off", "Jan 4 09:00-12:00",
    'Mo 09:00-12:00 "sonner"', "Sa-Mo 00:00-24:00", 'Th-Su "sur rendez-vous"', "2027 Jan 02-Feb 28",
    'Mo-Fr 10:00-11:00; Tu off "réunion"', "Mo-Fr 09:00-12:00; Dec 18-Jan 03 off",
]  # fmt: skip
PLACES = ["85", "974", "57", "971"]
OPENINGS = """({ pack, asked }, { openingAt, comingDays }) => asked.map(([index, at]) => {
    const { kind, label, comment } = openingAt(pack, index ?? undefined, new Date(at));
    return [kind, label, comment, comingDays(pack, index ?? undefined, new Date(at))];
})"""


def test_hours_are_told_as_online_at_any_minute_of_the_week(tmp_path):
    """Christmas, the new year and other time zones included."""
    chance = random.Random(1)
    timetable = Timetable(TODAY - timedelta(days=1))
    asked, expected = [], []
    for osm in EXPRESSIONS:
        for departement in PLACES:
            index = timetable.index(osm, departement)
            for _ in range(12):
                at = START + timedelta(minutes=chance.randint(0, 7 * 24 * 60))
                asked.append([index, at.isoformat()])
                expected.append(_hours(osm, at, departement))
    pack = {
        "first_day": timetable.first_day.isoformat(),
        "holidays": timetable.holidays(),
        "hours": timetable.rows,
    }
    found = in_browser(tmp_path, {"pack": pack, "asked": asked}, OPENINGS)
    for facts, mine, theirs in zip(asked, found, expected, strict=True):
        assert mine == theirs, (timetable.rows[facts[0]] if facts[0] is not None else "", facts)


def _hours(osm, at, departement):
    found = hours.state(osm, at, departement=departement)
    days = hours.coming(osm, at, departement=departement) or hours.describe(osm)
    return [found.kind, found.label, found.comment, [list(line) for line in days]]


# Words

TYPED = [
    "Pouzauges", "pouz", "POUZAUGES ", "85700", "85182", "la roche", "La Roche s/ Yon", "st jean",
    "St Jean de Monts", "les herbiers", "Essarts", "L'Oie", "85000 La Roche sur Yon cedex 9",
    "Pouzauges (85700)", "Aubigny", "Aubigny (Aubigny-Les Clouzeaux)", "saint", "ile d'yeu", "yeu",
    "Châteauneuf", "chateau", "85999", "", "   ", "l", "zzz", "Sainte-Hermine", "Le Bernard",
    "bernard", "Île-d'Olonne", "2A004", "75001", "x" * 200, "Le Perrier 85300", "Œuvre",
    "Saint-Michel", "st michel", "85", "Mareuil", "85320", "Les Sables", "olonne",
]  # fmt: skip
READ = """({ pack, typed }, { resolveCommunes, fold, foldPlace }) => typed.map((text) => [
    fold(text), foldPlace(text), resolveCommunes(pack, text).map(({ code }) => code),
])"""


def test_communes_are_understood_as_online(tmp_path):
    pack = pack_of(territory("departement", "85"), UserFactory(), ["isolement"])
    names = [row["name"] for row in pack["communes"]]
    former = [name for row in pack["communes"] for name, *_ in row.get("former", [])]
    chance = random.Random(2)
    typed = TYPED + chance.sample(names, 25) + chance.sample(former, 15)
    found = in_browser(tmp_path, {"pack": pack, "typed": typed}, READ)
    for text, (folded, place, codes) in zip(typed, found, strict=True):
        assert (folded, place) == (words.fold(text), words.fold_place(text))
        online = [one.code for one in places.resolve(text, departement="85")]
        assert codes == [
            code for code in online if code in {r["code"] for r in pack["communes"]}
        ], text


MAP = "({ pack, records }, { smallMap }) => records.map((record) => smallMap(pack, record))"


def test_small_map_shows_the_commune_of_a_partner_and_hides_a_shelter(tmp_path):
    ListingFactory(name="Ici")
    ListingFactory(name="Abri", is_confidential=True)
    pack = pack_of(commune("85182").epci, UserFactory())
    records = sorted(pack["records"], key=lambda record: record["name"])
    shelter, here = in_browser(tmp_path, {"pack": pack, "records": records}, MAP)
    assert shelter is None
    assert here["names"][0]["text"] == "Pouzauges"
    assert here["label"] == "Petite carte\u00a0: Ici, Pouzauges"
    assert len(here["paths"]) > 3
    assert all(re.fullmatch(r"(M-?\d+,-?\d+(L-?\d+,-?\d+)+Z)+", path) for path in here["paths"])
    assert here["dot"] == {"x": 160, "y": 90}
