"""A scheme, from the situation to the office that instructs it where the tenant lives."""

from playwright.sync_api import expect

from tests.browser.steps import cards, option, tile, type_in_box
from tests.browser.test_axe import expect_no_violation

OFFICES = {
    "Pouzauges": ("Espace Solidarités du Mont", "02 61 91 65 53"),
    "Challans": ("Espace Solidarités du Marais", "02 61 91 61 64"),
    "L'Île-d'Yeu": ("Espace Solidarités de l'Île", "02 61 91 18 80"),
}


def test_fsl_leads_to_the_right_office_in_three_communes(desk):
    for commune, (office, phone) in OFFICES.items():
        desk.goto("/")
        type_in_box(desk, commune)
        option(desk, commune).click()
        tile(desk, "Impayé de loyer").click()
        card = cards(desk).filter(has_text="(FSL)").first
        expect(card.locator(".card-door")).to_contain_text(office)
        expect(card.locator(".card-door .phone-number")).to_have_text(phone)
        card.get_by_role("link", name="FSL").first.click()
        doors = desk.get_by_role("region", name=f"Qui instruit pour {commune}")
        expect(doors.locator(".phone-number").first).to_have_text(phone)
        expect(doors.locator(".phone-number").first).to_be_in_viewport(ratio=1)
    titles = desk.locator(".listing-main h2").all_inner_texts()
    told = ["Papiers à apporter", "Comment cela se passe", "Qui décide, et quand", "Ensuite"]
    assert [title for title in titles if title in told] == told
    expect_no_violation(desk)
