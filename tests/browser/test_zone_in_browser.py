"""A structure is made with its hours and a zone drawn on the map, with the keyboard alone."""

import re

from playwright.sync_api import expect

from tests.browser.test_axe import expect_no_violation
from tests.browser.test_media import expect_one_column

NAME = "Atelier du Marais (démonstration)"


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def fill(page, selector, text):
    page.locator(selector).press_sequentially(text)


def draw_square(page):
    """A corner in the middle of the map, then to the right, down and back."""
    page.get_by_role("button", name="Dessiner une zone").press("Enter")
    expect(page.locator("#carte-zone")).to_be_focused()
    press(page, "Enter", *["Shift+ArrowRight"] * 3, "Enter")
    press(page, *["Shift+ArrowUp"] * 2, "Enter", "Backspace", "Enter")
    press(page, *["Shift+ArrowLeft"] * 3, "Enter")
    expect(page.locator("#carte-zone-avis")).to_have_text("Coin 4 posé.")


def test_structure_with_hours_and_a_drawn_zone_is_made_by_keyboard(open_page):
    page = open_page("responsable")
    page.goto("/gestion/fiches/nouvelle/")
    fill(page, "#id_name", NAME)
    fill(page, "#id_summary", "Répare et prête des vélos.")
    fill(page, "#id_phone", "02 61 91 00 78")
    page.locator("[id='id_situation-isolement']").select_option("coeur")
    expect(page.locator("#carte-zone path.outline").first).to_be_attached()
    draw_square(page)
    expect_no_violation(page)
    page.locator(".record-bar button[value=publier]").press("Enter")
    expect(page.locator("#carte-zone-avis")).to_contain_text("Rien n'est encore enregistré")
    page.locator("#carte-zone").press("Enter")  # a second time at the same place
    expect(page.locator("[data-zone-said]")).to_contain_text("communes")
    taken = page.locator("[data-zone-list] [name=zones]")
    drawn = taken.count()
    assert drawn > 2
    expect(page.locator("#carte-zone path.is-taken").first).to_be_attached()
    # The commune under the cross, which the map and the list both lose, then find again.
    page.locator("#carte-zone").get_by_role("button", name="Recentrer").press("Enter")
    page.locator("#carte-zone").press("Enter")
    expect(page.locator("[data-zone-said]")).to_have_text(re.compile("^(Retiré|Ajouté)"))
    page.get_by_role("button", name="Annuler", exact=True).press("Enter")
    expect(taken).to_have_count(drawn)
    fill(page, "#id_jour_0", "9h-12h / 14h-17h30")
    fill(page, "#id_jour_1", "sur rendez-vous")
    page.locator(".record-bar button[value=publier]").press("Enter")
    expect(page.locator(".messages")).to_contain_text("Les conseillères la voient")
    expect(taken).to_have_count(drawn)
    expect(page.locator("#carte-zone path.is-taken").first).to_be_attached()
    expect_no_violation(page)
    page.set_viewport_size({"width": 320, "height": 640})
    expect_one_column(page)
