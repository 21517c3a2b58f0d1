"""No page breaks a rule that axe-core can check, light or dark."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.steps import (
    CONFIDENTIAL,
    ISLAND,
    OLD_AGE,
    SEVERAL_NEEDS,
    VIOLENCE,
    box,
    first_card,
    open_confidential,
    open_record,
    type_in_box,
    wait_for_map,
)

COLOURS = ["color-contrast", "link-in-text-block"]  # all that the dark changes
HIDE_THE_ALIKE = """() => {
  const own = new Set(`id href action for name value title src aria-label aria-labelledby
    aria-describedby data-card data-copy data-copy-text data-item data-label data-listing data-name
    data-question data-seen data-tray-facts data-url data-value data-words`.split(/\\s+/));
  const kind = ({ localName, attributes }) => {
    const kept = [...attributes].filter(({ name }) => !own.has(name));
    return [localName, ...kept.map(({ name, value }) => `${name}=${value}`)];
  };
  const seen = new Set();
  const mark = (element, above) => {
    const path = `${above} > ${kind(element)}`;
    const isNew = !seen.has(path);
    seen.add(path);
    const below = element.localName === "svg" ? [] : [...element.children];
    const isAlike = below.map((child) => mark(child, path)).every(Boolean) && !isNew;
    if (isAlike && !element.hidden && element !== document.activeElement) {
      element.toggleAttribute("data-alike", true);
    }
    return isAlike && element !== document.activeElement;
  };
  mark(document.body, "");
  document.querySelectorAll("[data-alike]").forEach((element) => (element.hidden = true));
}"""
"""What stands under the same elements, of the same classes and in the same state, as what came
before it has its colours: their rules, nine tenths of the time, look at each kind once."""

SHOW_THE_ALIKE = """() => document.querySelectorAll("[data-alike]").forEach((element) => {
  element.hidden = false;
  element.removeAttribute("data-alike");
})"""
FEW_ANSWERS = f"{ISLAND}&domicile=1&sans_rdv=1&ouvert=1"
PLACES = {
    "home": "/",
    "results": OLD_AGE,
    "results of a danger": VIOLENCE,
    "results of several needs": SEVERAL_NEEDS,
    "results on an island": ISLAND,
    "results that filters empty": FEW_ANSWERS,
    "favourites": "/favoris/",
    "sheet of contacts": "/feuille/?fiches=1,2",
    "map": "/carte/?situation=addictions",
    "visit to prepare": "/visite/",
    "situations": "/situations/",
    "helplines": "/numeros-utiles/",
    "glossary": "/sigles/",
    "accessibility": "/accessibilite/",
    "privacy": "/donnees-personnelles/",
    "a gap to report": "/signaler-un-manque/?situation=addictions&commune=85182",
    "hidden page": "/masquer/",
}


def expect_no_violation(page, *, but=()):
    """Folds opened, in both schemes."""
    page.evaluate("document.querySelectorAll('main details').forEach((fold) => (fold.open = true))")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    reports = _violations(page, {"rules": {name: {"enabled": False} for name in [*but, *COLOURS]}})
    page.evaluate(HIDE_THE_ALIKE)
    reports += _violations(page, {"runOnly": COLOURS})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    reports += _violations(page, {"runOnly": COLOURS})
    page.evaluate(SHOW_THE_ALIKE)
    assert not reports, "\n".join(reports)


def _violations(page, rules):
    """What axe-core reports; its half megabyte goes once to each page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"]} | rules
    found = AxeResults(page.evaluate("(options) => axe.run(options)", options))
    return [found.generate_report()] if found.violations_count else []


@pytest.mark.parametrize("address", PLACES.values(), ids=PLACES.keys())
def test_page_breaks_no_rule(desk, address):
    desk.goto(address)
    if desk.locator("#carte").count():
        wait_for_map(desk)
    expect_no_violation(desk)


@pytest.mark.parametrize("address", [OLD_AGE, VIOLENCE, "/"], ids=["results", "danger", "home"])
def test_page_on_a_phone_breaks_no_rule(phone, address):
    phone.goto(address)
    expect_no_violation(phone)


def test_map_on_a_phone_breaks_no_rule(phone):
    phone.goto(OLD_AGE)
    phone.get_by_role("button", name="Voir la carte").tap()
    wait_for_map(phone)
    expect_no_violation(phone, but=["page-has-heading-one"])  # it stands above the list


def test_record_breaks_no_rule(desk):
    open_record(desk)
    expect(desk.locator("#carte .leaflet-marker-pane > *").first).to_be_visible()
    expect_no_violation(desk)


def test_confidential_record_breaks_no_rule(desk):
    open_confidential(desk)
    expect(desk.get_by_role("heading", name=re.compile(CONFIDENTIAL))).to_be_visible()
    expect_no_violation(desk)


def test_report_of_an_error_breaks_no_rule_before_and_after_a_warning(desk):
    """The page behind the link, as without script; the card is in test_freshness_in_browser."""
    desk.goto(OLD_AGE)
    link = first_card(desk).get_by_role("link", name=re.compile("^Signaler une erreur"))
    desk.goto(link.get_attribute("href"))
    expect_no_violation(desk)
    desk.get_by_role("button", name="Délai d'attente annoncé").click()
    desk.get_by_role("textbox").last.fill("Mme Durand dit que c'est long")
    desk.get_by_role("button", name="Ajouter").click()
    expect(desk.get_by_role("alert")).to_be_visible()
    expect_no_violation(desk)
    desk.get_by_role("button", name="Annuler le signalement").click()
    expect(desk.get_by_text("Signalement annulé")).to_be_visible()


def test_note_of_an_agency_breaks_no_rule_written_and_read(open_page):
    agency, manager = open_page("agence"), open_page("responsable")
    agency.goto("/recherche/?situation=personnes-agees")  # in its sector
    first_card(agency).locator("h3 a").click()
    agency.get_by_role("link", name="Écrire une note pour l'agence").click()
    agency.get_by_label("Note").fill("Mme Durand ouvre le matin.")
    agency.get_by_role("button", name="Envoyer").click()
    expect(agency.get_by_role("alert")).to_be_visible()
    expect_no_violation(agency)
    agency.get_by_label("Ce texte ne parle d'aucun locataire").check()
    agency.get_by_role("button", name="Envoyer").click()
    expect(agency.get_by_text("en attente de relecture")).to_be_visible()
    expect_no_violation(agency)
    manager.goto("/gestion/notes/")
    expect_no_violation(manager)
    manager.get_by_role("link", name=re.compile("^Corriger ou refuser")).last.click()
    expect_no_violation(manager)
    agency.get_by_role("button", name=re.compile("^Retirer")).click()
    expect(agency.get_by_text("Note retirée.")).to_be_visible()


def test_pages_that_end_something_break_no_rule_and_neither_does_a_preview(open_page):
    page = open_page("responsable")
    for start, first, ends in [
        ("/gestion/fiches/", ".records-line h2 a", ["archiver/", "annonce/"]),
        ("/gestion/agences/", ".words-name a", ["fermer/"]),
        ("/gestion/vocabulaire/situations/", ".words-name a", ["archiver/"]),
    ]:
        page.goto(start)
        address = page.locator(first).first.get_attribute("href")
        for end in ends:
            page.goto(address + end)
            expect(page.locator(".actions button").last).to_be_visible()
            expect_no_violation(page)
    page.goto("/gestion/campagnes/refus/")
    expect_no_violation(page)
    page.goto("/gestion/fiches/")
    page.locator(".records-line h2 a").first.click()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Aperçu").click()
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    expect_no_violation(opened.value)


def test_pages_around_a_scheme_break_no_rule(open_page):
    page = open_page("responsable")
    page.goto("/gestion/fiches/?nature=dispositif")
    record = page.locator(".records-line h2 a").first.get_attribute("href")
    page.goto("/recherche/?situation=impayes&commune=85182")
    panel = page.get_by_role("link", name="Est-ce pour ce locataire ?").get_attribute("href")
    ends = ["dispositif/", "criteres/", "criteres/nouveau/"]
    around = [record + end for end in ends]
    for address in [*around, "/agenda/", panel]:
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect_no_violation(page)


def test_sign_in_breaks_no_rule_before_and_after_a_mistake(open_page):
    page = open_page(None)
    page.goto("/connexion/")
    expect_no_violation(page)
    page.get_by_label("Courriel").fill("personne@example.org")
    page.get_by_label("Mot de passe").fill("faux")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect_no_violation(page)


def test_unknown_page_breaks_no_rule(desk):
    desk.watch.expect("404")
    desk.goto("/nulle-part/")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Cette page n'existe pas")
    expect_no_violation(desk)


def test_words_left_over_break_no_rule(desk):
    desk.goto("/")
    box(desk).fill("xyzzy")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Aucun partenaire d'ici ne parle de « xyzzy »")).to_be_visible()
    expect_no_violation(desk)


def test_list_of_proposals_breaks_no_rule(desk):
    desk.goto("/")
    type_in_box(desk, "pouz")
    expect(desk.get_by_role("option").first).to_be_visible()
    desk.keyboard.press("ArrowDown")
    expect_no_violation(desk)


def test_list_of_keys_and_account_menu_break_no_rule(desk):
    desk.goto("/sigles/")
    desk.locator("details.account > summary").click()
    expect_no_violation(desk)
    desk.keyboard.press("Escape")
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_be_visible()
    expect_no_violation(desk)


def test_narrow_screen_breaks_no_rule(open_page):
    page = open_page(**(PHONE | {"viewport": {"width": 320, "height": 640}}))
    page.goto("/carte/")
    expect_no_violation(page)
