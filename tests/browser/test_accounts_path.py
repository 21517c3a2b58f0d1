"""From the invitation to a forgotten password, with the e-mails that the demonstration writes."""

import re
import time

from playwright.sync_api import expect

from tests.browser.steps import box, cards, sign_in
from tests.browser.test_axe import expect_no_violation

EMAIL, FIRST, SECOND = "nouvelle@example.org", "trois lapins à vélo", "quatre canards en kayak"


def last_link(demo, word):
    """The path of the link of the last e-mail to the newcomer whose text has `word`."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for path in sorted((demo.folder / "data/courriels").glob("*"), reverse=True):
            text = _decoded(path)
            if EMAIL in text and (found := re.search(rf"http://[^/\s]+(/{word}/\S+)", text)):
                return found[1]
        time.sleep(0.2)
    raise AssertionError("no e-mail came")


def _decoded(path):
    import email
    from email import policy

    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    return f"{message['To']}\n{message.get_content()}"


def test_newcomer_is_invited_enters_and_chooses_another_password(open_page, demo):
    admin = open_page("admin")
    admin.goto("/gestion/comptes/")
    expect_no_violation(admin)
    for address in ("/gestion/donnees/", "/gestion/donnees/personnes/"):
        admin.goto(address)
        expect_no_violation(admin)
    admin.goto("/gestion/comptes/")
    admin.get_by_role("link", name="Inviter quelqu'un").click()
    admin.get_by_label("Courriel").fill(EMAIL)
    admin.get_by_role("radio", name="Chargée de clientèle").check()
    admin.get_by_role("button", name="Envoyer l'invitation").click()
    expect(admin.get_by_text(f"Invitation envoyée à {EMAIL}")).to_be_visible()

    page = open_page(None)
    page.goto(last_link(demo, "invitation"))
    expect_no_violation(page)
    page.get_by_label("Nouveau mot de passe", exact=True).fill(FIRST)
    page.get_by_label("Confirmation").fill(FIRST)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="appel inventé 1 sur 3")).to_be_visible()
    expect_no_violation(page)
    box(page).fill(page.locator(".guide kbd").inner_text())
    page.keyboard.press("Enter")
    expect(cards(page).first).to_be_visible()
    page.goto("/mon-compte/")
    expect(page.get_by_text("Chrome sur")).to_be_visible()
    expect_no_violation(page)

    other = open_page(None)
    other.goto("/connexion/")
    other.get_by_role("link", name="Mot de passe oublié").click()
    other.get_by_label("Courriel").fill(EMAIL)
    other.get_by_role("button", name="Recevoir le lien").click()
    expect(other.get_by_role("heading", name="Regardez vos courriels")).to_be_visible()
    other.goto(last_link(demo, "mot-de-passe"))
    other.get_by_label("Nouveau mot de passe", exact=True).fill(SECOND)
    other.get_by_label("Confirmation").fill(SECOND)
    other.get_by_role("button", name="Enregistrer").click()
    expect(other.get_by_text("Votre mot de passe est changé")).to_be_visible()
    sign_in(other, "nouvelle", SECOND)
    expect(other.get_by_role("button", name="Nouvel appel")).to_be_visible()
    page.goto("/mon-compte/")
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
