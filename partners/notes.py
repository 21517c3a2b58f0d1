"""Local notes: an agency writes one on a record of its sector, a manager reads it first.

Nowhere but on the page of the record: never in the API, the exports, the cards or a PDF.
"""

from django.db import transaction
from django.utils import timezone

from partners import permissions
from partners.models import Agency, LocalNote

Status = LocalNote.Status


class Gone(Exception):
    """It is no longer what one was looking at; its text says so, in French."""


# The agency


@transaction.atomic
def write(listing, text, *, by):
    """The agency's note on a record, to be read; it replaces the one that was waiting.

    A refusal that it answers is taken away. The same words twice are one note.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=by.agency_id)
    known = LocalNote.objects.filter(listing=listing, agency=agency)
    now = timezone.now()
    known.standing().filter(status=Status.REFUSED).update(removed_at=now)
    same = known.waiting().filter(text=text).first()
    if same:
        return same
    values = {"text": text, "written_by": by, "written_at": now, "removed_at": None}
    return known.update_or_create(
        listing=listing, agency=agency, status=Status.WAITING, defaults=values
    )[0]


def waiting(listing, agency_id):
    """The note of an agency that nobody has read yet, or None."""
    return LocalNote.objects.waiting().filter(listing=listing, agency=agency_id).first()


def of_listing(listing, user):
    """What an account reads of a record's notes, the latest first; [] for most accounts.

    Those approved; for who may write or decide, the others with what became of them.
    """
    if not (user.agency_id or permissions.can_manage(user)):
        return []
    found = permissions.visible_notes(listing.local_notes.all(), user)
    asked = found.shown()
    if permissions.can_manage(user):
        asked |= found.waiting()
    elif permissions.can_write_notes(user):
        asked |= found.standing().exclude(status=Status.APPROVED)
    return list(asked.select_related("agency"))


def remove(note):
    """Off the record's page; a second time changes nothing."""
    LocalNote.objects.filter(pk=note.pk, removed_at=None).update(removed_at=timezone.now())


def restore(note):
    """Undo `remove`: it is again what it was."""
    LocalNote.objects.filter(pk=note.pk).update(removed_at=None)


@transaction.atomic
def hand_over(agency, into):
    """The notes of an agency that closes to another one; one that waits in both is the latter's."""
    known = LocalNote.objects.filter(agency=into, status=Status.WAITING).values_list(
        "listing", flat=True
    )
    theirs = LocalNote.objects.filter(agency=agency)
    theirs.filter(status=Status.WAITING, listing__in=list(known)).delete()
    theirs.update(agency=into)


# The manager


def queue():
    """The notes to read, the oldest first."""
    return _whole(LocalNote.objects.waiting()).order_by("written_at", "pk")


def decided(status):
    """Those approved and still shown, or those refused; the latest first."""
    found = LocalNote.objects
    rows = found.shown() if status == Status.APPROVED else found.standing().filter(status=status)
    return _whole(rows).order_by("-decided_at", "-pk")


def approve(note, text, *, version, by):
    """Show it, in these words. Raises `Gone`, as `refuse` and `reopen`."""
    _decide(note, version, status=Status.APPROVED, text=text, decided_by=by)


def refuse(note, answer, *, version, by):
    """Tell the agency why not."""
    _decide(note, version, status=Status.REFUSED, answer=answer, decided_by=by)


@transaction.atomic
def reopen(note):
    """Undo a decision: the note is to be read again."""
    Agency.objects.select_for_update(no_key=True).get(pk=note.agency_id)
    known = LocalNote.objects.filter(listing=note.listing_id, agency=note.agency_id)
    if known.waiting().exclude(pk=note.pk).exists():
        raise Gone("L'agence a écrit une autre note depuis\u00a0: relisez plutôt celle-là.")
    known.filter(status=Status.WAITING).exclude(pk=note.pk).delete()  # taken away by its agency
    values = {"status": Status.WAITING, "decided_at": None, "decided_by": None, "answer": ""}
    LocalNote.objects.filter(pk=note.pk, status__in=LocalNote.DECIDED).update(**values)


@transaction.atomic
def _decide(note, version, **values):
    now = LocalNote.objects.waiting().select_for_update(of=("self",)).filter(pk=note.pk).first()
    if now is None:
        raise Gone("Quelqu'un s'en est occupé entre-temps, ou l'agence l'a retirée.")
    if now.version != version:
        raise Gone("L'agence a réécrit sa note entre-temps\u00a0: relisez-la.")
    LocalNote.objects.filter(pk=note.pk).update(decided_at=timezone.now(), **values)


def _whole(rows):
    return rows.select_related("listing__commune", "agency", "written_by")
