"""The rhythm of a permanence as a form shows it (« 2e et 4e mardi, 14h-17h ») ⇄ OpenStreetMap."""

import re
from dataclasses import dataclass

from partners.hours.cells import parse_cell
from partners.hours.clauses import DAY_CODES
from partners.hours.french import NBSP
from partners.hours.grammar import HoursError, validate
from partners.hours.week import APPOINTMENT, RANKS, write_slots

_RHYTHM = re.compile(
    rf"(?P<day>{'|'.join(DAY_CODES)})(?:\[(?P<ranks>-?\d(?:,-?\d)*)\])? "
    r"(?P<times>[\d:,-]+)(?P<august>; Aug off)?(?P<holidays>; PH off)?"
)


@dataclass(frozen=True)
class Rhythm:
    """`day`: 0 (Monday) to 6. `ranks`: among `RANKS`, -1 the last; () every week."""

    day: int
    slots: str
    ranks: tuple[int, ...] = ()
    is_closed_in_august: bool = False
    is_closed_on_holidays: bool = False


class RhythmError(ValueError):
    """The slots are not hours; the message is in French, for who typed them."""


def read_rhythm(osm: str) -> Rhythm | None:
    """The rhythm that says all of `osm`, None when none does. Raises nothing."""
    try:
        found = _RHYTHM.fullmatch(validate(osm))
    except HoursError:
        return None
    if not found:
        return None
    rhythm = Rhythm(
        DAY_CODES.index(found["day"]),
        write_slots(found["times"]),
        tuple(int(rank) for rank in (found["ranks"] or "").split(",") if rank),
        is_closed_in_august=bool(found["august"]),
        is_closed_on_holidays=bool(found["holidays"]),
    )
    return rhythm if _is_same(rhythm, osm) else None


def write_rhythm(rhythm: Rhythm) -> str:
    """The expression. Raises `RhythmError` for slots that are not hours."""
    slots, notes = parse_cell(rhythm.slots)
    if APPOINTMENT in notes:
        raise RhythmError(f"Pour «{NBSP}sur rendez-vous{NBSP}», cochez la case.")
    if notes or not slots:
        said = "; ".join(notes) or "écrivez les heures, par exemple 14h-17h"
        raise RhythmError(f"{said[:1].upper()}{said[1:]}.")
    times = ",".join("-".join(slot) for slot in slots)
    ranks = f"[{','.join(map(str, rhythm.ranks))}]" if rhythm.ranks else ""
    august = "; Aug off" if rhythm.is_closed_in_august else ""
    holidays = "; PH off" if rhythm.is_closed_on_holidays else ""
    return validate(f"{DAY_CODES[rhythm.day]}{ranks} {times}{august}{holidays}")


def _is_same(rhythm: Rhythm, osm: str) -> bool:
    try:
        return set(rhythm.ranks) <= set(RANKS) and write_rhythm(rhythm) == validate(osm)
    except (RhythmError, HoursError):
        return False
