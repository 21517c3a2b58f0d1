"""What changed this week, and the permanences of the coming days, for the home page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from cartographie.postgresql.rows import read
from partners import hours, words
from partners.models import Listing, Permanence

WEEK = timedelta(days=7)
NEWS_SHOWN = 5
MOST_TOGETHER = 3
SCANNED = 20_000
"""Events of records that are looked at, the last ones."""

BATCH = 50
"""Events of one gesture, above which it is not looked at more closely."""

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
    """What is new within a week (list of `News`), the latest first: a number, a partner closed,
    open again or known to advisers for the first time.

    What comes together by an import or in one gesture on many records is no news one by one: more
    than `MOST_TOGETHER` are left out. So is a record that was merged into another: its number still
    answers, under the other's name.
    """
    asked = {
        "since": timezone.now() - WEEK,
        "scanned": SCANNED,
        "batch": BATCH,
        "together": MOST_TOGETHER,
        "shown": NEWS_SHOWN,
    }
    return [News(listing, listing.label) for listing in read(Listing, RECENT_SQL, asked)]


RECENT_SQL = """
    WITH written AS (
        SELECT pgh_id, pgh_obj_id, pgh_label, phone, status,
            COALESCE(pgh_context_id::text, pgh_id::text) AS gesture
        FROM partners_listingevent
        WHERE pgh_id > (SELECT max(pgh_id) FROM partners_listingevent) - %(scanned)s
            AND pgh_created_at >= %(since)s AND pgh_label IN ('insert', 'update')
    ), sized AS (
        SELECT *, count(*) OVER (PARTITION BY gesture) AS size FROM written
    ), compared AS (
        SELECT sized.*, before.phone AS old_phone,
            COALESCE(before.status, 'brouillon') AS old_status
        FROM sized
        LEFT JOIN LATERAL (
            SELECT phone, status FROM partners_listingevent earlier
            WHERE earlier.pgh_obj_id = sized.pgh_obj_id AND earlier.pgh_id < sized.pgh_id
            ORDER BY earlier.pgh_id DESC LIMIT 1
        ) before ON sized.pgh_label = 'update'
        WHERE size <= %(batch)s
    ), told AS (
        SELECT pgh_id, pgh_obj_id, gesture, CASE
            WHEN status IN ('archive', 'suspendu') AND old_status = 'publie' THEN 'fermé'
            WHEN status <> 'publie' THEN NULL
            WHEN old_status IN ('archive', 'suspendu') THEN 'de nouveau ouvert'
            WHEN old_status <> 'publie' THEN 'nouveau partenaire'
            WHEN phone <> old_phone AND phone <> '' THEN 'nouveau numéro'
        END AS label
        FROM compared
    ), counted AS (
        SELECT DISTINCT ON (pgh_obj_id) pgh_id, pgh_obj_id, label,
            count(*) OVER (PARTITION BY gesture) AS together
        FROM told WHERE label IS NOT NULL
        ORDER BY pgh_obj_id, pgh_id DESC
    )
    SELECT listing.*, counted.label
    FROM counted
    JOIN partners_listing listing ON listing.id = counted.pgh_obj_id
    WHERE together <= %(together)s
        AND (listing.status IN ('publie', 'suspendu') OR counted.label = 'fermé')
        AND NOT EXISTS (SELECT 1 FROM partners_merge WHERE absorbed_id = listing.id)
    ORDER BY counted.pgh_id DESC
    LIMIT %(shown)s
"""
"""By hand: one look at the end of the history, however much an import wrote there."""


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
