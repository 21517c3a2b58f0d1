"""The worker: a process of its own, on the queue of the database; killed, its job is taken over."""

import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from partners import tasks

SECONDS = 60
WORKER = """
import sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from django.core.management import call_command
call_command("worker", *sys.argv[2:])
"""
pytestmark = pytest.mark.django_db(transaction=True)


def worker(*options, **more):
    """A worker (Popen) on the test's own database."""
    name = connection.settings_dict["NAME"]
    command = [sys.executable, "-c", WORKER, name, *options]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, **more)


def wait_for(condition):
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def jobs(**facts):
    return ProcrastinateJob.objects.filter(task_name=tasks.purge_traces.name, **facts)


def test_worker_does_what_waits_and_ends():
    tasks.purge_traces.defer(timestamp=0)
    assert worker("--once").wait(SECONDS) == 0
    assert not jobs().exists()


def test_killed_worker_leaves_a_job_that_the_next_takes_over():
    tasks.purge_traces.defer(timestamp=0)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE axes_accesslog")  # the job waits here
        killed = worker()
        wait_for(lambda: jobs(status="doing").exists())
        killed.kill()
        killed.wait(SECONDS)
    assert jobs(status="doing").exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )
    with suppress(AlreadyEnqueued):  # by the clock, that each worker minds
        tasks.take_over.defer(timestamp=0)
    assert worker("--once").wait(SECONDS) == 0
    assert not jobs().exists()


def test_worker_ends_with_the_process_that_holds_its_input():
    process = worker("--until-input-ends", stdin=subprocess.PIPE)
    process.stdin.close()
    assert process.wait(SECONDS) in {0, -signal.SIGTERM}
