"""A worker killed in the middle of an import, then of its undoing: all of it or nothing."""

import csv
import io
from contextlib import closing, suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from partners import tasks
from partners.models import Contact, Listing, SearchEntry, Upload, User
from partners.uploads import receiving
from tests.factories import UserFactory
from tests.test_import_interrupted import WAITING, ask, wait_for
from tests.test_worker import SECONDS, worker

ROWS = 50


@pytest.fixture
def upload(transactional_db):
    """An import ready to be written: fifty records, each with a contact."""
    text = io.StringIO()
    writer = csv.writer(text)
    header = "source id nom resume courriel generaliste zone_eligibilite contact_nom"
    writer.writerow(header.split())
    said = ["oui", "non-precisee", "Camille"]
    writer.writerow(["essai", 0, "Relais", "Aide.", "a@example.org", *said])
    for n in range(1, ROWS):
        writer.writerow(["essai", n, f"Relais {n}", "", "", *said])
    file = SimpleUploadedFile("recensement.csv", text.getvalue().encode())
    return receiving.receive(file, by=UserFactory(role=User.Role.MANAGER))


def ask_for(upload, status, task):
    Upload.objects.filter(pk=upload.pk).update(status=status)
    task.defer(pk=upload.pk)


def kill_a_worker_in_the_middle():
    """Contacts come after the records, in both ways: the worker waits there, the rest written."""
    with closing(connection.copy()) as watcher, watcher.cursor() as cursor:
        watcher.set_autocommit(False)
        cursor.execute("LOCK TABLE partners_contact IN EXCLUSIVE MODE")
        process = worker()
        try:
            [pid] = wait_for(lambda: ask(cursor, WAITING))
        finally:
            process.kill()
            process.wait(SECONDS)
        watcher.rollback()
        watcher.set_autocommit(True)
        wait_for(lambda: not ask(cursor, "SELECT 1 FROM pg_stat_activity WHERE pid = %s", pid))


def take_over():
    """What the next worker does of a job whose worker has given no sign for long."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 h'")
    with suppress(AlreadyEnqueued):
        tasks.take_over.defer(timestamp=0)
    assert worker("--once").wait(SECONDS) == 0
    assert not ProcrastinateJob.objects.filter(task_name__contains="upload").exists()


def found(upload):
    """(state, records, contacts)"""
    upload.refresh_from_db()
    return upload.status, Listing.objects.count(), Contact.objects.count()


def test_killed_worker_leaves_all_or_nothing_and_is_taken_over(upload):
    ask_for(upload, Upload.Status.APPLYING, tasks.apply_upload)
    kill_a_worker_in_the_middle()
    assert found(upload) == ("application", 0, 0)
    assert upload.content is not None
    take_over()
    assert found(upload) == ("applique", ROWS, ROWS)
    assert SearchEntry.objects.count() == 1

    ask_for(upload, Upload.Status.UNDOING, tasks.undo_upload)
    kill_a_worker_in_the_middle()
    assert found(upload) == ("annulation", ROWS, ROWS)
    take_over()
    assert found(upload) == ("annule", 0, 0)
    assert set(upload.lines.values_list("undone", flat=True)) == {"retiree"}
