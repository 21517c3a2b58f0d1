"""« Contact pris aujourd'hui »: one gesture, what it plans next, and its undoing."""

from calendar import monthrange
from datetime import date

from django.core import signing
from django.db import transaction
from django.utils import timezone

from partners.models import Listing, Relation

USUAL = 6
"""Months until the next contact, when one was planned and nothing is said."""

SALT = "partners.relations"


class Unreadable(Exception):
    """What was sent to undo is not what was given."""


def months_after(day, months):
    """The same day of the month some months later, its last day when it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def note_contact(listing, months=None):
    """Write that the partner of a record was reached today: (`Relation`, token that undoes it).

    `months` until the next contact, 0 for none. None leaves what is planned, and plans a next one
    only where its day had come. The token is "" when nothing changed.
    """
    today = timezone.localdate()
    with transaction.atomic():
        relation = _locked(listing.pk)
        before = relation.days
        relation.last_contact_on = today
        relation.next_contact_on = _next(relation, today, months)
        if relation.days == before:
            return relation, ""
        relation.save()
    return relation, _token(relation, before)


def undo(token):
    """The record (its key) and whether the gesture was undone: not when something came since.

    Raises `Unreadable`.
    """
    try:
        pk, before, after = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Unreadable from None
    with transaction.atomic():
        relation = _locked(pk)
        if relation is None or relation.pk is None or _written(relation.days) != after:
            return pk, False
        relation.last_contact_on, relation.next_contact_on = map(_read, before)
        relation.delete() if relation.is_empty else relation.save()
    return pk, True


def _locked(pk):
    """The relation of a record, a new one where there is none; None where there is no record.

    The record is what is locked: two first gestures at once write one row.
    """
    listing = Listing.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    known = listing and Relation.objects.filter(listing=listing).first()
    return known or (listing and Relation(listing=listing))


def _next(relation, today, months):
    if months is None:
        return months_after(today, USUAL) if relation.is_due else relation.next_contact_on
    return months_after(today, months) if months else None


def _token(relation, before):
    facts = [relation.listing_id, _written(before), _written(relation.days)]
    return signing.dumps(facts, salt=SALT)


def _written(days):
    return [day and day.isoformat() for day in days]


def _read(day):
    return day and date.fromisoformat(day)
