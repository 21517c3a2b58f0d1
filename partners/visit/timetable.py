"""Opening hours as spans of minutes, each expression once: a telephone has no parser for them."""

from datetime import date, datetime, time, timedelta
from typing import Any

from partners import hours

DAYS = 16
"""From the eve of the pack: the seven days to come of the last of its seven days."""

KINDS = {"open": 0, "by-appointment": 1, "unknown": 2, "closed": 3}
MINUTE = timedelta(minutes=1)


class Timetable:
    """The expressions met, from a first day on: `index` gives the place of each among `rows`."""

    def __init__(self, first_day: date) -> None:
        self.first_day = first_day
        self.rows: list[dict[str, Any]] = []
        self._known: dict[tuple[str, str], int] = {}

    def index(self, osm: str, departement: str) -> int | None:
        """None for an expression that says nothing."""
        if not osm.strip():
            return None
        key = osm, hours.area(departement)
        if key not in self._known:
            self._known[key] = len(self.rows)
            self.rows.append(self._row(*key))
        return self._known[key]

    def _row(self, osm, where):
        found = hours.outlook(osm, self.first_day, days=DAYS, departement=where)
        row = {
            "spans": [self._span(*span) for span in found.spans],
            "off": found.says_off,
            "school": found.school,
            "unreadable": not found.is_readable,
            "zone": str(hours.timezone(where)) if where else "",
            "holidays": self.holidays(where) if where else [],
            "week": hours.describe(osm),
            "said": hours.describe_permanence(osm),
        }
        return {name: value for name, value in row.items() if value or name == "spans"}

    def _span(self, start, end, kind, comment):
        numbers = [self._minutes(start), self._minutes(end) if end else None, KINDS[kind]]
        return [*numbers, comment] if comment else numbers

    def _minutes(self, moment):
        return (moment - datetime.combine(self.first_day, time.min)) // MINUTE

    def holidays(self, departement: str = "") -> list[str]:
        """The public holidays of these days (ISO 8601)."""
        days = (self.first_day + timedelta(days=number) for number in range(DAYS))
        return [day.isoformat() for day in days if hours.is_holiday(day, departement)]
