"""Back, forward, slow answers and lost networks: the list stays true to its address."""

import contextlib
import re

from playwright.sync_api import Error, expect

from tests.browser.steps import (
    OLD_AGE,
    box,
    cards,
    expect_results,
    filter_link,
    first_card,
    heading,
    option,
    tile,
    type_in_box,
    wait_for_map,
)


class Held:
    """Requests kept waiting until they are let go."""

    def __init__(self, page, address):
        self.routes = []
        page.route(address, lambda route: self.routes.append(route), times=1)

    def let_go(self):
        for route in self.routes:
            with contextlib.suppress(Error):  # given up by the page meanwhile
                route.continue_()


def expect_filtered(page, name, *, is_active=True):
    current = filter_link(page, name)
    if is_active:
        expect(current).to_have_attribute("aria-current", "true")
        expect(page).to_have_url(re.compile(f"{name}=1"))
    else:
        expect(current).not_to_have_attribute("aria-current", "true")
        expect(page).not_to_have_url(re.compile(f"{name}=1"))


def test_filter_changes_the_list_and_the_address_without_a_new_page(desk):
    desk.goto(OLD_AGE)
    desk.evaluate("window.isSamePage = true")
    before = heading(desk).inner_text()
    filter_link(desk, "domicile").click()
    expect_filtered(desk, "domicile")
    expect(heading(desk)).not_to_have_text(before)
    expect(desk.locator("#annonce")).to_have_text(re.compile(r"^\d+ partenaires?$"))
    filter_link(desk, "domicile").click()
    expect_filtered(desk, "domicile", is_active=False)
    expect(heading(desk)).to_have_text(before)
    assert desk.evaluate("window.isSamePage")


def test_back_and_forward_go_through_the_filters(desk):
    desk.goto(OLD_AGE)
    before = heading(desk).inner_text()
    filter_link(desk, "domicile").click()
    expect_filtered(desk, "domicile")
    after = heading(desk).inner_text()
    desk.go_back()
    expect_filtered(desk, "domicile", is_active=False)
    expect(heading(desk)).to_have_text(before)
    desk.go_forward()
    expect_filtered(desk, "domicile")
    expect(heading(desk)).to_have_text(after)
    expect(box(desk)).to_have_count(1)


def test_address_alone_gives_the_same_list(desk, open_page):
    desk.goto(OLD_AGE)
    filter_link(desk, "sans_rdv").click()
    expect_filtered(desk, "sans_rdv")
    other = open_page()
    other.goto(desk.url)
    expect(heading(other)).to_have_text(heading(desk).inner_text())
    expect(cards(other)).to_have_count(cards(desk).count())


def test_record_leads_back_to_its_results(desk):
    desk.goto(OLD_AGE)
    first_card(desk).get_by_role("link", name=re.compile("^Voir la fiche")).click()
    expect(desk.get_by_role("heading", level=1)).to_be_visible()
    desk.go_back()
    expect_results(desk, OLD_AGE)


def test_late_answer_of_an_earlier_filter_is_dropped(desk):
    desk.watch.expect("htmx:sendAbort", "htmx:afterRequest")
    desk.goto(OLD_AGE)
    first = Held(desk, re.compile("domicile=1"))
    filter_link(desk, "domicile").click()
    filter_link(desk, "sans_rdv").click()
    expect_filtered(desk, "sans_rdv")
    wanted = heading(desk).inner_text()
    first.let_go()
    desk.wait_for_load_state("networkidle")
    assert first.routes
    expect_filtered(desk, "sans_rdv")
    expect_filtered(desk, "domicile", is_active=False)
    expect(heading(desk)).to_have_text(wanted)


def test_late_proposals_of_earlier_letters_are_dropped(desk):
    desk.goto("/")
    first = Held(desk, "**/suggestions/")
    with desk.expect_request("**/suggestions/"):
        type_in_box(desk, "cha")
    type_in_box(desk, "llans")
    expect(option(desk, "Challans")).to_be_visible()
    wanted = desk.get_by_role("option").all_inner_texts()
    first.let_go()
    desk.wait_for_load_state("networkidle")
    assert first.routes
    assert desk.get_by_role("option").all_inner_texts() == wanted


def test_late_proposals_do_not_open_over_the_tile_that_one_is_about_to_press(desk):
    desk.goto("/")
    late = Held(desk, "**/suggestions/")
    with desk.expect_request("**/suggestions/"):
        box(desk).fill("Pouzauges")
    wanted = tile(desk, "Personnes Âgées")
    wanted.hover()
    late.let_go()
    desk.wait_for_load_state("networkidle")
    assert late.routes
    expect(desk.get_by_role("listbox")).to_be_hidden()
    wanted.click()
    expect_results(desk, OLD_AGE)


def test_lost_network_is_said_while_typing_and_the_plain_form_works_when_it_is_back(desk):
    desk.watch.expect("ERR_INTERNET_DISCONNECTED")
    desk.goto("/")
    desk.context.set_offline(True)
    type_in_box(desk, "pouz")
    expect(desk.get_by_text("Connexion perdue : tapez le nom entier puis Entrée.")).to_be_visible()
    expect(desk.get_by_role("listbox")).to_be_hidden()
    desk.context.set_offline(False)
    box(desk).fill("Pouzauges")
    tile(desk, "Personnes Âgées").press("Enter")
    expect_results(desk, OLD_AGE)


def test_lost_network_keeps_the_list_and_says_it_is_the_former_one(desk):
    desk.watch.expect("ERR_INTERNET_DISCONNECTED", "htmx")
    desk.goto(OLD_AGE)
    wait_for_map(desk)
    before = heading(desk).inner_text()
    desk.context.set_offline(True)
    filter_link(desk, "domicile").click()
    expect(desk.locator("#annonce")).to_contain_text("Connexion perdue")
    expect(heading(desk)).to_have_text(before)
    expect(first_card(desk)).to_be_visible()
    desk.context.set_offline(False)
    filter_link(desk, "domicile").click()
    expect_filtered(desk, "domicile")


def test_ended_session_leads_to_the_sign_in_page_not_into_the_list(desk):
    desk.goto(OLD_AGE)
    desk.context.clear_cookies()
    filter_link(desk, "domicile").click()
    expect(desk.get_by_role("heading", name="Connexion")).to_be_visible()
    expect(desk.locator("#resultats")).to_have_count(0)
