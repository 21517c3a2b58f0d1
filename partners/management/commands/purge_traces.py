"""Erase what is kept for a set time only (rule R8). The worker runs it every night."""

from django.core.management.base import BaseCommand

from partners import retention


class Command(BaseCommand):
    help = "Efface ce qui n'est gardé qu'un temps, et en garde le compte rendu (des nombres)."

    def handle(self, **options):
        counts = retention.run().counts
        for rule in retention.RULES:
            self.stdout.write(f"{rule.label} : {counts[rule.slug]}")
