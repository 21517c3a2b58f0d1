"""What advisers report: filed in one tap, treated in a queue, answered to who reported."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Avg, Case, Count, F, Max, Min, Q, Value, When
from django.utils import timezone

from partners.models import Report, ReportReceipt, User

RECENT = timedelta(days=90)
ANSWERS_SHOWN = 5
OWN_SHOWN = 50


class Gone(Exception):
    """Somebody has dealt with it meanwhile; its text says so, in French."""


# Reporting


@transaction.atomic
def file(listing, kind, *, by, message=""):
    """The report of an error on a record; a second tap on the same day is the same report."""
    _one_at_a_time(by)
    same = Report.objects.filter(
        listing=listing,
        kind=kind,
        created_by=by,
        status=Report.Status.NEW,
        created_at__gte=_midnight(),
    )
    found = same.first()
    if found is None:
        return Report.objects.create(listing=listing, kind=kind, created_by=by, message=message)
    if message and message != found.message:
        found.message = message
        found.save(update_fields=["message"])
    return found


@transaction.atomic
def file_gap(situations, territory, *, by, message=""):
    """The report of a gap: a need, a place and nobody. The same one twice on a day is one."""
    _one_at_a_time(by)
    same = Report.objects.gaps().filter(
        territory=territory,
        created_by=by,
        message=message,
        status=Report.Status.NEW,
        created_at__gte=_midnight(),
    )
    wanted = {situation.pk for situation in situations}
    for found in same.prefetch_related("situations"):
        if {situation.pk for situation in found.situations.all()} == wanted:
            return found
    made = Report.objects.create(
        kind=Report.Kind.MISSING, territory=territory, created_by=by, message=message
    )
    made.situations.set(situations)
    return made


@transaction.atomic
def receive(key, make, *, by):
    """File once a report made without a network, which `make()` files and returns.

    `key` (UUID): drawn by the device, which sends the same report again when it lost the answer.
    """
    _one_at_a_time(by)
    if received(key) is None:
        ReportReceipt.objects.create(key=key, report=make())


def received(key):
    """The receipt of a key (UUID or None) with its report, None when nothing came under it."""
    return ReportReceipt.objects.select_related("report").filter(pk=key).first()


def own(user):
    """The reports of an account, the latest first."""
    found = Report.objects.filter(created_by=user).select_related("listing", "territory")
    return found.prefetch_related("situations")


def unread(user):
    """Its reports that were dealt with since it last looked."""
    found = own(user).filter(status__in=Report.CLOSED, is_answer_seen=False)
    return found.order_by("-closed_at", "-pk")[:ANSWERS_SHOWN]


def withdraw(report):
    """Undo a report that nobody has taken up. Raises `Gone`."""
    deleted, _ = Report.objects.filter(pk=report.pk, status=Report.Status.NEW).delete()
    if not deleted:
        raise Gone("La responsable s'en occupe déjà\u00a0: ce signalement ne s'annule plus.")


def add_words(report, message):
    """Raises `Gone` when the report is closed."""
    if not Report.objects.open().filter(pk=report.pk).update(message=message):
        raise Gone("Ce signalement est terminé\u00a0: faites-en un nouveau.")


def mark_seen(user, pk=None):
    """Its answer was read; all of them without `pk`."""
    found = Report.objects.filter(created_by=user, status__in=Report.CLOSED, is_answer_seen=False)
    found.filter(**{"pk": pk} if pk else {}).update(is_answer_seen=True)


# The queue


def queue():
    """Reports on records, with `is_marking`: whether their record is marked (see `marking`)."""
    found = Report.objects.of_listings().select_related(
        "listing__commune", "created_by__agency", "taken_by"
    )
    marks = When(listing__in=Report.objects.marking(), then=Value(True))
    return found.annotate(is_marking=Case(marks, default=Value(False)))


def open_queue():
    """What waits: records that several reports mark, then the oldest."""
    return queue().open().order_by("-is_marking", "created_at", "pk")


def closed_queue(status):
    return queue().filter(status=status).order_by("-closed_at", "-pk")


def delay():
    """{"days": mean days from report to end over the last 90 days or None, "count": how many}."""
    since = timezone.now() - RECENT
    closed = Report.objects.of_listings().filter(closed_at__gte=since)
    found = closed.aggregate(mean=Avg(F("closed_at") - F("created_at")), count=Count("pk"))
    mean = found["mean"]
    days = None if mean is None else mean.total_seconds() / timedelta(days=1).total_seconds()
    return {"days": days, "count": found["count"]}


def take(report, by):
    """Who deals with it; a colleague may take it over. Raises `Gone` when it is closed."""
    _change(report, Report.OPEN, status=Report.Status.TAKEN, taken_by=by)


def release(report):
    """Back among the new ones. Raises `Gone`."""
    _change(report, [Report.Status.TAKEN], status=Report.Status.NEW, taken_by=None)


@transaction.atomic
def close(report, *, by, status, answer="", with_others=False):
    """Treated or dropped, with an answer to who reported; the open ones of the record as well.

    Returns how many were closed. Raises `Gone` when somebody else closed it first.
    """
    values = {"status": status, "answer": answer, "taken_by": by, "closed_at": timezone.now()}
    _change(report, Report.OPEN, **values)
    return 1 + (others(report).update(**values) if with_others else 0)


def reopen(report):
    """Undo a closing: it is hers who reopens it as it was. Raises `Gone`."""
    _change(
        report,
        Report.CLOSED,
        status=Report.Status.TAKEN,
        closed_at=None,
        answer="",
        is_answer_seen=False,
    )


def others(report):
    """The other open reports of its record."""
    return Report.objects.open().filter(listing=report.listing_id).exclude(pk=report.pk)


def _change(report, expected, **values):
    found = Report.objects.filter(pk=report.pk, status__in=expected)
    if not found.update(**values):
        raise Gone("Quelqu'un s'en est occupé entre-temps\u00a0: voici où il en est.")
    report.refresh_from_db()


# Gaps


def gaps(status=None):
    """Needs that nobody answers: [{situation, territory, total, first, last}], most told first.

    One row for each situation and territory; `status` (slugs) keeps some reports.
    """
    found = Report.objects.gaps().filter(status__in=status or Report.OPEN)
    rows = found.values(
        "territory_id", "territory__name", "situations__slug", "situations__label"
    ).annotate(
        total=Count("pk", distinct=True),
        waiting=Count("pk", filter=Q(status=Report.Status.NEW), distinct=True),
        first=Min("created_at"),
        last=Max("created_at"),
    )
    return rows.order_by("-total", "situations__label", "territory__name", "territory_id")


def gap_reports(situation, territory_id, status=None):
    """The reports behind one row of `gaps`: `situation` a slug or "", `territory_id` or None."""
    found = Report.objects.gaps().filter(status__in=status or Report.OPEN)
    by_need = {"situations__slug": situation} if situation else {"situations": None}
    return (
        found.filter(territory=territory_id, **by_need)
        .select_related("created_by__agency", "territory")
        .prefetch_related("situations")
        .order_by("created_at", "pk")
    )


def _one_at_a_time(user):
    """Two taps at once wait for each other, so that the second finds the first."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _midnight():
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
