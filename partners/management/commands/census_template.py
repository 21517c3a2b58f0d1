"""The columns of a census: as an empty file, or explained on screen."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from partners.imports import template
from partners.imports.errors import ImportRefused


class Command(BaseCommand):
    help = "Écrit un modèle de recensement, ou explique ses colonnes à l'écran."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, metavar="FICHIER", help=".csv ou .xlsx")

    def handle(self, *, file, verbosity, **options):
        if file is None:
            for line in template.guide():
                self.stdout.write(line)
            return
        try:
            template.write(Path(file))
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(f"Modèle écrit : {file}")
