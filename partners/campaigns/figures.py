"""What has come of campaigns: counts a campaign, and who has not answered."""

from dataclasses import dataclass

from django.db.models import Count, Max, Q

from partners.models import Campaign, Letter, Listing, Reply

Status, Kind = Letter.Status, Reply.Kind


@dataclass(frozen=True)
class Figures:
    """Letters (one an address) by what became of them, records by what was answered."""

    letters: int = 0
    waiting: int = 0
    sent: int = 0
    reminded: int = 0
    refused: int = 0
    unsure: int = 0
    cancelled: int = 0
    opened: int = 0
    listings: int = 0
    answered: int = 0
    nothing: int = 0
    changes: int = 0
    gone: int = 0
    not_me: int = 0
    to_settle: int = 0

    @property
    def done(self):
        """Letters that wait for nothing more of us."""
        return self.letters - self.waiting

    @property
    def percent(self):
        """Of the letters, how many have left or been refused (whole number)."""
        return 100 * self.done // self.letters if self.letters else 0

    @property
    def answered_percent(self):
        return 100 * self.answered // self.listings if self.listings else 0


def of_campaigns(campaigns: list[Campaign]) -> dict[int, Figures]:
    """{campaign's key: its figures}, in two queries whatever their number."""
    keys = [campaign.pk for campaign in campaigns]
    letters = _counted(Letter.objects.filter(campaign__in=keys), "campaign", LETTERS)
    replies = _counted(Reply.objects.filter(letter__campaign__in=keys), "letter__campaign", REPLIES)
    return {key: Figures(**letters.get(key, {}), **replies.get(key, {})) for key in keys}


def silent(campaign: Campaign):
    """The records that have not answered, with `letter_status`: those to call."""
    waiting = Reply.objects.filter(letter__campaign=campaign, kind="")
    found = Listing.objects.filter(pk__in=waiting.values("listing")).select_related("commune")
    mine = Q(replies__letter__campaign=campaign)
    return found.annotate(
        letter_email=Max("replies__letter__email", filter=mine),
        letter_status=Max("replies__letter__status", filter=mine),
        opened=Max("replies__letter__opened_at", filter=mine),
    ).order_by("search_key", "pk")


LETTERS = {
    "letters": Count("pk"),
    "waiting": Count("pk", filter=Q(status__in=[Status.WAITING, Status.SENDING])),
    "sent": Count("pk", filter=Q(first_sent_at__isnull=False)),
    "reminded": Count("pk", filter=Q(round__gt=0, status=Status.SENT)),
    "refused": Count("pk", filter=Q(status=Status.REFUSED)),
    "unsure": Count("pk", filter=Q(status=Status.UNSURE)),
    "cancelled": Count("pk", filter=Q(status=Status.CANCELLED)),
    "opened": Count("pk", filter=Q(opened_at__isnull=False)),
}
REPLIES = {
    "listings": Count("pk"),
    "answered": Count("pk", filter=~Q(kind="")),
    "nothing": Count("pk", filter=Q(kind=Kind.NOTHING)),
    "changes": Count("pk", filter=Q(kind=Kind.CHANGES)),
    "gone": Count("pk", filter=Q(kind=Kind.GONE)),
    "not_me": Count("pk", filter=Q(kind=Kind.NOT_ME)),
    "to_settle": Count("pk", filter=~Q(kind="") & Q(settled_at=None)),
}


def _counted(rows, key, counts):
    found = rows.order_by().values(key).annotate(**counts)
    return {row.pop(key): row for row in found}
