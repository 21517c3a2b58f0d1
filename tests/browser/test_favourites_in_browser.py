"""The star of a card, the folders, and what a tab remembers, as one uses them."""

import re

from playwright.sync_api import expect

from tests.browser.steps import (
    OLD_AGE,
    VIOLENCE,
    first_card,
    number,
    open_confidential,
    open_record,
)
from tests.browser.test_axe import expect_no_violation
from tests.browser.test_media import expect_one_column


def star(card):
    return card.locator("[data-star]")


def seen(page):
    return page.locator("[data-last-seen] li")


def test_star_keeps_and_undoes_in_place_and_the_number_is_on_the_home_page(open_page):
    page = open_page("agence")
    page.goto(OLD_AGE)
    card = first_card(page)
    before = card.bounding_box(), star(card).bounding_box()
    star(card).press("Enter")
    expect(star(card)).to_contain_text("Gardée")
    expect(star(card)).to_be_focused()
    expect(page.locator("#annonce")).to_have_text("Gardée dans vos favoris.")
    assert (card.bounding_box(), star(card).bounding_box()) == before
    called = number(card).inner_text()
    page.goto("/")
    favourites = page.get_by_role("region", name="Favoris")
    expect(favourites.locator("a.phone-number")).to_have_text(called)
    page.goto("/favoris/")
    expect(page.locator("a.phone-number")).to_have_text(called)
    expect_no_violation(page)
    page.set_viewport_size({"width": 320, "height": 640})
    expect_one_column(page)
    page.goto(OLD_AGE)
    star(card).click()
    expect(star(card)).to_contain_text("Garder")
    page.goto("/favoris/")
    expect(page.locator("a.phone-number")).to_have_count(0)


def test_star_works_without_a_script_and_undoes(open_page):
    page = open_page("responsable", java_script_enabled=False)
    open_record(page)
    record = page.url
    for word, answer in (("Garder", "Gardée"), ("Gardée", "Garder"), ("Annuler", "Gardée")):
        page.get_by_role("button", name=re.compile(f"^{word}")).click()
        expect(star(page)).to_contain_text(answer)
        assert page.url.startswith(record)
    star(page).click()
    expect(star(page)).to_contain_text("Garder")


def test_star_that_the_network_loses_says_so_and_changes_nothing(desk):
    desk.watch.expect("ERR_INTERNET_DISCONNECTED")
    desk.goto(OLD_AGE)
    desk.context.set_offline(True)
    star(first_card(desk)).click()
    expect(star(first_card(desk))).to_contain_text("Échec")
    expect(desk.locator("#annonce")).to_contain_text("rien n'a changé")
    expect(star(first_card(desk))).to_contain_text("Garder")
    desk.context.set_offline(False)


def test_tab_remembers_records_until_the_next_call_or_until_hidden(desk):
    open_record(desk)
    record, name = desk.url, desk.get_by_role("heading", level=1).inner_text()
    for leave in ("Nouvel appel", "Masquer"):
        desk.goto(record)
        desk.goto("/")
        expect(seen(desk)).to_have_text([re.compile(re.escape(name.split(" (")[0]))])
        assert "situation" not in desk.evaluate("sessionStorage.vus")
        desk.get_by_text(leave).first.click()
        expect(desk).to_have_url(re.compile(r":\d+/(masquer/)?$"))
        desk.goto("/")
        expect(seen(desk)).to_have_count(0)
        expect(desk.locator("[data-last-seen]")).to_be_hidden()


def test_tab_never_remembers_a_danger_and_forgets_at_sign_in(open_page):
    page = open_page()
    open_confidential(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(VIOLENCE)
    first_card(page).locator("h3 a").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect_remembered(page, 0)
    open_record(page)
    expect_remembered(page, 1)
    page.context.clear_cookies()
    page.goto("/")
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    expect_remembered(page, 0)


def expect_remembered(page, count):
    page.wait_for_load_state()
    assert page.evaluate("JSON.parse(sessionStorage.vus ?? '[]').length") == count
