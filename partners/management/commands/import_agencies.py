"""Load the landlord's agencies, their sectors and their internal referents."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from partners.imports import agencies
from partners.imports.errors import ImportRefused


class Command(BaseCommand):
    help = "Charge les agences du bailleur, leurs secteurs et leurs référents internes."

    def add_arguments(self, parser):
        parser.add_argument(
            "file",
            nargs="?",
            type=Path,
            default=agencies.SHIPPED,
            metavar="FICHIER.json",
            help="celles de la démonstration sinon",
        )

    def handle(self, *, file, verbosity, **options):
        try:
            counts = agencies.load(Path(file))
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write("\n".join(map(describe, counts)))


def describe(counts):
    """One line that tells what became of one sort of rows."""
    created, changed = (
        f"{count} {word}{'s' if count > 1 else ''}"
        for count, word in ((counts.created, "ajout"), (counts.changed, "changement"))
    )
    label = counts.label[0].upper() + counts.label[1:]
    return f"{label} : {created}, {changed}, {counts.unchanged} à l'identique"
