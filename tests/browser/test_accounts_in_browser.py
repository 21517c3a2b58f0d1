"""Each of the five accounts signs in, and finds what it may do."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import OLD_AGE, expect_results, first_card, open_record, sign_in, tile

ACCOUNTS = {
    "conseillere": "chargée de clientèle",
    "responsable": "responsable du lien social",
    "agence": "agence",
    "proximite": "proximité",
    "admin": "administration",
}
MAY_REPORT = set(ACCOUNTS) - {"proximite"}


def reports(page):
    return page.get_by_role("link", name=re.compile("^Signaler"))


@pytest.mark.parametrize(("account", "role"), ACCOUNTS.items())
def test_account_signs_in_and_reads_who_it_is(open_page, account, role):
    page = open_page(account)
    page.goto(OLD_AGE)
    expect(first_card(page).locator("a.phone-number").first).to_be_visible()
    expect(reports(first_card(page))).to_have_count(int(account in MAY_REPORT))
    page.get_by_text("Mon compte").locator("..").click()
    panel = page.locator("details[data-menu]")
    expect(panel).to_contain_text(f"{account}@example.org")
    expect(panel).to_contain_text(role)


def test_field_staff_reads_and_calls_and_reports_nothing(open_page):
    page = open_page("proximite")
    page.goto(OLD_AGE)
    expect(first_card(page).locator("a.phone-number").first).to_be_visible()
    expect(reports(page)).to_have_count(0)
    expect(page.get_by_text("Ligne des professionnels")).to_have_count(0)
    open_record(page)
    expect(reports(page)).to_have_count(0)
    expect(page.get_by_text("Ligne des professionnels")).to_have_count(0)


def test_wrong_password_is_said_in_french(open_page):
    page = open_page(None)
    sign_in(page, "conseillere", "ce n'est pas lui")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("courriel|mot de passe", re.I))
    expect(page).to_have_url(re.compile("/connexion/"))
    expect(page.get_by_label("Courriel")).to_have_value("conseillere@example.org")
    expect(page.get_by_label("Mot de passe")).to_have_value("")


def test_asked_page_comes_after_signing_in(open_page, demo):
    page = open_page(None)
    page.goto(OLD_AGE)
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    page.get_by_label("Courriel").fill("conseillere@example.org")
    page.get_by_label("Mot de passe").fill(demo.password)
    page.get_by_role("button", name="Se connecter").click()
    expect_results(page, OLD_AGE)


def test_signed_out_browser_shows_no_results_any_more(open_page, demo):
    page = open_page(None)
    sign_in(page, "agence", demo.password)
    expect(tile(page, "Personnes Âgées")).to_be_visible()
    page.goto(OLD_AGE)
    page.get_by_text("Mon compte").locator("..").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page).to_have_url(re.compile("/connexion/"))
    page.go_back()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    expect(page.locator("#resultats")).to_have_count(0)
