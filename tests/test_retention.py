"""What is kept for a set time goes when it is over, and only then."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.core.management import call_command
from django.utils import timezone

from partners import retention, tasks
from partners.models import Invitation, PurgeRun, Session
from tests.factories import UserFactory
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
