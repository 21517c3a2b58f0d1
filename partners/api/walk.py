"""The whole directory, page by page, and what changed since: nothing lost, nothing twice.

Pages follow the key of the records, which never changes. Each answer says `jusqu_a`: the instant
up to which every change is in what was given. Asking later for `modifie_depuis` that instant gives
the changes that follow, the records that left the directory by their key alone.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef

from partners.models import Listing, ListingChange

# A transaction under way may commit changes that it has dated already: nothing later than its start
# is complete. What has not written yet will date its changes after this instant. PostgreSQL's own
# processes, which clean tables, write none.
HORIZON = """
    SELECT least(min(xact_start), statement_timestamp()) FROM pg_stat_activity
    WHERE backend_xid IS NOT NULL AND backend_type = 'client backend'
        AND datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class Page:
    """`listings` in order, `gone` the keys of those that left, `last` where to go on, if anywhere.

    `until` is `jusqu_a`, an aware datetime.
    """

    listings: list
    gone: list[int]
    until: datetime
    last: list | None


def horizon():
    """The instant (aware datetime) before which every change is committed or given up."""
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        return cursor.fetchone()[0]


def everything(listings, *, after, until, size):
    """The page of the records that follow the key `after` (0 to begin)."""
    rows = list(listings.filter(pk__gt=after).order_by("pk")[: size + 1])
    last = [rows[size - 1].pk] if len(rows) > size else None
    return Page(rows[:size], [], until, last)


def changes(listings, *, statuses, since, after, until, size):
    """The page of what changed from `since`, included, to `until`; `after`: (instant, key) or None.

    `statuses`: those whose records this reader is given. One that never had any was never given,
    and is not told as gone either: history keeps each status that a record had.

    A record that changes again meanwhile leaves this walk for the next one.
    """
    marks = ListingChange.objects.filter(changed_at__gte=since, changed_at__lt=until)
    if after:
        instant, key = after
        later = marks.filter(changed_at__gt=instant)
        marks = later | marks.filter(changed_at=instant, listing_id__gt=key)
    past = Listing.pgh_event_model.objects.filter(pgh_obj_id=OuterRef("pk"), status__in=statuses)
    marks = marks.annotate(was_given=Exists(past))
    found = list(marks.order_by("changed_at", "listing_id")[: size + 1])
    page = found[:size]
    rows = listings.in_bulk([mark.listing_id for mark in page])
    kept = [rows[mark.listing_id] for mark in page if mark.listing_id in rows]
    gone = [mark.listing_id for mark in page if mark.was_given and mark.listing_id not in rows]
    last = [page[-1].changed_at.isoformat(), page[-1].listing_id] if len(found) > size else None
    return Page(kept, gone, until, last)
