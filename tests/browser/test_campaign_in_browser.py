"""A campaign from its choice to what a partner answers on a telephone, and to its acceptance."""

import re
import time
from email import message_from_bytes, policy

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.test_axe import expect_no_violation

TYPE = "etat"  # one record of the demonstration, that no other test looks at
WORDS = "taper 7"
LINK = re.compile(r"http://\S+/votre-fiche/[\w.-]+/$", re.MULTILINE)


def test_campaign_goes_out_comes_back_and_is_accepted(open_page, demo):
    manager = open_page("responsable")
    manager.watch.expect("422")
    prepare(manager)
    send(manager)
    link = LINK.search(message(demo))[0]
    partner = open_page(None, **PHONE)
    partner.watch.expect("422")
    name = answer(partner, link)
    accept(manager, name)
    partner.goto(link)
    expect(partner.get_by_text(WORDS).first).to_be_visible()
    partner.get_by_role("link", name="Ne plus recevoir ces messages").click()
    expect_no_violation(partner)
    assert partner.context.cookies() == []


def prepare(page):
    page.goto("/gestion/campagnes/")
    expect_no_violation(page)
    page.get_by_role("link", name="Préparer une campagne").press("Enter")
    page.get_by_label("Nom de la campagne").fill("Essai")
    page.get_by_label("Toutes les fiches publiées").check()
    page.get_by_label("Type de structure").select_option(TYPE)
    page.get_by_label("Objet").fill("Accueil des femmes battues")
    page.get_by_role("button", name="Enregistrer et voir à qui").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("laisse deviner une situation")
    expect_no_violation(page)
    page.get_by_label("Objet").fill("Votre fiche est-elle exacte ?")
    page.get_by_role("button", name="Enregistrer et voir à qui").press("Enter")
    expect(page.get_by_role("heading", name="1 message, pour 1 fiche")).to_be_visible()
    expect_no_violation(page)


def send(page):
    page.get_by_role("link", name="Envoyer…").press("Enter")
    expect_no_violation(page)
    page.get_by_role("button", name="Oui, envoyer").press("Enter")
    expect(page.locator(".messages")).to_contain_text("C'est parti")
    expect(page.get_by_role("heading", name="Où en est-on")).to_be_visible(timeout=60_000)
    expect_no_violation(page)


def message(demo):
    """The text of the last file of the demonstration that has a partner's link."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        for path in sorted((demo.folder / "data/courriels").glob("*"), reverse=True):
            text = message_from_bytes(path.read_bytes(), policy=policy.default).get_content()
            if LINK.search(text):
                return text
        time.sleep(0.2)
    raise AssertionError("no message has come")


def answer(page, link):
    """On a phone: the page, a correction that is refused, then one that is sent."""
    page.goto(link)
    name = page.get_by_role("heading", level=1).inner_text()
    expect(page.get_by_role("button", name="Tout est exact, rien à changer")).to_be_visible()
    expect_no_violation(page)
    page.get_by_label("Téléphone", exact=True).fill("abc")
    page.get_by_label("Pour passer le standard").fill(WORDS)
    page.get_by_role("button", name="Envoyer mes corrections").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Rien n'est encore envoyé")
    expect(page.get_by_label("Pour passer le standard")).to_have_value(WORDS)
    page.goto(link)
    page.get_by_text("Corriger ou compléter").click()
    page.get_by_label("Pour passer le standard").fill(WORDS)
    page.get_by_role("button", name="Envoyer mes corrections").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    expect_no_violation(page)
    return name


def accept(page, name):
    page.goto("/gestion/propositions/")
    row = page.get_by_role("article").filter(has_text=name)
    expect(row).to_contain_text(WORDS)
    expect_no_violation(page)
    row.get_by_role("button", name=re.compile("^Reprendre")).press("Enter")
    expect(page.locator(".messages")).to_contain_text("Valeur reprise")
    expect(page.get_by_role("article").filter(has_text=name)).to_have_count(0)
