"""Load the situations, helplines, danger signs and acronyms that come with the project."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from partners.imports import vocabulary

NO_TERRITORY = (
    "Le territoire « {zone} » n'est pas chargé. "
    "Lancez d'abord : python manage.py import_territories"
)
LEFT_ALONE = "  différents du fichier, laissés tels quels (--update pour les remplacer) : {rows}"
SHOWN = 60


class Command(BaseCommand):
    help = "Charge les situations, numéros utiles, signes de danger et sigles fournis."

    def add_arguments(self, parser):
        parser.add_argument(
            "--update",
            action="store_true",
            help="remplace aussi ce qui a été modifié depuis, et dit quoi",
        )

    def handle(self, *, update, verbosity, **options):
        try:
            reports = vocabulary.load(update=update)
        except vocabulary.MissingTerritoryError as error:
            raise CommandError(NO_TERRITORY.format(zone=error)) from error
        except ValidationError as error:
            raise CommandError(f"Vocabulaire incorrect : {' '.join(error.messages)}") from error
        if verbosity:
            self.stdout.write("\n".join(line for r in reports for line in describe(r, update)))


def describe(report, update):
    """The lines (list of str) that tell what became of one sort of rows."""
    different = len(report.different)
    created = f"{report.created} ajout{'s' if report.created > 1 else ''}"
    changed = different if update else 0
    lines = [
        f"{report.label[0].upper()}{report.label[1:]} : {created}, "
        f"{changed} changement{'s' if changed > 1 else ''}, {report.unchanged} à l'identique"
    ]
    if report.words:
        lines.append(f"  mots nouveaux : {report.words}")
    if update:
        lines += [
            f"  {d.row}, {d.field} : {short(d.before)} → {short(d.after)}"
            for d in report.differences
        ]
    elif different:
        lines.append(LEFT_ALONE.format(rows=", ".join(report.different)))
    return lines


def short(value):
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
