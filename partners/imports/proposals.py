"""What open data proposes over staff's work: told to a manager, who takes it or leaves it."""

from dataclasses import dataclass

from django.db import transaction

from partners import phones
from partners.imports import bulk, load, plan, writing
from partners.imports.columns import BY_HEADER
from partners.imports.data_inclusion import facts
from partners.imports.draft import RowReader
from partners.imports.errors import Refused
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
    """The proposals to decide of a record."""
    found = list(listing.proposals.filter(status=Proposal.Status.NEW).order_by("fact", "pk"))
    if not found:
        return []
    record = writing.with_relations(Listing.objects.filter(pk=listing.pk)).get()
    return [_told(proposal, record) for proposal in found]


def accept(proposal: Proposal) -> None:
    """Write the proposed value; the source keeps it up to date from now on.

    Raises `Refused` (in French) when the record cannot take it; the proposal then stays.
    """
    with transaction.atomic():
        bulk.open_context()
        row = _planned(proposal)
        if row.draft.refusals:
            raise Refused(" ; ".join(remark.reason for remark in row.draft.refusals))
        if row.outcome == Outcome.CHANGED:
            load.write([row])
            load.refresh([row])
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


def _told(proposal: Proposal, record: Listing) -> Told:
    now = {header: BY_HEADER[header].write(record) for header in proposal.cells}
    return Told(proposal, _label(proposal.fact), _shown(now), _shown(proposal.cells))


def _label(fact: str) -> str:
    if fact in LABELS:
        return LABELS[fact]
    return str(Listing._meta.get_field(fact).verbose_name)


def _shown(cells: dict[str, str]) -> str:
    parts = [_named(header, text) for header, text in cells.items() if text]
    return ", ".join(parts) or NOTHING


def _named(header: str, text: str) -> str:
    """Codes and keywords as people say them."""
    items = text.split("|")
    match header:
        case "telephone":
            return phones.display(text)
        case "situations_coeur" | "situations_aide":
            found = Situation.objects.filter(slug__in=items).values_list("label", flat=True)
            how = "cœur de métier" if header == "situations_coeur" else "peut aider"
            return f"{', '.join(found)} ({how})"
        case "zone_eligibilite" | "code_insee":
            codes = [item.rpartition(":")[2] for item in items]
            names = Territory.objects.filter(code__in=codes).values_list("name", flat=True)
            return ", ".join(names) or text
    return ", ".join(items)
