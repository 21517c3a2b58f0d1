"""Opening hours: OpenStreetMap `opening_hours` expressions ⇄ people (pure Python, no Django).

- `state`, `next_dates`: what is open now, and when next; `coming`: the days to come, in words;
- `outlook`: the same days as spans, for a reader without a parser;
- `area`, `is_holiday`, `timezone`: of a département;
- `describe`, `describe_permanence`: the expression in French;
- `validate`: what a person typed, checked;
- `parse_cell`, `from_slots`: a week of spreadsheet cells to an expression;
- `Week`, `Rhythm`: an expression as a form shows it, and back, without loss;
- `format_time`, `format_interval`, `format_day`, `format_date`: French without a system locale.

Syntax: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from partners.hours.calendar import area, is_holiday, timezone
from partners.hours.cells import SlotsResult, from_slots, parse_cell
from partners.hours.coming import coming
from partners.hours.french import format_date, format_day, format_interval, format_time
from partners.hours.grammar import HoursError, validate
from partners.hours.opening import Outlook, State, next_dates, outlook, rounded, state
from partners.hours.rhythm import Rhythm, RhythmError, read_rhythm, write_rhythm
from partners.hours.sentences import describe, describe_permanence
from partners.hours.week import RANKS, Week, read_week, write_week

__all__ = [
    "RANKS",
    "HoursError",
    "Outlook",
    "Rhythm",
    "RhythmError",
    "SlotsResult",
    "State",
    "Week",
    "area",
    "coming",
    "describe",
    "describe_permanence",
    "format_date",
    "format_day",
    "format_interval",
    "format_time",
    "from_slots",
    "is_holiday",
    "next_dates",
    "outlook",
    "parse_cell",
    "read_rhythm",
    "read_week",
    "rounded",
    "state",
    "timezone",
    "validate",
    "write_rhythm",
    "write_week",
]
