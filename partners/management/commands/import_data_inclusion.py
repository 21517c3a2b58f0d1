"""Load the national open data of structures and services (data·inclusion v1)."""

import json
import sys
from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DataError
from tqdm import tqdm

from partners.imports.data_inclusion import load
from partners.imports.errors import ImportRefused, quote

NOT_TAKEN = (
    "Une valeur du fichier ne peut pas être enregistrée\u00a0: rien n'a été importé. Signalez-le à "
    "qui s'occupe de l'installation, avec le fichier."
)


class Command(BaseCommand):
    help = "Importe structures et services au format data·inclusion v1 (JSON Lines, JSON, Parquet)."

    def add_arguments(self, parser):
        parser.add_argument("structures", type=Path, metavar="STRUCTURES")
        parser.add_argument("services", type=Path, metavar="SERVICES")
        parser.add_argument(
            "--departement", nargs="+", default=[], metavar="CODE", help="seulement ceux-ci"
        )
        parser.add_argument("--dry-run", action="store_true", help="dit tout et n'écrit rien")
        parser.add_argument("--report", type=Path, metavar="FICHIER.json", help="le détail en JSON")
        parser.add_argument(
            "--licence", default=load.LICENCE, metavar="NOM", help=f"licence ({load.LICENCE})"
        )
        parser.add_argument(
            "--allow-gone",
            action="store_true",
            help="accepte que plus de la moitié des fiches connues aient disparu",
        )

    def handle(self, *, structures, services, dry_run, verbosity, **options):
        try:
            tally = load.run(
                Path(structures),
                Path(services),
                departements=options["departement"],
                licence=options["licence"],
                is_dry=dry_run,
                may_be_many=options["allow_gone"],
                track=_bar(verbosity),
                before_commit=partial(
                    _write_report, path=options["report"], is_applied=not dry_run
                ),
            )
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        except (DataError, UnicodeEncodeError):  # whose message quotes the row
            raise CommandError(NOT_TAKEN) from None
        if verbosity:
            self.stdout.write("\n".join(tally.lines(is_done=not dry_run)))


def _bar(verbosity):
    # disable=None: no bar when the output is not a terminal.
    bar = partial(tqdm, file=sys.stderr, leave=False, disable=None if verbosity else True)
    return lambda rows, label: bar(rows, desc=label)


def _write_report(tally, path, *, is_applied):
    """Before the end of the transaction, so that a wrong path stops the import in time."""
    if not path:
        return
    content = json.dumps(tally.as_json(is_applied=is_applied), ensure_ascii=False, indent=1)
    try:
        # Half a character is written as JSON escapes it
        Path(path).write_text(content, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ImportRefused(f"Le rapport {quote(str(path))} ne peut pas être écrit.") from error
