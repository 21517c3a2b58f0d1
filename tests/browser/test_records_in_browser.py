"""A record, written with the keyboard in a real browser."""

import re

from playwright.sync_api import expect

from tests.browser.test_axe import expect_no_violation
from tests.browser.test_media import expect_one_column

NAME = "Relais du Lay (démonstration)"


def publish(page):
    page.locator(".record-bar button[value=publier]").press("Enter")
    page.wait_for_load_state()


def test_record_is_written_by_keyboard_published_and_seen(open_page):
    page = open_page("responsable")
    page.goto("/gestion/fiches/")
    expect_no_violation(page)
    page.get_by_role("link", name="Nouvelle fiche").press("Enter")
    page.locator("#id_name").press_sequentially(NAME)
    page.watch.expect("422")
    publish(page)
    expect(page.get_by_role("alert")).to_contain_text("pour être publiée, il manque")
    expect_no_violation(page)
    page.get_by_role("link", name="Une phrase de résumé").press("Enter")
    expect(page.locator("#id_summary")).to_be_focused()
    page.keyboard.type("Rend visite aux personnes seules.")
    page.locator("#id_phone").press_sequentially("02 61 91 00 77")
    page.locator("[id='id_situation-isolement']").select_option("coeur")
    zone = page.get_by_label("Ajouter un territoire")
    with page.expect_response("**/gestion/fiches/proposer/"):
        zone.press_sequentially("cc du pays de pouz")
    proposed = page.locator("datalist option").first
    expect(proposed).to_have_attribute("value", re.compile("^CC du Pays de Pouzauges · "))
    zone.fill(proposed.get_attribute("value"))
    page.locator("#id_jour_0").fill("9h-12h / 14h-17h30")
    page.get_by_role("button", name="Ajouter une permanence").press("Enter")
    page.keyboard.type("mairie")
    page.locator("[id='id_permanences-1-commune']").fill("Pouzauges")
    page.locator("[id='id_permanences-1-day']").select_option(label="mardi")
    page.locator("[id='id_permanences-1-slots']").fill("14h-17h")
    publish(page)
    expect(page.locator(".messages")).to_contain_text("Les conseillères la voient")
    expect_no_violation(page)
    page.set_viewport_size({"width": 320, "height": 640})
    expect_one_column(page)
    page.get_by_role("link", name="Voir comme une conseillère").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(page.get_by_text("Tous les mardis, 14 h – 17 h")).to_be_visible()
    put_papers_in_order(page)


def put_papers_in_order(page):
    """By the buttons of their rows, which do with the keyboard what a number does without them."""
    page.get_by_role("link", name="Papiers et documents").click()
    names = page.locator("ol > [data-row] input[name$='-name']")
    names.first.fill("Bail")
    page.get_by_role("button", name="Ajouter un papier").press("Enter")
    names.nth(1).fill("RIB")
    page.locator("[data-move-row='-1']").nth(1).press("Enter")
    expect(page.locator("#annonce")).to_have_text("Rang 1 sur 2.")
    expect(page.locator("ol > [data-row] input[name$='-order']").first).to_be_hidden()
    page.get_by_role("button", name="Enregistrer").press("Enter")
    expect(page.locator(".messages")).to_be_visible()
    assert [field.input_value() for field in names.all()][:2] == ["RIB", "Bail"]


def test_record_changed_by_two_people_shows_both_and_lets_choose(open_page):
    first, second = open_page("responsable"), open_page("admin")
    first.goto("/gestion/fiches/?statut=publie")
    address = first.locator(".records-line h2 a").first.get_attribute("href")
    for page in (first, second):
        page.goto(address)
    first.locator("#id_summary").fill("La phrase de la première.")
    first.locator("#id_summary").press("Enter")
    expect(first.locator(".messages")).to_contain_text("Fiche enregistrée")
    second.locator("#id_summary").fill("La phrase de la seconde.")
    second.watch.expect("409")
    second.locator("#id_summary").press("Enter")
    clash = second.get_by_role("alert")
    expect(clash).to_contain_text("responsable@example.org")
    expect_no_violation(second)
    clash.get_by_label(re.compile("Garder la mienne")).press("Space")
    clash.get_by_role("button", name="Enregistrer ces choix").press("Enter")
    expect(second.locator("#id_summary")).to_have_value("La phrase de la seconde.")
    expect(second.locator(".messages")).to_contain_text("Fiche enregistrée")
