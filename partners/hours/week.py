"""A week as a form shows it, one text a day, ⇄ an OpenStreetMap expression.

Nothing is lost: an expression that a week of texts cannot say has no week, and is shown as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from partners.hours.cells import SlotsResult, from_slots
from partners.hours.clauses import DAY_CODES
from partners.hours.grammar import HoursError, validate

RANKS = (1, 2, 3, 4, 5, -1)
"""Which of the weekdays of a month: first to fifth, last."""
EMPTY = ("",) * 7
EVERY_WEEK: tuple[tuple[int, ...], ...] = ((),) * 7
CLOSED = "fermé"
ALWAYS_CLOSED = "off"
APPOINTMENT = "sur rendez-vous"

_RULES = re.compile(r';\s*(?=(?:[^"]*"[^"]*")*[^"]*$)')
_DAY = "|".join(DAY_CODES)
_DAYS = rf"(?:{_DAY})(?:-(?:{_DAY})|\[-?\d(?:,-?\d)*\])?"
_TIME = r"\d\d:\d\d-\d\d:\d\d"
_RULE = re.compile(
    rf"(?P<days>{_DAYS}(?:,{_DAYS})*) (?:(?P<times>{_TIME}(?:,{_TIME})*)"
    rf'(?P<asked> "{APPOINTMENT}")?|(?P<only>"{APPOINTMENT}")|unknown "(?P<text>[^"]*)")'
)
DayRule = tuple[tuple[int, ...], str]
"""Which of the month, and the rule without its days."""


@dataclass(frozen=True)
class Week:
    """`days`: seven texts, Monday first, "" for a closed day (or a day nothing is known of).

    `ranks`: for each day, which of the month, among `RANKS`; () every week.
    """

    days: tuple[str, ...] = EMPTY
    is_closed_on_holidays: bool = False
    is_closed_in_school_holidays: bool = False
    ranks: tuple[tuple[int, ...], ...] = EVERY_WEEK


def read_week(osm: str) -> Week | None:
    """The week that says all of `osm`, None when none does. Raises nothing."""
    meaning = _meaning(osm)
    if meaning is None:
        return None
    by_day, exceptions = meaning
    rules = [by_day.get(day, ((), "")) for day in range(7)]
    week = Week(
        tuple(_text(rule) for _, rule in rules),
        is_closed_on_holidays="PH" in exceptions,
        is_closed_in_school_holidays="SH" in exceptions,
        ranks=tuple(ranks for ranks, _ in rules),
    )
    return week if _meaning(write_week(week).osm) == meaning else None


def write_week(week: Week) -> SlotsResult:
    """The expression, and notes in French on the texts that were not taken as they are."""
    result = from_slots(dict(enumerate(week.days)), dict(enumerate(map(_in_order, week.ranks))))
    closed = [("PH", week.is_closed_on_holidays), ("SH", week.is_closed_in_school_holidays)]
    exceptions = ",".join(code for code, is_closed in closed if is_closed)
    if not exceptions or result.osm in {"", ALWAYS_CLOSED}:
        return result
    return SlotsResult(f"{result.osm}; {exceptions} off", result.notes)


def write_slots(times: str) -> str:
    """« 9h-12h / 14h-17h30 » from « 09:00-12:00,14:00-17:30 »."""
    return " / ".join("-".join(map(_hour, slot.split("-"))) for slot in times.split(","))


def _hour(clock: str) -> str:
    hour, minute = clock.split(":")
    return f"{int(hour)}h{'' if minute == '00' else minute}"


def _in_order(ranks: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(rank for rank in RANKS if rank in ranks)


def _meaning(osm: str) -> tuple[dict[int, DayRule], frozenset[str]] | None:
    """({day: its rule}, holidays when it is closed); None for what a week cannot say."""
    try:
        canonical = validate(osm)
    except HoursError:
        return None
    if canonical == ALWAYS_CLOSED:
        return dict.fromkeys(range(7), ((), "off")), frozenset()
    rules = _RULES.split(canonical) if canonical else []
    exceptions: frozenset[str] = frozenset()
    if len(rules) > 1 and re.fullmatch(r"(?:PH|SH)(?:,(?:PH|SH))* off", rules[-1]):
        exceptions = frozenset(rules.pop().removesuffix(" off").split(","))
    by_day: dict[int, DayRule] = {}
    for rule in rules:
        found = _RULE.fullmatch(rule)
        for day, ranks in _days(found["days"]) if found else [(0, None)]:
            if ranks is None or day in by_day:
                return None
            by_day[day] = ranks, rule[found.end("days") + 1 :] if found else ""
    return by_day, exceptions


def _days(days: str) -> Iterator[tuple[int, tuple[int, ...] | None]]:
    """« Mo-We,Fr[1] » as (day, its ranks): (0, ()), (1, ()), (2, ()), (4, (1,)).

    None for ranks that a week does not say; a run over the week's end gives none of its days.
    """
    for part in re.findall(_DAYS, days):
        start = DAY_CODES.index(part[:2])
        if "[" in part:
            ranks = tuple(map(int, part[3:-1].split(",")))
            yield start, _in_order(ranks) if set(ranks) <= set(RANKS) else None
        else:
            last = DAY_CODES.index(part[-2:])
            yield from ((day, ()) for day in range(start, last + 1))


def _text(rule: str) -> str:
    """What to type in a day's field to get its rule."""
    if rule == "off":
        return CLOSED
    found = _RULE.fullmatch(f"Mo {rule}")
    if not found:
        return ""
    if found["text"]:
        return found["text"]
    times = write_slots(found["times"]) if found["times"] else ""
    return f"{times} {APPOINTMENT if found['asked'] or found['only'] else ''}".strip()
