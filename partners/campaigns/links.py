"""The link of a letter: signed, revocable, and of no use once its time is over.

What stands in the address is a random key and its signature. Neither the key alone (a copy of the
database) nor a guess opens anything.
"""

from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from partners import mail
from partners.models import Letter

SIGNER = Signer(salt="partners.campaigns.links", sep=".")
MOST = 120
"""Characters of a token, at most: longer is not read."""


class Unknown(Exception):
    """No letter has this link."""


class Expired(Exception):
    """The link was good once: too old, its campaign closed, or another letter has followed."""


def token(letter: Letter) -> str:
    """What stands for the letter in its link."""
    return SIGNER.sign(letter.key)


def address(letter: Letter, name: str = "partner") -> str:
    """The whole address of a page of the letter, as a message carries it."""
    return mail.address_of(reverse(name, args=[token(letter)]))


def find(sent: str) -> Letter:
    """The letter of a link, its campaign beside it, while the link is good.

    Raises `Unknown` (without a query when the signature is wrong) or `Expired`.
    """
    letter = known(sent)
    if not is_good(letter):
        raise Expired
    return letter


def known(sent: str) -> Letter:
    """The letter of a link, good or not: to be written to no more is asked at any time."""
    try:
        key = SIGNER.unsign(sent[:MOST])
        return Letter.objects.select_related("campaign").get(key=key)
    except (BadSignature, Letter.DoesNotExist):
        raise Unknown from None


def is_good(letter: Letter) -> bool:
    return letter.campaign.is_open and letter.revoked_at is None and timezone.now() <= until(letter)


def until(letter: Letter) -> datetime:
    """Until when the link is good, counted from the last message that left."""
    sent_at = letter.last_sent_at or timezone.now()
    return sent_at + timedelta(days=letter.campaign.link_days)
