"""Rows that can be told from the others and are in the scope."""

from typing import Any

from partners.imports.data_inclusion.reading import Numbered
from partners.imports.data_inclusion.scope import Scope
from partners.imports.data_inclusion.tally import KEPT_OUT, Tally
from partners.imports.notes import Remark
from partners.models import Listing


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
        identifier = row.get("id")
        if not isinstance(identifier, str) or not identifier.strip():
            return Remark("id", "", "valeur obligatoire")
        if identifier in self._lines:
            first = self._lines[identifier]
            return Remark("id", identifier, f"même identifiant que la ligne {first}")
        return None
