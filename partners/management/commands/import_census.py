"""Load a census of partners: our own columns, or somebody else's file with a mapping."""

import json
import sys
from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from partners.imports import load, mapping, plan, reader, report
from partners.imports.errors import ImportRefused, quote


class Command(BaseCommand):
    help = "Importe un recensement de partenaires (CSV ou XLSX)."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FICHIER", help=".csv, .csv.gz ou .xlsx")
        parser.add_argument(
            "--mapping",
            type=Path,
            metavar="FICHIER.toml",
            help="correspondance entre les colonnes de ce fichier et les nôtres",
        )
        parser.add_argument("--sheet", default="", metavar="NOM", help="feuille du classeur")
        parser.add_argument(
            "--source", default="", metavar="NOM", help="source des lignes qui n'en disent pas"
        )
        parser.add_argument("--dry-run", action="store_true", help="dit tout et n'écrit rien")
        parser.add_argument("--report", type=Path, metavar="FICHIER.json", help="le plan en JSON")
        parser.add_argument(
            "--strict", action="store_true", help="n'écrit rien si une ligne est refusée"
        )

    def handle(self, *, file, dry_run, verbosity, **options):
        try:
            table = reader.read(Path(file), sheet=options["sheet"])
            columns = self.columns(options["mapping"], table)
            if dry_run:
                found = self.plan(table, columns, file, verbosity, options)
            else:
                found = self.load(table, columns, file, verbosity, options)
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        except load.Stopped as stop:
            self.tell(stop.plan, verbosity, is_done=False)
            raise CommandError("Des lignes sont refusées : rien n'a été importé.") from stop
        self.tell(found, verbosity, is_done=not dry_run)

    def columns(self, path, table):
        return mapping.read(Path(path), table) if path else mapping.native(table)

    def plan(self, table, columns, file, verbosity, options):
        track = _bar(verbosity)
        found = plan.build(
            table, columns, source=options["source"], track=lambda rows: track(rows, "Lecture")
        )
        _write_report(found, options["report"], census=file, is_applied=False)
        return found

    def load(self, table, columns, file, verbosity, options):
        write = partial(_write_report, path=options["report"], census=file)
        found = load.run(
            table,
            columns,
            label=Path(file).name.encode(errors="replace").decode(),
            source=options["source"],
            is_strict=options["strict"],
            track=_bar(verbosity),
            before_writing=partial(write, is_applied=False),
        )
        write(found, is_applied=True)
        return found

    def tell(self, found, verbosity, *, is_done):
        if verbosity:
            for line in report.lines(found, with_all=not is_done or verbosity > 1):
                self.stdout.write(line)
            self.stdout.write(report.summary(found, is_done=is_done))


def _bar(verbosity):
    # disable=None: no bar when the output is not a terminal.
    bar = partial(tqdm, file=sys.stderr, leave=False, disable=None if verbosity else True)
    return lambda rows, label: bar(rows, desc=label)


def _write_report(found, path, *, census, is_applied):
    """Written before the database too, so that a wrong path stops the import in time."""
    if not path:
        return
    content = report.as_json(found, file=str(census), is_applied=is_applied)
    try:
        Path(path).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise ImportRefused(f"Le rapport {quote(str(path))} ne peut pas être écrit.") from error
