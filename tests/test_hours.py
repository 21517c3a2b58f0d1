"""Opening hours: what is open, when next, and how it is said."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from partners import hours
from partners.hours.calendar import easter, local_holidays, national_holidays

PARIS = ZoneInfo("Europe/Paris")
TOWN_HALLS = Path(__file__).resolve().parents[2] / "shared/data/referentiel/mairies-85.csv"
NBSP = "\u00a0"
WEEKDAYS = "Mo-Fr 09:00-12:00,14:00-17:30; PH off"


def plain(text: str) -> str:
    """Ordinary spaces, to write expectations one can read."""
    return text.replace(NBSP, " ")


def label(osm: str, at: str, departement: str = "") -> str:
    return plain(hours.state(osm, datetime.fromisoformat(at), departement=departement).label)


def kind(osm: str, at: str, departement: str = "") -> str:
    return hours.state(osm, datetime.fromisoformat(at), departement=departement).kind


# State. 2026-09-07 is a Monday without a public holiday near.


@pytest.mark.parametrize(
    ("osm", "at", "expected"),
    [
        (WEEKDAYS, "2026-09-07T10:00", "Ouvert jusqu'à 12 h"),
        (WEEKDAYS, "2026-09-07T15:00", "Ouvert jusqu'à 17 h 30"),
        (WEEKDAYS, "2026-09-07T08:00", "Fermé, ouvre à 9 h"),
        (WEEKDAYS, "2026-09-07T12:00", "Fermé, ouvre à 14 h"),
        (WEEKDAYS, "2026-09-07T18:00", "Fermé, ouvre demain à 9 h"),
        (WEEKDAYS, "2026-09-12T10:00", "Fermé, ouvre lundi à 9 h"),
        ("Tu[1] 09:00-12:00", "2026-09-07T10:00", "Fermé, ouvre le 6 octobre à 9 h"),
        ("Tu[1] 09:00-12:00", "2026-11-07T10:00", "Fermé, ouvre le 1er décembre à 9 h"),
        (f"{WEEKDAYS}; Dec 24-Jan 1 off", "2026-12-24T10:00", "Fermé, ouvre le 4 janvier à 9 h"),
        ("24/7", "2026-09-07T10:00", "Ouvert 24 h/24"),
        ("08:00-02:00", "2026-09-07T23:00", "Ouvert jusqu'à 2 h"),
        ("08:00-02:00", "2026-09-07T01:00", "Ouvert jusqu'à 2 h"),
        ("Mo 08:00-24:00", "2026-09-07T10:00", "Ouvert jusqu'à minuit"),
        ("Mo-We 00:00-24:00", "2026-09-07T10:00", "Ouvert jusqu'à mercredi à minuit"),
        ("Sep 1-Oct 1 00:00-24:00", "2026-09-07T10:00", "Ouvert jusqu'au 1er octobre à minuit"),
        ("off", "2026-09-07T10:00", "Fermé"),
        ('"sur rendez-vous"', "2026-09-07T10:00", "Sur rendez-vous"),
        ('Mo "sur RDV"', "2026-09-07T10:00", "Sur rendez-vous"),
        ('Mo 09:00-12:00 "sur rendez-vous"', "2026-09-07T10:00", "Sur rendez-vous jusqu'à 12 h"),
        (
            'Mo 09:00-12:00 "sur rendez-vous"',
            "2026-09-06T10:00",
            "Fermé, sur rendez-vous demain à partir de 9 h",
        ),
        ('Mo "sur rendez-vous"', "2026-09-06T10:00", "Fermé, sur rendez-vous demain"),
        ('Mo 09:00-12:00 || "sur rendez-vous"', "2026-09-10T10:00", "Sur rendez-vous"),
        (f"{WEEKDAYS}; SH off", "2026-09-07T10:00", "Ouvert jusqu'à 12 h, sauf vacances scolaires"),
        (
            "Mo 14:00-17:00; SH Mo-Fr 09:00-12:00",
            "2026-09-07T10:00",
            "Fermé, ouvre à 14 h (autres horaires en vacances scolaires)",
        ),
        ("", "2026-09-07T10:00", "Horaires non précisés"),
        ("   ", "2026-09-07T10:00", "Horaires non précisés"),
        ("lundi matin", "2026-09-07T10:00", "Horaires à vérifier"),
    ],
)
def test_label(osm, at, expected):
    assert label(osm, at) == expected


@pytest.mark.parametrize(
    "osm",
    [
        "",
        "lundi matin",
        "Mo-Fr 9h-12h",
        'Mo unknown "selon planning"',
        '"appeler avant"',  # the library says open; a lone comment is unknown
        "2019 Mo 09:00-12:00",  # years ago: says nothing of today
        "SH Mo-Fr 09:00-12:00",  # says nothing of the other weeks
        "PH Mo-Fr off; Mo-Fr 09:00-12:00",  # the library would misread it
        "Mo-Fr 09:00-12:00, SH Mo-Fr 14:00-15:00",
        "x" * 2000,
    ],
)
def test_unknown_is_never_shown_closed(osm):
    assert kind(osm, "2026-09-07T10:00") == "unknown"


def test_without_appointment_is_open_and_says_its_comment():
    found = hours.state('Mo 09:00-12:00 "sans rendez-vous"', datetime(2026, 9, 7, 10))
    assert (found.kind, found.comment) == ("open", "sans rendez-vous")


def test_state_gives_aware_times():
    found = hours.state(WEEKDAYS, datetime(2026, 9, 7, 10))
    assert found.until == datetime(2026, 9, 7, 12, tzinfo=PARIS)
    assert found.next is None
    assert found.until.utcoffset() == timedelta(hours=2)
    assert hours.state(WEEKDAYS, datetime(2026, 9, 7, 13)).next == datetime(
        2026, 9, 7, 14, tzinfo=PARIS
    )


def test_state_is_rounded_down_to_five_minutes():
    at = datetime(2026, 9, 7, 11, 55)
    assert hours.state(WEEKDAYS, at) is hours.state(WEEKDAYS, at + timedelta(minutes=4, seconds=59))
    assert kind(WEEKDAYS, "2026-09-07T11:59") == "open"
    assert kind(WEEKDAYS, "2026-09-07T12:00") == "closed"


def test_overseas_hours_are_local():
    at = datetime(2026, 9, 7, 5, 30, tzinfo=UTC)
    assert hours.state(WEEKDAYS, at).kind == "closed"  # 7:30 in the Vendée
    reunion = hours.state(WEEKDAYS, at, departement="974")
    assert reunion.kind == "open"
    assert reunion.until == datetime(2026, 9, 7, 8, tzinfo=UTC)


def test_naive_times_are_those_of_paris():
    assert kind(WEEKDAYS, "2026-09-07T15:00", "971") == "open"  # 9:00 in Guadeloupe
    assert kind(WEEKDAYS, "2026-09-07T09:30", "971") == "closed"


def test_wall_clock_survives_the_change_of_hour():
    before, after = datetime(2026, 10, 23, 10), datetime(2026, 10, 26, 8)
    assert hours.state(WEEKDAYS, before).until.utcoffset() == timedelta(hours=2)
    assert hours.state(WEEKDAYS, after).next == datetime(2026, 10, 26, 9, tzinfo=PARIS)
    assert hours.state(WEEKDAYS, after).next.utcoffset() == timedelta(hours=1)


# Public holidays.


@pytest.mark.parametrize("year", range(2000, 2041))
def test_our_holidays_are_those_of_the_library(year):
    library = OpeningHours("PH", country="FR")
    start, end = datetime(year, 1, 1), datetime(year + 1, 1, 1)
    opened: set[date] = set()
    for first, last, state, _ in library.intervals(start, end):
        if str(state) == "open":
            opened |= {first.date() + timedelta(days=n) for n in range((last - first).days)}
    assert opened == national_holidays(year)


def test_easter_of_known_years():
    assert [easter(y) for y in (2024, 2025, 2026, 2038)] == [
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2038, 4, 25),
    ]


def test_holidays_that_are_not_spoken_of_are_unknown():
    osm = "Mo-Fr 09:00-12:00"
    assert label(osm, "2025-11-11T10:00") == "Jour férié, ouverture à vérifier"
    assert kind(osm, "2025-11-11T15:00") == "closed"
    assert label(osm, "2025-11-10T15:00") == "Fermé, ouvre mercredi à 9 h"
    assert kind("Mo-Fr 09:00-12:00; PH off", "2025-11-11T10:00") == "closed"
    assert kind("Mo-Fr,PH 09:00-12:00", "2025-11-11T10:00") == "open"


@pytest.mark.parametrize(
    "osm", ["24/7", "09:00-23:00", "Mo-Su 09:00-23:00", "Mo-Sa 09:00-20:00; Su 10:00-20:00"]
)
def test_lines_that_answer_on_sundays_answer_on_holidays(osm):
    assert kind(osm, "2025-11-11T10:00") == "open"


def test_closed_holidays_written_first_stay_closed():
    assert kind("PH off; Mo-Fr 09:00-12:00", "2025-11-11T10:00") == "closed"
    assert hours.validate("PH off; Mo-Fr 09:00-12:00") == "Mo-Fr 09:00-12:00; PH off"


@pytest.mark.parametrize("departement", ["57", "67", "68"])
@pytest.mark.parametrize("day", ["2026-04-03", "2025-12-26"])
def test_two_more_holidays_in_alsace_moselle(departement, day):
    at = f"{day}T10:00"
    assert kind(WEEKDAYS, at, departement) == "closed"
    assert kind("Mo-Fr 09:00-12:00", at, departement) == "unknown"
    assert kind('Mo-Fr 09:00-12:00; PH 10:00-11:00 "PH"', at, departement) == "open"
    assert kind(WEEKDAYS, at, "85") == "open"


def test_abolition_days_are_holidays_overseas():
    assert local_holidays(2026, "974") == {date(2026, 12, 20)}
    assert kind("Mo-Sa 09:00-18:00; PH off", "2026-05-22T18:00", "972") == "closed"
    assert kind("Mo-Sa 09:00-18:00; PH off", "2026-05-22T18:00", "971") == "open"


# Next dates.


def spell(found: list[tuple[datetime, datetime]]) -> list[str]:
    return [f"{start:%Y-%m-%d %H:%M}-{end:%H:%M}" for start, end in found]


def test_next_dates_of_a_permanence():
    found = hours.next_dates("Tu[2,4] 09:00-12:00; Aug off", datetime(2026, 7, 15))
    assert spell(found) == [
        "2026-07-28 09:00-12:00",
        "2026-09-08 09:00-12:00",
        "2026-09-22 09:00-12:00",
    ]
    assert found[0][0].tzinfo == PARIS


def test_permanence_under_way_comes_first_from_its_start():
    found = hours.next_dates("Tu[2] 14:00-17:00", datetime(2026, 9, 8, 15), count=2)
    assert spell(found) == ["2026-09-08 14:00-17:00", "2026-10-13 14:00-17:00"]
    assert spell(hours.next_dates("Tu[2] 14:00-17:00", datetime(2026, 9, 8, 17), count=1)) == [
        "2026-10-13 14:00-17:00"
    ]


def test_permanence_is_not_promised_on_a_holiday():
    found = hours.next_dates("Tu[2] 14:00-17:00", datetime(2025, 11, 1), count=1)
    assert spell(found) == ["2025-12-09 14:00-17:00"]


def test_next_dates_stop_at_the_horizon():
    osm, start = "Jul 09:00-12:00", datetime(2026, 1, 1)
    assert hours.next_dates(osm, start) == []
    assert len(hours.next_dates(osm, start, horizon_days=200, count=50)) == 19


def test_next_dates_merge_nothing_across_days():
    found = hours.next_dates("Mo-Tu 00:00-24:00", datetime(2026, 9, 7), count=2)
    assert [start.day for start, _ in found] == [7, 8]
    assert spell(hours.next_dates("22:00-02:00", datetime(2026, 9, 7), count=2)) == [
        "2026-09-06 22:00-02:00",
        "2026-09-07 22:00-02:00",
    ]


@pytest.mark.parametrize("osm", ["24/7", '"sur rendez-vous"', "", "chaque mardi", "off"])
def test_no_dates_without_a_schedule(osm):
    assert hours.next_dates(osm, datetime(2026, 9, 7)) == []


# Validation.


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ""),
        (" mo-fr  9:00-12:00 ", "Mo-Fr 09:00-12:00"),
        ("Mo-Fr 09:00 - 12:00;PH closed", "Mo-Fr 09:00-12:00; PH off"),
        ('"sur rendez-vous"', '"sur rendez-vous"'),
        ('Mo 09:00-12:00; Tu "sur  rendez-vous"', 'Mo 09:00-12:00; Tu "sur rendez-vous"'),
        ("Tu[1,3] 09:00-12:00", "Tu[1,3] 09:00-12:00"),
        ("SH Mo-Fr 09:00-12:00", "SH Mo-Fr 09:00-12:00"),
        ("Dec 24-26 off", "Dec 24-Dec 26 off"),
        ('off "déménagement; PH"', 'off "déménagement; PH"'),
    ],
)
def test_validate_normalises(typed, expected):
    assert hours.validate(typed) == expected


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("Mo-Fr 9h-12h", f"à partir de «{NBSP}9h-12h{NBSP}»"),
        ("lundi 09:00-12:00", f"«{NBSP}lundi 09:00-12:00{NBSP}»"),
        ("Mo 09:00-09:00", "commence et finit à la même heure"),
        ("Mo 09:00-12:00;" * 100, "trop longs"),
    ],
)
def test_validate_refuses_in_french(typed, message):
    with pytest.raises(hours.HoursError, match=message):
        hours.validate(typed)


# Formats.


def test_formats():
    assert hours.format_time(time(9)) == f"9{NBSP}h"
    assert hours.format_time(time(17, 30)) == f"17{NBSP}h{NBSP}30"
    assert hours.format_time(time(0, 5)) == f"0{NBSP}h{NBSP}05"
    today = date(2026, 11, 23)
    assert hours.format_day(today, today) == "aujourd'hui"
    assert hours.format_day(date(2026, 11, 24), today) == "demain"
    assert hours.format_day(date(2026, 12, 1), today) == "mardi 1er décembre"
    assert hours.format_day(date(2028, 1, 2), today) == "dimanche 2 janvier 2028"
    assert hours.format_date(date(2026, 8, 1)) == "1er août 2026"
    start = datetime(2026, 9, 7, 22)
    assert (
        plain(hours.format_interval(start, start.replace(hour=23, minute=30))) == "22 h – 23 h 30"
    )
    assert plain(hours.format_interval(start, datetime(2026, 9, 8))) == "22 h – minuit"
    assert plain(hours.format_interval(start, datetime(2026, 9, 8, 2))) == "22 h – 2 h le lendemain"


# Real hours.


@pytest.fixture(scope="module")
def town_hall_hours():
    if not TOWN_HALLS.exists():
        pytest.skip(f"{TOWN_HALLS} is not on this machine")
    with TOWN_HALLS.open(encoding="utf-8") as file:
        return [row["horaires_accueil"] for row in csv.DictReader(file)]


def test_every_town_hall_is_read_described_and_has_a_state(town_hall_hours):
    assert len(town_hall_hours) > 200
    for osm in filter(None, town_hall_hours):
        assert hours.validate(osm) == osm
        assert all(name != "Horaires" for name, _ in hours.describe(osm))
        assert hours.describe_permanence(osm) != osm
        assert kind(osm, "2026-09-08T10:30") in ("open", "closed")
        assert hours.next_dates(osm, datetime(2026, 9, 8))


@given(st.text(alphabet='MoTuPHSHfJanAug[],-;|"+/: 0123456789', max_size=40), st.datetimes())
def test_nothing_typed_breaks_a_page(osm, at):
    at = at.replace(year=2000 + at.year % 50, day=min(at.day, 28))
    assert hours.state(osm, at).label
    assert bool(hours.describe(osm)) == bool(osm.strip())
    assert bool(hours.describe_permanence(osm)) == bool(osm.strip())
    hours.next_dates(osm, at)
