"""A census of 3,000 rows brought beside 3,000 records: its doubts, its writing, its undoing.

    python3 manage.py shell -v0 -c "from tests.benchmarks.census import main; main()"

Needs an installed demonstration (`manage.py demo --no-server`); writes nothing that stays. Beside
the references of the same run: every pair of the records, and reading the rows again unchanged.
"""

from contextlib import contextmanager
from time import perf_counter

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from partners import likeness
from partners.imports import load, mapping, reader
from partners.imports.draft import RowReader
from partners.imports.lookups import Lookups
from partners.models import Listing, Territory, Upload, UploadRow
from partners.past.versions import RELATIONS
from partners.uploads import doubts, receiving, undoing, work
from tests.benchmarks.run import say

ROWS = 3000
HEADER = "nom;telephone;code_insee;zone_eligibilite;situations_coeur;resume"
FIRST = ["Relais", "Maison", "Accueil", "Point", "Halte", "Service", "Espace", "Atelier", "Club"]
THEN = ["solidaire", "familial", "emploi", "logement", "santé", "jeunesse", "citoyen", "mobile"]
THEN += ["du bocage", "du marais", "du lay", "des aînés", "des aidants", "des voisins", "rural"]


def main():
    say("quoi", "secondes")
    communes = list(
        Territory.objects.of_departement("85").communes().values_list("code", flat=True)
    )
    for words, codes in (("255 communes", communes), ("une seule commune", communes[:1])):
        with nothing_stays():
            doubting(words, codes)
    with nothing_stays():
        undoing_all(communes)


@contextmanager
def nothing_stays():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def doubting(words, codes):
    """What the dry run asks of `likeness`, beside the list of pairs among the records."""
    write(file(codes))
    again = parsed(file(codes, letter="s"))
    reading = RowReader(mapping=mapping.native(again), lookups=Lookups(), source="autre")
    drafts = [reading.read(row) for row in again.rows]
    said(f"likeness, {ROWS} lignes, {words}", lambda: doubts.find(drafts))
    said(f"likeness, les fiches entre elles, {words}", lambda: likeness.pairs(limit=20))


def undoing_all(codes):
    """An import that changes every record, and taking it back."""
    write(file(codes))
    age()
    changed = file(codes, phone="02 61 92").encode()
    upload = receiving.receive(SimpleUploadedFile("recensement.csv", changed), by=None)
    said("simulation", lambda: work.plan(upload.pk), Upload.Status.PLANNING, upload)
    said("écriture", lambda: work.apply(upload.pk), Upload.Status.APPLYING, upload)
    age()
    said("annulation", lambda: undoing.undo(upload.pk), Upload.Status.UNDOING, upload)
    upload.refresh_from_db()
    assert upload.status == Upload.Status.UNDONE, (upload.status, upload.problem)
    assert upload.lines.filter(undone=UploadRow.Undone.RESTORED).count() == ROWS


def write(text):
    """3,000 records that were not there, and what a database does by itself within minutes."""
    table = parsed(text)
    load.run(table, mapping.native(table), label="recensement.csv", source="recensement")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def parsed(text):
    return reader.parse(text.encode(), "recensement.csv")


def age():
    """Make what was written older, as another transaction would have."""
    with connection.cursor() as cursor:
        for model in (Listing, *RELATIONS.values()):
            table = f"partners_{model.__name__.lower()}event"
            cursor.execute(f"UPDATE {table} SET pgh_created_at = pgh_created_at - interval '1 day'")


def said(words, do, status=None, upload=None):
    if upload:
        Upload.objects.filter(pk=upload.pk).update(status=status)
    began = perf_counter()
    do()
    say(words, f"{perf_counter() - began:.1f} s")


def file(codes, *, letter="", phone="02 61 91"):
    """A census as CSV; `letter` misspells each name a little."""
    rows = [HEADER]
    for number in range(ROWS):
        then = THEN[number // 9 % 15], THEN[number // 135 % 15]
        name = f"{FIRST[number % 9]} {' '.join(then)}{letter} {number // 2025}"
        digits = f"{number:04d}"
        told = f"{phone} {digits[:2]} {digits[2:]}"
        code = codes[number % len(codes)]
        rows.append(f"{name};{told};{code};85;isolement;Reçoit.")
    return "\n".join(rows)
