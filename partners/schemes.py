"""All that an adviser reads of a scheme on its record, each part fetched only when it has some."""

from dataclasses import dataclass, field

from django.db.models import Prefetch, Q

from partners import doors, permissions
from partners.coverage import Place
from partners.doors import Doors
from partners.models import (
    Alternative,
    Ceiling,
    Document,
    Instance,
    Listing,
    Meeting,
    Paper,
    SchemeDetails,
    Step,
)

NEXT_MEETINGS = 3


@dataclass(frozen=True)
class Whole:
    """What stands around the record of a scheme; of a structure, papers and documents only."""

    doors: Doors = field(default_factory=Doors)
    details: SchemeDetails | None = None
    papers: list[Paper] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    instances: list[Instance] = field(default_factory=list)
    alternatives: list[Alternative] = field(default_factory=list)
    ceilings: list[Ceiling] = field(default_factory=list)


def whole(listing: Listing, place: Place, user, day) -> Whole:
    """All of it, seen from a place on a day; `listing` comes from a card (`has_papers`…)."""
    common = {
        "papers": list(listing.papers.all()) if listing.has_papers else [],
        "documents": documents_of(listing) if listing.has_documents else [],
    }
    if listing.kind != Listing.Kind.SCHEME:
        return Whole(**common)
    return Whole(
        doors=doors.of_scheme(listing, place),
        details=_details(listing, day),
        steps=list(listing.steps.select_related("document").defer("document__text")),
        instances=_instances(listing, day),
        alternatives=_alternatives(listing, user),
        ceilings=_ceilings(listing, day),
        **common,
    )


def documents_of(listing):
    """Its documents without their text."""
    return list(listing.documents.defer("text"))


def _details(listing, day):
    found = SchemeDetails.objects.filter(listing=listing.pk).first()
    if found:
        found.is_over, found.is_to_come = found.is_over_on(day), found.is_to_come_on(day)
    return found


def _instances(listing, day):
    """Those that decide on it, each with `next_meetings`."""
    coming = Meeting.objects.from_day(day).filter(is_cancelled=False)
    found = Instance.objects.filter(schemes=listing.pk).select_related("secretariat")
    found = list(found.prefetch_related(Prefetch("meetings", coming, to_attr="coming")))
    for instance in found:
        instance.next_meetings = instance.coming[:NEXT_MEETINGS]
        for meeting in instance.next_meetings:
            meeting.instance = instance
    return found


def _alternatives(listing, user):
    seen = permissions.visible(Listing.objects.order_by(), user)
    return list(listing.alternatives.filter(other__in=seen).select_related("other"))


def _ceilings(listing, day):
    """Those of today and to come; the last one of a name that has no other, out of date."""
    rows = list(Ceiling.objects.filter(Q(scheme=listing.pk)))
    alive = {row.label for row in rows if not row.is_out_of_date_on(day)}
    kept, said = [], set(alive)
    for row in rows:  # the latest first, of each name
        if not row.is_out_of_date_on(day) or row.label not in said:
            row.is_late, row.is_early = row.is_out_of_date_on(day), row.is_to_come_on(day)
            kept.append(row)
            said.add(row.label)
    return kept
