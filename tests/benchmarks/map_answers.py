"""How long the server takes to answer a map, among thousands of invented places.

    python3 manage.py shell -v0 -c "from tests.benchmarks.map_answers import main; main(20_000)"

Needs an installed demonstration (`manage.py demo --no-server`). The places are made in a
transaction that is undone. References of the same run: the leanest query for keys and positions,
and a page of this site that does nothing (`/sante/`).
"""

import random
import sys
from statistics import median
from time import perf_counter

from django.db import connection, transaction
from django.test import Client, override_settings

from partners.models import (
    CoverageZone,
    Listing,
    ListingSituation,
    Situation,
    Territory,
    User,
    derived,
)

TIMES = 15
LEANEST = """
    SELECT e.listing_id, e.sites[1], e.sites[2] FROM partners_searchentry e
    WHERE cardinality(e.sites) > 0 {condition}
"""
ADDRESSES = {
    "a search in one commune": (
        "/recherche/carte.json?situation=isolement&commune=85182",
        "AND situation_ids && ARRAY(SELECT id FROM partners_situation WHERE slug = 'isolement')"
        " AND zone_ids && ARRAY(SELECT unnest(ARRAY[id, epci_id, departement_id, region_id])"
        " FROM partners_territory WHERE kind = 'commune' AND code = '85182')",
    ),
    "the landlord's département": (
        "/carte/points.json",
        "AND departement = '85'",
    ),
    "all France": ("/carte/points.json?secteur=france", ""),
    "all France, by intercommunality": (
        "/carte/points.json?secteur=france&niveau=epci&vue=-5,42,8,51",
        "",
    ),
    "a town of all France": (
        "/carte/points.json?secteur=france&niveau=repere&vue=2.2,48.8,2.45,48.92",
        "AND sites[1] BETWEEN 48.8 AND 48.92 AND sites[2] BETWEEN 2.2 AND 2.45",
    ),
    "the list beside the map of all France": ("/carte/?secteur=france", ""),
}


@override_settings(ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False, SESSION_COOKIE_SECURE=False)
def main(count):
    with transaction.atomic():
        invent(count)
        client = Client()
        client.force_login(User.objects.filter(role=User.Role.ADVISER).earliest("pk"))
        empty = timed(lambda: client.get("/sante/"))
        say("answer", "bytes", "median", "leanest SQL", "empty page")
        for name, (address, condition) in ADDRESSES.items():
            said = client.get(address, headers={"Accept-Encoding": "gzip"})
            assert said.status_code == 200, (address, said.status_code)
            ours = timed(lambda address=address: client.get(address))
            bare = timed(lambda c=condition: execute(LEANEST.format(condition=c)))
            say(name, f"{len(said.content):,}", ours, bare, empty)
        transaction.set_rollback(True)


def invent(count):
    """`count` places of all France, more where there are more people, each for one situation."""
    drawn = random.Random(1)
    towns = list(Territory.objects.communes().filter(latitude__isnull=False).order_by("pk"))
    situations = list(Situation.objects.order_by("pk"))
    weights = [town.population or 1 for town in towns]
    chosen = drawn.choices(towns, weights, k=count)
    listings = Listing.objects.bulk_create(
        [
            Listing(
                name=f"Relais inventé {n}",
                search_key=f"relais invente {n}",
                summary="Rend visite.",
                status=Listing.Status.PUBLISHED,
                phone="+33261910001",
                source="mesure",
                commune=town,
                latitude=drawn.gauss(town.latitude, 0.02),
                longitude=drawn.gauss(town.longitude, 0.03),
            )
            for n, town in enumerate(chosen)
        ],
        batch_size=5000,
    )
    ListingSituation.objects.bulk_create(
        [ListingSituation(listing=x, situation=drawn.choice(situations)) for x in listings],
        batch_size=5000,
    )
    CoverageZone.objects.bulk_create(
        [CoverageZone(listing=x, territory_id=x.commune.departement_id) for x in listings],
        batch_size=5000,
    )
    derived.refresh()
    for index in ("entry_search", "entry_near", "entry_words", "entry_trigrams"):
        execute(f"SELECT gin_clean_pending_list('{index}')")  # as the server does in time
    execute("ANALYZE partners_searchentry, partners_listing", fetch=False)


def execute(sql, *, fetch=True):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if fetch else None


def timed(work):
    taken = []
    for _ in range(TIMES):
        began = perf_counter()
        work()
        taken.append(perf_counter() - began)
    return f"{median(taken) * 1000:.1f} ms"


def say(*cells):
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
