"""What a plan has to say of a row: remarks on cells, and values before and after."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """About one cell, or the whole row when `column` is ""; `reason` is in French."""

    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Change:
    """One column of a record, as cells are written, before and after."""

    column: str
    old: str
    new: str
