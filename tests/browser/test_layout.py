"""What an adviser must see whole: chips, filters, names and hours of numbers."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.steps import VIOLENCE, box, cards, chips, filter_link
from tests.browser.test_media import expect_one_column

SEVERAL = "/recherche/?situation=personnes-agees&situation=isolement&commune=85182"
SMALL = PHONE | {"viewport": {"width": 320, "height": 640}}
WIDTHS = pytest.mark.parametrize("screen", [SMALL, PHONE], ids=["320 px", "390 px"])

IS_CUT = """(node) => {
    const { left, right } = node.getBoundingClientRect();
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = node;
    const isOver = scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1;
    return isOver || left < 0 || right > innerWidth;
}"""
PLACEHOLDER_FITS = """(input) => {
    const { font, paddingLeft, paddingRight } = getComputedStyle(input);
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.font = font;
    const room = input.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    return canvas.measureText(input.placeholder).width <= room;
}"""


def expect_whole(locator):
    for each in locator.all():
        if each.is_visible():
            assert not each.evaluate(IS_CUT), each.inner_text()


@WIDTHS
def test_every_chip_of_the_box_is_seen_and_removed_on_a_phone(open_page, screen):
    page = open_page(**screen)
    page.goto(SEVERAL)
    expect(chips(page)).to_have_text(["Personnes Âgées", "Isolement et solitude", "Pouzauges"])
    for chip in page.locator("form .chip").all():
        expect(chip).to_be_in_viewport(ratio=1)
    expect_whole(page.locator("form .chip, form .box-field"))
    assert box(page).evaluate(PLACEHOLDER_FITS)
    page.locator(".chip", has_text="Pouzauges").tap()
    expect(chips(page)).to_have_text(["Personnes Âgées", "Isolement et solitude"])
    expect_one_column(page)


@WIDTHS
def test_every_filter_is_on_the_screen_of_a_phone_under_its_heading(open_page, screen):
    page = open_page(**screen)
    page.goto(SEVERAL)
    page.get_by_text("Autres filtres").tap()
    expect(page.get_by_role("list", name="Public", exact=True)).to_be_visible()
    expect(filter_link(page, "distance")).to_contain_text("sans se déplacer")
    expect_whole(page.locator("#resultats .filter"))
    expect_one_column(page)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_names_and_hours_of_the_danger_strip_are_whole_and_numbers_stand_once(open_page, width):
    page = open_page(viewport={"width": width, "height": 900})
    page.goto(VIOLENCE)
    strip = page.locator(".danger-numbers")
    expect(strip.get_by_text("Violences Femmes Info", exact=True)).to_be_visible()
    expect_whole(strip.locator("a, span"))
    said = strip.inner_text()
    assert said.count("3919") == said.count("116 006") == 1
    expect_one_column(page)


@pytest.mark.parametrize("width", [768, 1024, 1169, 1249, 1280, 1440])
def test_name_of_the_site_is_never_cut(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    page.goto("/")
    expect_whole(page.locator(".brand > *"))
    expect_one_column(page)


def test_links_at_the_foot_of_a_card_share_a_line_at_a_desk(open_page):
    page = open_page(viewport={"width": 1280, "height": 800})
    page.goto(SEVERAL)
    for links in cards(page).locator(".card-links").all():
        if links.is_visible():
            assert links.bounding_box()["height"] < 40


def test_label_of_the_highest_month_is_whole_on_a_phone(open_page):
    page = open_page("responsable", **PHONE)
    page.goto("/gestion/usage/")
    chart = page.locator(".usage-columns")
    top = chart.bounding_box()["y"]
    assert all(label.bounding_box()["y"] >= top for label in chart.locator("text").all())
