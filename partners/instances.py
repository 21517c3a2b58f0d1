"""The rhythm of an instance, as its next dates."""

from datetime import timedelta

from partners.models import Instance, Meeting
from partners.relations import months_after

Rhythm = Instance.Rhythm
WEEKS = {Rhythm.WEEK: 1, Rhythm.FORTNIGHT: 2}
MONTHS = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3, Rhythm.HALF_YEAR: 6}
PROPOSED = 6
LATEST = 2099
"""Year: the calendar itself ends in 9999."""


def next_dates(rhythm, last):
    """The `PROPOSED` dates that follow `last` (date) at a rhythm; [] without one.

    Every month is on the same weekday of the same week (« le 2e mardi »), the last one where the
    month has no fifth.
    """
    if rhythm in WEEKS:
        step = timedelta(weeks=WEEKS[rhythm])
        return [last + step * number for number in range(1, PROPOSED + 1)]
    months = MONTHS.get(rhythm, 0)
    return [_same_weekday(last, months * n) for n in range(1, PROPOSED + 1)] if months else []


def _same_weekday(day, months):
    first = months_after(day.replace(day=1), months)
    found = first + timedelta(days=(day.weekday() - first.weekday()) % 7, weeks=(day.day - 1) // 7)
    return found if found.month == first.month else found - timedelta(weeks=1)


def add_next(instance):
    """Write the dates that follow the last one noted; how many are new (int)."""
    last = instance.meetings.order_by("held_on").last()
    if last is None or last.held_on.year > LATEST:
        return 0
    rows = [
        Meeting(instance=instance, held_on=day, starts_at=last.starts_at, place=last.place)
        for day in next_dates(instance.rhythm, last.held_on)
    ]
    return len(Meeting.objects.bulk_create(rows, ignore_conflicts=True))
