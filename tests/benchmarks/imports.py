"""A national import into an empty database, then the same files again, beside the leanest copy.

    python3 manage.py shell -v0 -c "from tests.benchmarks.imports import main; main('FOLDER')"

FOLDER holds `structures.jsonl` and `services.jsonl`; the database has territories and vocabulary
and no listing (README.md beside), and keeps what is imported. Each import is a process of its own:
the system tells its processor time (PostgreSQL's is not in it) and the most memory it held.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter, process_time

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from partners.models import Listing
from tests.benchmarks.run import say


def main(folder):
    if Listing.objects.exists():
        sys.exit("Cette base a des fiches : prenez-en une qui n'en a pas (DATA_DIR=…).")
    files = [Path(folder, "structures.jsonl"), Path(folder, "services.jsonl")]
    say("quoi", "secondes", "processeur de Python", "mémoire", "lignes par seconde", "× référence")
    began, spent = perf_counter(), process_time()
    count = copy_names(files)
    reference = perf_counter() - began
    report("référence", reference, process_time() - spent, None, count, reference)
    report("premier import", *imported(files), count, reference)
    assert Listing.objects.filter(source_record__isnull=False).count() > count * 0.9
    report("le même fichier", *imported(files), count, reference)
    call_command("check_derived")


def copy_names(files):
    """Parse every row and copy its id and name into a temporary table; the number of rows."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE leanest (id text, name text)")
        with cursor.copy("COPY leanest (id, name) FROM STDIN") as copy:
            for path in files:
                with path.open(encoding="utf-8") as lines:
                    for row in map(json.loads, lines):
                        copy.write_row((row["id"], row["nom"]))
        return cursor.rowcount


def imported(files):
    """Run the command: seconds, seconds of processor, megabytes."""
    command = [sys.executable, "manage.py", "import_data_inclusion", *files, "--verbosity=0"]
    began = perf_counter()
    process = subprocess.Popen(command, cwd=settings.BASE_DIR)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"L'import a échoué ({process.returncode}).")
    return perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def report(name, elapsed, processor, memory, count, reference):
    say(
        f"{name}, {count} lignes",
        f"{elapsed:.1f} s",
        f"{processor:.1f} s",
        f"{memory} Mo" if memory else "",
        f"{count / elapsed:.0f}",
        f"{elapsed / reference:.1f}",
    )
