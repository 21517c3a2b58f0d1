"""A plan, told: lines in French for the terminal, JSON for a file."""

from collections.abc import Iterator
from typing import Any

from partners.imports.errors import NBSP, quote
from partners.imports.notes import Change, Remark
from partners.imports.outcome import Outcome, Plan, RowPlan

WORDS = {
    Outcome.CREATED: ("créée", "créées"),
    Outcome.CHANGED: ("modifiée", "modifiées"),
    Outcome.UNCHANGED: ("inchangée", "inchangées"),
    Outcome.REFUSED: ("refusée", "refusées"),
}


def summary(plan: Plan, *, is_done: bool) -> str:
    """« 2 fiches créées, 1 modifiée, 0 inchangée, 1 refusée, 3 avertissements. »"""
    counts = plan.counts
    parts = [
        f"{counts[outcome]} {_plural(counts[outcome], *WORDS[outcome])}" for outcome in Outcome
    ]
    warnings = _plural(plan.warnings, "avertissement", "avertissements")
    start = "Import terminé" if is_done else "Simulation, rien n'est écrit"
    lines = _plural(len(plan.rows), "ligne", "lignes")
    return (
        f"{start}{NBSP}: {len(plan.rows)} {lines}, {', '.join(parts)}, {plan.warnings} {warnings}."
    )


def lines(plan: Plan, *, with_all: bool) -> Iterator[str]:
    """What to say of each row: all but the unchanged ones, or refusals and warnings only."""
    yield from plan.remarks
    for row in plan.rows:
        remarks = [*_remarks(row)]
        if remarks or (with_all and row.outcome != Outcome.UNCHANGED):
            yield f"Ligne {row.line}, {WORDS[row.outcome][0]}{NBSP}: {row.name or '(sans nom)'}"
        if with_all:
            yield from (f"    {_change(change)}" for change in row.changes)
        yield from remarks


def as_json(plan: Plan, *, file: str, is_applied: bool) -> dict[str, Any]:
    """`counts` by outcome, `warnings` (int), `remarks` on the file, `rows` in order."""
    return {
        "file": file,
        "applied": is_applied,
        "counts": plan.counts,
        "warnings": plan.warnings,
        "remarks": plan.remarks,
        "rows": [_row(row) for row in plan.rows],
    }


def _row(row: RowPlan) -> dict[str, Any]:
    return {
        "line": row.line,
        "outcome": row.outcome.value,
        "name": row.name,
        "id": row.draft.fields.get("source_id", ""),
        "listing": row.record.pk,
        "changes": [vars(change) for change in row.changes],
        "refusals": [vars(remark) for remark in row.draft.refusals],
        "warnings": [vars(remark) for remark in row.draft.warnings],
    }


def _remarks(row: RowPlan) -> Iterator[str]:
    yield from (f"    refus, {_remark(remark)}" for remark in row.draft.refusals)
    yield from (f"    attention, {_remark(remark)}" for remark in row.draft.warnings)


def _remark(remark: Remark) -> str:
    value = f" {quote(remark.value)}" if remark.value else ""
    where = f"{remark.column}{value}{NBSP}: " if remark.column else ""
    return f"{where}{remark.reason}"


def _change(change: Change) -> str:
    old, new = (quote(text) if text else "(vide)" for text in (change.old, change.new))
    return f"{change.column}{NBSP}: {old} → {new}"


def _plural(count: int, one: str, many: str) -> str:
    return many if count > 1 else one
