"""What people do and look for, said once."""

import re

from playwright.sync_api import expect

OLD_AGE = "/recherche/?situation=personnes-agees&commune=85182"  # Pouzauges
VIOLENCE = "/recherche/?situation=violences&commune=85047"  # Challans
SEVERAL_NEEDS = "/recherche/?situation=impayes&situation=energie&commune=85092"  # Fontenay
ISLAND = "/recherche/?situation=addictions&commune=85113"  # L'Île-d'Yeu
VIOLENCE_SHELTER = "/recherche/?situation=sans-logement&commune=85047"
CONFIDENTIAL = "Maison du Tilleul"


def sign_in(page, account, password):
    page.goto("/connexion/")
    page.get_by_label("Courriel").fill(f"{account}@example.org")
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Se connecter").click()


def until(page, script, expected):
    """`script` answers `expected` within ten seconds.

    Playwright's own `wait_for_function` takes the promise of an asynchronous function for a yes.
    """
    for _ in range(200):
        found = page.evaluate(script)
        if found == expected:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{found} and not {expected}")


def box(page):
    return page.locator("input[data-complete]")


def chips(page):
    return page.locator("form .chip [data-chip-label]")


def type_in_box(page, text):
    """Once the script of the box is there: it proposes nothing for what was typed before."""
    page.wait_for_load_state()
    box(page).press_sequentially(text)


def option(page, name):
    """The first proposal whose name begins so: a situation or a commune before a record."""
    return page.get_by_role("option", name=re.compile(f"^{name}")).first


def tile(page, name):
    return page.get_by_role("button", name=name, exact=True)


def cards(page):
    return page.locator("#resultats article[data-card]")


def first_card(page):
    return cards(page).first


def number(card):
    return card.locator("a.phone-number").first


def copy_button(card):
    return card.locator("button[data-copy]").first


def filter_link(page, name):
    return page.locator(f"#resultats .filter[id^='filtre-{name}']")


def heading(page):
    return page.locator("#resultats-titre")


def expect_results(page, address):
    """The results of an address of facts, their scripts at work."""
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))
    expect(first_card(page)).to_be_visible()
    page.wait_for_load_state()


def wait_for_map(page):
    """The communes and the pins are drawn."""
    expect(page.locator("#carte path.outline").first).to_be_attached()
    expect(page.locator("#carte .leaflet-marker-pane > *").first).to_be_visible()


def open_record(page):
    """The record of the first card."""
    page.goto(OLD_AGE)
    name = first_card(page).locator("h3 a")
    expected = name.inner_text()
    name.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(expected)


def open_confidential(page):
    """The record of a shelter whose address is kept secret."""
    page.goto(VIOLENCE_SHELTER)
    page.evaluate("document.querySelectorAll('main details').forEach((fold) => (fold.open = true))")
    page.get_by_role("link", name=re.compile(f"^{CONFIDENTIAL}")).first.click()


def is_in_front(locator):
    """Whether nothing covers the middle of it."""
    return locator.evaluate(
        """(node) => {
            const { left, top, width, height } = node.getBoundingClientRect();
            const found = document.elementFromPoint(left + width / 2, top + height / 2);
            return node === found || node.contains(found);
        }"""
    )


def storage(page):
    """Everything this browser keeps of the site (str)."""
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    return kept + str(page.context.cookies())
