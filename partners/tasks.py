"""What is done without anyone waiting for it: the jobs of the queue, and those of the clock.

A job's arguments are keys, never what a person typed: the queue keeps them, and its logs tell them
(rule R3). Each may run twice: a worker killed in the middle has its job taken over.
"""

from contextlib import suppress

from django.core.management import call_command
from django.db import transaction
from procrastinate import RetryStrategy, builtin_tasks
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from partners import invitations, staff
from partners.campaigns import running, sending
from partners.models import Invitation, User, derived
from partners.uploads import undoing, work

KEPT_HOURS = 7 * 24


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="take_over", pass_context=True)
async def take_over(context, timestamp):
    """Put back in the queue what a killed worker had begun."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        await jobs.retry_job(job)


@app.periodic(cron="17 2 * * *")
@app.task(queueing_lock="purge_traces")
def purge_traces(timestamp):
    call_command("purge_traces", verbosity=0)


@app.periodic(cron="47 2 * * *")
@app.task(queueing_lock="forget_jobs", pass_context=True)
async def forget_jobs(context, timestamp):
    """Jobs that ended more than a week ago, failed or not."""
    await builtin_tasks.remove_old_jobs(
        context,
        max_hours=KEPT_HOURS,
        remove_failed=True,
        remove_cancelled=True,
        remove_aborted=True,
    )


@app.periodic(cron="7 3 * * *")
@app.task(queueing_lock="sort_entries")
def sort_entries(timestamp):
    with suppress(derived.InUse):  # until the next night
        derived.sort()


# Accounts: an e-mail that is refused is tried again, three times in all


@app.task(retry=RetryStrategy(max_attempts=3, wait=60))
def send_reset(account):
    """The link for a new password, made here so that the queue never holds it."""
    user = User.objects.filter(pk=account, is_active=True).first()
    if user:
        staff.send_reset(user)


@app.task(retry=RetryStrategy(max_attempts=3, wait=60))
def send_invitation(invitation):
    found = Invitation.objects.open().filter(pk=invitation).first()
    if found:
        invitations.send(found)


# Campaigns


@app.task(queueing_lock="send_letters")
def send_letters():
    """Letters of campaigns, a few at a time so that other jobs pass between."""
    if sending.send_some():
        soon(send_letters)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="letters_by_the_clock")
def letters_by_the_clock(timestamp):
    """What a server that did not answer has kept waiting."""
    soon(send_letters)


@app.periodic(cron="23 9 * * 1-5")
@app.task(queueing_lock="remind_partners")
def remind_partners(timestamp):
    """On working days: those who have not answered, in the campaigns that say so."""
    if running.remind():
        soon(send_letters)


def soon(task):
    """Have a task done when its turn comes, unless it is to be already."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.defer()


# A census brought by the workspace: the jobs of one upload, one after the other


@app.task
def read_upload(pk):
    work.read(pk)


@app.task
def plan_upload(pk):
    work.plan(pk)


@app.task
def apply_upload(pk):
    work.apply(pk)


@app.task
def undo_upload(pk):
    undoing.undo(pk)
