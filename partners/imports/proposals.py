"""What open data proposes over staff's work: told to a manager, who takes it or leaves it."""

from dataclasses import dataclass

from django.db import transaction

from partners import hours, phones
from partners.imports import bulk, load, plan, writing
from partners.imports.columns import BY_HEADER
from partners.imports.data_inclusion import facts, labels
from partners.imports.draft import RowReader
from partners.imports.errors import NBSP, Refused
from partners.imports.lookups import Lookups
from partners.imports.mapping import Mapping
from partners.imports.matching import Match
from partners.imports.outcome import Outcome, RowPlan
from partners.imports.reader import Row
from partners.models import Listing, Proposal, Situation, SourceRecord, Territory

LABELS = {
    "situations": "situations",
    "zones": "zone desservie",
    "point": "point sur la carte",
    "commune_id": "commune",
    "opening_hours": "horaires",
}
NOTHING = "(rien)"


@dataclass(frozen=True)
class Told:
    """A proposal as a manager reads it, beside what the record says now."""

    proposal: Proposal
    label: str
    now: str
    proposed: str


def waiting(listing: Listing) -> list[Told]:
    """The proposals to decide of a record, as it is at hand."""
    found = Proposal.objects.filter(listing=listing, status=Proposal.Status.NEW, reply=None)
    return _tell(list(found.order_by("fact", "pk")), {listing.pk: listing})


def tell(found: list[Proposal]) -> list[Told]:
    """What these propose, beside what their records say now; a fixed number of queries."""
    return _tell(found, _records(found)) if found else []


def _tell(found: list[Proposal], records: dict[int, Listing]) -> list[Told]:
    names = _Names(found, records)
    return [_told(proposal, records[proposal.listing_id], names) for proposal in found]


def accept(proposal: Proposal) -> None:
    """Write the proposed value; the source keeps it up to date from now on.

    Raises `Refused` (in French) when the record cannot take it; the proposal then stays.
    """
    with transaction.atomic():
        bulk.open_context()
        row = _planned(proposal)
        if row.draft.refusals:
            raise Refused("\u00a0; ".join(remark.reason for remark in row.draft.refusals))
        if row.outcome == Outcome.CHANGED:
            load.write([row])
            load.refresh([row])
        if proposal.reply_id is None:
            _follow(proposal)
        proposal.delete()


def decline(proposal: Proposal) -> None:
    """Keep ours: the same value is not proposed again."""
    proposal.status = Proposal.Status.DECLINED
    proposal.save(update_fields=["status"])


def _planned(proposal: Proposal) -> RowPlan:
    lookups, mapping = Lookups(), Mapping(columns={header: header for header in proposal.cells})
    reader = RowReader(mapping=mapping, lookups=lookups, source="")
    draft = reader.read(Row(1, proposal.cells))
    [row] = plan.of_drafts(
        [draft],
        {} if draft.refusals else {1: Match(proposal.listing_id)},
        lookups=lookups,
        told=set(proposal.cells),
        for_update=True,
    )
    return row


def _follow(proposal: Proposal) -> None:
    """The value is now the source's: the next one is written without asking."""
    stored = SourceRecord.objects.filter(listing=proposal.listing_id, is_creator=True).first()
    if stored is None:
        return
    record = writing.with_relations(Listing.objects.filter(pk=proposal.listing_id)).get()
    stored.imprint |= facts.imprint(facts.of_record(record, {proposal.fact: None}))
    stored.save(update_fields=["imprint"])


def _told(proposal: Proposal, record: Listing, names: "_Names") -> Told:
    now = {header: BY_HEADER[header].write(record) for header in proposal.cells}
    return Told(proposal, _label(proposal.fact), names.shown(now), names.shown(proposal.cells))


def _label(fact: str) -> str:
    if fact in LABELS:
        return LABELS[fact]
    return str(Listing._meta.get_field(fact).verbose_name)


def _records(found: list[Proposal]) -> dict[int, Listing]:
    """The records of these, with the relations that one of them is about."""
    facts_told = {proposal.fact for proposal in found}
    records = Listing.objects.select_related("commune")
    if "situations" in facts_told:
        records = records.prefetch_related("situation_links__situation")
    if "zones" in facts_told:
        records = records.prefetch_related("zone_links__territory")
    return records.in_bulk({proposal.listing_id for proposal in found})


class _Names:
    """Codes and keywords as people say them; the names of all of these in two queries."""

    def __init__(self, found: list[Proposal], records: dict[int, Listing]) -> None:
        told = [proposal.cells for proposal in found]
        told += [
            {header: BY_HEADER[header].write(records[proposal.listing_id])}
            for proposal in found
            for header in proposal.cells
        ]
        self.situations = _labels(told)
        self.territories = _territories(told)

    def shown(self, told: dict[str, str]) -> str:
        """Several cells as a person reads them."""
        parts = [self._named(header, text) for header, text in told.items() if text]
        return ", ".join(parts) or NOTHING

    def _named(self, header: str, text: str) -> str:
        items = text.split("|")
        match header:
            case "telephone" | "telephone_professionnels":
                return phones.display(text)
            case "situations_coeur" | "situations_aide":
                found = [self.situations[item] for item in items if item in self.situations]
                how = "cœur de métier" if header == "situations_coeur" else "peut aider"
                return f"{', '.join(found)} ({how})"
            case "zone_eligibilite" | "code_insee":
                codes = [item.rpartition(":")[2] for item in items]
                found = [name for code in codes for name in self.territories.get(code, [])]
                return ", ".join(found) or text
            case "horaires_accueil":
                return "\n".join(f"{days}{NBSP}: {slots}" for days, slots in hours.describe(text))
        if (attr := BY_HEADER[header].attr) in labels.BY_FIELD:
            return f"{NBSP}; ".join(labels.said(attr, item) for item in items)
        known = _choices(header)
        return ", ".join(known.get(item, item) for item in items) if known else text


def _labels(told: list[dict[str, str]]) -> dict[str, str]:
    slugs = _items(told, "situations_coeur", "situations_aide")
    found = Situation.objects.filter(slug__in=slugs).order_by("order", "pk") if slugs else []
    return {situation.slug: situation.label for situation in found}


def _territories(told: list[dict[str, str]]) -> dict[str, list[str]]:
    """{code: names}: some codes are shared by a département and a region."""
    codes = {item.rpartition(":")[2] for item in _items(told, "zone_eligibilite", "code_insee")}
    names: dict[str, list[str]] = {}
    if codes:
        rows = Territory.objects.filter(code__in=codes).order_by("kind", "pk")
        for code, name in rows.values_list("code", "name"):
            names.setdefault(code, []).append(name)
    return names


def _items(told: list[dict[str, str]], *headers: str) -> set[str]:
    texts = [cells_[header] for cells_ in told for header in headers if header in cells_]
    return {item for text in texts for item in text.split("|") if item}


def _choices(header: str) -> dict[str, str]:
    """{slug: words} of a column with a closed list."""
    attr = BY_HEADER[header].attr
    field = Listing._meta.get_field(attr) if attr else None
    known = getattr(field, "base_field", field)
    return dict(known.choices) if known is not None and known.choices else {}
