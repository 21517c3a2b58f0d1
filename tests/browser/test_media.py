"""Narrow, zoomed, dark, printed: the same page."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.steps import (
    OLD_AGE,
    VIOLENCE,
    cards,
    first_card,
    open_record,
    wait_for_map,
)

NARROW = PHONE | {"viewport": {"width": 320, "height": 640}}
ZOOMED = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}  # 1280 px at 200 %
SCREENS = pytest.mark.parametrize("screen", [NARROW, ZOOMED], ids=["320 px", "200 %"])
PLACES = [
    "/",
    OLD_AGE,
    VIOLENCE,
    "/favoris/",
    "/carte/",
    "/numeros-utiles/",
    "/situations/",
    "/masquer/",
]


def expect_one_column(page):
    """Nothing to scroll to, or cut off, on the right."""
    width, visible = page.evaluate(
        "[document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]"
    )
    assert width <= visible, page.url
    assert page.evaluate(CUT_OFF) == [], page.url


@SCREENS
def test_pages_fit_the_width(open_page, screen):
    page = open_page(**screen)
    for address in PLACES:
        page.goto(address)
        expect_one_column(page)


@SCREENS
def test_record_fits_the_width(open_page, screen):
    page = open_page(**screen)
    open_record(page)
    expect_one_column(page)


@SCREENS
def test_sign_in_fits_the_width(open_page, screen):
    page = open_page(None, **screen)
    page.goto("/connexion/")
    expect_one_column(page)


@SCREENS
def test_map_of_the_results_fits_the_width(open_page, screen):
    page = open_page(**screen)
    page.goto(OLD_AGE)
    page.get_by_role("button", name="Voir la carte").click()
    wait_for_map(page)
    expect_one_column(page)


def background(page):
    """The brightness (0 to 255) of the ground of the page."""
    return page.evaluate(
        """() => {
            const canvas = document.createElement("canvas").getContext("2d");
            canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
            canvas.fillRect(0, 0, 1, 1);
            const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
            return (red + green + blue) / 3;
        }"""
    )


def test_dark_is_dark_and_light_is_light(desk):
    desk.emulate_media(color_scheme="light")
    desk.goto("/")
    assert background(desk) > 200
    desk.emulate_media(color_scheme="dark")
    assert background(desk) < 60


def test_paper_has_the_phones_and_the_verdicts_and_no_map(desk):
    desk.goto(OLD_AGE)
    desk.emulate_media(media="print", color_scheme="dark")
    for hidden in ("#carte", "nav", "[data-hide]", "[data-new-call]", "form.box", "button.copy"):
        for each in desk.locator(hidden).all():
            expect(each).to_be_hidden()
    expect(cards(desk).filter(has=desk.locator("a.phone-number:visible")).first).to_be_visible()
    expect(first_card(desk).locator("[data-verdict=couvre]")).to_be_visible()
    assert background(desk) > 240


def test_line_for_professionals_is_not_printed(desk):
    desk.goto(OLD_AGE)
    line = first_card(desk).get_by_text("Ligne des professionnels")
    expect(line).to_be_visible()
    desk.emulate_media(media="print")
    expect(line).to_be_hidden()


CUT_OFF = """() => {
    const scrolls = (node) => {
        for (let each = node.parentElement; each; each = each.parentElement) {
            if (each.matches(".map, dialog")) return true;
            if (/auto|scroll/.test(getComputedStyle(each).overflowX)) return true;
        }
        return false;
    };
    return [...document.querySelectorAll("h1, h2, h3, p, a, button, input, select, dd, dt, li")]
        .filter((node) => node.checkVisibility() && !node.closest(".visually-hidden, .skip"))
        .filter((node) => node.getBoundingClientRect().right > innerWidth + 1 && !scrolls(node))
        .map((node) => node.outerHTML.slice(0, 120));
}"""
