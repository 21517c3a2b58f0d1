"""Erase what is kept for a set time only (rule R8). Run it every night."""

from datetime import timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

SIGN_IN_TRACES = timedelta(days=183)


class Command(BaseCommand):
    help = "Efface les traces de connexion de plus de six mois et les sessions terminées."

    def handle(self, **options):
        before = timezone.now() - SIGN_IN_TRACES
        erased = sum(
            model.objects.filter(attempt_time__lt=before).delete()[0]
            for model in (AccessAttempt, AccessFailureLog, AccessLog)
        )
        call_command("clearsessions")
        self.stdout.write(f"{erased} traces de connexion effacées.")
