"""A week of spreadsheet cells (« 09:00 - 12:00 / 14:00 - 17:00 ») to an OpenStreetMap expression.

What is changed on the way is said in a note. A cell that holds words nobody can turn into hours
is kept as text and makes the day unknown: it must not look closed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from partners.hours.clauses import DAY_CODES
from partners.hours.french import (
    DAYS,
    MINUTES_PER_DAY,
    NBSP,
    capitalise,
    format_slot,
    runs,
)

Slot = tuple[str, str]
MAX_COMMENT = 120
NO_RANKS: Mapping[int, Sequence[int]] = MappingProxyType({})

_CLOCK = (
    r"(\d{1,2})(?:[:.](\d{2})|\s*h(?:\s*(\d{2})(?!\s*[h:.\d]))?)?(?:\s*mn|\s*min)?|(midi|minuit)"
)
_RANGE = re.compile(
    rf"(?<![\d:.])(?:{_CLOCK})\s*(?:-|–|—|à|a|jusqu['’]à)\s*(?:{_CLOCK})(?![\d:])", re.IGNORECASE
)
_APPOINTMENT = re.compile(
    r"\(?(?:uniquement|seulement|exclusivement)?\s*\b(?:sur|avec)\s+"
    r"(?:rendez[- ]?vous|rdv|r\.d\.v\.?|rv)\b\.?\s*(?:uniquement|seulement)?\)?",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"(?:ferm[ée]e?s?|fermeture|-|–|—|néant|aucun)\.?", re.IGNORECASE)
_ALL_DAY = re.compile(r"24\s*h?\s*/\s*24\s*h?", re.IGNORECASE)
_FILLERS = re.compile(
    r"\b(?:de|d|le|et|puis|matin|après-midi|apres-midi|horaires?|ouvert)\b|[/;,|&+()'’]|[:.](?!\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SlotsResult:
    """`osm`: expression, "" when no cell says anything. `notes`: French, one per change."""

    osm: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Cell:
    spans: tuple[tuple[int, int], ...] = ()  # minutes since midnight, sorted, apart
    notes: tuple[str, ...] = ()
    by_appointment: bool = False
    text: str = ""  # what could not be read and makes the day unknown
    is_closed: bool = False  # said so, not merely empty

    @property
    def rule(self) -> str:
        """The OSM rule without its days, "" for a closed day."""
        times = ",".join("-".join(slot) for slot in _slots(self.spans))
        if self.by_appointment:
            return f'{times} "sur rendez-vous"'.strip()
        if self.text and not times:
            return f'unknown "{self.text}"'
        return times


def parse_cell(text: str) -> tuple[tuple[Slot, ...], tuple[str, ...]]:
    """Slots (("09:00", "12:00"), …), sorted and apart, and notes in French on what was changed.

    Accepts « 09:00 - 12:00 / 14:00 - 17:00 », « 9h-12h / 14h-17h », « 9h30 à 12h »,
    « 09:00-12:00;14:00-17:00 », « fermé ». « Sur rendez-vous » has no slot: a note says it, and
    `from_slots` writes it in the expression. Raises nothing.
    """
    cell = _read(text)
    notes = (*cell.notes, "sur rendez-vous") if cell.by_appointment else cell.notes
    return _slots(cell.spans), notes


def from_slots(
    days: Mapping[int, str | Sequence[Slot]], ranks: Mapping[int, Sequence[int]] = NO_RANKS
) -> SlotsResult:
    """Expression for a week; days are 0 (Monday) to 6, values a cell's text or its slots.

    `ranks`: which of the month, for the days that are not those of every week (-1 the last).

    Days with the same hours are grouped in the order of the week:
    « Mo-We,Fr 09:00-12:00,14:00-17:00; Th 09:00-12:00 ». An empty cell is a closed day; a week
    of empty cells is "" (unknown), a week of « fermé » is "off". Raises `ValueError` for a day
    outside 0 to 6.
    """
    groups: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    notes: list[str] = []
    is_closed = False
    for day, value in sorted(days.items()):
        if day not in range(7):
            raise ValueError(f"day {day} is not between 0 (Monday) and 6 (Sunday)")
        cell = _read(value if isinstance(value, str) else " / ".join(map(" - ".join, value)))
        notes += [f"{capitalise(DAYS[day])}{NBSP}: {note}" for note in cell.notes]
        is_closed = is_closed or cell.is_closed
        if cell.rule:
            groups.setdefault((cell.rule, tuple(ranks.get(day, ()))), []).append(day)
    rules = [f"{_day_codes(group, nth)} {rule}" for (rule, nth), group in groups.items()]
    return SlotsResult("; ".join(rules) or ("off" if is_closed else ""), tuple(notes))


def _day_codes(days: Sequence[int], ranks: Sequence[int]) -> str:
    if ranks:
        return ",".join(f"{DAY_CODES[day]}[{','.join(map(str, ranks))}]" for day in days)
    return ",".join(
        DAY_CODES[first] if first == last else f"{DAY_CODES[first]}-{DAY_CODES[last]}"
        for first, last in runs(days)
    )


def _slots(spans: Sequence[tuple[int, int]]) -> tuple[Slot, ...]:
    return tuple((_clock(start), _clock(end)) for start, end in spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _read(text: str) -> _Cell:
    original = " ".join(re.sub(r"(?<=\S)\s*\n\s*(?=\S)", " / ", text).split())
    if not original:
        return _Cell()
    if _CLOSED.fullmatch(original):
        return _Cell(is_closed=True)
    if _ALL_DAY.fullmatch(original):
        return _Cell(spans=((0, MINUTES_PER_DAY),))
    hours, appointments = _APPOINTMENT.subn(" ", original)
    rest = _FILLERS.sub(" ", _RANGE.sub(" ", hours))
    if re.search(r"[^\W\d_]", re.sub(r"(?<=\d)\s*h\b", "", rest, flags=re.IGNORECASE)):
        # Words may change the meaning of the hours (« 1er et 3e mardi 9h-12h »).
        note = f"{_quote(original)} n'a pas été compris, gardé comme texte à vérifier"
        return _Cell(notes=(note,), text=_comment(original))
    spans, notes = _checked_spans(hours, original)
    notes += [f"{_quote(piece)} écarté, illisible" for piece in rest.split() if piece.strip("-–—")]
    merged = _merged(spans)
    if merged != sorted(spans):
        notes.append(_merge_note(original, sorted(spans), merged))
    is_lost = bool(notes) and not merged and not appointments and not _says_nothing(hours)
    return _Cell(
        spans=tuple(merged),
        notes=tuple(notes),
        by_appointment=bool(appointments),
        text=_comment(original) if is_lost else "",
    )


def _says_nothing(hours: str) -> bool:
    """Only `00:00 - 00:00`: a form's way to say "no hours"."""
    return all(span == (0, 0) for span in _spans(hours)) and bool(_RANGE.search(hours))


def _spans(hours: str) -> Iterator[tuple[int, int] | None]:
    """Each range in minutes since midnight; None when it is not a time of the day."""
    for match in _RANGE.finditer(hours):
        start, end = _minutes(*match.groups()[:4]), _minutes(*match.groups()[4:])
        yield None if start is None or end is None else (start, end)


def _minutes(
    hour: str | None, digits: str | None, digits_after_h: str | None, word: str | None
) -> int | None:
    if word:
        return 12 * 60 if word.lower() == "midi" else 0
    minute = int(digits or digits_after_h or 0)
    total = int(hour or 0) * 60 + minute
    return total if total <= MINUTES_PER_DAY and minute < 60 else None


def _checked_spans(hours: str, original: str) -> tuple[list[tuple[int, int]], list[str]]:
    kept: list[tuple[int, int]] = []
    notes: list[str] = []
    zeros = 0
    for match, span in zip(_RANGE.finditer(hours), _spans(hours), strict=True):
        quoted = _quote(match[0].strip())
        if span is None:
            notes.append(f"{quoted} écarté, ce n'est pas une heure")
        elif span == (0, 0):
            zeros += 1
        elif span[1] == 0:
            kept.append((span[0], MINUTES_PER_DAY))
            notes.append(f"{quoted} compris comme une fin à minuit")
        elif span[0] >= span[1]:
            notes.append(f"{quoted} écarté, la fin ne suit pas le début")
        else:
            kept.append(span)
    if zeros:
        source = "" if original == "00:00 - 00:00" else f" dans {_quote(original)}"
        notes.insert(0, f"{_quote('00:00 - 00:00')} ignoré{source}, aucun horaire")
    return kept, notes


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping and touching spans joined, in order."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _merge_note(
    original: str, spans: Sequence[tuple[int, int]], merged: Sequence[tuple[int, int]]
) -> str:
    distinct = sorted(set(spans))
    if distinct == merged:
        reason = "créneau en double"
    elif _is_apart(distinct):
        reason = "créneaux qui se touchent"
    else:
        reason = "créneaux qui se chevauchent"
    result = ", ".join(format_slot(start, end) for start, end in merged)
    return f"{reason} dans {_quote(original)}, devenu {result}"


def _is_apart(spans: Sequence[tuple[int, int]]) -> bool:
    return all(first[1] <= second[0] for first, second in pairwise(spans))


def _quote(text: str) -> str:
    return f"«{NBSP}{text}{NBSP}»"


def _comment(text: str) -> str:
    """Text fit for OSM quotes."""
    bare = text.replace('"', "'")
    return bare if len(bare) <= MAX_COMMENT else f"{bare[: MAX_COMMENT - 1]}…"
