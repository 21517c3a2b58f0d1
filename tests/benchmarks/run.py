"""Figures that say whether it is fast, each beside a reference measured in the same run.

    python3 manage.py shell -c "from tests.benchmarks.run import main; main()"

Needs an installed demonstration (`manage.py demo --no-server`); writes nothing that stays. Figures
and the machine they come from are recorded in README.md beside this file.
"""

import csv
import sys
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.db import connection, transaction

from partners import places
from partners.coverage import place_of_communes
from partners.imports import france
from partners.models import UNSPECIFIED_ZONE, Listing, Situation, Territory
from partners.search import Criteria, search

TUESDAY_AT_10 = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/Paris"))
FRANCE_SERVICES = Path(__file__).parents[3] / "shared/data/reel/liste-fs-20240801.csv"
MAPPING = Path(__file__).parents[1] / "mappings/france-services.toml"
TYPED = ["pouz", "st hilaire", "la roche", "85700", "pouzaugues", "saint", "ile d'yeu", "s"]

BARE = """
    SELECT listing_id, count(*) OVER () FROM partners_searchentry
    WHERE situation_ids && %s::int[] AND zone_ids && %s::int[]
    ORDER BY search_key, listing_id LIMIT 20
"""


def main():
    say("quoi", "médiane", "référence", "rapport")
    for figure in (searching, completing, loading_france, importing_places):
        figure()


def searching():
    """`search` for each situation in ten communes, beside the bare index query."""
    communes = Territory.objects.of_departement("85").communes().select_related("epci")[::25]
    situations = list(Situation.objects.all())
    ours, bare = [], []
    for commune in communes:
        place = place_of_communes([commune])
        for situation in situations:
            criteria = Criteria(place=place, at=TUESDAY_AT_10, situations=(situation,))
            ours.append(seconds(lambda criteria=criteria: search(criteria)))
            zones = [*place.zones, UNSPECIFIED_ZONE]
            bare.append(seconds(lambda s=situation, z=zones: execute(BARE, [[s.pk], z])))
    compare(f"recherche ({Listing.objects.count()} fiches)", ours, "requête nue", bare)


def completing():
    """`find_communes` on what people type, beside an equality on the same column."""
    equal = "SELECT id FROM partners_territory WHERE search_key = %s"
    ours = [seconds(lambda t=t: places.find_communes(t, departement="85")) for t in TYPED * 5]
    bare = [seconds(lambda t=t: execute(equal, [t])) for t in TYPED * 5]
    compare("complétion d'une commune", ours, "égalité", bare)


def loading_france():
    """All of France into empty tables, beside reading its files."""
    reading = [seconds(france.read)]
    with transaction.atomic():
        execute("SET CONSTRAINTS ALL IMMEDIATE", [])
        execute("TRUNCATE partners_territory CASCADE", [])
        ours = [seconds(lambda: call_command("import_territories", verbosity=0))]
        transaction.set_rollback(True)
    compare("toute la France", ours, "lecture des fichiers", reading)


def importing_places():
    """2,845 France services places, beside reading the file with the csv module."""
    if not FRANCE_SERVICES.exists():
        say(f"France services : {FRANCE_SERVICES.name} absent", "", "", "")
        return
    with transaction.atomic():
        ours = [seconds(import_france_services) for _ in range(2)]
        transaction.set_rollback(True)
    reading = [seconds(read_france_services)]
    compare("2 845 lieux, premier import", ours[:1], "lecture du fichier", reading)
    compare("2 845 lieux, second import", ours[1:], "lecture du fichier", reading)


def import_france_services():
    call_command("import_census", FRANCE_SERVICES, mapping=MAPPING, verbosity=0)


def read_france_services():
    with FRANCE_SERVICES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def execute(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else None


def seconds(work):
    began = perf_counter()
    work()
    return perf_counter() - began


def compare(name, ours, reference_name, reference):
    ratio = median(ours) / median(reference)
    say(name, milliseconds(ours), f"{reference_name} {milliseconds(reference)}", f"{ratio:.1f}")


def milliseconds(found):
    return f"{median(found) * 1000:.1f} ms"


def say(*cells):
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
