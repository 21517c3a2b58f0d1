"""What rows say of one another: parent structures, and roles in schemes.

A reference is an identifier in the row's own source, or « fiche:123 » for any record; it may
designate a row further down.
"""

from collections.abc import Hashable
from dataclasses import dataclass

from partners.imports import marks
from partners.imports.draft import Reference
from partners.imports.errors import quote
from partners.imports.notes import Change
from partners.imports.outcome import RowPlan
from partners.models import Listing


@dataclass(frozen=True, slots=True)
class Pointer:
    """A record of which the key is enough: records by the thousands are slow to make."""

    pk: int


Records = dict[Reference, Listing | Pointer]


def resolve(rows: list[RowPlan], known: Records) -> Records:
    """What the references of these rows designate; refuses the rows that designate nothing.

    Sets the parents of the records. `known`, what the caller already found, comes before rows of
    the file, and those before records of the database.
    """
    records = _records(rows, known)
    while sum(_refuse_unknown(row, records) for row in rows if not row.is_refused):
        continue  # a row refused for this may be what another one refers to
    parents = {
        _key(row.record): records[row.draft.parent]
        for row in rows
        if row.draft.parent and not row.is_refused
    }
    for row in rows:
        if row.draft.parent and not row.is_refused and _comes_back(row.record, parents):
            row.refuse("structure_parente", "les structures parentes tournent en rond")
    for row in rows:
        if row.draft.parent is not None and not row.is_refused:
            _set_parent(row, records)
    return records


def _records(rows: list[RowPlan], known: Records) -> Records:
    planned = {
        row.draft.reference: row.record
        for row in rows
        if row.draft.reference and not row.is_refused
    }
    asked = {reference for row in rows for _, reference in _references(row)}
    asked -= planned.keys() | known.keys()
    if not asked:
        return planned | known
    stored = Listing.objects.filter(source_id__in={identifier for _, identifier in asked})
    found = {(record.source, record.source_id): record for record in stored.order_by("pk")}
    return _designated(asked, rows) | found | planned | known


def _designated(asked: set[Reference], rows: list[RowPlan]) -> Records:
    """What « fiche:123 » designates: the records of the file themselves, then those stored."""
    keys = {reference: key for reference in asked if (key := marks.own_key(reference[1]))}
    if not keys:
        return {}
    records = Listing.objects.in_bulk(set(keys.values()))
    records |= {row.record.pk: row.record for row in rows if row.record.pk and not row.is_refused}
    return {reference: records[key] for reference, key in keys.items() if key in records}


def _references(row: RowPlan) -> list[tuple[str, Reference]]:
    """(column, reference) for the parent and each role of a row."""
    parent = [("structure_parente", row.draft.parent)] if row.draft.parent else []
    return parent + [("roles", reference) for _, reference in row.draft.roles or ()]


def _refuse_unknown(row: RowPlan, records: Records) -> bool:
    """Whether the row had to be refused; then nothing may refer to it, unless it is stored."""
    for header, reference in _references(row):
        found = records.get(reference)
        if found is None:
            reason = f"aucune fiche n'a l'identifiant {quote(reference[1])} dans cette source"
            row.refuse(header, reason, reference[1])
        elif found is row.record:
            row.refuse(header, "une fiche ne dépend pas d'elle-même", reference[1])
    if row.is_refused and row.is_new and row.draft.reference:
        records.pop(row.draft.reference, None)
    return row.is_refused


def _key(record: Listing) -> Hashable:
    return record.pk or id(record)


def _comes_back(record: Listing, parents: dict[Hashable, Listing]) -> bool:
    """Whether the parents of a record, old and new, lead back to it."""
    seen = set()
    current: Listing | None = record
    while current is not None:
        if _key(current) in seen:
            return True
        seen.add(_key(current))
        current = parents.get(_key(current)) or (current.parent if current.pk else None)
    return False


def _set_parent(row: RowPlan, records: Records) -> None:
    record = row.record
    wanted = records[row.draft.parent] if row.draft.parent else None
    if wanted is not None and record.parent_id and record.parent_id == wanted.pk:
        return
    if wanted is None and not record.parent_id:
        return
    old = record.parent.source_id if record.parent_id else ""
    record.parent = wanted
    row.attrs.add("parent")
    row.changes.append(Change("structure_parente", old, wanted.source_id if wanted else ""))
