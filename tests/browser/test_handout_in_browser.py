"""A hand-out, from the results of a call to the paper, and nothing of it in the next call."""

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.steps import SEVERAL_NEEDS, cards, expect_results
from tests.pdf_text import text_of

CASES = json.loads((Path(__file__).parents[1] / "handouts" / "sms.json").read_text())
LEFT = "localStorage.length"
STORAGE_IS_FULL = """() => {
    Storage.prototype.setItem = () => {
        throw new DOMException("full", "QuotaExceededError");
    };
}"""


def in_one_line(text):
    return re.sub(r"\s+", " ", text).strip()


def names_on(page):
    return [in_one_line(name) for name in page.locator(".handout-name").all_inner_texts()]


def expect_sms_counted_as_in_python(page):
    page.locator("[data-text] summary").click()
    for case in [case for case in CASES if case["text"]]:
        page.locator("[data-sms]").fill(case["text"] * case["times"])
        told = page.locator("[data-cost]")
        expect(told).to_have_text(re.compile(rf"^{case['parts']} SMS .*\({case['units']}\)"))
        expect(told).to_contain_text(case["foreign"])


def test_four_records_go_from_the_results_to_paper_and_vanish_with_the_call(desk):
    desk.goto(SEVERAL_NEEDS)
    expect_results(desk, SEVERAL_NEEDS)
    for place in (0, 1, 2, 4):
        cards(desk).nth(place).get_by_role("button", name="Ajouter à la feuille").press(" ")
    bar = desk.locator("[data-tray-bar]")
    expect(bar).to_contain_text("4 partenaires")
    cards(desk).nth(4).get_by_role("button", name="Sur la feuille").click()
    cards(desk).nth(3).get_by_role("button", name="Ajouter à la feuille").click()
    desk.goto("/feuille/")  # without an address of facts it is empty: the tray is at hand
    expect(desk.locator("main")).to_contain_text("Cette feuille est vide")
    expect(bar).to_contain_text("4 partenaires")
    bar.get_by_role("link", name="Préparer").click()
    expect(desk).to_have_url(re.compile(r"/feuille/\?fiches=\d+,\d+,\d+,\d+$"))
    first, second, *rest = names_on(desk)
    desk.get_by_role("link", name=f"Descendre {first}").click()
    expect(desk.locator(".handout-name").first).to_contain_text(second)
    printed = desk.request.get(desk.get_by_role("link", name="PDF").get_attribute("href"))
    text = text_of(printed.body())
    wanted = [second, first, *rest]
    assert sorted(wanted, key=text.index) == wanted
    for number in desk.locator(".handout-phone").all_inner_texts():
        assert in_one_line(number) in text
    expect_sms_counted_as_in_python(desk)
    desk.get_by_role("button", name="Nouvel appel").click()
    expect(desk).to_have_url(re.compile(r":\d+/$"))
    expect(bar).to_be_hidden()
    assert desk.evaluate(LEFT) == 0
    desk.goto(SEVERAL_NEEDS)
    desk.evaluate(STORAGE_IS_FULL)
    add = cards(desk).first.get_by_role("button", name="Ajouter à la feuille")
    key = add.get_attribute("data-tray")
    add.click()
    expect(desk).to_have_url(re.compile(rf"/feuille/\?fiches={key}&commune=\d+"))
    desk.go_back()
    add.click()
    expect(bar).to_be_visible()
    desk.get_by_role("link", name="Masquer").click()
    expect(desk).to_have_url(re.compile("/masquer/$"))
    assert desk.evaluate(LEFT) == 0
    desk.evaluate("""localStorage.setItem("feuille", '{"day": "2026-01-01", "keys": [1]}')""")
    desk.goto("/")
    expect(bar).to_be_hidden()  # of another day
    assert desk.evaluate(LEFT) == 0
    desk.evaluate("""localStorage.setItem("feuille", '{"day": "2999-01-01", "keys": [1]}')""")
    desk.context.clear_cookies()  # as the next person at the counter finds it
    desk.goto("/connexion/")
    assert desk.evaluate(LEFT) == 0
