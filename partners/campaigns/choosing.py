"""Whom a campaign writes to: records of the directory, then the addresses they have."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from partners import permissions, review
from partners.models import Campaign, Listing, OptOut, Reply


@dataclass(frozen=True)
class Counts:
    """How many records are written to, at how many addresses, and how many are not, and why."""

    listings: int
    addresses: int
    without_email: int
    opted_out: int
    left_out: int


def chosen(campaign: Campaign) -> QuerySet[Listing]:
    """The records that the campaign selects, those set aside by hand included."""
    found = permissions.in_service(Listing.objects.all()).filter(_selected(campaign))
    if campaign.situation_id:
        found = found.for_situations([campaign.situation_id])
    if campaign.structure_type:
        found = found.filter(structure_type=campaign.structure_type)
    if campaign.place_id:
        found = found.filter(_inside(campaign.place_id))
    return found


def reachable(campaign: Campaign) -> QuerySet[Listing]:
    """Those it writes to: they have an address that did not ask to be left alone."""
    left_out = campaign.left_out.values("pk")
    return with_address(campaign).exclude(pk__in=left_out)


def with_address(campaign: Campaign) -> QuerySet[Listing]:
    """Those it could write to, set aside by hand or not."""
    found = chosen(campaign).exclude(email="").annotate(folded=Lower("email"))
    return found.exclude(folded__in=_opted_out())


def to_call(campaign: Campaign) -> QuerySet[Listing]:
    """Those that it cannot write to: without an address, or asked to be left alone."""
    found = chosen(campaign).annotate(folded=Lower("email"))
    return found.filter(Q(email="") | Q(folded__in=_opted_out()))


def counts(campaign: Campaign) -> Counts:
    """Figures of what the campaign would do if it started now; three queries."""
    reached = reachable(campaign).aggregate(
        listings=Count("pk", distinct=True), addresses=Count("folded", distinct=True)
    )
    others = to_call(campaign).aggregate(
        without_email=Count("pk", filter=Q(email="")), opted_out=Count("pk", filter=~Q(email=""))
    )
    left_out = with_address(campaign).filter(pk__in=campaign.left_out.values("pk")).count()
    return Counts(**reached, **others, left_out=left_out)


def before(campaign: Campaign) -> Campaign | None:
    """The last one that started before it."""
    started = Campaign.objects.exclude(started_at=None).exclude(pk=campaign.pk)
    if campaign.started_at:
        started = started.filter(started_at__lt=campaign.started_at)
    return started.order_by("-started_at", "-pk").first()


def _selected(campaign):
    match campaign.selection:
        case Campaign.Selection.MONTH:
            return Q(pk__in=_due(campaign))
        case Campaign.Selection.NEVER:
            return Q(verifications=None)
        case Campaign.Selection.SILENT:
            asked = Reply.objects.filter(letter__campaign=before(campaign), kind="")
            return Q(pk__in=asked.values("listing"))
    return Q()


def _due(campaign):
    """Keys of the records due this month, read once for a page."""
    if not hasattr(campaign, "due_keys"):
        campaign.due_keys = [item.pk for item in review.items("mois", review.LISTING)]
    return campaign.due_keys


def _inside(place):
    return Q(commune=place) | Q(commune__epci=place) | Q(commune__sectors=place)


def _opted_out():
    return OptOut.objects.annotate(folded=Lower("email")).values("folded")
