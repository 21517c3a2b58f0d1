"""Small tables as CSV, for people: what a spreadsheet opens well, and never runs."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from partners.imports.marks import neutral


def as_csv(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows of cells with a byte order mark and semicolons, as a French spreadsheet opens it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerows([neutral(_written(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _written(cell: Any) -> str:
    return "" if cell is None else str(cell)
