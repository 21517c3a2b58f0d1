"""How soon the first card of the results page is seen on a slow 4G, in Chromium.

    python3 manage.py demo --no-server
    DEMO=1 python3 manage.py shell -v0 -c "from tests.benchmarks.first_card import main; main()"

400 ms for a round trip and 400 kB/s both ways, as Chromium emulates them: each request waits
400 ms. Starts gunicorn on the collected files, signed in, and stops it. Cold: nothing in the
browser's cache. Warm: another search, after a first one and the home page.
"""

import os
import shutil
import signal
from contextlib import contextmanager
from statistics import median

from playwright.sync_api import sync_playwright

from tests.benchmarks.pages import free_port, reader, start, wait_for
from tests.benchmarks.run import say

RUNS = 5
FIRST = "/recherche/?situation=isolement&commune=85092"
SECOND = "/recherche/?situation=personnes-agees&commune=85182"
SLOW_4G = {
    "offline": False,
    "latency": 400,  # ms
    "downloadThroughput": 400_000,  # bytes per second
    "uploadThroughput": 400_000,
}
HERE_ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""No tile of the base map. Playwright's own way of blocking addresses turns the cache off."""
DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
WATCH = """
    new PerformanceObserver((list, observer) => {
      for (const { startTime } of list.getEntries()) window.firstPaint ??= startTime;
    }).observe({ type: "paint", buffered: true });
    const look = () => {
      const isThere = document.querySelector(".card")?.getClientRects().length;
      requestAnimationFrame(isThere ? () => { window.firstCard = performance.now(); } : look);
    };
    look();
"""
"""Seen: laid out in one frame, painted before the next begins; never before the first paint."""
LOADED = """() => performance.getEntriesByType("resource")
    .concat(performance.getEntriesByType("navigation"))
    .map(({ name, encodedBodySize, initiatorType }) => [name, encodedBodySize, initiatorType])"""


def main():
    _, cookie = reader()
    port = free_port()
    server = start(port)
    try:
        wait_for(port)
        with sync_playwright() as playwright:
            measure(playwright, f"http://127.0.0.1:{port}", cookie)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def measure(playwright, address, cookie):
    browser = playwright.chromium.launch(
        executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", HERE_ALONE],
    )
    say("écran", "cache", "première carte, médiane", "de … à …")
    for name, screen in {"bureau": DESK, "téléphone": PHONE}.items():
        runs = [visit(browser, address, cookie, screen) for _ in range(RUNS)]
        for kind, times in zip(("froid", "chaud"), zip(*runs, strict=True), strict=True):
            say(name, kind, f"{median(times):.0f} ms", f"{min(times):.0f} à {max(times):.0f} ms")
    with signed_in(browser, address, cookie, DESK) as page:
        weigh(page, address)
    browser.close()


@contextmanager
def signed_in(browser, address, cookie, screen):
    """A page of a browser that has kept nothing yet."""
    name, _, value = cookie.partition("=")
    with browser.new_context(locale="fr-FR", **screen) as context:
        context.add_cookies([{"name": name, "value": value, "url": address}])
        context.add_init_script(WATCH)
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.emulateNetworkConditions", SLOW_4G)
        yield page


def visit(browser, address, cookie, screen):
    """Milliseconds until the first card: in a new browser, then in one that knows the site."""
    with signed_in(browser, address, cookie, screen) as page:
        cold = first_card(page, address + FIRST)
        page.goto(f"{address}/", wait_until="networkidle")
        return cold, first_card(page, address + SECOND)


def first_card(page, address):
    page.goto(address, wait_until="load")
    page.wait_for_function("window.firstCard && window.firstPaint")
    found = page.evaluate("Math.max(window.firstCard, window.firstPaint)")
    page.wait_for_load_state("networkidle")
    return found


def weigh(page, address):
    """What travels, by kind: with the list, for the map, and htmx once a filter is pointed at."""
    page.goto(address + FIRST, wait_until="load")
    page.wait_for_load_state("networkidle")
    page.locator(".filter").first.hover()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)
    sums = {}
    for name, size, initiator in page.evaluate(LOADED):
        kind = kind_of(name.removeprefix(address), initiator)
        sums[kind] = sums.get(kind, 0) + size
    for kind, size in sorted(sums.items()):
        say(kind, f"{size / 1000:.1f} kB")


def kind_of(path, initiator):
    if any(word in path for word in ("leaflet", "arkerCluster", "markercluster", "css/map.")):
        return "carte"
    if "/js/map-" in path or "contours" in path or path.endswith(".json") or "carte.json" in path:
        return "carte"
    if "htmx" in path:
        return "htmx, au premier filtre visé"
    if initiator == "navigation":
        return "page : HTML"
    ending = path.partition("?")[0].rpartition(".")[2]
    return {"css": "page : CSS", "js": "page : JS"}.get(ending, "images et reste")
