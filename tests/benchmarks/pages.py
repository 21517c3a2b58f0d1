"""The results page over HTTP, beside the leanest SQL and an empty page of the same server.

    python3 manage.py shell -v0 -c "from tests.benchmarks.pages import main; main('FOLDER')"

FOLDER holds `queries.jsonl`; the database, the records of the same folder (README.md beside).
Starts gunicorn with 2 workers on loopback, signed in, and stops it.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from statistics import linear_regression, median
from time import perf_counter, sleep
from unittest.mock import patch
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.http import QueryDict

from partners import handbook
from partners.forms import CriteriaForm
from partners.models import GENERALIST, SearchEntry, User
from partners.search import search
from partners.views import search as views
from tests.benchmarks.run import execute, say, seconds
from tests.benchmarks.wsgi import application

WORKERS, CLIENTS, DURATION = 2, 8, 30
WARM_UP = 50
ALIKE = (range(100, 301), range(500, 1001))
"""Partners of an answer, for questions to compare from one size of base to another."""
REFERENCE = """
    SELECT listing_id, count(*) OVER () FROM partners_searchentry
    WHERE situation_ids && %s::int[] AND zone_ids && %s::int[]
    ORDER BY search_key, listing_id LIMIT 20
"""


def main(folder):
    queries = queries_of(folder)
    addresses = [f"/recherche/?{query_of(asked)}" for asked in queries]
    user, cookie = reader()
    say("quoi", "médiane", "95e centile", "remarque")
    with handbook.request():
        totals = in_process(addresses, user)
    stacked(addresses, cookie)
    with_server(addresses, cookie, totals)


def queries_of(folder):
    """The questions (list of dict) of `queries.jsonl`."""
    lines = Path(folder, "queries.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def query_of(asked):
    facts = {"situation": asked["situations"], "commune": asked["code_insee"]}
    return urlencode(facts, doseq=True)


def reader():
    """An account that exists for the run, signed in."""
    user, _ = User.objects.get_or_create(
        email="mesures@example.org", defaults={"role": User.Role.ADVISER}
    )
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return user, f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


# In this process: the search without its page


def in_process(addresses, user):
    """How many partners answer each question (list of int)."""
    criteria = [criteria_of(address, user) for address in addresses]
    found = [search(asked) for asked in criteria]
    report("réponses par question", [float(len(one.cards)) for one in found], unit="cartes")
    report("partenaires par question", [float(one.total) for one in found], unit="")
    sql = []
    ours = [timed_search(asked, sql) for asked in criteria]
    bare = [seconds(lambda a=asked: execute(REFERENCE, parameters(a))) for asked in criteria]
    report(f"search() sur {SearchEntry.objects.count()} fiches", ours)
    report("  dont SQL", sql, note=f"{median(sql) / median(bare):.1f} × la requête nue")
    report("requête nue (a)", bare)
    totals = [one.total for one in found]
    slope, base = linear_regression(totals, ours)
    say("un partenaire de plus", f"{slope * 1e6:.1f} µs", "", f"et {base * 1000:.1f} ms sans aucun")
    alike("search()", totals, ours)
    return totals


def alike(name, totals, times):
    """The times of the questions with as many partners in a base of any size."""
    for few in ALIKE:
        found = [took for total, took in zip(totals, times, strict=True) if total in few]
        if found:
            note = f"{len(found)} questions"
            report(f"  {name}, de {few[0]} à {few[-1]} partenaires", found, note=note)


def criteria_of(address, user):
    form = CriteriaForm(QueryDict(address.partition("?")[2]))
    assert form.is_valid(), form.errors
    return form.criteria(user)


def parameters(criteria):
    place = criteria.place
    needs = [*(need.pk for need in criteria.situations), GENERALIST]
    return [needs, [*place.zones, *(-code for code in place.near_ids)]]


def timed_search(criteria, sql):
    spent = []

    def watch(run, *arguments):
        began = perf_counter()
        answer = run(*arguments)
        spent.append(perf_counter() - began)
        return answer

    with connection.execute_wrapper(watch):
        total = seconds(lambda: search(criteria))
    sql.append(sum(spent))
    return total


# What a page is made of


def stacked(addresses, cookie):
    """Milliseconds of a page, one part on the other: they add up to the time of the application."""
    spent, within = defaultdict(list), defaultdict(float)
    with (
        connection.execute_wrapper(watching(within)),
        patch.object(views, "answer", timed(views.answer, within, "view")),
        patch.object(views, "render_to_string", timed(views.render_to_string, within, "list")),
        patch.object(views, "render", timed(views.render, within, "page")),
        patch.object(views, "search", timed(views.search, within, "search")),
    ):
        for address in [*addresses[:WARM_UP], *addresses]:
            within.clear()
            began = perf_counter()
            ask(address, cookie)
            within["total"] = perf_counter() - began
            for name, value in parts(within).items():
                spent[name].append(value)
    for name, values in spent.items():
        report(f"  {name}", values[WARM_UP:])


def parts(within):
    """{words: seconds} of one page, from what was measured of it."""
    sql_outside = within["sql"] - within["sql in view"]
    search, templates = within["search"], within["list"] + within["page"]
    return {
        "SQL de la recherche": within["sql in search"],
        "SQL des critères": within["sql in view"] - within["sql in search"],
        "SQL de la session et du compte": sql_outside,
        "Python de la recherche": search - within["sql in search"],
        "gabarits": templates,
        "formulaire, lieu, filtres": within["view"]
        - search
        - templates
        - (within["sql in view"] - within["sql in search"]),
        "intergiciels": within["total"] - within["view"] - sql_outside,
        "en tout, sans HTTP": within["total"],
    }


def watching(within):
    """Counts the time of statements, by where they are sent from."""

    def watch(run, *arguments):
        began = perf_counter()
        try:
            return run(*arguments)
        finally:
            took = perf_counter() - began
            places = [f"sql in {p}" for p in ("view", "search") if within.get(f"in {p}")]
            for place in ["sql", *places]:
                within[place] += took

    return watch


def timed(function, within, name):
    def run(*arguments, **options):
        within[f"in {name}"], began = 1, perf_counter()
        try:
            return function(*arguments, **options)
        finally:
            within[name] += perf_counter() - began
            within[f"in {name}"] = 0

    return run


def ask(address, cookie):
    """The page of an address from the application itself, no server between."""
    path, _, query = address.partition("?")
    environ = {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_COOKIE": cookie}
    environ |= {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": settings.ALLOWED_HOSTS[0]}
    setup_testing_defaults(environ)
    statuses = []
    response = application(environ, lambda status, headers: statuses.append(status))
    body = b"".join(response)
    response.close()
    assert statuses[0].startswith("200"), (statuses, address, body[:300])


# Over HTTP


def with_server(addresses, cookie, totals):
    port = free_port()
    server = start(port)
    try:
        wait_for(port)
        one_client(port, ["/mesures/vide/"] * 200, cookie)
        report("page vide (b)", one_client(port, ["/mesures/vide/"] * 500, cookie))
        one_client(port, addresses[:WARM_UP], cookie)
        before = cpu_of(server)
        times = one_client(port, addresses, cookie)
        spent = (cpu_of(server) - before) / len(addresses)
        report("page de résultats", times, note=f"{spent * 1000:.1f} ms de processeur du serveur")
        alike("page de résultats", totals, times)
        count = several_clients(port, addresses, cookie)
        say(
            "page de résultats",
            f"{count / DURATION:.0f} / s",
            "",
            f"{CLIENTS} clients, {DURATION} s",
        )
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def start(port):
    command = [
        *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", str(WORKERS)),
        *("--bind", f"127.0.0.1:{port}", "tests.benchmarks.wsgi:application"),
    ]
    plain = {"HTTPS": "false", "DEBUG": "false", "ALLOWED_HOSTS": "127.0.0.1"}
    return subprocess.Popen(
        command, env=os.environ | plain, start_new_session=True, stderr=subprocess.DEVNULL
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            sleep(0.1)
    raise TimeoutError("gunicorn")


def cpu_of(server):
    """Seconds of processor of the workers, from /proc (user and system)."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[2] == str(server.pid):  # the process group
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def one_client(port, addresses, cookie):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    return [seconds(lambda a=address: fetch(client, a, cookie)) for address in addresses]


def fetch(client, address, cookie):
    client.request("GET", address, headers={"Cookie": cookie})
    response = client.getresponse()
    body = response.read()
    assert response.status == 200, (response.status, address, body[:300])


def several_clients(port, addresses, cookie):
    """Answers to `CLIENTS` at once in `DURATION` seconds."""
    until, counts = perf_counter() + DURATION, []

    def ask(first):
        client, done = http.client.HTTPConnection("127.0.0.1", port, timeout=60), 0
        while perf_counter() < until:
            fetch(client, addresses[(first + done) % len(addresses)], cookie)
            done += 1
        counts.append(done)

    threads = [threading.Thread(target=ask, args=(61 * n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def report(name, found, *, note="", unit="ms"):
    scale = 1000 if unit == "ms" else 1
    ordered = sorted(value * scale for value in found)
    high = ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]
    say(name, f"{median(ordered):.1f} {unit}", f"{high:.1f} {unit}", note)
