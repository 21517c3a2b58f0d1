"""A campaign from its start to its end: letters made, stopped, sent again, reminders, the close."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Lower
from django.utils import timezone

from partners.campaigns import choosing
from partners.models import Campaign, Letter, OptOut, Reply

Status = Letter.Status
TO_RESEND = (Status.REFUSED, Status.UNSURE)


@transaction.atomic
def start(campaign: Campaign) -> int:
    """Make the letters of a campaign in preparation; how many, 0 when it had started already.

    The links of earlier campaigns to the same addresses are of no use from now on.
    """
    locked = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not locked.is_draft:
        return 0
    by_address: dict[str, Letter] = {}
    replies = []
    for listing in choosing.reachable(locked).order_by("pk"):
        letter = by_address.setdefault(
            listing.email.lower(), Letter(campaign=locked, email=listing.email)
        )
        replies.append(Reply(letter=letter, listing=listing))
    if by_address:
        locked.status, locked.started_at = Campaign.Status.OPEN, timezone.now()
        locked.save(update_fields=["status", "started_at"])
        Letter.objects.bulk_create(by_address.values())
        Reply.objects.bulk_create(replies)
        _revoke_earlier(locked, list(by_address))
    return len(by_address)


def stop(campaign: Campaign) -> int:
    """Nothing more leaves, the links that have left stay good; how many letters were waiting."""
    return campaign.letters.waiting().update(status=Status.CANCELLED)


def resume(campaign: Campaign) -> int:
    """What was stopped leaves after all, but to who asked to be left alone."""
    stopped = _open_letters(campaign).filter(status=Status.CANCELLED)
    return _not_opted_out(stopped).update(status=Status.WAITING, not_before=None)


@transaction.atomic
def resend(campaign: Campaign, pks: list[int] | None = None) -> int:
    """Send again what the server refused or nobody knows of, to the address of today.

    `pks`: those letters alone. Returns how many will leave.
    """
    found = _open_letters(campaign).select_for_update(of=("self",)).filter(status__in=TO_RESEND)
    found = _not_opted_out(found if pks is None else found.filter(pk__in=pks))
    return sum(_again(letter) for letter in found)


@transaction.atomic
def close(campaign: Campaign) -> bool:
    """End it: nothing leaves, no link opens. False when it was not open."""
    closed = Campaign.objects.filter(pk=campaign.pk, status=Campaign.Status.OPEN)
    found = closed.select_for_update().first()
    if found is None:
        return False
    found.status, found.closed_at = Campaign.Status.CLOSED, timezone.now()
    found.save(update_fields=["status", "closed_at"])
    stop(found)
    return True


def remind() -> int:
    """Have those who have not answered written to once more, in the campaigns that say so."""
    due = 0
    open_ones = Campaign.objects.filter(status=Campaign.Status.OPEN, reminders__gt=0)
    for campaign in open_ones:
        since = timezone.now() - timedelta(days=campaign.reminder_days)
        found = campaign.letters.unanswered().filter(
            status=Status.SENT,
            round__lt=campaign.reminders,
            last_sent_at__lte=since,
            revoked_at=None,
        )
        due += _not_opted_out(found).update(
            status=Status.WAITING, round=F("round") + 1, tries=0, not_before=None
        )
    return due


def opt_out(email: str) -> None:
    """This address is written to no more; asked twice, it is once."""
    if not OptOut.objects.filter(email__iexact=email).exists():
        OptOut.objects.bulk_create([OptOut(email=email)], ignore_conflicts=True)


def _again(letter):
    """A record whose address was corrected meanwhile goes with the letter to that one."""
    for reply in letter.replies.filter(kind="").select_related("listing"):
        today = reply.listing.email
        if today and today.lower() != letter.email.lower():
            _move(letter, reply, today)
    if not letter.replies.exists():
        letter.delete()
        return 1
    letter.status, letter.tries, letter.not_before = Status.WAITING, 0, None
    letter.save(update_fields=["status", "tries", "not_before"])
    return 1


def _move(letter, reply, address):
    same = letter.campaign.letters.filter(email__iexact=address).first()
    if same is None:
        same = Letter.objects.create(campaign=letter.campaign, email=address, round=letter.round)
    if not same.replies.filter(listing=reply.listing_id).exists():
        reply.letter = same
        reply.save(update_fields=["letter"])


def _revoke_earlier(campaign, addresses):
    earlier = Letter.objects.exclude(campaign=campaign).annotate(folded=Lower("email"))
    earlier = earlier.filter(folded__in=addresses, revoked_at=None)
    earlier.waiting().update(status=Status.CANCELLED)
    earlier.update(revoked_at=timezone.now())


def _open_letters(campaign):
    """Whose link is neither closed with its campaign nor followed by another."""
    return campaign.letters.filter(campaign__status=Campaign.Status.OPEN, revoked_at=None)


def _not_opted_out(letters):
    asked = OptOut.objects.annotate(folded=Lower("email")).values("folded")
    return letters.annotate(folded=Lower("email")).exclude(folded__in=asked)
