"""The manager sees what is missing, by keyboard: from an empty cell to the register."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.test_axe import expect_no_violation

SCHEME = "Fonds Maintien du Locataire"
FEW = "/gestion/couverture/?sans_rdv=1&coeur=1&local=1"


@pytest.fixture
def manager(open_page):
    return open_page("responsable")


def close(manager, link):
    """The gap is closed by a scheme, which must be named; by keyboard."""
    link.press("Enter")
    manager.get_by_role("radio", name="comblé").press("Space")
    manager.watch.expect("422")
    manager.get_by_role("button", name="Enregistrer").press("Enter")
    expect(manager.get_by_text("Un manque comblé dit quelle fiche y répond.")).to_be_visible()
    expect_no_violation(manager)
    closer = manager.get_by_label("Fiche qui y répond")
    closer.press_sequentially(SCHEME[:12])
    proposed = manager.locator(f'datalist option[value^="{SCHEME}"]')
    expect(proposed).to_be_attached()
    closer.fill(proposed.get_attribute("value"))
    closer.press("Enter")
    expect(manager.get_by_text("Le registre est à jour.")).to_be_visible()
    manager.get_by_role("link", name="Comblé", exact=True).press("Enter")
    closed = manager.get_by_role("row").filter(has_text=f"Comblé par {SCHEME}")
    expect(closed).to_be_visible()
    expect_no_violation(manager)


def test_empty_cell_leads_to_the_register_and_its_gap_is_closed_by_keyboard(manager):
    manager.goto(FEW)
    expect_no_violation(manager)
    empty = manager.locator("td[data-level=aucun] a").first
    empty.focus()
    left = manager.evaluate("document.activeElement.title")
    for key in ("ArrowRight", "ArrowDown", "ArrowUp", "ArrowLeft"):
        manager.keyboard.press(key)
    assert manager.evaluate("document.activeElement.title") == left
    manager.keyboard.press("Enter")
    need = left.partition(",")[0]
    expect(manager.get_by_role("heading", level=1)).to_contain_text(need)
    expect_no_violation(manager)
    manager.get_by_role("link", name="Inscrire au registre des manques").press("Enter")
    manager.get_by_label("Notes").fill("Personne sans rendez-vous.")
    expect_no_violation(manager)
    manager.get_by_role("button", name="Enregistrer").press("Enter")
    expect(manager.get_by_text("Le manque est inscrit au registre.")).to_be_visible()
    expect_no_violation(manager)
    manager.get_by_role("link", name="Registre des manques").press("Enter")
    line = manager.get_by_role("row").filter(has_text=need)
    expect(line).to_be_visible()
    expect_no_violation(manager)
    close(manager, line.get_by_role("link").first)
    manager.set_viewport_size({"width": 320, "height": 640})
    manager.goto(FEW)
    assert manager.evaluate("document.documentElement.scrollWidth") <= 320


def test_map_colours_the_communes_and_breaks_no_rule(manager):
    manager.goto("/gestion/couverture/carte/?situation=voisinage&sans_rdv=1&coeur=1")
    expect(manager.locator("path.coverage-outline--aucun").first).to_be_attached()
    expect(
        manager.locator(".place-name", has_text=re.compile(r"La Roche-sur-Yon\s\d"))
    ).to_be_attached()
    expect_no_violation(manager)


def test_history_breaks_no_rule_on_a_phone_too(open_page):
    page = open_page("responsable", **PHONE)
    page.goto("/gestion/fiches/")
    page.locator(".records-line h2 a").first.click()
    page.get_by_role("link", name="Relation", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Notre relation avec ce partenaire")
    expect_no_violation(page)
    page.go_back()
    page.get_by_role("link", name="Historique", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Historique de")
    expect_no_violation(page)
