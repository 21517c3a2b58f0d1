"""What to check again this month: each part of a record and each line has its own date and decay.

The days are spread by primary key, so that what came together does not fall due together:

- never checked: within one period from the day it came in;
- checked: between half a period and a period after that day.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from partners import periods
from partners.addresses import address
from partners.models import Helpline, Listing, Report, User, Verification, derived

Scope, Method = Verification.Scope, Verification.Method

OF_PHONE = tuple(scope.value for scope in Verification.OF_PHONE)
PARTS = {Scope.PHONE: 1, Scope.HOURS: 1, Scope.ZONE: 2, Scope.CRITERIA: 2}
"""{part of a record: how many periods it holds}: a zone changes less often than a number."""

STRIDE = 7919  # a prime: neighbours by primary key fall far apart
LISTING, HELPLINE = "fiches", "numeros"
SELECTIONS = ("mois", "jamais", "toutes")


@dataclass(frozen=True)
class Item:
    """A record or a helpline to check, on one line. `phone` as stored, or as shown for a line."""

    kind: str
    pk: int
    name: str
    phone: str
    place: str
    checked_on: date | None
    method: str
    due_on: date
    late_parts: tuple[str, ...]
    reports: int

    @property
    def is_helpline(self):
        return self.kind == HELPLINE

    @property
    def url(self):
        return address("helplines") if self.is_helpline else address("listing_short", self.pk)

    @property
    def method_label(self):
        return Method(self.method).label if self.method else ""


@dataclass(frozen=True)
class Part:
    """A part of a record: when it was last checked (`Verification` or None), when it falls due."""

    scope: str
    label: str
    last: Verification | None
    due_on: date
    is_late: bool


def _due(part, periods):
    days = f"(days * {periods})"
    offset = f"mod(id * {STRIDE}::bigint, {days})::int"
    return f"COALESCE({part} + {days} - {offset} / 2, since + {offset})"


DUE = {scope: _due(scope.name.lower(), periods) for scope, periods in PARTS.items()}
CHECKED = ", ".join(
    f"max(checked_on) FILTER (WHERE scope IN ('{scope}', '{Scope.RECORD}')) AS {scope.name.lower()}"
    for scope in PARTS
)
DANGER = """
    EXISTS (
        SELECT FROM partners_listingsituation link
        JOIN partners_situation need ON need.id = link.situation_id
        WHERE link.listing_id = l.id AND link.role = 'coeur' AND need.is_danger
    )
"""
ITEMS = f"""
    WITH checked AS (
        SELECT listing_id, helpline_id, {CHECKED},
               (array_agg(method ORDER BY checked_on DESC, id DESC)
                   FILTER (WHERE scope IN {OF_PHONE}))[1] AS method
        FROM partners_verification GROUP BY listing_id, helpline_id
    ), told AS (
        SELECT listing_id, count(*) AS reports FROM partners_report
        WHERE status = ANY(%(open)s) AND listing_id IS NOT NULL GROUP BY listing_id
    ), listings AS (
        SELECT l.id, l.name, l.phone AS number,
               CASE WHEN l.is_confidential THEN 'lieu confidentiel'
                    ELSE COALESCE(commune.name, '') END AS place,
               l.created_at::date AS since,
               CASE WHEN {DANGER} THEN %(urgent)s ELSE %(usual)s END AS days,
               c.phone, c.hours, c.zone, c.criteria, COALESCE(c.method, '') AS method,
               COALESCE(told.reports, 0) AS reports
        FROM partners_listing l
        LEFT JOIN partners_territory commune ON commune.id = l.commune_id
        LEFT JOIN checked c ON c.listing_id = l.id
        LEFT JOIN told ON told.listing_id = l.id
        WHERE l.status = ANY(%(statuses)s)
    ), lines AS (
        SELECT h.id, h.name, h.number, zone.name AS place,
               COALESCE((SELECT min(pgh_created_at)::date FROM partners_helplineevent e
                         WHERE e.pgh_obj_id = h.id), CURRENT_DATE) AS since,
               %(urgent)s AS days, c.phone, COALESCE(c.method, '') AS method
        FROM partners_helpline h JOIN partners_territory zone ON zone.id = h.zone_id
        LEFT JOIN checked c ON c.helpline_id = h.id
        WHERE h.status = %(active)s
    ), items AS (
        SELECT '{LISTING}' AS kind, id, name, number, place, phone, method, reports,
               {", ".join(f"{due} AS due_{scope.name.lower()}" for scope, due in DUE.items())}
        FROM listings
        UNION ALL
        SELECT '{HELPLINE}', id, name, number, place, phone, method, 0, {DUE[Scope.PHONE]},
               NULL, NULL, NULL
        FROM lines
    ), dated AS (
        SELECT *, LEAST(due_phone, due_hours, due_zone, due_criteria) AS due FROM items
    )
"""
WANTED = """
    WHERE (%(kind)s = '' OR kind = %(kind)s)
      AND (%(only)s = '' OR %(only)s = kind || id)
      AND CASE %(selection)s WHEN 'mois' THEN due <= %(until)s
               WHEN 'jamais' THEN phone IS NULL ELSE true END
"""
LIST_SQL = (
    f"{ITEMS} SELECT kind, id, name, number, place, phone, method, due, reports,"
    f" due_phone, due_hours, due_zone, due_criteria FROM dated {WANTED}"
    " ORDER BY reports DESC, due, kind DESC, id LIMIT %(limit)s OFFSET %(offset)s"
)
COUNT_SQL = (
    f"{ITEMS} SELECT count(*) FILTER (WHERE due <= %(until)s),"
    f" count(*) FILTER (WHERE phone IS NULL), count(*) FROM dated {WANTED}"
)


def month_end(day=None):
    """The last day of the month of `day` (today by default)."""
    day = day or timezone.localdate()
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def counts(kind=""):
    """{selection: how many}, of one kind (`LISTING`, `HELPLINE`) or all."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_SQL, _asked(kind=kind, selection="toutes"))
        return dict(zip(SELECTIONS, cursor.fetchone(), strict=True))


def items(selection="mois", kind="", *, limit=None, offset=0):
    """The work list (list of `Item`): those with open reports first, then the longest due.

    `selection`: due by the end of the month (« mois »), never checked (« jamais »), « toutes ».
    """
    asked = _asked(kind=kind, selection=selection) | {"limit": limit, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(LIST_SQL, asked)
        return [_item(row, asked["until"]) for row in cursor.fetchall()]


class WorkList:
    """`items` as a sequence for a paginator: its slices are asked of the database."""

    def __init__(self, selection, kind, total):
        self.selection, self.kind, self.total = selection, kind, total

    def __len__(self):
        return self.total

    def __getitem__(self, part):
        size = part.stop - part.start
        return items(self.selection, self.kind, limit=size, offset=part.start)


def parts_of(listing):
    """The parts of a record (list of `Part`), each with its last verification."""
    asked = _asked(kind=LISTING, selection="toutes", only=f"{LISTING}{listing.pk}")
    with connection.cursor() as cursor:
        cursor.execute(LIST_SQL, asked | {"limit": 1, "offset": 0})
        row = cursor.fetchone()
    if row is None:
        return []
    checks = list(listing.verifications.select_related("checked_by"))
    return [
        _part(scope, checks, due, asked["until"])
        for scope, due in zip(PARTS, row[-len(PARTS) :], strict=True)
    ]


def with_last_check(helplines):
    """A queryset of helplines with `checked_on` (date or None)."""
    return helplines.annotate(checked_on=Max("verifications__checked_on"))


def checked_parts(checks):
    """What a record page says beside its source: [(words, `Verification`)], the checked parts.

    `checks` (list of `Verification`): the latest first.
    """
    found = [(scope.label, last_of(scope, checks)) for scope in PARTS]
    return [(label, last) for label, last in found if last]


def last_of(scope, checks):
    """The last verification of a part among `checks`, those of the whole record included."""
    return next((check for check in checks if check.scope in (scope, Scope.RECORD)), None)


@transaction.atomic
def verify(thing, *, by, method, scopes=(Scope.RECORD,), on=None):
    """« Vérifié, rien à changer » of a `Listing` or a `Helpline`: the rows, [] for a double click.

    All the parts of a record together are the whole record.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    wanted = [Scope.RECORD] if set(PARTS) <= set(scopes) else scopes
    made = []
    for scope in wanted:
        row, is_new = thing.verifications.get_or_create(
            scope=scope, method=method, checked_on=on or timezone.localdate(), checked_by=by
        )
        made += [row] if is_new else []
    _refresh(thing)
    return made


@transaction.atomic
def undo(pks, *, by):
    """Take back verifications that this account made within a day; how many there were."""
    lately = Verification.pgh_event_model.objects.filter(
        pgh_label="insert", pgh_created_at__gte=timezone.now() - timedelta(days=1)
    )
    found = Verification.objects.filter(pk__in=pks, checked_by=by)
    found = found.filter(pk__in=lately.values("pgh_obj_id"))
    listings = list(found.values_list("listing_id", flat=True))
    count, _ = found.delete()
    derived.refresh(Listing.objects.filter(pk__in=[pk for pk in listings if pk]))
    return count


def _refresh(thing):
    if isinstance(thing, Listing):
        derived.refresh(Listing.objects.filter(pk=thing.pk))


def _asked(*, kind, selection, only=""):
    return {
        "kind": kind,
        "selection": selection,
        "only": only,
        "until": month_end(),
        "open": [status.value for status in Report.OPEN],
        "statuses": [Listing.Status.PUBLISHED.value, Listing.Status.SUSPENDED.value],
        "active": Helpline.Status.ACTIVE.value,
        "usual": periods.days(is_urgent=False),
        "urgent": periods.days(is_urgent=True),
    }


def _item(row, until):
    kind, pk, name, number, place, phone, method, due, reports, *days = row
    late = [scope for scope, day in zip(PARTS, days, strict=True) if day and day <= until]
    labels = tuple(scope.label for scope in late)
    return Item(kind, pk, name, number, place, phone, method, due, labels, reports)


def _part(scope, checks, due, until):
    return Part(scope, scope.label, last_of(scope, checks), due, due <= until)
