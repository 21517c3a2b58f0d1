"""The meetings of the instances, as a page and as a calendar that other tools read (RFC 5545)."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from partners import hours
from partners.models import Meeting

PAST = timedelta(days=31)
"""How long a meeting stays in a calendar once held."""
AHEAD = timedelta(days=3660)
"""A meeting further off is a slip of the keyboard: it closes nobody's calendar."""
AT_MOST = 500
LASTS = timedelta(hours=2)
"""Of a meeting whose end nobody knows, so that it has a place in a day."""


def coming(day):
    """The meetings from a day on (queryset), the nearest first, with their instances."""
    known = Meeting.objects.from_day(day).filter(held_on__lte=day + AHEAD)
    found = known.select_related("instance__territory")
    return found.prefetch_related("instance__schemes")


def as_calendar(day) -> bytes:
    """An ICS file (UTF-8): each meeting, and the last day to send a file for it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Cartographie//Agenda des instances//FR")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Instances")
    for meeting in coming(day - PAST)[:AT_MOST]:
        for event in _events(meeting):
            calendar.add_component(event)
    return calendar.to_ical()


def _events(meeting):
    yield _meeting(meeting)
    if meeting.deadline and not meeting.is_cancelled:
        yield _deadline(meeting)


def _meeting(meeting):
    event = _event(meeting, "seance", str(meeting.instance))
    if meeting.starts_at:
        start = timezone.make_aware(datetime.combine(meeting.held_on, meeting.starts_at))
        event.add("dtstart", start.astimezone(UTC))
        event.add("dtend", (start + LASTS).astimezone(UTC))
    else:
        event.add("dtstart", meeting.held_on)
    if meeting.place:
        event.add("location", meeting.place)
    if meeting.deadline:
        event.add("description", f"Dossiers jusqu'au {hours.format_date(meeting.deadline)}.")
    if meeting.is_cancelled:
        event.add("status", "CANCELLED")
    return event


def _deadline(meeting):
    event = _event(meeting, "dossiers", f"Derniers dossiers\u00a0: {meeting.instance}")
    event.add("dtstart", meeting.deadline)
    day = hours.format_date(meeting.held_on)
    event.add("description", f"Pour la séance du {day}.")
    return event


def _event(meeting, kind, summary):
    event = Event()
    event.add("uid", f"{kind}-{meeting.pk}@cartographie")
    event.add("dtstamp", timezone.now())
    event.add("summary", summary)
    event.add("url", settings.SITE_URL.rstrip("/") + reverse("calendar"))
    return event
