"""An import killed in the middle of its writing leaves nothing behind."""

import csv
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from partners.models import Contact, Listing

ROOT = Path(__file__).parents[1]
IMPORT = """
import sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from django.core.management import call_command
call_command("import_census", sys.argv[2])
"""
WAITING = """
SELECT pid FROM pg_locks
WHERE NOT granted AND relation = 'partners_contact'::regclass
"""


@pytest.fixture
def census(tmp_path):
    path = tmp_path / "census.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["source", "id", "nom", "generaliste", "contact_nom"])
        writer.writerows(["test", n, f"Relais {n}", "oui", "Camille"] for n in range(50))
    return path


def ask(cursor, query, *values):
    cursor.execute(query, values)
    return cursor.fetchone()


def wait_for(condition, *, seconds=60):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)
    return found


@pytest.mark.django_db(transaction=True)
def test_killed_import_leaves_nothing_and_can_be_run_again(census):
    name = connection.settings_dict["NAME"]
    with closing(connection.copy()) as watcher, watcher.cursor() as cursor:
        watcher.set_autocommit(False)
        # Contacts are written after the records: the import waits here, its records inserted.
        cursor.execute("LOCK TABLE partners_contact IN EXCLUSIVE MODE")
        process = subprocess.Popen([sys.executable, "-c", IMPORT, name, census], cwd=ROOT)
        try:
            [pid] = wait_for(lambda: ask(cursor, WAITING))
        finally:
            process.kill()
            process.wait()
        watcher.rollback()
        watcher.set_autocommit(True)
        wait_for(lambda: not ask(cursor, "SELECT 1 FROM pg_stat_activity WHERE pid = %s", pid))
    assert not Listing.objects.exists()
    assert not Contact.objects.exists()
    call_command("import_census", census, verbosity=0)
    assert Listing.objects.count() == Contact.objects.count() == 50
