"""Expressions in French: the words, and the proof that they are not misread."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours

from partners import hours
from partners.hours.calendar import national_holidays

CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = {"Janvier": 1, "Juin": 6, "Juillet": 7, "Août": 8, "Septembre": 9}
Slots = frozenset[tuple[int, int]]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def lines(osm: str) -> list[str]:
    return [plain(f"{name} : {text}") for name, text in hours.describe(osm)]


@pytest.mark.parametrize(
    ("osm", "expected"),
    [
        ("", []),
        ("24/7", ["Tous les jours : 24 h/24"]),
        (
            "Mo 09:00-12:00,14:00-17:00; Tu-Th 14:00-17:30; Fr 09:00-12:00",
            [
                "Lundi : 9 h – 12 h, 14 h – 17 h",
                "Mardi au jeudi : 14 h – 17 h 30",
                "Vendredi : 9 h – 12 h",
                "Samedi et dimanche : fermé",
            ],
        ),
        ("Mo-Su 08:00-02:00", ["Tous les jours : 8 h – 2 h le lendemain"]),
        ("Tu[1,3] 09:00-12:00", ["1er et 3e mardi du mois : 9 h – 12 h"]),
        ("Tu[-1] 09:00-12:00", ["Dernier mardi du mois : 9 h – 12 h"]),
        ("Tu[2] 14:00-17:00; Aug off", ["2e mardi du mois : 14 h – 17 h", "Fermé : en août"]),
        (
            "Mo-Su 09:00-12:00; PH,SH off",
            [
                "Tous les jours : 9 h – 12 h",
                "Fermé : les jours fériés",
                "Fermé : pendant les vacances scolaires",
            ],
        ),
        (
            "SH Mo-Fr 09:00-12:00; PH 10:00-11:00",
            ["Vacances scolaires, lundi au vendredi : 9 h – 12 h", "Jours fériés : 10 h – 11 h"],
        ),
        (
            "Mo-Su 09:00-12:00; Jul-Aug Sa-Su off; Dec 24-Jan 2 off; 2026 May 15 off",
            [
                "Tous les jours : 9 h – 12 h",
                "Fermé : le samedi et le dimanche en juillet et août",
                "Fermé : du 24 décembre au 2 janvier",
                "Fermé : le 15 mai 2026",
            ],
        ),
        (
            "Mo-Su 09:00-12:00; Jul-Aug Mo-Fr 09:00-11:00",
            ["Tous les jours : 9 h – 12 h", "Juillet et août, lundi au vendredi : 9 h – 11 h"],
        ),
        (
            "Mo-Fr 09:00-12:00, Sa[1] 10:00-12:00",
            [
                "Lundi au vendredi : 9 h – 12 h",
                "Dimanche : fermé",
                "1er samedi du mois : 10 h – 12 h",
            ],
        ),
        (
            "Mo-Su 09:00-12:00; Tu[2] 14:00-17:00",
            [
                "Tous les jours : 9 h – 12 h",
                "2e mardi du mois : 14 h – 17 h, à la place de l'horaire habituel",
            ],
        ),
        (
            "Mo-Su 09:00-12:00, Tu[2] 14:00-17:00",
            ["Tous les jours : 9 h – 12 h", "2e mardi du mois : 14 h – 17 h, en plus"],
        ),
        ("week 1-53/2 Fr 09:00-12:00", ["Semaines impaires, vendredi : 9 h – 12 h"]),
        ("week 2-52/2 Fr 09:00-12:00", ["Semaines paires, vendredi : 9 h – 12 h"]),
        ('"sur rendez-vous"', ["Accueil : sur rendez-vous"]),
        (
            'Mo-Sa 09:00-12:00 "sur rendez-vous"; Su unknown "selon la saison"',
            ["Lundi au samedi : 9 h – 12 h (sur rendez-vous)", "Dimanche : selon la saison"],
        ),
        (
            'Mo-Su 09:00+ || "laisser un message"',
            ["Tous les jours : à partir de 9 h", "Le reste du temps : laisser un message"],
        ),
        ('off "travaux"', ["Tous les jours : fermé (travaux)"]),
        ("Mo-Su 09:00+", ["Tous les jours : à partir de 9 h"]),
    ],
)
def test_describe(osm, expected):
    assert lines(osm) == expected


@pytest.mark.parametrize(
    "osm",
    [
        "lundi matin, sur rdv",
        "sunrise-sunset",
        "easter off",
        "2026-2028 Mo 09:00-12:00",
        "Mo-Fr 09:00-17:00; 12:00-14:00 off",
        "Aug off; Mo-Fr 09:00-12:00",  # cancelled: "fermé en août" would be wrong
        "Jul-Aug Mo-Fr 09:00-11:00; Tu[2] 14:00-17:00",  # which one wins in July?
        "Fr 20:00-02:00; Sa 09:00-12:00",  # Saturday's rule cuts Friday night
        "PH Mo-Fr off; Mo-Fr 09:00-12:00",
        "Mo-Fr 09:00-12:00 || Sa 09:00-12:00",
    ],
)
def test_what_has_no_words_comes_back_as_it_was(osm):
    assert hours.describe(f" {osm} ") == [("Horaires", osm)]
    assert hours.describe_permanence(osm) == osm


@pytest.mark.parametrize(
    ("osm", "expected"),
    [
        ("Tu[2] 14:00-17:00", "2e mardi du mois, 14 h – 17 h"),
        (
            "Tu[2,4] 09:00-12:00; Aug off",
            "2e et 4e mardi du mois, 9 h – 12 h (sauf en août)",
        ),
        ("Th 09:00-12:00", "tous les jeudis, 9 h – 12 h"),
        ("Mo,Th 09:00-12:00", "tous les lundis et jeudis, 9 h – 12 h"),
        ("Mo-Fr 09:00-12:00; PH off", "du lundi au vendredi, 9 h – 12 h (sauf les jours fériés)"),
        (
            "Mo 09:00-12:00; Tu 14:00-17:00",
            "tous les lundis, 9 h – 12 h ; tous les mardis, 14 h – 17 h",
        ),
        ('Th 09:00-12:00 "sur rendez-vous"', "tous les jeudis, 9 h – 12 h, sur rendez-vous"),
        (
            "week 1-53/2 Fr 09:00-12:00",
            "un vendredi sur deux (semaines impaires), 9 h – 12 h",
        ),
        (
            "Apr-Jun,Sep-Oct Th 09:00-12:00",
            "tous les jeudis, d'avril à juin et en septembre et octobre, 9 h – 12 h",
        ),
        ('"sur rendez-vous"', "sur rendez-vous"),
        (
            "Tu[1] 09:00-12:00; SH off",
            "1er mardi du mois, 9 h – 12 h (sauf pendant les vacances scolaires)",
        ),
        ("Dec 24 off", "fermé le 24 décembre"),
        ("", ""),
    ],
)
def test_describe_permanence(osm, expected):
    assert plain(hours.describe_permanence(osm)) == expected


# Reading the sentences back, as a person would.


def read_clock(text: str) -> int:
    if text == "minuit":
        return 1440
    hour, minute = re.fullmatch(r"(\d+) h(?: (\d\d))?", text).groups()
    return int(hour) * 60 + int(minute or 0)


def read_slots(text: str) -> Slots:
    if text == "fermé":
        return frozenset()
    if text == "24 h/24":
        return frozenset({(0, 1440)})
    pairs = [slot.split(" – ") for slot in text.split(", ")]
    return frozenset((read_clock(start), read_clock(end)) for start, end in pairs)


def read_days(text: str) -> set[int]:
    text = text.lower()
    if text == "tous les jours":
        return set(range(7))
    found: set[int] = set()
    for part in re.split(", | et ", text):
        first, _, last = part.partition(" au ")
        found |= set(range(DAYS.index(first), DAYS.index(last or first) + 1))
    return found


def read_week(osm: str) -> dict[int, Slots]:
    week: dict[int, Slots] = {}
    for name, text in hours.describe(osm):
        for day in read_days(name):
            assert day not in week, "said twice"
            week[day] = read_slots(plain(text))
    return week


def library_day(osm: str, day: date) -> Slots:
    """Minutes open that day; the day before may not overflow in these tests."""
    start = datetime(day.year, day.month, day.day)
    found = OpeningHours(osm, country="FR").intervals(start, start + timedelta(days=1))
    return joined(
        ((first - start) // timedelta(minutes=1), (last - start) // timedelta(minutes=1))
        for first, last, state, _ in found
        if str(state) == "open"
    )


def joined(slots) -> Slots:
    """Overlapping or touching slots as one: the library merges them, a person too."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(slots):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return frozenset(merged)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@st.composite
def slot_lists(draw):
    """Up to three slots, apart from each other, on a 5-minute grid."""
    bounds = draw(st.lists(st.integers(0, 288), min_size=0, max_size=6, unique=True))
    bounds = sorted(bounds)[: len(bounds) // 2 * 2]
    pairs = zip(bounds[::2], bounds[1::2], strict=True)
    return [(clock(first * 5), clock(last * 5)) for first, last in pairs]


@given(st.dictionaries(st.integers(0, 6), slot_lists(), max_size=7))
def test_week_described_and_read_back_is_the_same(days):
    expected = {
        day: frozenset(
            (int(s[:2]) * 60 + int(s[3:]), int(e[:2]) * 60 + int(e[3:])) for s, e in slots
        )
        for day, slots in days.items()
        if slots
    }
    assume(expected)
    result = hours.from_slots(days)
    assert result.notes == ()
    week = read_week(result.osm)
    assert {day: slots for day, slots in week.items() if slots} == expected
    assert set(week) == set(range(7))
    monday = date(2026, 9, 7)
    for day in range(7):
        assert library_day(result.osm, monday + timedelta(days=day)) == week[day]


HOURS = ["09:00-12:00", "10:00-11:30", "14:00-17:00", "09:00-12:00,14:00-17:30"]
WEEKLY = ["Mo", "Mo-Fr", "Tu,Th", "Sa", "We-Su", "Mo-Su"]
NARROW = ["Tu[2]", "Mo[1,3]", "Th[-1]", "Jul-Aug", "Aug Mo-Fr", "Sep Tu", "Tu[1]", "PH", "Su,PH"]
CLOSED = ["Su", "Aug", "Tu[1]", "PH", "Jul-Aug Mo", "Sa-Su", "Jun-Sep Th", "Th[-1]"]


@st.composite
def expressions(draw):
    opened = st.tuples(st.sampled_from(WEEKLY + NARROW), st.sampled_from(HOURS)).map(" ".join)
    closed = st.sampled_from(CLOSED).map("{} off".format)
    rules = draw(st.lists(st.one_of(opened, opened, closed), min_size=1, max_size=4))
    separators = draw(st.lists(st.sampled_from(["; ", ", "]), min_size=3, max_size=3))
    return "".join(
        rule + separator
        for rule, separator in zip(rules, [*separators[: len(rules) - 1], ""], strict=True)
    )


def read_when(text: str) -> Callable[[date], bool]:
    """« Juillet et août, lundi au vendredi », « 1er et 3e lundi du mois », « jours fériés »."""
    if text.lower() in ("jours fériés", "les jours fériés"):
        return lambda day: day in national_holidays(day.year)
    if nth := re.fullmatch(r"(?:le )?(.+) (\w+) du mois", text, re.IGNORECASE):
        return read_nth(nth[1].lower(), DAYS.index(nth[2]))
    months, days = read_months(text)
    return lambda day: day.month in months and day.weekday() in days


def read_nth(ranks: str, weekday: int) -> Callable[[date], bool]:
    if ranks == "dernier":
        return lambda day: day.weekday() == weekday and (day + timedelta(days=7)).month != day.month
    numbers = {int(number) for number in re.findall(r"\d", ranks)}
    return lambda day: day.weekday() == weekday and (day.day - 1) // 7 + 1 in numbers


def read_months(text: str) -> tuple[set[int], set[int]]:
    names = "|".join(MONTHS)
    found = re.search(rf"(?:en |de |d')?({names})(?:(?: et | à )({names}))?", text, re.IGNORECASE)
    months = set(range(1, 13))
    if found:
        first = MONTHS[found[1].capitalize()]
        months = set(range(first, MONTHS[(found[2] or found[1]).capitalize()] + 1))
        text = (text[: found.start()] + text[found.end() :]).strip(", ")
    text = re.sub(r"\b(?:le|du) (?=\w)", "", text.lower())
    return months, read_days(text) if text else set(range(7))


def read_day(described: list[tuple[str, str]], day: date) -> Slots:
    """What a person understands of that day: exceptions over the week, closings over all."""
    slots: Slots = frozenset()
    for name, text in described:
        if name == "Fermé":
            if read_when(text)(day):
                return frozenset()
        elif read_when(name)(day):
            hours_text = plain(text).removesuffix(", à la place de l'horaire habituel")
            extra = hours_text.removesuffix(", en plus")
            slots = slots | read_slots(extra) if extra != hours_text else read_slots(hours_text)
    return joined(slots)


@settings(deadline=None)
@given(expressions())
def test_a_sentence_is_read_as_the_library_evaluates(osm):
    described = hours.describe(osm)
    assert described
    if described == [("Horaires", osm)]:
        return
    canonical = hours.validate(osm)
    for offset in range(365):
        day = date(2026, 1, 1) + timedelta(days=offset)
        assert read_day(described, day) == library_day(canonical, day), day
