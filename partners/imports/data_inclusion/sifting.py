"""Rows that can be told from the others and are in the scope."""

from typing import Any

from partners.imports.data_inclusion.reading import Numbered
from partners.imports.data_inclusion.scope import Scope
from partners.imports.data_inclusion.tally import KEPT_OUT, Tally
from partners.imports.errors import NBSP, ImportRefused
from partners.imports.notes import Remark
from partners.models import Listing

KEYS = ("id", "source", "structure_id")
"""What rows are found by: asked of the database as they stand."""
EXCHANGED = (
    f"Ce fichier de structures contient des services{NBSP}: donnez d'abord le fichier des "
    "structures, puis celui des services."
)


def is_storable(value: Any) -> bool:
    """Whether PostgreSQL takes a text: neither a null character nor half of one."""
    if not isinstance(value, str) or value.isascii():
        return not isinstance(value, str) or "\0" not in value
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)


class Sifter:
    """One file. `sources`: those of its rows; `has_found`: whether it had any row at all."""

    def __init__(self, kind: str, scope: Scope, tally: Tally) -> None:
        self.kind, self.tally = kind, tally
        self._is_in = scope.has_place if kind == Listing.Kind.STRUCTURE else scope.has_service
        self._lines: dict[str, int] = {}
        self.sources: set[str] = set()
        self.has_found = False

    def sound(self, chunk: list[Numbered]) -> list[Numbered]:
        """The rows to go on with; the others are counted, with the reason."""
        return [(line, row) for line, row in chunk if self._is_sound(line, row)]

    def _is_sound(self, line: int, row: Any) -> bool:
        self.has_found = True
        fault = self._fault(row)
        if fault:
            self.tally.refuse(self.kind, line, row, [fault])
            return False
        self._lines[row["id"]] = line
        self.sources.add(str(row.get("source")))
        if not self._is_in(row):
            self.tally.count(self.kind, KEPT_OUT)
            return False
        return True

    def _fault(self, row: Any) -> Remark | None:
        if not isinstance(row, dict):
            return Remark("", "", "ce n'est pas un objet JSON")
        if self.kind == Listing.Kind.STRUCTURE and row.get("structure_id"):
            raise ImportRefused(EXCHANGED)
        identifier = row.get("id")
        if identifier is not None and not isinstance(identifier, str):
            return Remark("id", "", "texte attendu")
        if not identifier or not identifier.strip():
            return Remark("id", "", "valeur obligatoire")
        for name in KEYS:
            if not is_storable(row.get(name)):
                return Remark(name, "", "caractère interdit")
        if identifier in self._lines:
            first = self._lines[identifier]
            return Remark("id", identifier, f"même identifiant que la ligne {first}")
        return None
