"""Completion and maps over HTTP, beside the leanest SQL and an empty page of the same server.

    python3 manage.py shell -v0 -c "from tests.benchmarks.answers import main; main('FOLDER')"

FOLDER holds `queries.jsonl`; the database, the records of the same folder, whatever its size
(README.md beside). Starts gunicorn with 2 workers on loopback, signed in, and stops it.
"""

import gzip
import http.client
import os
import secrets
import signal
from statistics import median

from django.conf import settings
from django.http import QueryDict

from partners import words
from partners.models import SearchEntry
from tests.benchmarks import pages
from tests.benchmarks.run import execute, say, seconds

TYPED = ["pouz", "sec", "asso", "csapa", "85700", "saint", "la", "mémé seule chall", "secours cath"]
ROUNDS = 20
NAMES = """
    (SELECT id, name FROM partners_territory
     WHERE kind = 'commune' AND search_key LIKE %(typed)s || '%%' LIMIT 6)
    UNION ALL
    (SELECT listing_id, search_key FROM partners_searchentry
     WHERE departement = '85' AND search_key LIKE %(typed)s || '%%' LIMIT 6)
"""
POINTS = """
    SELECT listing_id, sites[1], sites[2] FROM partners_searchentry
    WHERE situation_ids && %s::int[] AND zone_ids && %s::int[] AND cardinality(sites) > 0
"""
EVERYWHERE = "SELECT listing_id, sites[1], sites[2] FROM partners_searchentry WHERE sites <> '{}'"
HOME = f"{EVERYWHERE} AND departement = '85'"
MAPS = {
    "la carte du département": ("/carte/points.json", HOME),
    "toute la France, en bulles": (
        "/carte/points.json?secteur=france&niveau=epci&vue=-5,42,8,51",
        EVERYWHERE,
    ),
}


def main(folder):
    queries = pages.queries_of(folder)
    user, cookie = pages.reader()
    token = secrets.token_hex(16)
    cookie = f"{cookie}; {settings.CSRF_COOKIE_NAME}={token}"
    say(f"{SearchEntry.objects.count()} fiches", "médiane", "95e centile", "remarque")
    port = pages.free_port()
    server = pages.start(port)
    try:
        pages.wait_for(port)
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        pages.one_client(port, ["/mesures/vide/"] * 200, cookie)
        pages.report("page vide (b)", pages.one_client(port, ["/mesures/vide/"] * 500, cookie))
        completion(client, cookie, token)
        searches(
            client, cookie, user, [f"/recherche/carte.json?{pages.query_of(q)}" for q in queries]
        )
        for name, (address, bare) in MAPS.items():
            ours, size = timed(client, [address] * ROUNDS, cookie)
            pages.report(name, ours, note=f"{size:,.0f} octets compressés")
            pages.report("  ses positions, en SQL (a)", [seconds(lambda b=bare: execute(b, []))])
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def completion(client, cookie, token):
    """Each text of `TYPED`, as one request of the box while typing."""
    texts = TYPED * ROUNDS
    for text in [*TYPED * 2, *texts][: len(TYPED) * 2]:
        complete(client, cookie, token, text)
    inside = []
    outside = [
        seconds(lambda t=t: inside.append(complete(client, cookie, token, t))) for t in texts
    ]
    pages.report("complétion, pour qui la demande", outside)
    pages.report("  dont le serveur, session comprise", inside)
    bare = [seconds(lambda t=t: execute(NAMES, {"typed": words.fold(t)})) for t in texts]
    pages.report("  noms qui commencent ainsi, en SQL (a)", bare)


def complete(client, cookie, token, text):
    """Asks for it; the seconds that it took on the server, session and account included."""
    sent = QueryDict(mutable=True)
    sent["texte"] = text
    headers = {"Cookie": cookie, "X-CSRFToken": token}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    client.request("POST", "/suggestions/", sent.urlencode(), headers)
    response = client.getresponse()
    body = response.read()
    assert response.status == 200, (response.status, text, body[:300])
    return float(response.headers["Server-Timing"].partition("dur=")[2]) / 1000


def searches(client, cookie, user, addresses):
    timed(client, addresses[: pages.WARM_UP], cookie)
    ours, size = timed(client, addresses, cookie)
    pages.report("carte d'une recherche", ours, note=f"{size:,.0f} octets compressés")
    asked = [pages.criteria_of(address, user) for address in addresses]
    bare = [seconds(lambda a=a: execute(POINTS, pages.parameters(a))) for a in asked]
    pages.report("  ses positions, en SQL (a)", bare)


def timed(client, addresses, cookie):
    """Seconds of each answer, and the median of their sizes (bytes, gzip)."""
    sizes = []

    def ask(address):
        client.request("GET", address, headers={"Cookie": cookie})
        response = client.getresponse()
        body = response.read()
        assert response.status == 200, (response.status, address, body[:300])
        sizes.append(body)

    taken = [seconds(lambda a=address: ask(a)) for address in addresses]
    return taken, median(len(gzip.compress(body)) for body in sizes)
