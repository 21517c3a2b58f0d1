"""Rows of a pack."""

from typing import Any

Row = dict[str, Any]


def full(row: Row) -> Row:
    """Without what is empty, false or null; a number stays, be it 0."""
    return {name: value for name, value in row.items() if value or type(value) is int}
