"""Load the communes of France; outlines and centres from a file or from geo.api.gouv.fr."""

from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from partners.imports import centres, geo_api, outlines, territories

SHOWN = 10
ERRORS = (outlines.OutlineError, centres.CentreError)


class Command(BaseCommand):
    help = "Charge les communes, intercommunalités, départements et régions, et leurs contours."

    def add_arguments(self, parser):
        parser.add_argument(
            "files", nargs="*", type=Path, metavar="FICHIER.geojson", help="contours à ajouter"
        )
        parser.add_argument(
            "--departement",
            nargs="+",
            default=[],
            metavar="CODE",
            help="seulement ces départements, avec leurs intercommunalités entières",
        )
        parser.add_argument(
            "--outlines-of",
            nargs="+",
            default=[],
            metavar="CODE",
            help="va chercher les contours de ces départements sur geo.api.gouv.fr",
        )
        parser.add_argument(
            "--centres",
            nargs="+",
            default=[],
            type=Path,
            metavar="FICHIER.json",
            help="centres d'anciennes communes, tels que geo.api.gouv.fr les donne",
        )
        parser.add_argument(
            "--centres-of",
            nargs="+",
            default=[],
            metavar="CODE",
            help="va chercher les centres des anciennes communes de ces départements, d'où partent "
            "les distances quand on les nomme",
        )
        parser.add_argument(
            "--geo-api",
            default=geo_api.GEO_API,
            metavar="ADRESSE",
            help="autre adresse du service",
        )

    def handle(self, *, files, departement, verbosity, **options):
        address = options["geo_api"]
        drawn = self.sources(outlines, files, options["outlines_of"], address)
        placed = self.sources(centres, options["centres"], options["centres_of"], address)
        is_added = (drawn or placed) and not departement
        with transaction.atomic():
            lines = [] if is_added else self.load(departement, verbosity)
            for source, found in drawn.items():
                lines += describe_outlines(outlines.store(found), source)
            for source, found in placed.items():
                lines += describe_centres(centres.store(found), source)
        if verbosity:
            self.stdout.write("\n".join(lines))

    def sources(self, module, files, codes, address):
        """{name of a source: what `module` reads in it}, of files and of the service."""
        read = {path.name: self.read(module, path) for path in files}
        return read | {f"département {c}": self.fetch(module, c, address) for c in codes}

    def read(self, module, path):
        try:
            return module.read_file(path)
        except ERRORS as error:
            raise CommandError(f"{path.name} : {error}") from error
        except OSError as error:
            raise CommandError(f"Le fichier {path} ne peut pas être lu.") from error

    def fetch(self, module, code, address):
        try:
            return module.fetch(departement=code, base_url=address)
        except ERRORS as error:
            raise CommandError(str(error)) from error

    def load(self, departements, verbosity):
        # disable=None: no bar when the output is not a terminal.
        bar = partial(tqdm, unit=" lots", leave=False, disable=None if verbosity else True)
        try:
            report = territories.load(
                departements=departements, track=lambda rows, label: bar(rows, desc=label)
            )
        except territories.UnknownDepartementError as error:
            raise CommandError(f"Département inconnu : {error}.") from error
        shipped = outlines.store(outlines.read_file(outlines.SHIPPED))
        shipped.unknown = []
        return [*describe(report), *describe_outlines(shipped, "fournis")]


def describe(report):
    """The lines (list of str) that tell what `territories.load` did."""
    lines = [count_line(counts.label, counts) for counts in report.counts]
    if report.gone:
        lines.append(
            "Absents du référentiel, gardés car des fiches peuvent s'en servir : "
            + listed([f"{territory.name} ({territory.code})" for territory in report.gone])
        )
    return lines


def describe_outlines(report, source):
    """The lines (list of str) that tell what `outlines.store` did with one source."""
    lines = [count_line(f"contours ({source})", report)]
    if report.unknown:
        lines.append(f"Codes sans commune ici, laissés de côté : {listed(report.unknown)}")
    return lines


def describe_centres(report, source):
    """The lines (list of str) that tell what `centres.store` did with one source."""
    added, known = plural(report.created, "ajout"), number(report.unchanged)
    lines = [f"Centres d'anciennes communes ({source}) : {added}, {known} connus déjà"]
    if report.far:
        lines.append(f"Trop loin de leur commune, laissés de côté : {listed(report.far)}")
    if report.unknown:
        told = "Codes sans ancienne commune ici, laissés de côté"
        lines.append(f"{told} : {listed(report.unknown)}")
    return lines


def count_line(label, counts):
    return (
        f"{label[0].upper()}{label[1:]} : {plural(counts.created, 'ajout')}, "
        f"{plural(counts.changed, 'changement')}, {number(counts.unchanged)} à l'identique"
    )


def plural(count, word):
    return f"{number(count)} {word}{'s' if count > 1 else ''}"


def number(count):
    return f"{count:,}".replace(",", "\u202f")


def listed(names):
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" et {number(rest)} de plus" if rest > 0 else "")
