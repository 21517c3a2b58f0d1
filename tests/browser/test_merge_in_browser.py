"""Two records made one with the keyboard, in a real browser."""

import re

from playwright.sync_api import expect

from tests.browser.test_axe import expect_no_violation
from tests.browser.test_media import expect_one_column

NAME = "Relais du Marais (démonstration)"


def write(page, name, summary):
    page.goto("/gestion/fiches/nouvelle/")
    page.locator("#id_name").fill(name)
    page.locator("#id_summary").fill(summary)
    page.locator("#id_phone").fill("02 61 91 00 88")
    page.locator("[name=commune]").fill("Pouzauges")
    page.locator("#id_name").press("Enter")


def test_two_records_are_compared_seen_together_and_merged_by_keyboard(open_page):
    page = open_page("responsable")
    write(page, NAME, "Rend visite.")
    page.watch.expect("422")
    write(page, f"{NAME} bis", "Rend visite aux personnes seules.")
    old = page.get_by_role("alert").get_by_role("link").first.get_attribute("href")
    page.get_by_label("Ce n'est pas la même").press("Space")
    page.locator("#id_name").press("Enter")
    expect(page.locator(".messages")).to_contain_text("enregistré")
    page.goto("/gestion/doublons/?etat=distinctes")
    expect_no_violation(page)
    page.get_by_role("button", name="Les comparer de nouveau").first.press("Enter")
    line = page.get_by_role("listitem").filter(has_text=NAME).first
    expect_no_violation(page)
    line.get_by_role("link", name=re.compile("^Comparer")).press("Enter")
    choice = page.get_by_role("group", name=re.compile("^En une phrase"))
    expect(choice.get_by_label(re.compile("personnes seules"))).to_be_checked()
    choice.get_by_label(re.compile("personnes seules")).press("ArrowLeft")
    page.get_by_role("button", name="Voir le résultat").press("Enter")
    expect(page.get_by_role("status").get_by_text("Rend visite.", exact=True)).to_be_visible()
    expect_no_violation(page)
    page.set_viewport_size({"width": 320, "height": 640})
    expect_one_column(page)
    page.get_by_role("button", name="Fusionner").press("Enter")
    expect(page.locator(".messages")).to_contain_text("une seule fiche")
    page.goto("/gestion/doublons/?etat=faites")
    expect(page.get_by_text(f"a absorbé « {NAME} bis »")).to_be_visible()
    expect_no_violation(page)
    page.goto(old)
    expect(page.locator("#id_name")).to_have_value(re.compile(NAME.split(" (")[0]))
