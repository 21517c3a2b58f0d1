"""What an import of a hundred thousand rows has to say: counts, reasons, and the rows at fault."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from partners.imports.errors import NBSP, quote
from partners.imports.notes import Remark
from partners.imports.outcome import Outcome, RowPlan
from partners.models import Listing

GONE, KEPT_OUT = "gone", "out_of_scope"
SHOWN = 20
NAMES = {Listing.Kind.STRUCTURE.value: "structures", Listing.Kind.SCHEME.value: "services"}
WORDS = {
    Outcome.CREATED: ("créée", "créées"),
    Outcome.CHANGED: ("modifiée", "modifiées"),
    Outcome.UNCHANGED: ("inchangée", "inchangées"),
    Outcome.REFUSED: ("refusée", "refusées"),
    GONE: ("disparue et archivée", "disparues et archivées"),
    KEPT_OUT: ("hors des départements demandés", "hors des départements demandés"),
}


@dataclass
class Tally:
    """Fills up as the import goes. `rows`: those that have something to say, as JSON."""

    counts: dict[str, Counter[str]] = field(
        default_factory=lambda: {kind.value: Counter() for kind in Listing.Kind}
    )
    waiting: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    proposals: int = 0
    is_own_export: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)

    def count(self, kind: str, outcome: str, number: int = 1) -> None:
        self.counts[kind][outcome] += number

    def refuse(self, kind: str, line: int, row: Any, faults: list[Remark]) -> None:
        """A row that was refused before it could be planned."""
        self.count(kind, Outcome.REFUSED)
        identifier = str(row.get("id", "")) if isinstance(row, dict) else ""
        self._say(kind, line, identifier, Outcome.REFUSED, refusals=faults)

    def take(self, kind: str, identifier: str, row: RowPlan, proposed: list[str]) -> None:
        """A row that was planned."""
        self.count(kind, row.outcome)
        self.proposals += len(proposed)
        states = [remark for remark in row.draft.warnings if remark.column == "statut"]
        warnings = [remark for remark in row.draft.warnings if remark.column != "statut"]
        self.waiting.update(remark.reason for remark in states)
        self.warnings.update(remark.column or "fiche" for remark in warnings)
        is_worth = warnings or proposed or row.is_refused or row.outcome == Outcome.CHANGED
        if is_worth:
            self._say(
                kind, row.line, identifier, row.outcome,
                refusals=row.draft.refusals, warnings=warnings, proposals=proposed,
                changes=[vars(change) for change in row.changes],
            )  # fmt: skip

    def _say(
        self,
        kind: str,
        line: int,
        identifier: str,
        outcome: str,
        *,
        refusals: list[Remark] = (),
        warnings: list[Remark] = (),
        proposals: list[str] = (),
        changes: list[dict[str, str]] = (),
    ) -> None:
        said = {
            "refusals": [vars(remark) for remark in refusals],
            "warnings": [vars(remark) for remark in warnings],
            "proposals": list(proposals),
            "changes": list(changes),
        }
        row = {"kind": str(kind), "line": line, "id": identifier, "outcome": str(outcome)}
        self.rows.append(row | {name: found for name, found in said.items() if found})

    def in_order(self) -> list[dict[str, Any]]:
        """The rows as the two files have them: structures first."""
        return sorted(
            self.rows, key=lambda row: (row["kind"] != Listing.Kind.STRUCTURE, row["line"])
        )

    def as_json(self, *, is_applied: bool) -> dict[str, Any]:
        return {
            "applied": is_applied,
            "counts": {
                kind: {str(name): counts[name] for name in WORDS}
                for kind, counts in self.counts.items()
            },
            "to_check": dict(self.waiting),
            "warnings": dict(self.warnings),
            "proposals": self.proposals,
            "rows": self.in_order(),
        }

    def lines(self, *, is_done: bool, shown: int = SHOWN) -> Iterator[str]:
        """In French for the terminal; only the first refusals one by one."""
        refused = [row for row in self.in_order() if row["outcome"] == Outcome.REFUSED]
        for row in refused[:shown]:
            yield _refusal(row)
        if len(refused) > shown:
            more = len(refused) - shown
            yield f"… et {more} autres refus (tous sont dans le rapport{NBSP}: --report)."
        yield from self._totals(is_done)

    def _totals(self, is_done: bool) -> Iterator[str]:
        for reason, number in self.waiting.most_common():
            yield f"{number} fiche{_s(number)} {reason}."
        for key, number in self.warnings.most_common():
            yield f"{number} avertissement{_s(number)} sur {quote(key)}."
        if self.proposals:
            yield (
                f"{self.proposals} proposition{_s(self.proposals)}{NBSP}: ce que vos équipes "
                "ont modifié n'est pas écrasé."
            )
        if self.is_own_export:
            yield f"Ces fichiers sont un export de cet annuaire{NBSP}: rien d'autre n'a disparu."
        yield "Import terminé." if is_done else "Simulation, rien n'est écrit."
        for kind, counts in self.counts.items():
            parts = [f"{counts[name]} {WORDS[name][counts[name] > 1]}" for name in WORDS]
            yield f"{NAMES[kind].capitalize()}{NBSP}: {', '.join(parts)}."


def _refusal(row: dict[str, Any]) -> str:
    reasons = "; ".join(
        " ".join(filter(None, [r["column"], quote(r["value"]) if r["value"] else ""]))
        + (f"{NBSP}: " if r["column"] else "")
        + r["reason"]
        for r in row["refusals"]
    )
    return f"Fichier des {NAMES[row['kind']]}, ligne {row['line']}, refusée{NBSP}: {reasons}"


def _s(number: int) -> str:
    return "s" if number > 1 else ""
