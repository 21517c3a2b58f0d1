"""A temporary closure, or a message of a partner who stays open: with dates, gone by itself."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from partners.models import Listing, derived

CLOSURE, MESSAGE = "fermeture", "message"
COLUMNS = {
    CLOSURE: ("suspension_message", "suspended_from", "suspended_until"),
    MESSAGE: ("notice", "notice_from", "notice_until"),
}
"""{kind: (its words, its first day, its last day)}."""

CLOSED = "Fermé temporairement"


@dataclass(frozen=True)
class Announcement:
    """`first` and `last`: its days, both included; None without a start, without an end."""

    kind: str
    text: str
    first: date | None
    last: date | None

    @property
    def is_closure(self):
        return self.kind == CLOSURE

    @property
    def has_begun(self):
        return self.first is None or self.first <= timezone.localdate()


def standing(listing):
    """The announcements of a record that are not over: today's and those to come (list)."""
    today = timezone.localdate()
    found = [_closure(listing), _message(listing)]
    return [one for one in found if one and (one.last is None or one.last >= today)]


def announce(listing, kind, *, text, first, last):
    """Say it, in place of what was said of this kind."""
    _write(listing, kind, (text, first, last))


def end(listing, kind):
    """« Terminé »: at once, whatever its dates. A record suspended by its state is not one."""
    _write(listing, kind, ("", None, None))


def _closure(listing):
    text, first, last = (getattr(listing, name) for name in COLUMNS[CLOSURE])
    is_closed = first or last or listing.status == Listing.Status.SUSPENDED
    return Announcement(CLOSURE, text or CLOSED, first, last) if is_closed else None


def _message(listing):
    text, first, last = (getattr(listing, name) for name in COLUMNS[MESSAGE])
    return Announcement(MESSAGE, text, first, last) if text else None


def _write(listing, kind, values):
    for name, value in zip(COLUMNS[kind], values, strict=True):
        setattr(listing, name, value)
    listing.save(update_fields=[*COLUMNS[kind], "updated_at"])
    derived.refresh(Listing.objects.filter(pk=listing.pk))
