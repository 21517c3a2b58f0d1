"""The manager adds a word, tries it while she types, and the adviser's search finds it."""

import re

from playwright.sync_api import expect

from tests.browser.steps import box, expect_results
from tests.browser.test_axe import expect_no_violation

PAGES = [
    "/gestion/vocabulaire/numeros/5/",
    "/gestion/vocabulaire/sigles/",
    "/gestion/vocabulaire/dangers/",
    "/gestion/agences/1/",
    "/gestion/agences/voisinages/",
]


def test_word_is_tried_saved_and_found_by_keyboard(open_page):
    manager, adviser = open_page("responsable"), open_page()
    manager.goto("/gestion/vocabulaire/")
    expect_no_violation(manager)
    manager.get_by_role("link", name="Conflit de voisinage").press("Enter")
    trial = manager.get_by_label("Essayez une phrase")
    expect(trial).to_be_visible()
    manager.wait_for_load_state()  # what is typed before the script is there is not tried
    trial.fill("un zinzolin à Pouzauges")
    shown = manager.locator("[data-trial]")
    expect(shown).to_contain_text("Elle ne mène pas ici")
    words = manager.get_by_label("Mots et expressions")
    words.press("Control+End")
    words.press_sequentially("\nzinzolin")
    expect(shown).to_contain_text("Elle mène ici")
    expect_no_violation(manager)
    first = manager.locator("[data-order-row]").first.inner_text()
    manager.get_by_role("button", name=re.compile("^Descendre")).first.press("Enter")
    expect(manager.locator("[data-order-row]").nth(1)).to_have_text(first)
    manager.get_by_role("button", name="Enregistrer").last.press("Enter")
    expect(manager.get_by_text("La recherche le sait déjà")).to_be_visible()
    adviser.goto("/")
    box(adviser).fill("zinzolin Pouzauges")
    adviser.keyboard.press("Enter")
    expect_results(adviser, "/recherche/?situation=voisinage&commune=85182")
    for address in PAGES:
        manager.goto(address)
        expect_no_violation(manager)
        manager.set_viewport_size({"width": 320, "height": 640})
        assert manager.evaluate("document.documentElement.scrollWidth") <= 320, address
        manager.set_viewport_size({"width": 1440, "height": 900})


def test_acronym_says_what_it_stands_for_by_keyboard(desk):
    desk.goto("/numeros-utiles/")
    link = desk.locator("a.acronym").first
    expected = link.get_attribute("title")
    desk.keyboard.press("Tab")
    link.focus()
    words = desk.get_by_role("tooltip")
    expect(words).to_have_text(expected)
    expect_no_violation(desk)
    desk.keyboard.press("Escape")
    expect(words).to_be_hidden()
    link.press("Enter")
    expect(desk).to_have_url(re.compile("/sigles/#"))
