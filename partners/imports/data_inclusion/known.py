"""The structures that services refer to: those of the file, else those of the directory."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from partners.exports.data_inclusion import own_key
from partners.imports.data_inclusion import facts
from partners.imports.data_inclusion.drafts import local_id
from partners.imports.data_inclusion.schema import Row
from partners.imports.draft import Draft, Reference
from partners.imports.references import Pointer, Records
from partners.models import Listing, SourceRecord

INHERITED = {
    "telephone": "phone",
    "courriel": "email",
    "horaires_accueil": "opening_hours",
    "site_web": "website",
}
"""What a service without its own takes from its structure (the schema says so of hours)."""


@dataclass(slots=True)
class Known:
    """`pk` is None in a simulation; `reference` for the stand-in of a scheme without structure."""

    pk: int | None
    reference: Reference | None
    values: dict[str, Any]


class Structures:
    """By identifier of the schema; fills up as the file of structures is taken."""

    def __init__(self) -> None:
        self._found: dict[str, Known] = {}
        self._pks: dict[Reference, int | None] = {}
        self.refused: dict[str, int] = {}  # identifier: line

    def get(self, identifier: str) -> Known | None:
        return self._found.get(identifier)

    def add(self, row: Row, pk: int | None, record: Listing | None = None) -> None:
        """A sound row of the file, and the record that it became or was already."""
        told = (row["source"], local_id(Listing.Kind.STRUCTURE, row))
        reference = facts.reference(record) if record and record.source else told
        values = {key: row[key] for key in INHERITED if row.get(key)}
        self._add(row["id"], Known(pk, reference, values))

    def stand_in(self, identifier: str) -> None:
        """What our export writes for a scheme that has no structure."""
        self._add(identifier, Known(None, None, {}))

    def load(self, identifiers: Iterable[Any]) -> None:
        """Look in the directory for those that the file did not have."""
        missing = {i for i in identifiers if isinstance(i, str) and i not in self._found}
        if not missing:
            return
        stored = SourceRecord.objects.filter(
            kind=Listing.Kind.STRUCTURE, identifier__in=missing
        ).select_related("listing")
        for record in stored.order_by("pk"):
            self._add(record.identifier, _of(record.listing))
        keys = {i: own_key(i) for i in missing if i not in self._found}
        own = Listing.objects.in_bulk([key for key in keys.values() if key])
        for identifier, key in keys.items():
            if key in own:
                self._add(identifier, _of(own[key]))

    def lacking(self, service: Row) -> Row:
        """What a service takes from its structure."""
        known = self._found.get(str(service.get("structure_id")))
        if known is None:
            return {}
        return {key: value for key, value in known.values.items() if not service.get(key)}

    def records(self, drafts: Iterable[Draft]) -> Records:
        """What the references of drafts of services designate."""
        asked = {reference for draft in drafts for _, reference in draft.roles or ()}
        return {reference: _pointer(self._pks[reference]) for reference in asked}

    def _add(self, identifier: str, known: Known) -> None:
        self._found[identifier] = known
        if known.reference:
            self._pks[known.reference] = known.pk


def _pointer(pk: int | None) -> Listing | Pointer:
    """A simulation has no keys."""
    return Pointer(pk) if pk else Listing()


def _of(listing: Listing) -> Known:
    if listing.kind != Listing.Kind.STRUCTURE:
        return Known(None, None, {})
    values = {key: getattr(listing, attr) for key, attr in INHERITED.items()}
    told = {key: value for key, value in values.items() if value}
    return Known(listing.pk, facts.reference(listing), told)
