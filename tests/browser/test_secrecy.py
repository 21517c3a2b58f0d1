"""Nothing of a call is left behind: not in an address, not in the browser, not by « Masquer »."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import (
    OLD_AGE,
    VIOLENCE,
    box,
    chips,
    expect_results,
    storage,
    tile,
    type_in_box,
)

TYPED = "Mme Durand boit"
LEFT_BEHIND = "sessionStorage.setItem('panier', 'quelque chose')"


@pytest.fixture
def danger(desk):
    """On the results of a violent situation, come from home, with something in the tray."""
    desk.goto("/")
    box(desk).fill("Challans")
    tile(desk, "Violences").press("Enter")
    expect_results(desk, VIOLENCE)
    desk.evaluate(LEFT_BEHIND)
    return desk


def expect_hidden(page):
    """A neutral page in the place of the results, and nothing of them behind."""
    expect(page).to_have_url(re.compile("/masquer/$"))
    expect(page).to_have_title("Horaires d'ouverture de l'accueil")
    assert page.evaluate("sessionStorage.length") == 0
    words = page.locator("html").inner_text().casefold()
    for word in ("violence", "challans", "danger", "3919"):
        assert word not in words
    page.go_back()
    expect(page).to_have_url(re.compile(r":\d+/$"))
    expect(page.locator("#resultats")).to_have_count(0)
    page.go_forward()
    expect(page).to_have_url(re.compile("/masquer/$"))


def test_hide_by_click_leaves_nothing_behind(danger):
    danger.get_by_role("link", name="Masquer").click()
    expect_hidden(danger)


def test_hide_by_escape_twice_leaves_nothing_behind(danger):
    danger.keyboard.press("Escape")
    danger.keyboard.press("Escape")
    expect_hidden(danger)


def test_hide_by_escape_twice_works_from_inside_the_box(danger):
    danger.keyboard.press("/")
    danger.keyboard.press("Escape")
    danger.keyboard.press("Escape")
    expect_hidden(danger)


def test_one_escape_hides_nothing_and_the_one_that_closes_the_list_does_not_count(danger):
    danger.keyboard.press("/")
    type_in_box(danger, "pouz")
    expect(danger.get_by_role("option").first).to_be_visible()
    danger.keyboard.press("Escape")
    expect(danger.get_by_role("listbox")).to_be_hidden()
    danger.keyboard.press("Escape")
    expect_results(danger, VIOLENCE)


def test_hide_button_stays_in_view_on_a_phone(phone):
    phone.goto(VIOLENCE)
    phone.mouse.wheel(0, 3000)
    link = phone.get_by_role("link", name="Masquer")
    expect(link).to_be_in_viewport(ratio=1)
    link.tap()
    expect(phone).to_have_url(re.compile("/masquer/$"))


def test_tab_never_names_the_situation(desk):
    desk.goto(VIOLENCE)
    assert "violence" not in desk.title().casefold()


def test_typed_words_travel_in_the_body_only(desk, demo):
    desk.goto("/")
    with desk.expect_request("**/suggestions/"):
        type_in_box(desk, TYPED)
    desk.wait_for_load_state("networkidle")
    with desk.expect_navigation():
        box(desk).press("Enter")
    expect(box(desk)).to_be_visible()
    bodies = [request.post_data for request in desk.watch.requests if request.post_data]
    assert any("Durand" in body for body in bodies)
    expect_unseen(desk, demo, "Durand", "boit")


def expect_unseen(page, demo, *words):
    """In no address or header of a request, nor kept by the browser, nor said by the server."""
    sent = "".join(f"{request.url} {request.headers}" for request in page.watch.requests)
    kept = f"{page.title()} {page.url} {storage(page)} {page.evaluate('history.state')}"
    for word in words:
        assert word not in sent
        assert word not in kept
        assert word not in demo.said()


def test_new_call_by_key_leaves_nothing_of_the_last(desk):
    desk.goto(OLD_AGE)
    desk.evaluate(LEFT_BEHIND)
    expect(chips(desk)).to_have_count(2)
    desk.keyboard.press("n")
    expect_new_call(desk)


def test_new_call_by_button_leaves_nothing_of_the_last(desk):
    desk.goto(OLD_AGE)
    desk.evaluate(LEFT_BEHIND)
    type_in_box(desk, "quelque chose")
    desk.get_by_role("button", name="Nouvel appel").click()
    expect_new_call(desk)


def expect_new_call(page):
    expect(page).to_have_url(re.compile(r":\d+/$"))
    expect(chips(page)).to_have_count(0)
    expect(box(page)).to_have_value("")
    expect(box(page)).to_be_focused()
    assert page.evaluate("sessionStorage.length") == 0


def test_home_after_back_has_an_empty_box(desk):
    desk.goto("/")
    box(desk).fill("Pouzauges")
    tile(desk, "Personnes Âgées").press("Enter")  # suggestions may stand over it
    expect_results(desk, OLD_AGE)
    desk.get_by_role("button", name="Nouvel appel").click()
    expect_new_call(desk)
    desk.go_back()
    desk.go_back()
    expect(desk).to_have_url(re.compile(r":\d+/$"))
    expect(box(desk)).to_have_value("")
