"""From a call to a phone number in two actions, whatever one has at hand."""

import re
import time

from playwright.sync_api import expect

from tests.browser.steps import (
    OLD_AGE,
    box,
    cards,
    chips,
    copy_button,
    expect_results,
    filter_link,
    first_card,
    heading,
    is_in_front,
    number,
    option,
    tile,
    type_in_box,
    wait_for_map,
)

MOST_TAB_STOPS = 30


def expect_number_that_serves_pouzauges(page):
    """In view without scrolling, covered by nothing, with its verdict."""
    card = first_card(page)
    expect(card.locator("[data-verdict=couvre]")).to_contain_text("Dessert Pouzauges")
    expect(number(card)).to_be_in_viewport(ratio=1)
    assert page.evaluate("scrollY") == 0
    assert is_in_front(number(card))


def test_mouse_two_actions_lead_to_a_number_that_serves_the_commune(desk):
    desk.goto("/")
    expect(box(desk)).to_be_focused()
    type_in_box(desk, "pouz")
    option(desk, "Pouzauges").click()
    expect(chips(desk)).to_have_text(["Pouzauges"])
    tile(desk, "Personnes Âgées").click()
    expect_results(desk, OLD_AGE)
    expect_number_that_serves_pouzauges(desk)


def test_mouse_copies_the_number_and_says_so(desk):
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto(OLD_AGE)
    card = first_card(desk)
    copy_button(card).click()
    expect(copy_button(card)).to_contain_text("Copié")
    shown = number(card).inner_text()
    assert desk.evaluate("navigator.clipboard.readText()") == shown
    expect(desk.locator("#annonce")).to_have_text(f"Copié : {shown}")
    expect(copy_button(card)).to_contain_text("Copier")


def test_keyboard_two_choices_lead_to_a_number_that_serves_the_commune(desk):
    desk.goto("/")
    type_in_box(desk, "pouz")
    expect(option(desk, "Pouzauges")).to_be_visible()
    desk.keyboard.press("ArrowDown")
    expect(option(desk, "Pouzauges")).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Enter")
    expect(chips(desk)).to_have_text(["Pouzauges"])
    type_in_box(desk, "agées")
    expect(option(desk, "Personnes Âgées")).to_be_visible()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(chips(desk)).to_have_text(["Pouzauges", "Personnes Âgées"])
    desk.keyboard.press("Enter")
    expect_results(desk, OLD_AGE)
    expect_number_that_serves_pouzauges(desk)


def test_keyboard_words_alone_lead_to_the_same_results(desk):
    desk.goto("/")
    type_in_box(desk, "mémé pouzauges")
    desk.keyboard.press("Enter")
    expect_results(desk, OLD_AGE)


def test_keyboard_slash_goes_to_the_box_from_any_page(desk):
    desk.goto(OLD_AGE)
    desk.keyboard.press("/")
    expect(box(desk)).to_be_focused()
    expect(box(desk)).to_have_value("")
    desk.keyboard.press("n")
    expect(box(desk)).to_have_value("n")
    desk.goto("/sigles/")
    desk.keyboard.press("/")
    expect(desk).to_have_url(re.compile("/$"))
    expect(box(desk)).to_be_focused()


def test_keyboard_tab_goes_from_the_box_to_the_first_copy_button_and_always_shows_where(desk):
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto(OLD_AGE)
    desk.keyboard.press("/")
    wanted = copy_button(first_card(desk)).element_handle()
    for _ in range(MOST_TAB_STOPS):
        desk.keyboard.press("Tab")
        assert desk.evaluate(IS_FOCUS_SHOWN), desk.evaluate("document.activeElement.outerHTML")
        if desk.evaluate("(wanted) => document.activeElement === wanted", wanted):
            break
    expect(copy_button(first_card(desk))).to_be_focused()
    desk.keyboard.press("Enter")
    expect(copy_button(first_card(desk))).to_contain_text("Copié")


def test_keyboard_backspace_in_an_empty_box_takes_the_last_choice_away(desk):
    desk.goto(OLD_AGE)
    desk.keyboard.press("/")
    desk.keyboard.press("Backspace")
    expect(chips(desk)).to_have_text(["Personnes Âgées"])


def test_keyboard_list_of_keys_opens_closes_and_can_turn_them_off(desk):
    desk.goto(OLD_AGE)
    desk.keyboard.press("?")
    keys = desk.get_by_role("dialog", name="Raccourcis clavier")
    expect(keys).to_be_visible()
    keys.get_by_role("switch").uncheck()
    keys.get_by_role("button", name="Fermer").click()
    expect(keys).to_be_hidden()
    desk.reload()
    desk.keyboard.press("n")
    desk.keyboard.press("/")
    expect(box(desk)).not_to_be_focused()
    expect_results(desk, OLD_AGE)


def test_touch_two_actions_lead_to_a_call_that_serves_the_commune(phone):
    phone.goto("/")
    expect(box(phone)).not_to_be_focused()
    box(phone).tap()
    type_in_box(phone, "pouz")
    option(phone, "Pouzauges").tap()
    tile(phone, "Personnes Âgées").tap()
    expect_results(phone, OLD_AGE)
    expect_number_that_serves_pouzauges(phone)
    call = first_card(phone).get_by_role("link", name=re.compile("^Appeler"))
    expect(call).to_be_in_viewport(ratio=1)
    expect(call).to_have_attribute("href", re.compile(r"^tel:\+33\d{9}$"))


def test_touch_call_and_copy_are_wide_enough_for_a_thumb(phone):
    phone.goto(OLD_AGE)
    call = first_card(phone).get_by_role("link", name=re.compile("^Appeler"))
    for target in (call, copy_button(first_card(phone))):
        area = target.bounding_box()
        assert area["height"] >= 44
        assert area["width"] >= 44


def test_touch_list_and_map_take_turns(phone):
    phone.goto(OLD_AGE)
    chart = phone.locator("#carte")
    expect(chart).to_be_hidden()
    phone.get_by_role("button", name="Voir la carte").tap()
    expect(chart).to_be_visible()
    expect(first_card(phone)).to_be_hidden()
    wait_for_map(phone)
    phone.get_by_role("button", name="Voir la liste").tap()
    expect(first_card(phone)).to_be_visible()
    expect(chart).to_be_hidden()


def test_without_javascript_two_actions_lead_to_a_number_that_serves_the_commune(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/")
    box(page).fill("Pouzauges")
    tile(page, "Personnes Âgées").click()
    expect_results(page, OLD_AGE)
    expect_number_that_serves_pouzauges(page)
    expect(copy_button(first_card(page))).to_be_hidden()


def test_without_javascript_the_list_is_complete_and_filters(open_page):
    page = open_page(java_script_enabled=False)
    page.goto(OLD_AGE)
    total = int(re.search(r"(\d+) partenaires", heading(page).inner_text())[1])
    shown = cards(page).count()
    page.locator("#resultats .more a").first.click()
    expect(page).to_have_url(re.compile("suite="))
    expect(cards(page)).not_to_have_count(shown)
    filter_link(page, "domicile").click()
    expect(page).to_have_url(re.compile("domicile=1"))
    expect(first_card(page)).to_contain_text("Se déplace à domicile")
    expect(heading(page)).not_to_have_text(re.compile(f": {total} "))


def test_without_javascript_a_new_call_and_a_hidden_page_are_one_click(open_page):
    page = open_page(java_script_enabled=False)
    page.goto(OLD_AGE)
    page.get_by_role("button", name="Nouvel appel").click()
    expect(page).to_have_url(re.compile("/$"))
    expect(chips(page)).to_have_count(0)
    page.goto(OLD_AGE)
    page.get_by_role("link", name="Masquer").click()
    expect(page).to_have_url(re.compile("/masquer/$"))


def test_without_tiles_two_actions_lead_to_a_number_that_serves_the_commune(open_page):
    page = open_page(has_tiles=False)
    page.goto("/")
    type_in_box(page, "pouz")
    option(page, "Pouzauges").click()
    tile(page, "Personnes Âgées").click()
    expect_results(page, OLD_AGE)
    expect_number_that_serves_pouzauges(page)
    expect(page.locator("#carte-avis")).to_contain_text("Fond de carte indisponible")


def test_removed_chip_is_no_longer_searched(desk):
    desk.goto(OLD_AGE)
    desk.locator(".chip", has_text="Personnes Âgées").click()
    expect(chips(desk)).to_have_text(["Pouzauges"])
    desk.get_by_role("button", name="Chercher").click()
    expect(desk).to_have_url(re.compile(r"/recherche/\?commune=85182$"))


def test_demonstration_says_that_its_numbers_are_invented(desk, open_page):
    for page, address in ((desk, "/"), (desk, OLD_AGE), (open_page(None), "/connexion/")):
        page.goto(address)
        expect(page.get_by_text("partenaires et numéros inventés")).to_be_visible()


IS_FOCUS_SHOWN = """() => {
    const shows = (node) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node);
        return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
    };
    const node = document.activeElement;
    return node !== document.body && [node, node.closest(".box-field, .chip, label")].some(
        (each) => each && shows(each),
    );
}"""


def test_keyboard_typing_like_a_person_leads_to_a_number_in_two_actions_under_15_seconds(desk):
    """Two actions: a text as it is said on the phone, Enter."""
    desk.goto("/")
    expect(box(desk)).to_be_focused()
    began = time.monotonic()
    desk.keyboard.type("mémé seule pouzauges", delay=120)
    desk.keyboard.press("Enter")
    expect_results(desk, "/recherche/?situation=personnes-agees&situation=isolement&commune=85182")
    expect_number_that_serves_pouzauges(desk)
    assert time.monotonic() - began < 15


def test_keyboard_what_was_understood_is_shown_while_typing_and_one_choice_searches_it(desk):
    desk.goto("/")
    type_in_box(desk, "mémé chall")
    read = option(desk, "Chercher")
    expect(read.locator(".chip")).to_have_text(["Personnes Âgées", "Challans"])
    expect(desk.locator("[data-box-status]")).to_contain_text("Compris : Personnes Âgées, Challans")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect_results(desk, "/recherche/?situation=personnes-agees&commune=85047")


def test_keyboard_choosing_a_record_opens_it_with_the_chosen_commune(desk):
    desk.goto("/")
    type_in_box(desk, "pouz")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(chips(desk)).to_have_text(["Pouzauges"])
    type_in_box(desk, "les bavardes")
    expect(option(desk, "Les Bavardes du Bocage")).to_be_visible()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Les Bavardes du Bocage")
    expect(desk).to_have_url(re.compile(r"/fiches/\d+-[a-z0-9-]+/\?commune=85182$"))


def test_keyboard_chosen_acronym_stays_a_word_to_search(desk):
    desk.goto("/")
    type_in_box(desk, "pouzauges fs")
    expect(option(desk, "FSL")).to_contain_text("Fonds de solidarité pour le logement")
    option(desk, "FSL").click()
    expect(box(desk)).to_have_value("pouzauges FSL ")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("qui parlent de « FSL »")).to_be_visible()


def test_words_that_are_no_fact_rank_the_list_and_stay_out_of_the_address(desk):
    desk.goto("/")
    type_in_box(desk, "portage de repas pouzauges")
    box(desk).press("Enter")
    expect(desk.locator("#mots-tapes")).to_contain_text("portage de repas")
    expect(first_card(desk).locator("mark").first).to_be_visible()
    expect(desk).to_have_url(re.compile(r"/recherche/\?situation=personnes-agees&commune=85182$"))
    desk.wait_for_load_state()
    filter_link(desk, "domicile").click()
    expect(filter_link(desk, "domicile")).to_have_attribute("aria-pressed", "true")
    expect(desk.locator("#mots-tapes")).to_contain_text("portage de repas")
    first_card(desk).locator("h3 a").click()
    desk.go_back()
    expect(heading(desk)).to_contain_text("Pouzauges")


def tabs_to(page, wanted):
    """How many times Tab is pressed (int) until `wanted` has the focus."""
    for presses in range(1, MOST_TAB_STOPS):
        page.keyboard.press("Tab")
        if wanted.evaluate("(node) => document.activeElement === node"):
            return presses
    raise AssertionError(f"not reached by Tab: {wanted}")


def test_keyboard_after_a_search_tab_goes_on_from_the_first_numbers(desk):
    desk.goto("/")
    type_in_box(desk, "mémé pouzauges")
    desk.keyboard.press("Enter")
    expect_results(desk, OLD_AGE)
    start = desk.locator("#resultats [data-start]")
    expect(start).to_be_focused()
    expect(start).to_have_accessible_description(heading(desk).inner_text())
    assert desk.evaluate("scrollY") == 0
    assert tabs_to(desk, number(first_card(desk))) <= 4
    desk.reload()
    expect(start).not_to_be_focused()


def test_mouse_search_leaves_the_focus_alone(desk):
    desk.goto("/")
    box(desk).fill("Pouzauges")
    tile(desk, "Personnes Âgées").click()
    expect_results(desk, OLD_AGE)
    expect(desk.locator("#resultats [data-start]")).not_to_be_focused()


def test_keyboard_skip_link_leads_past_the_box_and_the_filters(desk, open_page):
    for page in (desk, open_page(java_script_enabled=False)):
        page.goto(OLD_AGE)
        page.wait_for_load_state()
        skip = page.get_by_role("link", name="Aller aux résultats")
        skip.focus()
        expect(skip).to_be_in_viewport(ratio=1)
        page.keyboard.press("Enter")
    expect(desk.locator("#resultats [data-start]")).to_be_focused()
    assert tabs_to(desk, number(first_card(desk))) <= 4


def test_keyboard_in_danger_the_first_tab_is_the_first_number(desk):
    desk.goto("/")
    type_in_box(desk, "il veut se suicider challans")
    desk.keyboard.press("Enter")
    strip = desk.locator(".danger-numbers a").first
    expect(strip).to_be_visible()
    expect(desk.locator("#danger-titre")).to_be_focused()
    assert tabs_to(desk, strip) == 1
