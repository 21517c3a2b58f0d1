"""Completion and reading with 100,000 records, beside the leanest query in the same database.

    DEMO=1 python3 manage.py shell -v0 -c "from tests.benchmarks.completion import main; main()"

Needs an installed demonstration (`manage.py demo --no-server`). The records are copies of one of
its own, under invented names all over France; they are rolled back. Times are medians:
elapsed, then processor time of this process.
"""

import resource
import sys
from statistics import median
from time import perf_counter, process_time

from django.db import connection, transaction

from partners import box, completion, known
from partners.models import Listing, SearchEntry

RECORDS = 100_000
TYPED = ["pouz", "sec", "asso", "csapa", "85700", "saint", "la", "mémé seule chall", "secours cath"]
REFERENCE = "SELECT listing_id FROM partners_searchentry WHERE search_key = %s"
NAMES = """(ARRAY['association', 'centre social', 'secours catholique', 'restos du coeur',
    'ccas de', 'mission locale', 'relais', 'foyer', 'epicerie solidaire'])[1 + number % 9]"""


def main():
    began, before = perf_counter(), memory()
    known.lexicon()
    say(
        "lexique, une fois par processus",
        f"{perf_counter() - began:.2f} s",
        f"{memory() - before} Mo",
    )
    with transaction.atomic():
        fill()
        say("référence : une égalité", *times(lambda text: execute(REFERENCE, [text])))
        say("complétion", *times(lambda text: completion.complete(text, departement="85")))
        say("lecture (Entrée)", *times(lambda text: box.read(text, departement="85")))
        transaction.set_rollback(True)


def fill():
    """`RECORDS` listings and their entries, one commune after the other."""
    execute("SET LOCAL session_replication_role = replica")
    invented = {"name": "made.name", "search_key": "made.name", "source_id": "made.source_id"}
    invented |= {"commune_id": "town.id", "acronym": "made.acronym"}
    source = f"""
        FROM generate_series(1, {RECORDS}) number
        JOIN (SELECT id, search_key, departement_id, row_number() OVER (ORDER BY id) AS place
              FROM partners_territory WHERE kind = 'commune') town
          ON town.place = 1 + (number * 7919) % 34969
        CROSS JOIN LATERAL (SELECT {NAMES} || ' ' || town.search_key AS name,
            'mesure-' || number AS source_id,
            CASE WHEN number % 7 = 0 THEN 'A' || number % 500 ELSE '' END AS acronym) made
    """
    copy(Listing, invented, f"{source} CROSS JOIN (SELECT * FROM partners_listing LIMIT 1) model")
    invented = {"listing_id": "l.id", "search_key": "l.search_key", "acronym": "l.acronym"}
    copy(
        SearchEntry,
        invented | {"departement": "home.code"},
        """FROM partners_listing l
        JOIN partners_territory town ON town.id = l.commune_id
        JOIN partners_territory home ON home.id = town.departement_id
        CROSS JOIN (SELECT * FROM partners_searchentry LIMIT 1) model
        WHERE l.source_id LIKE 'mesure-%'""",
    )
    execute("ANALYZE partners_listing, partners_searchentry")


def copy(model, invented, source):
    columns = [
        field.column
        for field in model._meta.local_fields
        if field.column != "id" and not field.generated
    ]
    values = [invented.get(column, f'model."{column}"') for column in columns]
    quoted = ", ".join(f'"{column}"' for column in columns)
    execute(f"INSERT INTO {model._meta.db_table} ({quoted}) SELECT {', '.join(values)} {source}")


def times(work):
    """Median elapsed and processor times over `TYPED`, ten times each."""
    elapsed, processor = [], []
    for text in TYPED * 10:
        began, spent = perf_counter(), process_time()
        work(text)
        elapsed.append(perf_counter() - began)
        processor.append(process_time() - spent)
    return tuple(f"{median(found) * 1000:.1f} ms" for found in (elapsed, processor))


def memory():
    """The most that this process has held (MB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def execute(sql, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def say(*cells):
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
