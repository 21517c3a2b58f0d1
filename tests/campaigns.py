"""Campaigns and what goes round them, for tests."""

import re
from email import message_from_bytes, policy

from django.utils import timezone

from partners.campaigns import links, running, sending, wording
from partners.models import Campaign, Letter
from tests.factories import ListingFactory

LINK = re.compile(r"/votre-fiche/[\w.-]+/")


def make_campaign(**facts):
    usual = {"name": "Printemps", "selection": "toutes", "reminders": 0}
    return Campaign.objects.create(
        **usual | {"subject": wording.SUBJECT, "body": wording.BODY} | facts
    )


def make_partner(name, /, **facts):
    """A published record whose address is `name` at example.org."""
    return ListingFactory(email=f"{name}@example.org", **facts)


def started(*names, **facts):
    """A campaign that has started, with a record for each of these."""
    for name in names:
        make_partner(name)
    campaign = make_campaign(**facts)
    assert running.start(campaign) == len(names)
    campaign.refresh_from_db()
    return campaign


def send_all():
    while sending.send_some(pause=0):
        pass


def letter_of(name):
    return Letter.objects.select_related("campaign").get(email=f"{name}@example.org")


def link_of(name):
    """The address, without its host, of the page of this partner."""
    return f"/votre-fiche/{links.token(letter_of(name))}/"


def sent_to(name):
    """A partner of a campaign whose letter has left: its record."""
    campaign = started(name)
    campaign.letters.update(
        status="envoye", first_sent_at=timezone.now(), last_sent_at=timezone.now()
    )
    return campaign.letters.get().replies.get().listing


def read(envelope):
    """(subject, text) of what a server received."""
    message = message_from_bytes(envelope.content, policy=policy.default)
    return message["Subject"].strip(), message.get_content().replace("\r\n", "\n")
