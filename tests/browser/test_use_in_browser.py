"""A search and a number copied are counted by the page, and read in « Usage »."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.steps import OLD_AGE, first_card
from tests.browser.test_axe import expect_no_violation

YEAR = "/gestion/usage/"


def reached(manager):
    manager.goto(YEAR)
    words = manager.locator(".usage-head dd").all_inner_texts()
    return [int(re.sub(r"\D", "", text) or 0) for text in words]


def test_search_is_counted_and_read_in_the_workspace(desk, open_page):
    manager = open_page("responsable")
    before = reached(manager)
    posts = []
    desk.on("request", lambda request: posts.append(request) if "/usage/" in request.url else None)
    with desk.expect_response(lambda answer: answer.url.endswith("/usage/")) as counted:
        desk.goto(OLD_AGE)
    assert counted.value.status == 204
    copy = first_card(desk).get_by_role("button", name=re.compile("^Copier le numéro"))
    for _ in range(2):
        copy.click()
    expect(first_card(desk).get_by_text("Copié")).to_be_visible()
    with desk.expect_response(lambda answer: answer.url.endswith("/usage/")):
        first_card(desk).locator("a.phone-number").evaluate(
            "(link) => { link.addEventListener('click', (e) => e.preventDefault()); link.click(); }"
        )
    desk.reload()
    expect(first_card(desk)).to_be_visible()
    assert len(posts) == 3  # the search, one copy, one call
    demands, _, copied, called = (
        after - known for after, known in zip(reached(manager), before, strict=True)
    )
    assert (demands, copied, called) == (1, 1, 1)
    expect_no_violation(manager)
    manager.set_viewport_size(PHONE["viewport"])
    expect_no_violation(manager)
    for address in ("/gestion/emporter/", YEAR):
        manager.set_viewport_size({"width": 320, "height": 640})
        manager.goto(address)
        assert manager.evaluate("document.documentElement.scrollWidth") <= 320
        expect_no_violation(manager)
    manager.get_by_role("link", name=re.compile("Inscrire aux manques")).first.press("Enter")
    expect(manager.get_by_role("heading", level=1)).to_contain_text("manque")
