"""How long a browser is busy drawing a map, and how many bytes a point takes.

    python3 manage.py shell -v0 -c "from tests.benchmarks.map import main; main()"

Needs an installed demonstration (`manage.py demo --no-server`), for its outlines, and Chromium. The
page is the real one's map with invented points, served from memory on this machine; the same map
without points is the reference, in the same run. Main-thread time is the sum of the tasks of the
page's main thread, from a trace of Chromium, until it is idle.
"""

import gzip
import json
import random
import re
import shutil
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import override_settings
from playwright.sync_api import sync_playwright

from partners import outlines, pins
from partners.models import Territory
from partners.places import home_departement

COUNTS = (0, 1_000, 10_000)
RUNS = 7
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
KINDS = {"processor": "tdur", "clock": "dur"}
"""What the thread itself used, and what passed meanwhile, others' work on the machine included."""
FIGURES = ("main thread", "of which points", "longest task")
MAIN_THREAD = "CrRendererMain"
PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8">
<link rel="stylesheet" href="/static/vendor/pico/pico.min.css">
<link rel="stylesheet" href="/static/css/app.css"><body class="wide">{map}{scripts}"""


def main():
    say("points", "bytes a point", *(f"{what}, {kind}" for kind in KINDS for what in FIGURES))
    files = {"contours.json": outlines.collection(home_departement())}
    files |= {f"{count}.json": answer(count) for count in COUNTS}
    with serving({name: json.dumps(data).encode() for name, data in files.items()}) as address:
        reference = None
        for count in COUNTS:
            found = measure(f"{address}/{count}.html")
            reference = reference or found
            packed = len(gzip.compress(json.dumps(files[f"{count}.json"]["reperes"]).encode(), 6))
            figures = [
                f"{number:.0f} ms"
                for kind in KINDS
                for busy, longest in [found[kind]]
                for number in (busy, busy - reference[kind][0], longest)
            ]
            say(f"{count:,}", f"{packed / count:.1f}" if count else "–", *figures)


def answer(count):
    """What the server gives: points around real towns, more where there are more people."""
    drawn = random.Random(1)
    towns = list(Territory.objects.communes().filter(latitude__range=(41, 52)).order_by("pk"))
    weights = [town.population or 1 for town in towns]
    places = [
        pins.Pin(
            pk,
            drawn.gauss(town.latitude, 0.02),
            drawn.gauss(town.longitude, 0.03),
            drawn.choice(["pres", "deplace", "hors-zone"]),
            drawn.random() < 0.1,
        )
        for pk, town in enumerate(drawn.choices(towns, weights, k=count), start=1)
    ]
    frame = [[42.0, -5.0], [51.0, 8.0]]
    return {"total": count, "reperes": pins.encode(places), "communes": [], "bornes": frame}


def measure(address):
    """{kind: (median of the sums of tasks, longest task of the median run)} in milliseconds."""
    runs = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for _ in range(RUNS):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            runs.append(trace(browser, page, address))
            page.close()
        browser.close()
    return {kind: _middle(run[kind] for run in runs) for kind in KINDS}


def _middle(runs):
    run = sorted(runs, key=sum)[RUNS // 2]
    return sum(run), max(run)


def trace(browser, page, address):
    """{kind: milliseconds of each task of the main thread} until the map is drawn and still."""
    browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "__metadata"])
    page.goto(address)
    page.wait_for_selector("#carte path.outline", state="attached")
    page.wait_for_selector("#carte[data-state='drawn']", state="attached")
    page.wait_for_timeout(500)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    mine = {event["pid"] for event in events if address in json.dumps(event.get("args", {}))}
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == MAIN_THREAD
    }
    tasks = [
        event
        for event in events
        if event["name"].endswith("RunTask")
        and event["pid"] in mine
        and (event["pid"], event["tid"]) in threads
    ]
    return {kind: [task.get(field, 0) / 1000 for task in tasks] for kind, field in KINDS.items()}


@contextmanager
def serving(files):
    """The address of a server of these files (bytes by name), the map's pages and our scripts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            name = self.path.lstrip("/").split("?")[0]
            body = files.get(name) or page_or_static(name)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Type", TYPES.get(Path(name).suffix, "text/html"))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def page_or_static(name):
    if found := re.fullmatch(r"(\d+)\.html", name):
        return page_of(int(found[1])).encode()
    path = finders.find(name.removeprefix("static/"))
    return Path(path).read_bytes() if path else None


def page_of(count):
    with override_settings(STORAGES={"staticfiles": PLAIN}):
        facts = {"src": f"/{count}.json", "outlines": "/contours.json", "is_dense": True}
        drawn = render_to_string("partners/_map.html", facts)
        return PAGE.format(map=drawn, scripts=render_to_string("partners/_map_scripts.html"))


def say(*cells):
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
