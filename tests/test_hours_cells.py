"""Cells of a real census to expressions."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners import hours

CENSUS = Path(__file__).resolve().parents[2] / "shared/data/reel/liste-fs-20240801.csv"
COLUMNS = ("h_lundi", "h_mardi", "h_mercredi", "h_jeudi", "h_vendredi", "h_samedi")
MORNING, AFTERNOON = ("09:00", "12:00"), ("14:00", "17:00")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def notes(cell: str) -> list[str]:
    return [plain(note) for note in hours.parse_cell(cell)[1]]


@pytest.mark.parametrize(
    "cell",
    [
        "09:00 - 12:00 / 14:00 - 17:00",
        "09:00-12:00;14:00-17:00",
        "9h-12h / 14h-17h",
        "9h00 – 12h00, 14h00 – 17h00",
        "9 h à 12 h et 14 h à 17 h",
        "de 9h à midi et de 14h à 17h",
        "9h-12h\n14h-17h",
        "9H-12H - 14H-17H",
        "09.00-12.00 / 14.00-17.00",
        "14:00 - 17:00 / 09:00 - 12:00",
        "Matin : 9h-12h, après-midi : 14h-17h",
    ],
)
def test_cells_read_without_a_note(cell):
    assert hours.parse_cell(cell) == ((MORNING, AFTERNOON), ())


def test_minutes_after_h():
    assert hours.parse_cell("9h30 à 12h")[0] == (("09:30", "12:00"),)
    assert hours.parse_cell("9 h 30 - 12 h 15")[0] == (("09:30", "12:15"),)


@pytest.mark.parametrize("cell", ["", "  ", "fermé", "Fermée", "-"])
def test_closed_cells(cell):
    assert hours.parse_cell(cell) == ((), ())


@pytest.mark.parametrize(
    ("cell", "slots", "note"),
    [
        ("00:00 - 00:00", (), "« 00:00 - 00:00 » ignoré, aucun horaire"),
        (
            "00:00 - 00:00 / 09:00 - 12:00",
            (MORNING,),
            "« 00:00 - 00:00 » ignoré dans « 00:00 - 00:00 / 09:00 - 12:00 », aucun horaire",
        ),
        (
            "09:00 - 12:00 / 09:00 - 16:30 / 14:00 - 16:30",
            (("09:00", "16:30"),),
            "créneaux qui se chevauchent dans « 09:00 - 12:00 / 09:00 - 16:30 / 14:00 - 16:30 », "
            "devenu 9 h – 16 h 30",
        ),
        (
            "09:00 - 11:00 / 11:00 - 12:00 / 14:00 - 17:00",
            (MORNING, AFTERNOON),
            "créneaux qui se touchent dans « 09:00 - 11:00 / 11:00 - 12:00 / 14:00 - 17:00 », "
            "devenu 9 h – 12 h, 14 h – 17 h",
        ),
        (
            "09:00 - 12:00 / 09:00 - 12:00",
            (MORNING,),
            "créneau en double dans « 09:00 - 12:00 / 09:00 - 12:00 », devenu 9 h – 12 h",
        ),
        (
            "09:00 - 12:00 / 17:00 - 14:00",
            (MORNING,),
            "« 17:00 - 14:00 » écarté, la fin ne suit pas le début",
        ),
        ("09:00 - 12:00 / 14:00 -", (MORNING,), "« 14:00 » écarté, illisible"),
        (
            "09:00 - 12:00 / 25:00 - 26:00",
            (MORNING,),
            "« 25:00 - 26:00 » écarté, ce n'est pas une heure",
        ),
        (
            "20:00 - 00:00",
            (("20:00", "24:00"),),
            "« 20:00 - 00:00 » compris comme une fin à minuit",
        ),
        (
            "1er mardi 9h-12h",
            (),
            "« 1er mardi 9h-12h » n'a pas été compris, gardé comme texte à vérifier",
        ),
        ("sur rendez-vous", (), "sur rendez-vous"),
        ("9h-12h sur RDV", (MORNING,), "sur rendez-vous"),
    ],
)
def test_changed_cells_say_what_became_what(cell, slots, note):
    assert hours.parse_cell(cell)[0] == slots
    assert notes(cell) == [note]


def test_week_is_grouped_by_equal_days():
    both, morning = "09:00 - 12:00 / 14:00 - 17:00", "09:00 - 12:00"
    week = {0: both, 1: both, 2: both, 3: morning, 4: both, 5: ""}
    assert hours.from_slots(week) == hours.SlotsResult(
        "Mo-We,Fr 09:00-12:00,14:00-17:00; Th 09:00-12:00", ()
    )


def test_week_of_slots_is_accepted():
    assert hours.from_slots({0: [MORNING, AFTERNOON], 6: [MORNING], 3: []}).osm == (
        "Mo 09:00-12:00,14:00-17:00; Su 09:00-12:00"
    )


def test_appointments_and_closed_weeks():
    week = {0: "sur rendez-vous", 1: "9h-12h sur RDV", 2: "uniquement sur rdv", 3: "fermé"}
    assert hours.from_slots(week).osm == (
        'Mo,We "sur rendez-vous"; Tu 09:00-12:00 "sur rendez-vous"'
    )
    assert hours.from_slots({0: "", 1: ""}).osm == ""
    assert hours.from_slots({0: "fermé", 1: ""}).osm == "off"


def test_notes_name_their_day():
    result = hours.from_slots({2: "00:00 - 00:00", 4: "17:00 - 14:00"})
    assert [plain(note) for note in result.notes] == [
        "Mercredi : « 00:00 - 00:00 » ignoré, aucun horaire",
        "Vendredi : « 17:00 - 14:00 » écarté, la fin ne suit pas le début",
    ]


def test_unreadable_day_is_unknown_not_closed():
    osm = hours.from_slots({0: 'selon "planning"', 1: "9h-12h"}).osm
    assert osm == "Mo unknown \"selon 'planning'\"; Tu 09:00-12:00"
    assert ("Lundi", "selon 'planning'") in hours.describe(osm)


def test_day_outside_the_week_is_refused():
    with pytest.raises(ValueError, match="day 7"):
        hours.from_slots({7: "9h-12h"})


@given(st.dictionaries(st.integers(0, 6), st.text(max_size=30)))
def test_any_text_gives_a_valid_expression(days):
    result = hours.from_slots(days)
    hours.validate(result.osm)


@given(st.from_regex(r"\A[0-9h:/ -]{0,25}\Z"))
def test_slots_come_sorted_and_apart(cell):
    slots, _ = hours.parse_cell(cell)
    flat = [moment for slot in slots for moment in slot]
    assert flat == sorted(set(flat))


# The real census: 2,845 places, six days each.


@pytest.fixture(scope="module")
def census():
    if not CENSUS.exists():
        pytest.skip(f"{CENSUS} is not on this machine")
    with CENSUS.open(encoding="utf-8-sig", newline="") as file:
        return [[row[column] for column in COLUMNS] for row in csv.DictReader(file)]


def test_plain_cells_round_trip_exactly(census):
    written = 0
    for cell in {cell for row in census for cell in row if cell.strip()}:
        slots, found = hours.parse_cell(cell)
        if not found:
            assert " / ".join(map(" - ".join, slots)) == cell
            written += 1
    assert written > 800


def test_every_cell_of_the_census_is_classified(census):
    counts = Counter(classify(cell) for row in census for cell in row)
    assert counts == {
        "plain": 13792,
        "empty": 3121,
        "zero": 63,
        "double": 31,
        "overlap": 44,
        "touch": 15,
        "zero, overlap": 4,
    }


def classify(cell: str) -> str:
    words = {"ignoré": "zero", "en double": "double", "chevauchent": "overlap", "touchent": "touch"}
    text = " ".join(notes(cell))
    assert not re.search("écarté|compris", text)
    found = [name for word, name in words.items() if word in text]
    return ", ".join(found) or ("plain" if cell.strip() else "empty")


def test_every_week_of_the_census_is_valid_and_described(census):
    for row in census:
        osm = hours.from_slots(dict(enumerate(row))).osm
        assert hours.validate(osm) == osm
        assert all(name != "Horaires" for name, _ in hours.describe(osm))
        for day, cell in enumerate(row):
            slots = ",".join(map("-".join, hours.parse_cell(cell)[0]))
            assert not slots or slots in osm, day
