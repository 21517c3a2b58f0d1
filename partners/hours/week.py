"""A week as a form shows it, one text a day, ⇄ an OpenStreetMap expression.

Nothing is lost: an expression that a week of texts cannot say has no week, and is shown as it is.
"""

import re
from dataclasses import dataclass

from partners.hours.cells import SlotsResult, from_slots
from partners.hours.clauses import DAY_CODES
from partners.hours.grammar import HoursError, validate

EMPTY = ("",) * 7
CLOSED = "fermé"
ALWAYS_CLOSED = "off"
APPOINTMENT = "sur rendez-vous"

_RULES = re.compile(r';\s*(?=(?:[^"]*"[^"]*")*[^"]*$)')
_DAY = "|".join(DAY_CODES)
_DAYS = rf"(?:{_DAY})(?:-(?:{_DAY}))?"
_TIME = r"\d\d:\d\d-\d\d:\d\d"
_RULE = re.compile(
    rf"(?P<days>{_DAYS}(?:,{_DAYS})*) (?:(?P<times>{_TIME}(?:,{_TIME})*)"
    rf'(?P<asked> "{APPOINTMENT}")?|(?P<only>"{APPOINTMENT}")|unknown "(?P<text>[^"]*)")'
)


@dataclass(frozen=True)
class Week:
    """`days`: seven texts, Monday first, "" for a closed day (or a day nothing is known of)."""

    days: tuple[str, ...] = EMPTY
    is_closed_on_holidays: bool = False
    is_closed_in_school_holidays: bool = False


def read_week(osm: str) -> Week | None:
    """The week that says all of `osm`, None when none does. Raises nothing."""
    meaning = _meaning(osm)
    if meaning is None:
        return None
    by_day, exceptions = meaning
    week = Week(
        tuple(_text(by_day.get(day, "")) for day in range(7)),
        is_closed_on_holidays="PH" in exceptions,
        is_closed_in_school_holidays="SH" in exceptions,
    )
    return week if _meaning(write_week(week).osm) == meaning else None


def write_week(week: Week) -> SlotsResult:
    """The expression, and notes in French on the texts that were not taken as they are."""
    result = from_slots(dict(enumerate(week.days)))
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


def _meaning(osm: str) -> tuple[dict[int, str], frozenset[str]] | None:
    """({day: its rule}, holidays when it is closed); None for what a week cannot say."""
    try:
        canonical = validate(osm)
    except HoursError:
        return None
    if canonical == ALWAYS_CLOSED:
        return dict.fromkeys(range(7), "off"), frozenset()
    rules = _RULES.split(canonical) if canonical else []
    exceptions: frozenset[str] = frozenset()
    if len(rules) > 1 and re.fullmatch(r"(?:PH|SH)(?:,(?:PH|SH))* off", rules[-1]):
        exceptions = frozenset(rules.pop().removesuffix(" off").split(","))
    by_day: dict[int, str] = {}
    for rule in rules:
        found = _RULE.fullmatch(rule)
        days = _numbers(found["days"]) if found else []
        if not found or by_day.keys() & set(days):
            return None
        by_day |= dict.fromkeys(days, rule[found.end("days") + 1 :])
    return by_day, exceptions


def _numbers(days: str) -> list[int]:
    """« Mo-We,Fr » as [0, 1, 2, 4]; a run over the week's end gives none of it."""
    found: list[int] = []
    for part in days.split(","):
        first, _, last = part.partition("-")
        start = DAY_CODES.index(first)
        found += range(start, DAY_CODES.index(last or first) + 1)
    return found


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
