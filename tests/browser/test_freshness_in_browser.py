"""A report from the adviser's card arrives, is treated and answered; a month is reviewed.

By keyboard where a mouse would be natural; each page is checked with axe on the way.
"""

import re

from playwright.sync_api import expect

from tests.browser.steps import cards
from tests.browser.test_axe import expect_no_violation

HERE = "/recherche/?situation=impayes&commune=85092"  # where no other test reports
WORDS = "Sonne chez un particulier."
ANSWER = "Merci, le numéro est corrigé."


def test_report_is_tapped_treated_and_answered(open_page):
    adviser, manager = open_page(), open_page("responsable")
    name = tap_by_keyboard(adviser)
    treat(manager, name)
    adviser.goto("/")
    answers = adviser.get_by_role("region", name="Réponses à vos signalements")
    expect(answers).to_contain_text(ANSWER)
    expect_no_violation(adviser)
    answers.get_by_role("button", name="C'est vu").press("Enter")
    expect(answers).to_have_count(0)
    adviser.goto("/mes-signalements/")
    expect(adviser.get_by_text(ANSWER)).to_be_visible()
    expect_no_violation(adviser)


def tap_by_keyboard(page):
    """Undone once, then sent with a word, without leaving the results."""
    page.goto(HERE)
    card = cards(page).nth(1)
    link = card.get_by_role("link", name=re.compile("^Signaler une erreur"))
    link.press("Enter")
    card.get_by_role("button", name="Ne répond pas").press("Enter")
    expect(card.locator(".reported-title")).to_be_focused()
    expect_no_violation(page)
    card.get_by_role("button", name="Annuler le signalement").press("Enter")
    expect(card.get_by_text("rien n'a été envoyé")).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    link.press("Enter")
    card.get_by_role("button", name="Mauvais numéro").press("Enter")
    card.get_by_label(re.compile("précision")).fill(WORDS)
    card.get_by_role("button", name="Ajouter", exact=True).press("Enter")
    expect(card.get_by_text("Votre précision est ajoutée")).to_be_visible()
    expect(page).to_have_url(re.compile(re.escape(HERE) + "$"))
    return card.locator("h3 a").inner_text()


def treat(page, name):
    page.goto("/gestion/signalements/")
    expect_no_violation(page)
    row = page.get_by_role("listitem").filter(has_text=WORDS)
    expect(row).to_contain_text(name)
    row.get_by_role("button", name=re.compile("^Je m'en occupe")).press("Enter")
    expect(row).to_contain_text("s'en occupe")
    page.wait_for_load_state()  # the focus has come back where it was
    row.get_by_role("link", name=re.compile("^Terminer")).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mauvais numéro")
    expect_no_violation(page)
    page.get_by_label(re.compile("^Réponse à")).fill(ANSWER)
    page.get_by_role("button", name="Terminer").press("Enter")
    expect(page.locator(".messages")).to_contain_text("Signalement terminé")
    expect(page.get_by_text(WORDS)).to_have_count(0)


def test_month_is_reviewed_in_one_click_a_line_and_undone(open_page):
    page = open_page("responsable")
    page.goto("/gestion/a-verifier/?quoi=numeros&liste=jamais")
    count = page.get_by_role("link", name=re.compile("^Jamais vérifiés"))
    before = count.inner_text()
    row, next_one = page.locator(".review-row").nth(3), page.locator(".review-row").nth(4)
    line, below = (one.locator("a").first.inner_text() for one in (row, next_one))
    row.get_by_role("button", name=re.compile("^Rien à changer")).press("Enter")
    expect(page.locator(".messages")).to_contain_text(line)
    expect(row).to_contain_text(below)
    expect(row).to_be_focused()  # the next one took its place, and the keyboard is there
    page.keyboard.press("Tab")
    expect(row.locator("a").first).to_be_focused()
    expect(count).not_to_have_text(before)
    expect_no_violation(page)
    page.get_by_role("button", name="Annuler").press("Enter")
    expect(page.locator(".messages")).to_contain_text("annulée")
    expect(count).to_have_text(before)
    for address in (
        "/gestion/a-verifier/chiffres/",
        "/gestion/signalements/manques/",
        "/gestion/fiches/a-recontacter/",
    ):
        page.goto(address)
        expect_no_violation(page)
    page.goto("/gestion/a-verifier/?liste=toutes&quoi=fiches")
    page.locator(".review-name a").first.press("Enter")
    expect(page.get_by_role("button", name="Vérifié, rien à changer")).to_be_visible()
    expect_no_violation(page)
