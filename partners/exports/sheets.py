"""Small tables as CSV, for people: what a spreadsheet opens well, and never runs."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,20})?")


def neutral(text: str) -> str:
    """The text behind an apostrophe when a spreadsheet would run it: never a plain number.

    One that begins by apostrophes and such a sign gets one more, so that `plain` is its reverse.
    """
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def plain(text: str) -> str:
    """The text that `neutral` was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def as_csv(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows of cells with a byte order mark and semicolons, as a French spreadsheet opens it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerows([neutral(_written(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _written(cell: Any) -> str:
    return "" if cell is None else str(cell)
