"""The opening hours of the days to come, as one reads them on paper."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby

from partners.hours.calendar import is_holiday, localise, timezone
from partners.hours.french import (
    DAYS,
    capitalise,
    format_month_day,
    format_time,
    join,
)
from partners.hours.opening import next_dates

CLOSED = "fermé"
HOLIDAY = "jour férié, appelez avant de venir"
MOST_OPENINGS = 100


def coming(
    osm: str, at: datetime, *, days: int = 7, departement: str = ""
) -> list[tuple[str, str]]:
    """[("Du lundi 23 au vendredi 27 novembre", "de 9 h à 12 h et de 14 h à 17 h"), …].

    From the day of `at` on, equal days in a row together. `[]` when the expression opens on none
    of these days, or has no dates (blank, always open, « sur rendez-vous »). Raises nothing.
    """
    today = localise(at, departement).date()
    start = datetime.combine(today, time.min, tzinfo=timezone(departement))
    found = next_dates(osm, start, count=MOST_OPENINGS, horizon_days=days, departement=departement)
    openings = [one for one in found if today <= one[0].date()]
    if not openings:
        return []
    week = [today + timedelta(days=number) for number in range(days)]
    said = [(day, _said(day, openings, departement)) for day in week]
    return list(_lines(said))


def _said(day: date, openings: Sequence[tuple[datetime, datetime]], departement: str) -> str:
    spans = [_span(start, end) for start, end in openings if start.date() == day]
    return join(spans) or (HOLIDAY if is_holiday(day, departement) else CLOSED)


def _span(start: datetime, end: datetime) -> str:
    last = "minuit" if end.time() == time.min else format_time(end.time())
    is_later = end.date() > start.date() and end.time() != time.min
    return f"de {format_time(start.time())} à {last}{' le lendemain' * is_later}"


def _lines(said: Sequence[tuple[date, str]]) -> Iterator[tuple[str, str]]:
    for text, group in groupby(said, key=lambda pair: pair[1]):
        yield capitalise(_days([day for day, _ in group])), text


def _days(days: Sequence[date]) -> str:
    first, last = days[0], days[-1]
    end = f"{DAYS[last.weekday()]} {format_month_day(last.month, last.day)}"
    if first == last:
        return end
    number = "1er" if first.day == 1 else str(first.day)
    day = number if first.month == last.month else format_month_day(first.month, first.day)
    start = f"{DAYS[first.weekday()]} {day}"
    return f"{start} et {end}" if len(days) == 2 else f"du {start} au {end}"
