"""`manage.py worker`: do the jobs of the queue, as they come, until interrupted."""

import os
import signal
import sys
import threading
import time

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app

SECONDS_TO_FINISH = 20


class Command(BaseCommand):
    help = "Fait les travaux de fond (imports, envois, tâches de la nuit), jusqu'à Ctrl+C."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="fait ce qui attend, puis s'arrête")
        parser.add_argument(
            "--until-input-ends",
            action="store_true",
            help="s'arrête aussi quand son entrée se ferme, donc avec qui l'a lancé",
        )

    def handle(self, *, once, until_input_ends, **options):
        if until_input_ends:
            threading.Thread(target=_end_with_input, daemon=True).start()
        with app.replace_connector(app.connector.get_worker_connector()) as connected:
            connected.run_worker(
                wait=not once, delete_jobs="successful", shutdown_graceful_timeout=SECONDS_TO_FINISH
            )


def _end_with_input():
    """Without the one that reads its answers, it finishes its job if that is short, and goes."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_TO_FINISH)
    os._exit(1)
