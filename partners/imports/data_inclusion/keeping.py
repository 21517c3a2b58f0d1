"""Staff's own work is left alone, fact by fact.

A fact is staff's when its value is not the one that the import wrote last (`SourceRecord.imprint`),
and every fact is when the record was not born from the source. What the source newly says of a
fact of staff's becomes a `Proposal`; what our own export says back changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from typing import Any

from partners.exports.data_inclusion import Exporter
from partners.imports import bulk
from partners.imports.data_inclusion import facts
from partners.imports.data_inclusion.schema import Row
from partners.imports.lookups import Lookups
from partners.imports.outcome import RowPlan
from partners.imports.plan import BY_ATTR
from partners.models import Listing, Proposal, SourceRecord

DERIVED = {"summary", "themes", "networks", "structure_type", "is_generalist"}
"""Facts that follow from others or mean little by themselves: nothing to propose over staff's."""
WHERE = {
    "address", "address_extra", "postal_code", "commune_id", "point", "siret", "website",
    "accessibility_url", "mobilisation_url", "source_url",
}  # fmt: skip
"""What a confidential shelter keeps to itself (rule R7): no source gives it back."""


class Verdict(Enum):
    WRITE = auto()
    KEEP = auto()
    PROPOSE = auto()


@dataclass
class Entry:
    """A row of the file: `row` as it is, `values` once checked and completed by its structure.

    `stored`: what the source wrote before, if ever. `inherited`: the keys that were completed.
    `own`, `own_kind`: the record (primary key), when the row comes from our own export.
    """

    line: int
    row: Row
    fingerprint: int = 0
    context: int = 0
    values: Row = field(default_factory=dict)
    stored: SourceRecord | None = None
    own: int | None = None
    own_kind: str = ""
    inherited: frozenset[str] = frozenset()
    written: facts.Facts = field(default_factory=dict)
    proposed: dict[str, dict[str, str]] = field(default_factory=dict)
    is_echo: bool = False


def settle(theirs: Any, ours: Any, base: int | None, *, is_born_here: bool) -> Verdict:
    """What to do of a fact. `base`: the mark of what the import wrote last, None for empty.

    `is_born_here`: the record was not created by this source, which so never wrote anything.
    """
    if theirs == ours:
        return Verdict.KEEP
    if is_born_here:
        return Verdict.KEEP if facts.is_empty(theirs) else Verdict.PROPOSE
    if base == facts.mark(ours):
        return Verdict.WRITE
    is_old_news = base == facts.mark(theirs) or facts.is_empty(theirs)
    return Verdict.KEEP if is_old_news else Verdict.PROPOSE


class Keeper:
    """Prunes the drafts of a chunk: what it takes off is not written."""

    def __init__(self, entries: Iterable[Entry], lookups: Lookups, exporter: Exporter) -> None:
        self.entries = {entry.line: entry for entry in entries}
        self.lookups, self.exporter = lookups, exporter

    def __call__(self, rows: list[RowPlan]) -> None:
        for row in rows:
            entry = self.entries[row.line]
            if row.is_refused:
                continue
            if row.is_new:
                entry.written = facts.of_draft(row.draft)
            else:
                self._settle(row, entry)

    def _settle(self, row: RowPlan, entry: Entry) -> None:
        """Each fact of a record that exists."""
        stored = entry.stored
        if stored and stored.gone_on and row.record.status == Listing.Status.ARCHIVED:
            row.record.status = ""  # archived because it was gone: it comes back as new
        theirs = facts.of_draft(row.draft)
        ours = facts.of_record(row.record, theirs)
        row.draft.fields.pop("kind")
        echoed = self._echoed(row.record, entry, theirs)
        for name, value in theirs.items():
            verdict = Verdict.KEEP
            if name not in echoed and not (row.record.is_confidential and name in WHERE):
                verdict = self._verdict(name, value, ours[name], stored)
            if verdict == Verdict.WRITE:
                entry.written[name] = value
                continue
            if verdict == Verdict.PROPOSE and _is_proposable(name, stored):
                entry.proposed[name] = facts.cells(row.draft, name, self.lookups)
            facts.remove(row.draft, name)

    def _verdict(self, name: str, theirs: Any, ours: Any, stored: SourceRecord | None) -> Verdict:
        if stored is None or not stored.is_creator:
            return settle(theirs, ours, None, is_born_here=True)
        if name in facts.PROVENANCE:
            return Verdict.KEEP if theirs == ours else Verdict.WRITE
        return settle(theirs, ours, stored.imprint.get(name), is_born_here=False)

    def _echoed(self, record: Listing, entry: Entry, names: Iterable[str]) -> set[str]:
        """The facts of which the row says what our own export says.

        A record born from the source has an imprint to tell staff's work: only a whole row of ours
        is then an echo. For others, what a service takes from its structure says nothing either.
        """
        told = self.exporter.row(record)
        same = {key for key in told if _plain(entry.row.get(key)) == _plain(told[key])}
        stored = entry.stored
        if stored and stored.is_creator:
            is_new = stored.fingerprint != entry.fingerprint
            entry.is_echo = is_new and len(same) == len(told)
            return set(names) if entry.is_echo else set()
        return _facts(same | entry.inherited) - _facts(told.keys() - same - entry.inherited)


def _facts(keys: Iterable[str]) -> set[str]:
    return {name for key in keys for name in facts.KEYS.get(key, ())}


def _plain(value: Any) -> Any:
    """Comparable whatever the file: order of lists, empty for absent."""
    if isinstance(value, list):
        return sorted(map(str, value)) or None
    return value if value not in ("", None) else None


def _is_proposable(name: str, stored: SourceRecord | None) -> bool:
    is_born_here = stored is None or not stored.is_creator
    has_column = name in BY_ATTR or name in ("situations", "zones", "point", "commune_id")
    return has_column and not (name in facts.PROVENANCE or (is_born_here and name in DERIVED))


# Proposals


def propose(found: list[tuple[Listing, Entry]]) -> int:
    """Write what is proposed, withdraw what no longer is; returns the number of new proposals."""
    known = _known_proposals([listing.pk for listing, _ in found])
    new, stale = [], []
    for listing, entry in found:
        before = known.get(listing.pk, {})
        for fact, cells in entry.proposed.items():
            if fact in before and before[fact].cells == cells:
                continue
            stale += [before[fact]] if fact in before else []
            new.append(_proposal(listing, entry, fact, cells))
        waiting = [p for p in before.values() if p.status == Proposal.Status.NEW]
        if not entry.is_echo:
            stale += [p for p in waiting if p.fact not in entry.proposed]
    Proposal.objects.filter(pk__in=[proposal.pk for proposal in stale]).delete()
    bulk.insert(new)
    return len(new)


def _known_proposals(pks: list[int]) -> dict[int, dict[str, Proposal]]:
    known: dict[int, dict[str, Proposal]] = {}
    for proposal in Proposal.objects.filter(listing__in=pks, reply=None).order_by("pk"):
        known.setdefault(proposal.listing_id, {})[proposal.fact] = proposal
    return known


def _proposal(listing: Listing, entry: Entry, fact: str, cells: dict[str, str]) -> Proposal:
    source = str(entry.row["source"])
    return Proposal(
        listing_id=listing.pk, fact=fact, cells=cells, source=source, proposed_on=date.today()
    )


# What the source wrote


def record(found: list[tuple[Listing, Entry]], *, licence: str) -> list[int]:
    """Keep the imprint of what was just written, for the next time; the keys of what is new."""
    new, changed = [], []
    for listing, entry in found:
        stored = entry.stored
        if stored is None:
            new.append(_source_record(listing, entry, licence))
        elif not entry.is_echo:
            stored.fingerprint, stored.context = entry.fingerprint, entry.context
            stored.licence, stored.gone_on = licence, None
            stored.imprint = _renewed(stored, entry)
            changed.append(stored)
    bulk.insert(new)
    bulk.update(changed, ["fingerprint", "context", "licence", "gone_on", "imprint"])
    return [source_record.pk for source_record in new]


def _source_record(listing: Listing, entry: Entry, licence: str) -> SourceRecord:
    return SourceRecord(
        listing_id=listing.pk,
        kind=listing.kind,
        source=entry.row["source"],
        identifier=entry.row["id"],
        licence=licence,
        is_creator=bool(entry.written),
        fingerprint=entry.fingerprint,
        context=entry.context,
        imprint=facts.imprint(entry.written),
    )


def _renewed(stored: SourceRecord, entry: Entry) -> dict[str, int]:
    written = facts.imprint(entry.written)
    kept = {name: mark for name, mark in stored.imprint.items() if name not in entry.written}
    return kept | written
