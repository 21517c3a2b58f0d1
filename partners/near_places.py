"""Which records are compared by their name: numbers only, no database.

Those of one commune, those in two communes but within 500 m or so, and one that says no commune
with those whose name begins as its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partners.near_names import Block, Indexes

CELL = 0.0072  # degrees of latitude or longitude: 500 m at least, up to 51° north
ROW_LENGTH = 60_000  # more cells than the Earth has around
BEGINNING = 3
NOWHERE = 0
"""Stands for the commune of who says none."""
AROUND = [up * ROW_LENGTH + aside for up in (-1, 0, 1) for aside in (-1, 0, 1)]


@dataclass(frozen=True)
class Places:
    """Of each record, in columns. `asked`: those compared with all; `latitudes`, `longitudes`:
    degrees, NaN when not known; `is_hidden`: a confidential shelter, which is nowhere."""

    keys: Sequence[str]
    asked: NDArray[np.bool_]
    communes: Indexes
    latitudes: NDArray[np.float64]
    longitudes: NDArray[np.float64]
    is_hidden: NDArray[np.bool_]


def blocks(places: Places, *, near: float, anywhere: float) -> Iterator[Block]:
    """What to compare; `near` and `anywhere`: least similarity in one place, and in none."""
    for ones, others in _in_one_commune(places):
        yield ones, others, near
    for ones, others in _across_communes(places):
        yield ones, others, near
    for ones, others in _from_nowhere(places):
        yield ones, others, anywhere


def _in_one_commune(places: Places) -> Iterator[tuple[Indexes, Indexes]]:
    placed = np.flatnonzero(places.communes != NOWHERE)
    for group in _groups(placed, places.communes[placed]):
        if len(group) > 1:
            yield group[places.asked[group]], group


def _across_communes(places: Places) -> Iterator[tuple[Indexes, Indexes]]:
    """Of the records in a cell of which a cell around has another commune."""
    placed = np.flatnonzero(np.isfinite(places.latitudes) & np.isfinite(places.longitudes))
    if not len(placed):
        return
    rows = np.floor(places.latitudes[placed] / CELL).astype(np.int64)
    columns = np.floor(places.longitudes[placed] / CELL).astype(np.int64)
    numbers = rows * ROW_LENGTH + columns
    order = np.argsort(numbers, kind="stable")
    placed, numbers = placed[order], numbers[order]
    cells, starts = np.unique(numbers, return_index=True)
    ends = np.append(starts[1:], len(placed))
    communes = places.communes[placed]
    least, most = (lower.reduceat(communes, starts) for lower in (np.minimum, np.maximum))
    around = cells[:, None] + np.array(AROUND)
    found = np.minimum(np.searchsorted(cells, around), len(cells) - 1)
    is_there = cells[found] == around
    lowest = np.where(is_there, least[found], least[:, None]).min(axis=1)
    highest = np.where(is_there, most[found], most[:, None]).max(axis=1)
    for cell in np.flatnonzero(lowest != highest):
        ones = placed[starts[cell] : ends[cell]]
        parts = [placed[starts[at] : ends[at]] for at in found[cell][is_there[cell]]]
        yield ones[places.asked[ones]], np.concatenate(parts)


def _from_nowhere(places: Places) -> Iterator[tuple[Indexes, Indexes]]:
    """Both ways, as one of the two may be a record that nothing is asked about."""
    beginnings = np.array([key[:BEGINNING] for key in places.keys], dtype=str)
    is_nowhere = (places.communes == NOWHERE) & ~places.is_hidden
    shown = np.flatnonzero(~places.is_hidden & np.isin(beginnings, beginnings[is_nowhere]))
    for group in _groups(shown, beginnings[shown]):
        nowhere, asked = is_nowhere[group], places.asked[group]
        yield group[nowhere & asked], group
        yield group[~nowhere & asked], group[nowhere & ~asked]


def _groups(members: Indexes, numbers: NDArray[np.generic]) -> list[Indexes]:
    """The members that have the same number, together."""
    if not len(members):
        return []
    order = np.argsort(numbers, kind="stable")
    _, starts = np.unique(numbers[order], return_index=True)
    return np.split(members[order], starts[1:])
