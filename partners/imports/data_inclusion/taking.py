"""One chunk of rows: what is unchanged goes by, the rest is checked, planned and written."""

import hashlib
import json
from functools import partial
from typing import Any

from partners.exports.data_inclusion import Exporter, own_key, with_relations
from partners.imports import behind, bulk
from partners.imports import load as loading
from partners.imports import plan as plans
from partners.imports.data_inclusion import keeping, schema
from partners.imports.data_inclusion.drafts import Drafter
from partners.imports.data_inclusion.keeping import Entry
from partners.imports.data_inclusion.known import Structures
from partners.imports.data_inclusion.purpose import Themes
from partners.imports.data_inclusion.reading import Numbered
from partners.imports.data_inclusion.tally import Tally
from partners.imports.draft import Draft
from partners.imports.lookups import Lookups
from partners.imports.matching import Match, match
from partners.imports.notes import Remark
from partners.imports.outcome import Outcome, RowPlan
from partners.models import (
    CoverageZone,
    Listing,
    ListingSituation,
    Merge,
    SchemeRole,
    SourceRecord,
    derived,
)

VERSION = 1  # of what a row becomes: a new number makes every row worth reading again
TOLD = {"situations_coeur", "situations_aide", "zone_eligibilite", "roles", "contact_nom"}
ALIKE = ("nom", "telephone", "courriel", "siret")
STRUCTURE = Listing.Kind.STRUCTURE
ENCODE = json.JSONEncoder(sort_keys=True, default=str).encode


class Taker:
    """Takes chunks. `seen`: keys of the source records met, by kind.

    Keys of listings whose entries are to be refreshed at the end: `written`, with those of what
    they have a part in, and `touched`, alone. The entries of new services are written on the way.
    """

    def __init__(self, tally: Tally, licence: str, *, is_dry: bool) -> None:
        self.tally, self.licence, self.is_dry = tally, licence, is_dry
        self.lookups, themes = Lookups(), Themes()
        self.drafter, self.exporter = Drafter(self.lookups, themes), Exporter()
        self.context = _digest([VERSION, themes.users, themes.owners])
        self.structures = Structures()
        self.seen: dict[str, set[int]] = {kind.value: set() for kind in Listing.Kind}
        self.written: set[int] = set()
        self.touched: set[int] = set()
        self.filled = 0  # chunks of new services whose entries are written
        self.is_stored = {
            kind: SourceRecord.objects.filter(kind=kind).exists() for kind in Listing.Kind.values
        }
        ours = plans.identities_of(Listing.objects.filter(source_record=None))
        self.ours = {identity.number: identity for identity in ours}
        absorbed = Merge.objects.values_list("pk", flat=True)
        self.kept = Merge.objects.kept_for(absorbed)
        self.numbers = {
            (identity.kind, identity.source, identity.source_id): identity.number
            for identity in ours
            if identity.source_id
        }

    def take(self, kind: str, chunk: list[Numbered]) -> None:
        """Take sound rows of one kind: structures come before services."""
        if kind != STRUCTURE:
            self.structures.load(row.get("structure_id") for _, row in chunk)
        entries = [self._entry(kind, line, row) for line, row in chunk]
        self._find_stored(kind, entries)
        self._find_own(entries)
        fresh = [entry for entry in entries if not self._goes_by(kind, entry)]
        drafts = {entry.line: self._draft(kind, entry) for entry in fresh}
        sound = [entry for entry in fresh if drafts[entry.line] is not None]
        if sound:
            self._plan(kind, sound, [drafts[entry.line] for entry in sound])

    # Told from the last time

    def _entry(self, kind: str, line: int, row: schema.Row) -> Entry:
        lacking = {} if kind == STRUCTURE else self.structures.lacking(row)
        return Entry(
            line,
            row,
            _digest([row, lacking]),
            self.context,
            row | lacking,
            inherited=frozenset(lacking),
        )

    def _find_stored(self, kind: str, entries: list[Entry]) -> None:
        if not self.is_stored[kind]:
            return  # nothing to ask, and a statement would wait for what is being written
        by_identifier = {entry.row["id"]: entry for entry in entries}
        rows = SourceRecord.objects.filter(kind=kind, identifier__in=by_identifier)
        for record in rows.order_by("pk"):
            by_identifier[record.identifier].stored = record
            self.seen[kind].add(record.pk)

    def _find_own(self, entries: list[Entry]) -> None:
        """Rows of our own export: the key says which record, and one more value must agree."""
        keys = {entry.line: own_key(entry.row["id"]) for entry in entries if not entry.stored}
        pks = [key for key in keys.values() if key]
        if not pks:
            return
        records = {r.pk: r for r in with_relations(Listing.objects.filter(pk__in=pks))}
        for entry in entries:
            record = records.get(keys.get(entry.line) or 0)
            told = self.exporter.row(record) if record else {}
            if any(entry.row.get(key) and entry.row[key] == told.get(key) for key in ALIKE):
                entry.own, entry.own_kind = record.pk, record.kind

    def _goes_by(self, kind: str, entry: Entry) -> bool:
        """Whether nothing changed in the row, its structure, nor the table of situations.

        The stand-in structure of a scheme of ours goes by too.
        """
        if kind == STRUCTURE and entry.own and entry.own_kind != STRUCTURE:
            self.tally.count(kind, Outcome.UNCHANGED)
            self.structures.stand_in(entry.row["id"])
            return True
        stored = entry.stored
        if stored and stored.listing_id in self.kept:  # its record is another one by now
            self.tally.count(kind, Outcome.UNCHANGED)
            if kind == STRUCTURE:
                self.structures.add(entry.row, self.kept[stored.listing_id])
            return True
        if not stored or stored.gone_on or stored.context != entry.context:
            return False
        if stored.fingerprint != entry.fingerprint:
            return False
        self.tally.count(kind, Outcome.UNCHANGED)
        if kind == STRUCTURE:
            self.structures.add(entry.row, stored.listing_id)
        return True

    # Read

    def _draft(self, kind: str, entry: Entry) -> Draft | None:
        """The draft of a row, None when it is refused or stands in for a scheme of ours."""
        values, faults = schema.checked(kind, entry.values)
        if faults:
            self._refuse(kind, entry, faults)
            return None
        if kind == STRUCTURE:
            return self.drafter.structure(entry.line, values)
        known = self.structures.get(values["structure_id"])
        if known is None:
            self._refuse(kind, entry, [self._unknown(values["structure_id"])])
            return None
        values["site_web"] = entry.values.get("site_web")
        return self.drafter.service(entry.line, values, known.reference)

    def _refuse(self, kind: str, entry: Entry, faults: list[Remark]) -> None:
        self.tally.refuse(kind, entry.line, entry.row, faults)
        if kind == STRUCTURE:
            self.structures.refused[entry.row["id"]] = entry.line

    def _unknown(self, identifier: str) -> Remark:
        line = self.structures.refused.get(identifier)
        refused = f"la structure a été refusée (ligne {line} de son fichier)"
        reason = "aucune structure n'a cet identifiant, ni dans le fichier ni dans l'annuaire"
        return Remark("structure_id", identifier, refused if line else reason)

    # Planned, then written

    def _plan(self, kind: str, entries: list[Entry], drafts: list[Draft]) -> None:
        matches = self._matches(kind, entries, drafts)
        keeper = keeping.Keeper(entries, self.lookups, self.exporter)
        rows = plans.of_drafts(
            drafts,
            matches,
            lookups=self.lookups,
            told=TOLD,
            for_update=not self.is_dry,
            prune=keeper,
            known=self.structures.records(drafts),
        )
        if not self.is_dry:
            self._write(kind, rows, keeper)
        for row in rows:
            entry = keeper.entries[row.line]
            self.tally.take(kind, entry.row["id"], row, list(entry.proposed))
            if kind == STRUCTURE and not row.is_refused:
                self.structures.add(entry.row, row.record.pk, row.record)

    def _write(self, kind: str, rows: list[RowPlan], keeper: keeping.Keeper) -> None:
        changed = [row for row in rows if row.outcome in (Outcome.CREATED, Outcome.CHANGED)]
        loading.write(changed)
        self._note(kind, changed)
        found = [(row.record, keeper.entries[row.line]) for row in rows if not row.is_refused]
        keeping.propose([pair for pair in found if pair[1].stored or pair[1].proposed])
        lasting = [pair for pair in found if not pair[1].own]
        self.seen[kind].update(keeping.record(lasting, licence=self.licence))

    def _note(self, kind: str, rows: list[RowPlan]) -> None:
        """What is to be refreshed; structures wait, as the names of their services are theirs."""
        self.touched |= loading.relatives(rows)
        self.written |= {row.record.pk for row in rows if row.outcome == Outcome.CHANGED}
        created = [row.record.pk for row in rows if row.outcome == Outcome.CREATED]
        if kind == STRUCTURE:
            self.touched.update(created)
        elif created:
            self._fill(created)

    def _fill(self, pks: list[int]) -> None:
        """The database counts its rows each time they doubled: an interrupted import may have left
        it thinking that there are none, and it would then read whole tables for each entry.
        """
        self.filled += 1
        if self.filled & (self.filled - 1) == 0:
            bulk.count_again(Listing, ListingSituation, CoverageZone, SchemeRole)
        behind.send(partial(_fill, pks))

    # Which record each row is

    def _matches(self, kind: str, entries: list[Entry], drafts: list[Draft]) -> dict[int, Match]:
        matches = {entry.line: Match(entry.stored.listing_id) for entry in entries if entry.stored}
        matches |= {entry.line: Match(entry.own) for entry in entries if entry.own_kind == kind}
        others = [draft for draft in drafts if draft.line not in matches]
        if kind == STRUCTURE:
            matches |= self._likely(others)
        else:
            matches |= {draft.line: Match(self._number(draft)) for draft in others}
        return plans.followed(matches, {draft.line: draft for draft in drafts})

    def _number(self, draft: Draft) -> int | None:
        """Of a service, told by its identifier alone: many have one name in one commune."""
        fields = draft.fields
        return self.numbers.get((fields["kind"], fields["source"], fields["source_id"]))

    def _likely(self, drafts: list[Draft]) -> dict[int, Match]:
        """Structures, among what no open source wrote: once found, it is not another's too.

        One that may be several of ours is created apart, and this is said.
        """
        matches = match([plans.identity(draft) for draft in drafts], list(self.ours.values()))
        for line, found in matches.items():
            if found.number:
                del self.ours[found.number]
            elif found.refusal:
                matches[line] = Match(warning=found.refusal)
        return matches


def _fill(pks: list[int], link: Any) -> None:
    with link.cursor() as cursor:
        derived.fill(cursor, pks)


def _digest(content: Any) -> int:
    """A 64-bit signed checksum of what JSON can say."""
    digest = hashlib.blake2b(ENCODE(content).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
