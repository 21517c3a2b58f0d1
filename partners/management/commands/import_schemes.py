"""Load the support schemes that come with the project, to check and complete locally."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from partners.imports import schemes
from partners.imports.errors import ImportRefused


class Command(BaseCommand):
    help = "Charge les dispositifs fournis, à vérifier localement."

    def add_arguments(self, parser):
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=schemes.FOLDER,
            metavar="DOSSIER",
            help="dossier des dispositifs, un fichier .toml chacun (ceux fournis sinon)",
        )
        parser.add_argument(
            "--demo", action="store_true", help="complète aussi les fiches de la démonstration"
        )

    def handle(self, *, folder, demo, verbosity, **options):
        try:
            found = schemes.load(folder=Path(folder), demo=schemes.DEMO if demo else None)
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write("\n".join(describe(found)))


def describe(found):
    """The lines (list of str) that tell what was written."""
    lines = [
        f"Dispositifs : {plural(len(found.created), 'ajout')}, "
        f"{plural(len(found.completed), 'complément')}, {found.unchanged} à l'identique",
        f"Instances : {plural(len(found.instances), 'ajout')}",
    ]
    if found.created:
        lines.append(f"À vérifier, puis à publier : {', '.join(found.created)}")
    return lines


def plural(count, word):
    return f"{count} {word}{'s' if count > 1 else ''}"
