"""What is kept for a set time goes when it is over, and only then."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.core.management import call_command
from django.utils import timezone

from partners import retention, tasks
from partners.campaigns import figures
from partners.models import Campaign, Invitation, PurgeRun, Session
from tests.factories import ListingFactory, UserFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db


def ago(days):
    return timezone.now() - timedelta(days=days)


def trace(model, days):
    facts = {"username": "claire@example.org"}
    if model is AccessAttempt:
        facts |= {"failures_since_start": 1}
    row = model.objects.create(**facts)
    model.objects.filter(pk=row.pk).update(attempt_time=ago(days))


def counts():
    return retention.run().counts


@pytest.mark.parametrize("model", [AccessAttempt, AccessFailureLog, AccessLog])
def test_sign_in_traces_go_after_six_months(model):
    trace(model, 184)
    trace(model, 180)
    assert counts()["connexions"] == 1
    assert model.objects.count() == 1


def test_session_goes_when_it_is_over(client):
    client.force_login(UserFactory())
    assert counts()["sessions"] == 0
    Session.objects.update(expire_date=ago(1))
    assert counts()["sessions"] == 1


@pytest.mark.parametrize(("days", "gone"), [(29, 0), (31, 1)])
def test_invitation_goes_a_month_after_its_end(days, gone):
    Invitation.objects.create(email="claire@example.org", expires_at=ago(days))
    assert counts()["invitations"] == gone


def answered(*, closed=None, sent=None, settled=True):
    """A letter of a campaign, with what its partner answered."""
    status = "close" if closed else "ouverte"
    campaign = Campaign.objects.create(
        name="Été", subject="x", body="y", status=status, started_at=ago(900), closed_at=closed
    )
    letter = campaign.letters.create(
        email="claire@example.org", status="refuse", error="<claire@…>", last_sent_at=sent
    )
    letter.replies.create(
        listing=ListingFactory(),
        kind="rien",
        message="Voir Claire",
        zone_words="chez Claire",
        answered_at=ago(900),
        settled_at=ago(890) if settled else None,
    )
    return letter


@pytest.mark.parametrize(
    ("facts", "gone"),
    [
        ({"closed": ago(366)}, 1),
        ({"closed": ago(364), "sent": ago(700)}, 1),
        ({"closed": ago(364), "sent": ago(500)}, 0),
        ({"sent": ago(546)}, 1),
        ({"sent": ago(544)}, 0),
        ({"closed": ago(366), "settled": False}, 0),
    ],
)
def test_address_and_words_of_a_campaign_go_and_its_figures_stay(facts, gone):
    letter = answered(**facts)
    before = figures.of_campaigns([letter.campaign])
    assert counts()["campagnes"] == gone
    letter.refresh_from_db()
    reply = letter.replies.get()
    told = (letter.email, letter.key, letter.error, reply.message, reply.zone_words)
    assert ("laire" in repr(told)) is not bool(gone)
    assert (letter.revoked_at is not None) is bool(gone)
    assert figures.of_campaigns([letter.campaign]) == before
    assert counts()["campagnes"] == 0


def test_reports_of_erasing_go_too():
    counts()
    PurgeRun.objects.update(ran_at=ago(732))
    assert counts()["passages"] == 1
    assert PurgeRun.objects.count() == 1


def test_report_says_how_many_and_nothing_else():
    UserFactory()
    (run,) = [retention.run()]
    assert set(run.counts) == {rule.slug for rule in retention.RULES}
    assert all(isinstance(count, int) for count in run.counts.values())


def test_worker_erases_every_night():
    tasks.purge_traces.defer(timestamp=0)
    run_jobs()
    assert PurgeRun.objects.count() == 1


def test_command_says_what_went(capsys):
    call_command("purge_traces")
    assert "traces de connexion : 0" in capsys.readouterr().out
