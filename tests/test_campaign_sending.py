"""Letters of a campaign leave through a real server: once, whatever happens on the way."""

import os
import re
import subprocess
import sys
import time
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from partners import tasks
from partners.campaigns import running, sending
from partners.models import Letter, Listing, OptOut
from tests.campaigns import (
    LINK,
    letter_of,
    make_campaign,
    make_partner,
    read,
    send_all,
    started,
)
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_pause(settings):
    settings.CAMPAIGN_PAUSE = 0


def statuses():
    return {letter.email.partition("@")[0]: letter.status for letter in Letter.objects.all()}


def test_each_address_gets_one_message_with_all_its_records(letterbox):
    first, second = make_partner("relais", name="Relais A"), make_partner("RELAIS", name="Relais B")
    make_partner("autre")
    running.start(make_campaign())
    send_all()
    assert sorted(a.lower() for a in letterbox.reached()) == [
        "autre@example.org",
        "relais@example.org",
    ]
    [text] = [text for _, text in map(read, letterbox.received) if first.name in text]
    assert f"- {first.name}\n- {second.name}" in text
    assert len(LINK.findall(text)) == 2  # the record, and to be written to no more
    assert set(statuses().values()) == {"envoye"}


def test_jobs_send_and_a_second_start_sends_nothing_more(letterbox):
    campaign = started("relais", "autre")
    tasks.soon(tasks.send_letters)
    tasks.soon(tasks.send_letters)
    assert run_jobs() == 1
    assert running.start(campaign) == 0
    tasks.soon(tasks.send_letters)
    run_jobs()
    assert sorted(letterbox.reached()) == ["autre@example.org", "relais@example.org"]


def test_batch_leaves_the_rest_to_the_next_job(letterbox):
    started("a", "b", "c")
    assert sending.send_some(most=2)
    assert len(letterbox.received) == 2
    assert not sending.send_some(most=2)
    assert len(letterbox.received) == 3


def test_refused_address_is_told_and_the_others_leave(letterbox):
    letterbox.refused = {"absent@example.org"}
    started("absent", "relais")
    send_all()
    assert statuses() == {"absent": "refuse", "relais": "envoye"}
    assert letter_of("absent").error == "550 5.1.1 Unknown recipient"


def test_refused_letter_is_sent_again_to_the_address_of_today(letterbox):
    letterbox.refused = {"absent@example.org"}
    campaign = started("absent", "relais")
    send_all()
    listing = letter_of("absent").replies.get().listing
    listing.email = "nouveau@example.org"
    listing.save()
    assert running.resend(campaign) == 1
    send_all()
    assert statuses() == {"nouveau": "envoye", "relais": "envoye"}
    assert letter_of("nouveau").replies.get().listing == listing


def test_address_refused_for_now_is_tried_again_a_few_times(letterbox):
    letterbox.later = {"plein@example.org"}
    started("plein")
    send_all()
    letter = letter_of("plein")
    assert (letter.status, letter.tries) == ("attente", 1)
    assert letter.not_before > timezone.now()
    for _ in range(sending.MOST_TRIES - 1):
        Letter.objects.update(not_before=timezone.now())
        send_all()
    assert statuses() == {"plein": "refuse"}


def test_server_that_cuts_after_the_message_is_never_sent_it_again(letterbox):
    letterbox.cut = {"relais@example.org"}
    campaign = started("relais", "suivant")
    send_all()
    assert statuses() == {"relais": "incertain", "suivant": "envoye"}
    letterbox.cut = set()
    send_all()
    running.remind()
    assert letterbox.reached().count("relais@example.org") == 1
    assert running.resend(campaign) == 1  # only when a person asks
    send_all()
    assert letterbox.reached().count("relais@example.org") == 2


def test_slow_server_is_given_up_without_sending_twice(letterbox, settings):
    settings.EMAIL_TIMEOUT = 0.3
    letterbox.slow = {"relais@example.org": 1}
    started("relais")
    send_all()
    send_all()
    assert statuses() == {"relais": "incertain"}
    assert "trop de temps" in letter_of("relais").error
    assert len(letterbox.received) == 1


def test_server_that_does_not_answer_sends_nothing_and_is_tried_later(letterbox, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    started("relais", "autre")
    assert not sending.send_some()
    assert sorted(statuses().values()) == ["attente", "attente"]
    late = Letter.objects.exclude(error="").get()
    assert (late.error, late.tries) == ("Le serveur d'envoi ne répond pas.", 0)
    settings.EMAIL_PORT = port
    Letter.objects.update(not_before=None)
    send_all()
    assert len(letterbox.received) == 2


def test_stopped_campaign_sends_what_remains_only_when_asked(letterbox):
    campaign = started("a", "b", "c")
    sending.send_some(most=1)
    assert running.stop(campaign) == 2
    send_all()
    assert len(letterbox.received) == 1
    assert running.resume(campaign) == 2
    send_all()
    assert len(letterbox.received) == 3


def test_closed_campaign_sends_nothing_more(letterbox):
    campaign = started("a", "b")
    assert running.close(campaign)
    assert not running.close(campaign)
    assert running.resume(campaign) == running.resend(campaign) == 0
    send_all()
    assert letterbox.received == []


def test_who_asked_to_be_left_alone_is_never_written_to(letterbox):
    OptOut.objects.create(email="Las@Example.org")
    make_partner("las")
    started("relais", "change")
    running.opt_out("change@example.org")
    send_all()
    assert letterbox.reached() == ["relais@example.org"]
    assert statuses() == {"relais": "envoye", "change": "annule"}
    assert running.resume(letter_of("change").campaign) == 0


def test_reminder_goes_once_to_who_has_not_answered(letterbox):
    campaign = started("muet", "parlant", "recent", reminders=1)
    send_all()
    long_ago = timezone.now() - timedelta(days=15)
    Letter.objects.exclude(email="recent@example.org").update(last_sent_at=long_ago)
    letter_of("parlant").replies.update(kind="rien", answered_at=timezone.now())
    tasks.remind_partners(timestamp=0)
    run_jobs()
    subjects = [read(envelope)[0] for envelope in letterbox.received]
    assert letterbox.reached()[3:] == ["muet@example.org"]
    assert subjects[3] == f"Rappel\u00a0: {campaign.subject}"
    Letter.objects.update(last_sent_at=long_ago)
    assert running.remind() == 1  # « recent », whose turn has come; « muet » has had its one


def test_reminders_that_were_switched_off_do_not_leave(letterbox):
    campaign = started("muet", reminders=2)
    send_all()
    campaign.letters.update(last_sent_at=timezone.now() - timedelta(days=90))
    campaign.reminders = 0
    campaign.save()
    assert running.remind() == 0


def test_new_campaign_ends_the_links_of_the_one_before_to_the_same_addresses(letterbox):
    old = started("relais", "ancien")
    Listing.objects.filter(email="ancien@example.org").update(email="")
    running.start(make_campaign())
    assert old.letters.get(email="relais@example.org").revoked_at
    assert old.letters.get(email="relais@example.org").status == "annule"
    assert old.letters.get(email="ancien@example.org").revoked_at is None


def test_message_says_how_to_be_left_alone_in_its_headers_too(letterbox):
    started("relais")
    send_all()
    message = message_from_bytes(letterbox.received[0].content)
    assert LEAVE.fullmatch(message["List-Unsubscribe"].strip())


def test_confidential_record_is_not_named(letterbox):
    make_partner("refuge", name="Maison du Tilleul", is_confidential=True)
    running.start(make_campaign())
    send_all()
    subject, text = read(letterbox.received[0])
    assert "Tilleul" not in subject + text
    assert "- votre structure" in text


LEAVE = re.compile(r"<http\S+/votre-fiche/\S+/ne-plus-ecrire/>")
SENDER = """
import sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.CAMPAIGN_PAUSE = 0
import django
django.setup()
from partners.campaigns import sending
sending.send_some()
"""


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_no_address_gets_it_twice(letterbox):
    started("a", "b", "c")
    letterbox.slow = {"b@example.org": 60}
    killed = subprocess.Popen(
        [sys.executable, "-c", SENDER, connection.settings_dict["NAME"]],
        cwd=settings.BASE_DIR,
        env=_environment(letterbox),
    )
    end = time.monotonic() + 60
    while "b@example.org" not in letterbox.reached():
        assert time.monotonic() < end, letterbox.reached()
        time.sleep(0.05)
    assert not sending.send_some()  # the other one is at it
    killed.kill()
    killed.wait()
    letterbox.slow = {}
    end = time.monotonic() + 20
    while Letter.objects.waiting().exists() and time.monotonic() < end:
        send_all()  # once the server knows that the connection is gone
        time.sleep(0.05)
    assert sorted(letterbox.reached()) == ["a@example.org", "b@example.org", "c@example.org"]
    assert statuses() == {"a": "envoye", "b": "incertain", "c": "envoye"}


def _environment(letterbox):
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "cartographie.settings",
        "EMAIL_URL": settings.EMAIL_URL,
    }
