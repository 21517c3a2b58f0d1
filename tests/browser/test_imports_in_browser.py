"""A messy census goes in and comes out again, by the keyboard, in a real browser."""

import re

from playwright.sync_api import expect

from tests.browser.test_axe import expect_no_violation
from tests.browser.test_media import expect_one_column

MESSY = """Organisme;Tél. accueil;CP;Ville;Domaine;Observations;Truc
Relais du Marais;02 61 91 42 01;85700;Pouzauges;Solitude;Demander Mme Durand;Relais qui écoute.
Entraide des Collines;02.61.91.42.02;85700;POUZAUGES;isolement, impayes;;Prête des meubles.
Secours de la Lande;02 61 91 42 03;85700;Pouzauge-les-Bains;Solitude;;Visite les personnes.
"""
NAME = "Entraide des Collines"


def press(page, name):
    page.get_by_role("button", name=name).press("Enter")


def test_messy_census_is_corrected_planned_written_and_undone_by_keyboard(open_page, tmp_path):
    path = tmp_path / "forum.csv"
    path.write_bytes(MESSY.encode("cp1252"))
    page = open_page("responsable")
    page.goto("/gestion/imports/")
    expect_no_violation(page)
    page.get_by_label("Fichier CSV ou XLSX").set_input_files(path)
    press(page, "Déposer ce fichier")

    expect(page.get_by_role("heading", level=1)).to_have_text("Que contient chaque colonne ?")
    expect(page.get_by_label("Colonne « Organisme »")).to_have_value("nom")
    expect_no_violation(page)
    unknown = page.get_by_label("Colonne « Truc »")
    expect(unknown).to_have_value("")
    unknown.focus()
    page.keyboard.type("en une phrase")
    expect(unknown).to_have_value("resume")
    page.get_by_label("« Solitude »").select_option("isolement")
    page.get_by_label("Zone desservie").select_option("85")
    page.get_by_label("Garder ces choix sous le nom").fill("Forum")
    press(page, "Simuler l'import")

    verdict = page.get_by_role("heading", level=2)
    expect(verdict).to_have_text("2 nouvelles, 1 refusée")
    expect_no_violation(page)
    page.get_by_role("link", name="Les relire").press("Enter")
    expect(page.get_by_role("rowheader")).to_have_text(["Relais du Marais"])
    page.get_by_role("link", name=re.compile("^Refusées")).press("Enter")
    expect(page.get_by_role("rowheader")).to_have_text(["Secours de la Lande"])
    page.set_viewport_size({"width": 320, "height": 640})
    expect_one_column(page)
    press(page, "Écrire 2 fiches dans l'annuaire")

    expect(page.get_by_role("heading", level=1)).to_have_text("Import appliqué")
    expect_no_violation(page)
    page.get_by_role("link", name=NAME, exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    page.go_back()
    page.get_by_role("link", name="Annuler tout cet import…").press("Enter")
    expect(page.get_by_text("Personne n'a modifié ces fiches depuis.")).to_be_visible()
    expect_no_violation(page)
    press(page, "Oui, annuler cet import")
    expect(page.get_by_role("heading", level=1)).to_have_text("Import annulé")
    expect(page.get_by_text("Retirée de l'annuaire")).to_have_count(2)
    page.goto("/gestion/imports/correspondances/")
    expect(page.get_by_label("Nom", exact=True)).to_have_value("Forum")
    expect_no_violation(page)
