"""What is open at an instant, and when next.

opening-hours-py is asked for wall-clock spans without a time zone; the zone of the département is
put on the answers. Three rules are added to it:

- days that are public holidays in some départements only count as `PH` there;
- on a public holiday, an expression that neither speaks of holidays nor ever opens on a Sunday
  says nothing: its openings become unknown (France's public services write `Mo-Fr` and close);
- an expression that never opens within a year, without saying `off`, is unknown, not closed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from opening_hours import OpeningHours
from opening_hours import State as LibraryState

from partners.hours.calendar import area, is_holiday, local_holidays, localise, timezone
from partners.hours.french import ALL_DAY, DAYS, format_month_day, format_time
from partners.hours.grammar import HoursError, Schedule, parse

Kind = Literal["open", "closed", "by-appointment", "unknown"]

HORIZON = timedelta(days=366)
DAY = timedelta(days=1)
ROUNDING_MINUTES = 5
NOT_GIVEN = "Horaires non précisés"
TO_CHECK = "Horaires à vérifier"
HOLIDAY = "Jour férié, ouverture à vérifier"
BY_APPOINTMENT = "Sur rendez-vous"
SCHOOL = {
    "": "",
    "off": ", sauf vacances scolaires",
    "other": " (autres horaires en vacances scolaires)",
}
_APPOINTMENT = re.compile(r"rendez[- ]?vous|\br\.?d\.?v\b|\brdv|appointment", re.IGNORECASE)
_NO_APPOINTMENT = re.compile(r"\b(?:sans|ni|hors|without|no)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class State:
    """State of a place at an instant.

    `until`: end of the opening under way. `next`: start of the next opening when none is.
    Both aware, on the wall clock of the place. `label`: French text for the screen.
    `comment`: what the expression adds in quotes (« sonner à l'interphone »).
    """

    kind: Kind
    until: datetime | None
    next: datetime | None
    label: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Naive wall-clock stretch of constant state; `end` is None beyond the horizon."""

    start: datetime
    end: datetime | None
    kind: Kind
    comment: str

    @property
    def receives(self) -> bool:
        return self.kind in ("open", "by-appointment")


def state(osm: str, at: datetime, *, departement: str = "") -> State:
    """State at `at` (aware, or naive Europe/Paris), rounded down to 5 minutes.

    Blank or unreadable expressions are "unknown", never "closed". `departement` is the code that
    gives the time zone and local holidays; empty means metropolitan France. Raises nothing.
    """
    where = area(departement)
    return _state(osm, _wall_clock(at, where), where)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an expression says of days to come, for a reader that has no parser of its syntax.

    `spans`: (start, end, kind, comment) of all that is not plainly closed, on the wall clock of
    the place, naive; an end is None beyond the year. `is_readable`: whether anything could be
    evaluated. `says_off`: whether it says « fermé », so that never opening is closed, not unknown.
    `school`: what the label of a state ends with.
    """

    spans: tuple[tuple[datetime, datetime | None, Kind, str], ...] = ()
    is_readable: bool = False
    says_off: bool = False
    school: str = ""


def outlook(osm: str, first: date, *, days: int, departement: str = "") -> Outlook:
    """From the midnight that begins `first`, for `days` days, and the first opening after them.

    Any `state` and `next_dates` of these days but the first can be told from it. Raises nothing.
    """
    try:
        schedule = parse(osm)
    except HoursError:
        return Outlook()
    midnight, spans = _midnight(first), []
    is_readable = False
    for stretch in _stretches(schedule, midnight, midnight + HORIZON, area(departement)):
        is_readable = True
        if stretch.kind != "closed" or stretch.comment:
            spans.append((stretch.start, stretch.end, stretch.kind, stretch.comment))
        if stretch.receives and stretch.start >= midnight + timedelta(days=days):
            break
    return Outlook(tuple(spans), is_readable, _says_off(schedule), SCHOOL[schedule.school])


def next_dates(
    osm: str,
    start: datetime,
    *,
    count: int = 3,
    horizon_days: int = 120,
    departement: str = "",
) -> list[tuple[datetime, datetime]]:
    """The next `count` openings (start, end), aware, local; the one under way comes first.

    `start` is rounded down to 5 minutes, as in `state`.

    Openings by appointment count; unknown ones (public holidays not spoken of) do not. Openings
    longer than a day are cut at midnight. An expression without dates (always open, « sur
    rendez-vous » alone, blank, unreadable) gives an empty list. Raises nothing.
    """
    where = area(departement)
    return list(_next_dates(osm, _wall_clock(start, where), count, horizon_days, where))


@lru_cache(maxsize=256)
def _wall_clock(at: datetime, departement: str) -> datetime:
    """Naive local time, rounded down to 5 minutes: asked for hundreds of times with one `at`."""
    return rounded(localise(at, departement)).replace(tzinfo=None, fold=0)


def rounded(at: datetime) -> datetime:
    """`at` rounded down to 5 minutes, as everything here tells it."""
    minute = at.minute - at.minute % ROUNDING_MINUTES
    return at.replace(minute=minute, second=0, microsecond=0)


@lru_cache(maxsize=8192)
def _next_dates(
    osm: str, local: datetime, count: int, horizon_days: int, departement: str
) -> tuple[tuple[datetime, datetime], ...]:
    try:
        schedule = parse(osm)
    except HoursError:
        return ()
    eve, end = _midnight(local.date() - DAY), local + timedelta(days=horizon_days)
    found: list[tuple[datetime, datetime]] = []
    for stretch in _stretches(schedule, eve, end + DAY, departement):
        if not stretch.receives:
            continue
        if stretch.start == eve and (stretch.end or end) >= end:
            return ()
        openings = _by_day(stretch.start, stretch.end or end)
        found += [(first, last) for first, last in openings if last > local and first < end]
        if len(found) >= count:
            break
    zone = timezone(departement)
    return tuple(
        (opening.replace(tzinfo=zone), close.replace(tzinfo=zone))
        for opening, close in found[:count]
    )


def _by_day(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while end - start > DAY:
        midnight = _midnight(start.date() + DAY)
        yield start, midnight
        start = midnight
    yield start, end


@lru_cache(maxsize=8192)
def _state(osm: str, at: datetime, departement: str) -> State:
    if not osm.strip():
        return State("unknown", None, None, NOT_GIVEN)
    try:
        schedule = parse(osm)
    except HoursError:
        return State("unknown", None, None, TO_CHECK)
    stretches = _timeline(osm, at.date(), departement)
    current = next((s for s in stretches if s.end is None or s.end > at), None)
    if current is None:
        return State("unknown", None, None, TO_CHECK)
    following = next((s for s in stretches if s.receives and s.start > at), None)
    if current.kind == "closed" and not following and not _says_off(schedule):
        return State("unknown", None, None, TO_CHECK, current.comment)
    return _describe(schedule, current, following, at, departement)


def _describe(
    schedule: Schedule,
    current: _Stretch,
    following: _Stretch | None,
    at: datetime,
    departement: str,
) -> State:
    zone = timezone(departement)
    if current.receives:
        until = current.end.replace(tzinfo=zone) if current.end else None
        label = _label_open(current, at) + SCHOOL[schedule.school]
        return State(current.kind, until, None, label, current.comment)
    opening = following.start.replace(tzinfo=zone) if following else None
    if current.kind == "closed":
        label = _label_closed(following, at) + SCHOOL[schedule.school]
    else:
        label = HOLIDAY if current.comment == HOLIDAY else TO_CHECK
    comment = "" if current.comment == HOLIDAY else current.comment
    return State(current.kind, None, opening, label, comment)


def _label_open(current: _Stretch, at: datetime) -> str:
    is_open = current.kind == "open"
    if current.end is None:
        return f"Ouvert {ALL_DAY}" if is_open else BY_APPOINTMENT
    if not is_open and current.end - current.start >= DAY:
        return BY_APPOINTMENT
    return f"{'Ouvert' if is_open else BY_APPOINTMENT} {_until(current.end, at)}"


def _until(end: datetime, at: datetime) -> str:
    is_midnight = end.time() == time.min
    clock = "minuit" if is_midnight else format_time(end.time())
    last_day = end.date() - DAY if is_midnight else end.date()
    if last_day == at.date() or (end - at < DAY and not is_midnight):
        return f"jusqu'à {clock}"
    return f"jusqu'à {_on(last_day, at.date())} à {clock}".replace("jusqu'à le ", "jusqu'au ")


def _label_closed(following: _Stretch | None, at: datetime) -> str:
    if following is None:
        return "Fermé"
    day, clock = following.start.date(), format_time(following.start.time())
    on = "" if day == at.date() else f" {_on(day, at.date())}"
    if following.kind == "open":
        return f"Fermé, ouvre{on} à {clock}"
    if following.start.time() == time.min:
        return f"Fermé, sur rendez-vous{on}"
    return f"Fermé, sur rendez-vous{on} à partir de {clock}"


def _on(day: date, today: date) -> str:
    distance = (day - today).days
    if distance <= 1:
        return "demain"
    return DAYS[day.weekday()] if distance < 7 else f"le {format_month_day(day.month, day.day)}"


@lru_cache(maxsize=8192)
def _timeline(osm: str, day: date, departement: str) -> tuple[_Stretch, ...]:
    """Stretches from the midnight before this day to the first opening after it.

    The day before counts: what opened on a holiday evening may last past midnight.
    """
    midnight, found = _midnight(day), []
    for stretch in _stretches(parse(osm), midnight - DAY, midnight + HORIZON, departement):
        found.append(stretch)
        if stretch.receives and stretch.start >= midnight + DAY:
            break
    return tuple(found)


def _stretches(
    schedule: Schedule, start: datetime, end: datetime, departement: str
) -> Iterator[_Stretch]:
    """Consecutive stretches from `start` to `end`, equal neighbours merged, the last one open."""
    previous: _Stretch | None = None
    for stretch in _raw_stretches(schedule, start, end, departement):
        if previous and (previous.kind, previous.comment) == (stretch.kind, stretch.comment):
            previous = _Stretch(previous.start, stretch.end, stretch.kind, stretch.comment)
            continue
        if previous:
            yield previous
        previous = stretch
    if previous:
        yield _Stretch(previous.start, None, previous.kind, previous.comment)


def _raw_stretches(
    schedule: Schedule, start: datetime, end: datetime, departement: str
) -> Iterator[_Stretch]:
    if schedule.mentions_holidays:
        yield from _with_local_holidays(schedule.expressions, start, end, departement)
    elif _ignores_holidays(schedule):
        stretches = _evaluate(schedule.expressions, start, end)
        yield from (_doubted_on_holiday(s, departement) for s in _cut(stretches))
    else:
        yield from _evaluate(schedule.expressions, start, end)


def _with_local_holidays(
    expressions: tuple[str, ...], start: datetime, end: datetime, departement: str
) -> Iterator[_Stretch]:
    every_day = tuple(_unquoted_sub("PH", "Mo-Su", text) for text in expressions)
    cursor = start
    for year in range(start.year, end.year + 1):
        for day in sorted(local_holidays(year, departement)):
            midnight = _midnight(day)
            if cursor <= midnight < end:
                # A day of `PH` is a day of `Mo-Su`, this once.
                yield from _evaluate(expressions, cursor, midnight)
                yield from _evaluate(every_day, midnight, midnight + DAY)
                cursor = midnight + DAY
    yield from _evaluate(expressions, cursor, end)


def _doubted_on_holiday(stretch: _Stretch, departement: str) -> _Stretch:
    if stretch.receives and is_holiday(stretch.start.date(), departement):
        return _Stretch(stretch.start, stretch.end, "unknown", HOLIDAY)
    return stretch


def _cut(stretches: Iterator[_Stretch]) -> Iterator[_Stretch]:
    """Openings longer than a day cut at midnight, so that each day can be doubted."""
    for stretch in stretches:
        if stretch.receives and stretch.end:
            for start, end in _by_day(stretch.start, stretch.end):
                yield _Stretch(start, end, stretch.kind, stretch.comment)
        else:
            yield stretch


def _ignores_holidays(schedule: Schedule) -> bool:
    """Whether it says nothing of holidays, and belongs to a place that never opens on Sundays."""
    clauses = schedule.clauses
    if clauses is None:
        return False
    return not any(clause.state != "off" and 6 in clause.days for clause in clauses)


def _says_off(schedule: Schedule) -> bool:
    clauses = schedule.clauses or ()
    return any(
        clause.state == "off" and clause.is_weekly and len(clause.days) == 7 for clause in clauses
    )


def _unquoted_sub(code: str, replacement: str, text: str) -> str:
    parts = re.split(r'("[^"]*")', text)
    parts[::2] = [re.sub(rf"\b{code}\b", replacement, part) for part in parts[::2]]
    return "".join(parts)


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> OpeningHours:
    return OpeningHours(expression, country="FR")


def _evaluate(expressions: tuple[str, ...], start: datetime, end: datetime) -> Iterator[_Stretch]:
    """Stretches of the first side of `||`; where it is closed, those of the next sides."""
    if start >= end or not expressions:
        return
    for first, last, value, comment in _compiled(expressions[0]).intervals(start, end):
        stretch = _Stretch(first, last or end, _kind(value, comment), comment)
        if stretch.kind == "closed" and len(expressions) > 1:
            yield from _evaluate(expressions[1:], first, last or end)
        else:
            yield stretch


def _kind(value: LibraryState, comment: str) -> Kind:
    if value == LibraryState.CLOSED:
        return "closed"
    if _APPOINTMENT.search(comment) and not _NO_APPOINTMENT.search(comment):
        return "by-appointment"
    return "open" if value == LibraryState.OPEN else "unknown"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
