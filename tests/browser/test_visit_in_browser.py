"""A visit: prepared with a network, made without one, its report sent once, all of it erased."""

import json
import re
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.steps import sign_in, until
from tests.browser.test_axe import expect_no_violation

CLOCK = json.loads((Path(__file__).parents[1] / "visits" / "clock.json").read_text())
NO_NETWORK = "ERR_INTERNET_DISCONNECTED"
SAY_STATES = """async ({ cases, due, file }) => {
    const clock = await import(file);
    const HOUR = 3600000;
    const BEGIN = Date.parse("2026-11-22T10:00:00Z");
    const at = (hours) => (hours === null ? NaN : BEGIN + hours * HOUR);
    const known = { format: clock.FORMAT, query: "", session: "a" };
    const times = { preparedAt: 0, storedAt: 0, seenAt: 0 };
    const metaOf = (facts) => {
        const meta = { ...known, ...times, ...facts };
        for (const name of Object.keys(times)) meta[name] = at(meta[name]);
        return meta;
    };
    const hours = (ms) => Math.round(ms / HOUR * 100) / 100;
    return {
        states: cases.map(({ meta, now }) => clock.stateOf(meta && metaOf(meta), at(now))),
        aheads: cases.map(({ meta }) => meta && hours(clock.ahead(metaOf(meta)))),
        hours: cases.map(({ meta, now }) =>
            meta && hours(clock.corrected(metaOf(meta), at(now)) - BEGIN)),
        due: due.map(({ now, session }) => clock.isDue(metaOf({}), at(now), session)),
    };
}"""
KEPT = """async () => {
    const asked = indexedDB.open("visite", 1);
    await new Promise((resolve) => (asked.onsuccess = resolve));
    const counts = ["kept", "reports"].map((name) => {
        const count = asked.result.transaction(name).objectStore(name).count();
        return new Promise((resolve) => (count.onsuccess = () => resolve(count.result)));
    });
    return Promise.all(counts);
}"""
QUEUE_UNKNOWN = """async () => {
    const asked = indexedDB.open("visite", 1);
    await new Promise((resolve) => (asked.onsuccess = resolve));
    const key = "3f0e9a52-0000-4000-8000-000000000001";
    const facts = [["cle", key], ["quoi", "ferme"], ["fiche", "999999"]];
    const report = { key, account: localStorage.visite, madeAt: Date.now(), facts, refusal: "" };
    const kept = asked.result.transaction("reports", "readwrite");
    kept.objectStore("reports").put({ ...report, words: "Fermé définitivement" });
    return new Promise((resolve) => (kept.oncomplete = () => resolve()));
}"""
MOVE_CLOCK = """(hours) => {
    const now = Date.now;
    Date.now = () => now() + hours * 3600000;
    document.dispatchEvent(new Event("visibilitychange"));
}"""
FEW_CARDS = """document.querySelectorAll("[data-cards] > li:nth-child(n + 3)")
    .forEach((card) => card.remove())"""
NO_STORAGE = """IDBFactory.prototype.open = () => {
    throw new DOMException("", "SecurityError");
};"""
FULL_DISK = """() => {
    IDBObjectStore.prototype.put = () => { throw new DOMException("", "QuotaExceededError"); };
}"""


def say(page, words):
    expect(page.locator("[data-state]")).to_contain_text(words)


def expect_clock_as_told(page):
    """The cases of tests/visits/clock.json."""
    files = "performance.getEntriesByType('resource').map((file) => file.name)"
    file = next(name for name in page.evaluate(files) if re.search(r"visit-clock[^/]*\.js", name))
    said = page.evaluate(SAY_STATES, CLOCK | {"file": file})
    cases = CLOCK["cases"]
    assert said["states"] == [case["state"] for case in cases]
    for case, ahead, hours in zip(cases, said["aheads"], said["hours"], strict=True):
        assert {"ahead": ahead, "corrected": hours}.items() >= {
            name: case[name] for name in ("ahead", "corrected") if name in case
        }.items(), case["name"]
    assert said["due"] == [case["due"] for case in CLOCK["due"]]


def ask_for_pack(page, told):
    page.get_by_role("button", name="Garder sur cet appareil").click()
    expect(page.locator("[data-progress]")).to_contain_text(told)


def expect_faults_told(page):
    """Storage forbidden, the network lost between two clicks, a disk that is full."""
    broken = page.context.new_page()
    broken.add_init_script(NO_STORAGE)
    broken.goto("/visite/")
    say(broken, "ne permet pas de garder des données")
    broken.close()
    page.goto("/visite/")
    say(page, "Rien n'est encore gardé")
    page.context.set_offline(True)
    ask_for_pack(page, "Connexion perdue\u00a0: rien n'a changé")
    page.context.set_offline(False)
    page.evaluate(FULL_DISK)
    ask_for_pack(page, "mémoire de l'appareil est pleine")


def prepare(page):
    page.goto("/visite/")
    say(page, "Rien n'est encore gardé")
    ask_for_pack(page, "C'est prêt")
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.wait_for_function("navigator.serviceWorker.controller")


def answer_question(page, button, answer):
    """It comes some time after the click: what is kept is read first."""
    page.once("dialog", lambda question: getattr(question, answer)())
    with page.expect_event("dialog") as asked:
        button.click()
    assert asked.value.message.startswith("Effacer de cet appareil tout ce qui est gardé")


def erase_once_sure(page):
    """The browser's question, answered « Annuler », then « OK »."""
    erase = page.get_by_role("button", name="Effacer tout de cet appareil")
    answer_question(page, erase, "dismiss")
    say(page, "données du")
    answer_question(page, erase, "accept")
    say(page, "Tout est effacé de cet appareil")
    expect(page.locator("[data-progress]")).to_be_empty()


def search_at_the_door(page):
    """Without a network, by keyboard; the address of results shows theirs."""
    page.goto("/recherche/?situation=addictions&commune=85047")
    say(page, "données du")
    expect(page.locator("[data-chosen]")).to_contain_text("Addictions")
    expect(page.locator("[data-card]").first).to_be_visible()
    page.get_by_role("button", name="Tout effacer").click()
    expect(page.locator("[data-card]")).to_have_count(0)
    expect(page.locator("[data-bar]")).to_be_hidden()
    page.locator("[data-text]").fill("isolement challans")
    page.locator("[data-text]").press("Enter")
    title = page.locator("#visite-resultats")
    expect(title).to_contain_text("Challans")
    expect(title).to_be_focused()
    bar = page.locator("[data-bar]")
    first = bar.locator("[data-bar-call]").get_attribute("href")
    assert first == page.locator("[data-card] [data-phone]").first.get_attribute("href")
    assert bar.locator("[data-bar-go]").get_attribute("href").startswith("geo:46.")
    bar.get_by_role("button", name="Suivant").press("Enter")
    expect(bar.locator("p")).to_contain_text("2/")
    assert bar.locator("[data-bar-call]").get_attribute("href") != first
    for target in bar.locator("a, button").all():
        assert target.bounding_box()["height"] >= 44


def report_at_the_door(page):
    card = page.locator("[data-card]").first
    card.locator("summary").click()
    expect(card.locator(".visit-map path").first).to_be_attached()
    page.evaluate(FEW_CARDS)
    expect_no_violation(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    card.get_by_role("button", name="Ne répond pas").click()
    expect(card.locator("[data-reported]")).to_contain_text("C'est noté sur cet appareil")
    card.get_by_role("button", name="Autre chose").click()
    waiting = page.locator("[data-queue-rows] li").filter(has_text="En attente d'envoi")
    expect(waiting).to_have_count(2)
    return card.locator("[data-name]").inner_text()


def send_once(page, name, password):
    """The session is over; then an answer is lost; then the same report is filed no more, sent by
    the worker alone, no page of the application being open."""
    context = page.context
    lost = []

    def lose_first(route):
        if lost or "ne-repond-pas" not in route.request.post_data:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    told = page.locator("main .messages")
    page.evaluate(QUEUE_UNKNOWN)
    context.clear_cookies()
    page.goto("/connexion/")
    expect(told).to_contain_text("3 signalements faits hors connexion\u00a0: envoyés dès votre")
    context.route("**/visite/signalements/", lose_first)
    sign_in(page, "agence", password)
    expect(told).to_contain_text("1 signalement fait hors connexion\u00a0: envoyé.")
    expect(told).to_contain_text("1 signalement refusé. 1 signalement en attente d'envoi.")
    assert lost == [200]
    page.goto("/masquer/")
    wake_worker(page)
    until(page, KEPT, [2, 1])
    page.goto("/mes-signalements/")
    expect(page.get_by_role("link", name=name)).to_have_count(2)
    page.goto("/visite/")
    refused = page.locator("[data-queue-rows] li")
    expect(refused).to_contain_text("Refusé\u00a0: Cette fiche n'est plus dans l'annuaire.")
    refused.get_by_role("button", name="Compris").click()
    expect(refused).to_have_count(0)
    assert page.evaluate(KEPT) == [2, 0]


def wake_worker(page):
    """As the browser does when the network is back (Background Sync, off without windows)."""
    session = page.context.new_cdp_session(page)
    found = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one for one in event["registrations"] if not one["isDeleted"]),
    )
    session.send("ServiceWorker.enable")
    for _ in range(500):
        if found:
            break
        page.wait_for_timeout(20)
    facts = {
        "registrationId": found[-1]["registrationId"],
        "tag": "visite-signalements",
        "lastChance": False,
    }
    origin = page.evaluate("location.origin")
    session.send("ServiceWorker.dispatchSyncEvent", facts | {"origin": origin})


def test_visit_is_prepared_made_without_a_network_reported_once_and_erased(open_page, demo):
    page = open_page(None, **PHONE, service_workers="allow")
    page.watch.expect(NO_NETWORK, "ERR_FAILED", "401 .Unauthorized", "422 .Unprocessable")
    sign_in(page, "agence", demo.password)
    page.wait_for_url(re.compile(r":\d+/$"))
    expect_faults_told(page)
    prepare(page)
    erase_once_sure(page)
    prepare(page)
    expect_clock_as_told(page)
    page.context.set_offline(True)
    search_at_the_door(page)
    name = report_at_the_door(page)
    page.evaluate(MOVE_CLOCK, -48)
    say(page, "L'horloge de cet appareil a reculé")
    expect(page.locator("[data-results]")).to_be_hidden()
    context = page.context
    page.close()  # before the network is back
    page = context.new_page()
    context.set_offline(False)
    page.goto("/masquer/")
    send_once(page, name, demo.password)
    say(page, "données du")
    page.evaluate(MOVE_CLOCK, 200)
    say(page, "plus de sept jours\u00a0: elles sont effacées")
    page.goto("/")
    page.get_by_role("group").filter(has_text="Compte").locator("summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page).to_have_url(re.compile("/connexion/"))
    assert page.evaluate(KEPT) == [0, 0]
    assert page.evaluate("localStorage.length") == 0


# A new version, and none any more

SCRIPTS = Path(__file__).resolve().parents[2] / "static/js"
UPDATE = "navigator.serviceWorker.getRegistration().then((found) => found?.update())"
CACHES = "async () => (await caches.keys()).sort()"
IS_GONE = """async () => !(await navigator.serviceWorker.getRegistration())
    && !(await caches.keys()).length"""


class Site(BaseHTTPRequestHandler):
    """Any page, the scripts, and the worker that the test says (`server.worker`)."""

    def do_GET(self):
        text, kind = f"<!doctype html><title>{self.path}</title>", "text/html"
        if self.path.endswith(".js"):
            script = SCRIPTS / self.path.rpartition("/")[2]
            is_worker = self.path == "/service-worker.js"
            text, kind = self.server.worker if is_worker else script.read_text(), "text/javascript"
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        """Nothing."""


@contextmanager
def serving(worker):
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.worker = worker
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def worker_of(version, *, parts=("visit-store", "visit-queue", "visit-worker")):
    shell = {"version": version, "page": "/hors-ligne/", "files": ["/hors-ligne/"], "slow": "/"}
    addresses = ", ".join(f'"/{part}.js"' for part in parts)
    return f"self.SHELL = {json.dumps(shell)};\nimportScripts({addresses});"


def test_new_version_takes_the_place_of_the_old_one_and_the_last_one_leaves_nothing(new_context):
    with serving(worker_of("1")) as server:
        page = new_context().new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.evaluate("navigator.serviceWorker.register('/service-worker.js')")
        until(page, CACHES, ["visite-1"])
        page.wait_for_function("navigator.serviceWorker.controller")
        server.worker = worker_of("2")
        page.evaluate(UPDATE)
        until(page, CACHES, ["visite-2"])
        server.worker = worker_of("", parts=["visit-worker-end"])
        page.evaluate(UPDATE)
        until(page, IS_GONE, True)
