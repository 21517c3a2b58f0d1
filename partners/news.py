"""What changed this week, and the permanences of the coming days, for the home page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from partners import hours, words
from partners.models import Listing, Permanence

WEEK = timedelta(days=7)
NEWS_SHOWN = 5
SCANNED = 50
PERMANENCES_SHOWN = 6


@dataclass(frozen=True)
class News:
    """A record that changed, and in what way."""

    listing: Listing
    label: str


@dataclass(frozen=True)
class Date:
    """The next time a permanence is held."""

    permanence: Permanence
    start: datetime
    end: datetime
    day: str

    @property
    def hours(self):
        return hours.format_interval(self.start, self.end)


def recent():
    """Numbers changed, partners closed or new within a week, the latest first.

    Records that arrive together by an import are not news one by one: beyond `NEWS_SHOWN`, new
    ones are left out.
    """
    since = timezone.now() - WEEK
    changed = list(_changes(since))
    new = list(Listing.objects.published().filter(created_at__gte=since)[: NEWS_SHOWN + 1])
    if len(new) <= NEWS_SHOWN:
        changed += [News(listing, "nouveau partenaire") for listing in new]
    return changed[:NEWS_SHOWN]


def _changes(since):
    """News of records whose phone changed, or that closed, from their history."""
    events = Listing.pgh_event_model.objects
    before = events.filter(pgh_obj=OuterRef("pgh_obj"), pgh_id__lt=OuterRef("pgh_id"))
    before = before.order_by("-pgh_id")
    edits = (
        events.filter(pgh_created_at__gte=since, pgh_label="update")
        .annotate(
            old_phone=Subquery(before.values("phone")[:1]),
            old_status=Subquery(before.values("status")[:1]),
        )
        .filter(~Q(phone=F("old_phone")) | ~Q(status=F("old_status")))
        .select_related("pgh_obj")
        .order_by("-pgh_id")
    )
    told = {}
    for event in edits[:SCANNED]:
        label = _label(event)
        if label and event.pgh_obj_id:
            told.setdefault(event.pgh_obj_id, News(event.pgh_obj, label))
    return told.values()


def _label(event):
    closed = {Listing.Status.ARCHIVED, Listing.Status.SUSPENDED}
    if event.status in closed and event.old_status == Listing.Status.PUBLISHED:
        return "fermé"
    if event.status == Listing.Status.PUBLISHED and event.phone != event.old_phone:
        return "nouveau numéro"
    return ""


def permanences(place, at):
    """The permanences of the coming week in the communes of a place, soonest first."""
    held = Permanence.objects.filter(
        commune__in=place.communes,
        listing__status=Listing.Status.PUBLISHED,
        listing__is_confidential=False,
    ).select_related("listing", "commune")
    dates = [date for permanence in held.order_by("pk") for date in _dates(permanence, at)]
    return sorted(dates, key=lambda date: (date.start, date.permanence.pk))[:PERMANENCES_SHOWN]


def _dates(permanence, at):
    departement = words.departement_code(permanence.commune.code)
    local = timezone.localtime(at)
    for start, end in hours.next_dates(
        permanence.hours, local, count=1, horizon_days=WEEK.days, departement=departement
    ):
        yield Date(permanence, start, end, hours.format_day(start.date(), local.date()))
