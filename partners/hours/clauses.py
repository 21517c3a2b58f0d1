"""One rule of an expression, taken apart: days, hours, state."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from partners.hours.french import MINUTES_PER_DAY

DAY_CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTH_CODES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
EVERY_DAY = frozenset(range(7))

DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_MONTH = f"(?:{'|'.join(MONTH_CODES)})"
_DATE = rf"(?:\d{{4}} )?{_MONTH} \d{{1,2}}"
_PERIOD = rf"(?:{_DATE}(?:-{_DATE})?|{_MONTH}(?:-{_MONTH})?)"
_WEEKS = r"\d\d(?:-\d\d(?:/\d+)?)?"
_DAYS = rf"(?:{DAY}(?:-{DAY}|\[-?\d(?:,-?\d)*\])?|PH|SH)"
_SPAN = r"\d\d:\d\d(?:-\d\d:\d\d)?\+?"
_RULE = re.compile(
    rf"(?:(?P<always>24/7)|(?P<periods>{_PERIOD}(?:,{_PERIOD})*))? ?"
    rf"(?:week(?P<weeks>{_WEEKS}(?:,{_WEEKS})*))? ?"
    rf"(?P<days>{_DAYS}(?:,{_DAYS})*)? ?"
    rf"(?P<spans>{_SPAN}(?:,{_SPAN})*)? ?"
    r"(?P<state>off|unknown)?"
)
_ITEM = re.compile(rf"{_DAYS}")


class Unreadable(Exception):
    """The rule is valid but has no words here."""


@dataclass(frozen=True)
class Span:
    """Minutes since midnight; an `end` above 1440 is the next day, None is open (`09:00+`)."""

    start: int
    end: int | None


@dataclass(frozen=True)
class Period:
    """(year or 0, month, day) to the same; day 0 for whole months."""

    first: tuple[int, int, int]
    last: tuple[int, int, int]


@dataclass(frozen=True)
class Clause:
    """One kind of day of one rule: weekdays, nth weekdays of the month, or holidays."""

    days: frozenset[int] = EVERY_DAY
    ranks: tuple[int, ...] = ()
    holiday: str = ""  # "PH", "SH" or none
    periods: tuple[Period, ...] = ()
    weeks: tuple[tuple[int, int, int], ...] = ()  # first, last, step
    spans: tuple[Span, ...] = ()
    state: str = "open"  # "open", "off", "unknown"
    comment: str = ""
    is_extra: bool = False  # after a comma: added to the day instead of replacing it

    @property
    def is_weekly(self) -> bool:
        return not (self.ranks or self.holiday or self.periods or self.weeks)


def read_clauses(body: str, comment: str, scope: str, *, is_extra: bool) -> Iterator[Clause]:
    """Clauses of a rule, in the library's spelling without its comment. Raises `Unreadable`."""
    match = _RULE.fullmatch(body)
    if not match or scope == "PH" or "," in scope:
        raise Unreadable
    common = Clause(
        periods=tuple(_periods(match["periods"])),
        weeks=tuple(_weeks(match["weeks"])),
        spans=tuple(_spans(match["spans"])),
        state=match["state"] or "open",
        comment=comment,
        is_extra=is_extra,
    )
    if scope:
        days = (clause.days for clause in _days(common, match["days"]) if clause.is_weekly)
        yield replace(common, holiday=scope, days=frozenset().union(*days))
    else:
        yield from _days(common, match["days"])


def _days(common: Clause, text: str | None) -> Iterator[Clause]:
    if text is None:
        yield common
        return
    items = _ITEM.findall(text)
    weekly: set[int] = set()
    for item in items:
        if item not in ("PH", "SH") and "[" not in item:
            first, last = (DAY_CODES.index(code) for code in (item[:2], item[-2:]))
            weekly |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    if weekly:
        yield replace(common, days=frozenset(weekly))
    yield from (_nth(common, item) for item in items if "[" in item)
    yield from (replace(common, holiday=item) for item in items if item in ("PH", "SH"))


def _nth(common: Clause, item: str) -> Clause:
    ranks = tuple(int(rank) for rank in item[3:-1].split(","))
    if any(rank < -2 for rank in ranks):
        raise Unreadable
    return replace(common, days=frozenset({DAY_CODES.index(item[:2])}), ranks=ranks)


def _periods(text: str | None) -> Iterator[Period]:
    for piece in text.split(",") if text else ():
        first, _, last = piece.partition("-")
        yield Period(_date(first), _date(last or first))


def _date(text: str) -> tuple[int, int, int]:
    found = re.fullmatch(rf"(?:(\d{{4}}) )?({_MONTH})(?: (\d+))?", text)
    if not found:
        raise Unreadable
    return int(found[1] or 0), MONTH_CODES.index(found[2]) + 1, int(found[3] or 0)


def _weeks(text: str | None) -> Iterator[tuple[int, int, int]]:
    for piece in text.split(",") if text else ():
        numbers, _, step = piece.partition("/")
        first, _, last = numbers.partition("-")
        yield int(first), int(last or first), int(step or 1)


def _spans(text: str | None) -> Iterator[Span]:
    for piece in text.split(",") if text else ():
        first, _, last = piece.partition("-")
        start = _minutes(first.rstrip("+"))
        if piece.endswith("+"):
            if last:
                raise Unreadable
            yield Span(start, None)
        else:
            end = _minutes(last)
            end = end if end > start else end + MINUTES_PER_DAY
            if end >= 2 * MINUTES_PER_DAY:
                raise Unreadable
            yield Span(start, end)


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    if not minutes:
        raise Unreadable
    return int(hours) * 60 + int(minutes)
