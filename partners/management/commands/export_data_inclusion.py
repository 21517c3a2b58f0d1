"""Write the published directory as data·inclusion v1."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from partners.exports import manifest
from partners.exports.data_inclusion import Exporter
from partners.imports.data_inclusion.scope import Scope
from partners.imports.errors import ImportRefused, quote


class Command(BaseCommand):
    help = "Écrit les fiches publiées au format data·inclusion v1 (JSON Lines) dans un dossier."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="DOSSIER")
        parser.add_argument(
            "--departement", nargs="+", default=[], metavar="CODE", help="seulement ceux-ci"
        )

    def handle(self, *, folder, departement, verbosity, **options):
        exporter, folder = Exporter(), Path(folder)
        try:
            codes = sorted(Scope(departement).codes)
            folder.mkdir(parents=True, exist_ok=True)
            paths = [folder / "structures.jsonl", folder / "services.jsonl"]
            with transaction.atomic():  # the iterators read by pieces
                structures = _write(paths[0], exporter.structures(codes))
                services = _write(paths[1], exporter.services(codes))
            manifest.write(paths)
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Impossible d'écrire dans {quote(str(folder))}.") from error
        if verbosity:
            self.stdout.write(f"{structures} structures et {services} services écrits.")


def _write(path, rows):
    """The number of rows written; a half-written file never takes the name."""
    draft, count = path.with_suffix(".draft"), 0
    with draft.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    draft.replace(path)
    return count
