"""Which names may be near, among very many: numbers only, no database.

pg_trgm compares two names in 5 µs, and the names of one commune two by two in minutes. Here each
name is a row of 0 and 1, a column for the trigrams of one hash, so that one product of matrices
says how many trigrams names share, at most. What it leaves out is not near; what it keeps is to be
compared letter by letter.

Names that differ by numbers alone (« Relais 12 », « Relais 13 ») are a series: they are not near.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COLUMNS = 256
ROWS = 400
"""Names compared at once with others: 5 MB of numbers for 3,000 of these."""
EXACT = 1_500
"""Above, the names of one place are compared with `NEIGHBOURS` before and after, in order."""
NEIGHBOURS = 200
NUMBER = re.compile(r"\d+")

Indexes = NDArray[np.int64]
Floats = NDArray[np.float32]
Block = tuple[Indexes, Indexes, float]
"""Names to compare, names to compare them with (positions), and the least similarity, 0 to 1."""


@dataclass(frozen=True)
class Names:
    """What is compared of names, by their position. `place`: in alphabetical order.

    Those of one of `series` that are not the `same` differ by a number alone. `sizes`: distinct
    trigrams; `hidden`: how many of them have no column of their own.
    """

    bits: NDArray[np.uint8]
    sizes: Floats
    hidden: Floats
    lengths: Indexes
    same: NDArray[np.int32]
    series: NDArray[np.int32]
    place: Indexes


@dataclass(frozen=True)
class Near:
    """Pairs of positions. `is_partial`: there may be more, less alike or far in the alphabet."""

    ones: Indexes
    others: Indexes
    is_partial: bool


def read(keys: Sequence[str]) -> Names:
    """`keys`: names folded by `words.fold`, of which pg_trgm has the same trigrams."""
    rows, codes = _trigrams(keys)
    bits = np.zeros((len(keys), COLUMNS), np.uint8)
    # Multiplied by a large odd number (Fibonacci hashing), so that near letters go to far columns.
    bits[rows, codes * 2654435769 % 2**32 * COLUMNS >> 32] = 1
    sizes = np.bincount(rows, minlength=len(keys)).astype(np.float32)
    place = np.empty(len(keys), np.int64)
    place[np.argsort(np.array(keys, dtype=str), kind="stable")] = np.arange(len(keys))
    return Names(
        bits=bits,
        sizes=sizes,
        hidden=sizes - bits.sum(axis=1, dtype=np.float32),
        lengths=np.array([len(key) for key in keys], np.int64),
        same=_numbered(map(_written_plainly, keys)),
        series=_numbered(map(_shape, keys)),
        place=place,
    )


def among(names: Names, blocks: Iterable[Block], *, most: int) -> Near:
    """The likeliest pairs of all blocks, `most` of them at most, however many names there are."""
    kept, is_partial, floor = _none(), False, 0.0
    for ones, others, least in blocks:
        is_partial = is_partial or _is_long(ones, others)
        is_one = _mask(names, ones)
        for window in _windows(names, ones, others) if floor < 1 else ():
            found = _near(names, *window, max(least, floor), is_one).above(floor)
            kept = kept + found
            if len(kept.ones) > most:
                kept, is_partial = kept.best(most), True
                floor = float(kept.alike.min())
    return Near(kept.ones, kept.others, is_partial)


def of_each(names: Names, blocks: Iterable[Block], *, most: int) -> Near:
    """Of each name to compare, the `most` likeliest in each block."""
    kept, is_partial = _none(), False
    for ones, others, least in blocks:
        is_one = _mask(names, ones)
        for start in range(0, len(ones), ROWS):
            found = _near(names, ones[start : start + ROWS], others, least, is_one)
            best = found.best_of_each(most)
            is_partial = is_partial or len(best.ones) < len(found.ones)
            kept = kept + best
    return Near(kept.ones, kept.others, is_partial)


@dataclass(frozen=True)
class _Pairs:
    """`alike`: their similarity, 0 to 1, or a little more than it."""

    ones: Indexes
    others: Indexes
    alike: Floats

    def __add__(self, more: "_Pairs") -> "_Pairs":
        if not len(more.ones):
            return self
        return _Pairs(
            np.concatenate([self.ones, more.ones]),
            np.concatenate([self.others, more.others]),
            np.concatenate([self.alike, more.alike]),
        )

    def where(self, chosen: NDArray[np.bool_] | Indexes) -> "_Pairs":
        return _Pairs(self.ones[chosen], self.others[chosen], self.alike[chosen])

    def above(self, floor: float) -> "_Pairs":
        return self.where(self.alike > floor) if floor else self

    def best(self, most: int) -> "_Pairs":
        """The likeliest, of those that are as likely the first."""
        limit = np.partition(self.alike, -most)[-most]
        above = np.flatnonzero(self.alike > limit)
        level = np.flatnonzero(self.alike == limit)[: most - len(above)]
        return self.where(np.sort(np.concatenate([above, level])))

    def best_of_each(self, most: int) -> "_Pairs":
        order = np.lexsort((-self.alike, self.ones))
        ones = self.ones[order]
        rank = np.arange(len(ones)) - np.searchsorted(ones, ones)
        return self.where(order[rank < most])


def _none() -> _Pairs:
    return _Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))


def _near(
    names: Names, ones: Indexes, others: Indexes, least: float, is_one: NDArray[np.bool_]
) -> _Pairs:
    """`is_one`: the names that a block compares with others, of which each pair is found twice.

    Names are near when they share a part of the trigrams of both, added up: 0.6 / 1.6 of them
    for a similarity of 0.6. A column is one shared trigram or more: those hidden are given."""
    part = least / (1 + least)
    shared = names.bits[ones].astype(np.float32) @ names.bits[others].T.astype(np.float32)
    wanted = part * names.sizes[ones] - names.hidden[ones] - 0.01
    is_near = shared >= wanted[:, None] + (part * names.sizes[others])[None, :]
    is_near &= (names.series[ones, None] != names.series[others]) | (
        names.same[ones, None] == names.same[others]
    )
    is_near &= ~is_one[others] | (ones[:, None] < others)
    hits = np.flatnonzero(is_near)
    rows, columns = np.divmod(hits, len(others))
    a, b = ones[rows], others[columns]
    lengths = names.lengths[a], names.lengths[b]
    kept = np.flatnonzero((np.maximum(*lengths) <= 2 * np.minimum(*lengths)) & (a != b))
    a, b = a[kept], b[kept]
    both = shared.ravel()[hits[kept]] + np.minimum(names.hidden[a], names.hidden[b])
    alike = np.minimum(both / np.maximum(names.sizes[a] + names.sizes[b] - both, 1), 1)
    return _Pairs(a, b, alike.astype(np.float32))


def _mask(names: Names, chosen: Indexes) -> NDArray[np.bool_]:
    mask = np.zeros(len(names.sizes), np.bool_)
    mask[chosen] = True
    return mask


def _is_long(ones: Indexes, others: Indexes) -> bool:
    return len(ones) * len(others) > EXACT * EXACT


def _windows(names: Names, ones: Indexes, others: Indexes) -> Iterable[tuple[Indexes, Indexes]]:
    """Parts of a block whose product is never long, whole when it is short."""
    if not _is_long(ones, others):
        yield from ((ones[start : start + ROWS], others) for start in range(0, len(ones), ROWS))
        return
    ones, others = (group[np.argsort(names.place[group])] for group in (ones, others))
    starts = np.searchsorted(names.place[others], names.place[ones])
    step = min(ROWS, max(1, ROWS * len(ones) // len(others)))
    for first in range(0, len(ones), step):
        start = int(starts[first])
        yield (
            ones[first : first + step],
            others[max(0, start - NEIGHBOURS) : start + ROWS + NEIGHBOURS],
        )


def _numbered(texts: Iterable[str]) -> NDArray[np.int32]:
    """The same number for the same text."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(text, len(numbers)) for text in texts], np.int32)


def _shape(key: str) -> str:
    """What a series has in common; « 5 » and « 05 » are one number."""
    return NUMBER.sub("0", key)


def _written_plainly(key: str) -> str:
    return NUMBER.sub(lambda found: found[0].lstrip("0") or "0", key)


def _trigrams(keys: Sequence[str]) -> tuple[Indexes, Indexes]:
    """(positions of names, their trigrams as numbers), each trigram of a name once.

    A word has two spaces before and one after, as in pg_trgm: « ab » is « ··a », « ·ab », « ab· ».
    """
    text = "\n".join(f"  {key.replace(' ', '  ')} " for key in keys)
    letters = np.frombuffer(text.encode("ascii", "replace"), np.uint8).astype(np.int64)
    if len(letters) < 3:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    first, second, third = letters[:-2], letters[1:-1], letters[2:]
    space, end = ord(" "), ord("\n")
    is_within = (first != end) & (second != end) & (third != end)
    kept = np.flatnonzero(is_within & ~((second == space) & (third == space)))
    rows = np.cumsum(letters == end)[kept]
    numbers = np.sort(rows << 21 | first[kept] << 14 | second[kept] << 7 | third[kept])
    numbers = numbers[np.append(True, numbers[1:] != numbers[:-1])]
    return numbers >> 21, numbers & 2**21 - 1
