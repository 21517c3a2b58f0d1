"""Small numbers hidden in a table, so that its totals do not give them back (rule R4).

Nothing under `LEAST` is published, totals included. Hiding those alone is not enough: a row that
shows its total and all its cells but one tells that one. So other cells go with them (complementary
suppression), the smallest that do, until for each number of 1 to 4 there is another table, of whole
numbers none of them negative, that differs there and shows the same.

The rule is exact, because a table with totals is a network: give totals the sign minus, and every
row and every column adds up to zero. A hidden number can be another one if, and only if, a closed
path of hidden cells goes through it, up one cell and down the next, a column then a row; a number
goes down only while it is above zero (Cox 1980, « Suppression methodology and statistical
disclosure control »; Fischetti and Salazar 2001). A zero is nobody's: it is hidden with the rest,
but nothing more is hidden for its sake.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf

LEAST = 5
"""The smallest number that is published."""

Table = list[list[int]]
Shown = list[list[int | None]]
Cell = tuple[int, int]
Arc = tuple[int, int]


def is_small(number: int) -> bool:
    """Whether a number is some people's, and few."""
    return 0 < number < LEAST


def totalled(table: Table) -> Table:
    """The table with the total of each row at its end, then the row of totals."""
    rows = [[*row, sum(row)] for row in table]
    width = len(rows[0]) if rows else 1
    return [*rows, [sum(row[column] for row in rows) for column in range(width)]]


def published(table: Table, *, wholes: Table | None = None) -> Shown:
    """The table and its totals (one row and one column more), None where a number is hidden.

    `table`: whole numbers, none negative. `wholes`: what each number of `table` is a part of, which
    is published too; what a part leaves must not be small, nor a part be shown without its whole.
    """
    numbers = totalled(table)
    nothing: Shown = [[None] * len(row) for row in numbers]
    secret = {cell for cell, number in _cells(numbers) if number < LEAST}
    whole = nothing
    if wholes is not None:
        whole = published(wholes)
        secret |= _telling(numbers, whole, totalled(wholes))
    if (len(numbers) - 1, len(numbers[0]) - 1) in secret:
        return nothing
    most = [[inf if number is None else number for number in row] for row in whole]
    network = _Network(numbers, secret, most)
    network.protect()
    return [
        [None if (r, c) in network.hidden else number for c, number in enumerate(row)]
        for r, row in enumerate(numbers)
    ]


def published_row(numbers: list[int]) -> tuple[list[int | None], int | None]:
    """(a list of numbers, their total), None where hidden.

    Where all are the largest small number their total would say so to who knows this rule.
    """
    if set(numbers) == {LEAST - 1}:
        return [None] * len(numbers), None
    shown = published([numbers])[0]
    return shown[:-1], shown[-1]


def _cells(numbers: Table) -> Iterator[tuple[Cell, int]]:
    for r, row in enumerate(numbers):
        for c, number in enumerate(row):
            yield (r, c), number


def _telling(numbers: Table, shown: Shown, wholes: Table) -> set[Cell]:
    """Those whose whole is hidden, or what they leave of it is small."""
    return {
        (r, c)
        for (r, c), number in _cells(numbers)
        if shown[r][c] is None or is_small(wholes[r][c] - number)
    }


@dataclass
class _Network:
    """Rows and columns are nodes; a cell goes up from its row to its column, down the other way.

    Of a total the reverse, but for the grand total, which is never hidden.
    """

    numbers: Table
    hidden: set[Cell]
    most: list[list[float]]  # what a reader knows that each number is not above

    def __post_init__(self) -> None:
        self.height, self.width = len(self.numbers), len(self.numbers[0])
        self.moving: set[Cell] = set()

    def protect(self) -> None:
        for cell in sorted(cell for cell in self.hidden if self._needs_doubt(cell)):
            if cell not in self.moving:
                path = self._loop(cell)
                self.hidden |= path
                self.moving |= path

    def _needs_doubt(self, cell: Cell) -> bool:
        """A small number; or one hidden because what it leaves of its whole is."""
        return self._number(cell) > 0

    def _number(self, cell: Cell) -> int:
        return self.numbers[cell[0]][cell[1]]

    def _is_total(self, cell: Cell) -> bool:
        return (cell[0] == self.height - 1) != (cell[1] == self.width - 1)

    def _loop(self, cell: Cell) -> set[Cell]:
        """The cells of the cheapest closed path through a cell, those hidden already for free.

        Its number may go up on that path, or down. All cells when there is none.
        """
        row, column = cell[0], self.height + cell[1]
        arcs = [arc for arc in ((row, column), (column, row)) if self._can(cell, arc)]
        found = [self._cheapest(end, start, but=cell) for start, end in arcs]
        known = [path for path in found if path is not None]
        if not known:
            everything = {place for place, _ in _cells(self.numbers)}
            return everything - {(self.height - 1, self.width - 1)}
        return {cell, *min(known)[1]}

    def _can(self, cell: Cell, arc: Arc) -> bool:
        """Whether a cell may be moved along: from its row (up) or to it (down), totals reversed."""
        is_up = (arc[0] < self.height) != self._is_total(cell)
        return self._number(cell) < self.most[cell[0]][cell[1]] if is_up else self._number(cell) > 0

    def _cheapest(self, start: int, end: int, *, but: Cell) -> tuple[int, list[Cell]] | None:
        """(sum of the numbers that a path would hide, its cells): Dijkstra's algorithm."""
        waiting: list[tuple[int, int, list[Cell]]] = [(0, start, [])]
        done: set[int] = set()
        while waiting:
            cost, node, path = heappop(waiting)
            if node == end:
                return cost, path
            if node in done:
                continue
            done.add(node)
            for cell, other in self._beside(node):
                if other not in done and cell != but and self._can(cell, (node, other)):
                    price = 0 if cell in self.hidden else self._number(cell) + 1
                    heappush(waiting, (cost + price, other, [*path, cell]))
        return None

    def _beside(self, node: int) -> Iterator[tuple[Cell, int]]:
        """(cell, node at its other end); the grand total, which stays, is no way."""
        if node < self.height:
            cells = [((node, c), self.height + c) for c in range(self.width)]
        else:
            cells = [((r, node - self.height), r) for r in range(self.height)]
        last = (self.height - 1, self.width - 1)
        return ((cell, other) for cell, other in cells if cell != last)
