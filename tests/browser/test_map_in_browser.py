"""The map is the list drawn: same numbers, both ways, and readable without a base map."""

import re
from collections import Counter

from playwright.sync_api import expect

from partners.pins import decode
from tests.browser.steps import (
    ISLAND,
    OLD_AGE,
    VIOLENCE,
    cards,
    filter_link,
    heading,
    open_confidential,
    open_record,
    wait_for_map,
)


def pins(page):
    """Pins that stand alone, with a number."""
    return page.locator("#carte .pin:has(span)").filter(visible=True)


def bring_out_pins(page):
    """Zoom to the first partner's place, where a group opens into single pins; give one."""
    page.goto(VIOLENCE)
    wait_for_map(page)
    page.locator("#resultats [data-show-pin]").first.click()
    popup_close = page.locator("#carte").get_by_role("button", name="Fermer")
    popup_close.click()
    expect(popup_close).to_have_count(0)
    return pins(page).last


def popup(page):
    return page.locator("#carte .leaflet-popup-content")


def notice(page):
    return page.locator("#carte-avis")


def answer(page):
    """What the server gave the map to draw."""
    source = page.locator("#carte").get_attribute("data-src")
    return page.request.get(source).json()


def points(page):
    """The pins that the map draws."""
    return decode(answer(page)["reperes"])


def test_pins_carry_the_numbers_of_the_cards(desk):
    desk.goto(OLD_AGE)
    wait_for_map(desk)
    numbers = dict(answer(desk)["numeros"])
    assert numbers
    for card, number in numbers.items():
        pin = desk.locator(f"#resultats [data-card='{card}'] .card-pin")
        expect(pin.first).to_have_text(re.compile(rf"repère\s+{number}$"))


def test_number_of_a_card_opens_its_pin(desk):
    desk.goto(OLD_AGE)
    wait_for_map(desk)
    card = cards(desk).first
    name = card.locator("h3 a").inner_text()
    card.get_by_role("button", name=re.compile("^Voir sur la carte")).click()
    expect(popup(desk)).to_contain_text(name)
    expect(popup(desk).locator("a.phone-number")).to_have_attribute("href", re.compile("^tel:"))
    expect(desk.locator("#carte .pin.is-shown span")).to_have_text("1")


def test_pin_shows_its_card_and_leads_the_keyboard_to_it(desk):
    pin = bring_out_pins(desk)
    number = pin.inner_text()
    pin.click()
    card = desk.locator("#resultats [data-card].is-shown")
    expect(card.locator(".card-pin")).to_have_text(re.compile(rf"{number}$"))
    expect(card).to_be_in_viewport()
    popup(desk).get_by_role("link", name="Voir dans la liste").click()
    expect(card.locator("a:focus")).to_have_count(1)


def test_card_under_the_mouse_or_the_focus_lights_its_pin(desk):
    number = bring_out_pins(desk).inner_text()
    button = desk.locator("#resultats .card-pin").filter(has_text=re.compile(rf"\b{number}$")).first
    shown = desk.locator("#carte .is-shown")
    button.hover()
    expect(shown).to_have_count(1)
    expect(shown).to_have_text(number)
    desk.mouse.move(700, 5)
    expect(shown).to_have_count(0)
    button.focus()
    expect(shown).to_have_count(1)


def test_tenants_commune_is_outlined_named_and_credited(desk):
    desk.goto(OLD_AGE)
    wait_for_map(desk)
    expect(desk.locator("#carte path.outline-tenant")).to_have_count(1)
    expect(desk.locator("#carte .place-name--tenant")).to_have_text("Pouzauges")
    credit = desk.locator("#carte .leaflet-control-attribution")
    expect(credit).to_contain_text("IGN")
    expect(credit).to_be_visible()
    expect(notice(desk)).to_have_text("")
    expect(desk.locator("#carte img.leaflet-tile-loaded").first).to_be_attached()


def test_without_tiles_the_map_says_so_and_remains_one(open_page):
    page = open_page(has_tiles=False)
    page.goto(OLD_AGE)
    wait_for_map(page)
    expect(notice(page)).to_contain_text("Fond de carte indisponible")
    expect(page.locator("#carte path.outline-tenant")).to_have_count(1)
    assert page.locator("#carte path.outline").count() > 200
    assert page.locator("#carte .place-name span").filter(visible=True).count() > 5
    expect(page.locator("#carte img.leaflet-tile")).to_have_count(0)


def test_without_the_map_the_list_is_whole(open_page):
    whole, plain = open_page(), open_page(java_script_enabled=False)
    for page in (whole, plain):
        page.goto(ISLAND)
    expect(plain.locator("#carte")).to_be_hidden()
    expect(heading(plain)).to_have_text(heading(whole).inner_text())
    expect(cards(plain)).to_have_count(cards(whole).count())


def test_unreachable_points_are_said_and_the_list_stays(desk):
    desk.watch.expect("carte.json")
    desk.route("**/recherche/carte.json*", lambda route: route.abort())
    desk.goto(OLD_AGE)
    expect(notice(desk)).to_contain_text("la liste reste complète")
    expect(cards(desk).first).to_be_visible()


def test_filter_leaves_the_same_partners_on_the_map_and_in_the_list(desk):
    desk.goto(VIOLENCE)
    wait_for_map(desk)
    with desk.expect_response(re.compile(r"carte\.json.*sans_rdv=1")):
        filter_link(desk, "sans_rdv").click()
    expect(filter_link(desk, "sans_rdv")).to_have_attribute("aria-current", "true")
    shown = {pk for pk, _ in answer(desk)["numeros"]}
    numbered = desk.locator("#resultats [data-card]:has(.card-pin)")
    listed = numbered.evaluate_all("(cards) => cards.map((card) => Number(card.dataset.card))")
    assert shown == set(listed)


def test_pins_stay_out_of_the_way_of_the_keyboard(desk):
    desk.goto(VIOLENCE)
    wait_for_map(desk)
    stops = desk.locator("#carte .leaflet-marker-pane [tabindex='0']")
    expect(stops).to_have_count(0)


def test_territory_is_drawn_and_narrowed_by_situation(desk):
    desk.goto("/carte/")
    expect(desk.locator("#carte .pin-cluster").first).to_be_visible()
    for name in ("Zoomer", "Dézoomer", "Recentrer la carte"):
        control = desk.locator("#carte").get_by_role("button", name=name, exact=True)
        expect(control).to_be_visible()
    everything = len(points(desk))
    desk.get_by_label("Situation").select_option(label="Addictions")
    desk.get_by_role("button", name="Afficher").click()
    expect(desk).to_have_url(re.compile("situation=addictions"))
    expect(desk.locator("#carte .leaflet-marker-pane > *").first).to_be_visible()
    assert 0 < len(points(desk)) < everything


def test_record_draws_its_place_and_its_zone(desk):
    open_record(desk)
    expect(desk.locator("#carte .leaflet-marker-pane .pin").first).to_be_visible()
    expect(desk.locator("#carte path.outline-tenant").first).to_be_attached()


def test_confidential_record_has_a_phone_and_no_place(desk):
    open_confidential(desk)
    expect(desk.get_by_text("Adresse confidentielle : appeler")).to_be_visible()
    expect(desk.locator("main a.phone-number").first).to_be_visible()
    chart = desk.locator("#carte")
    if chart.count():
        expect(chart.locator("path.outline").first).to_be_attached()
        assert points(desk) == []


def test_moved_map_offers_to_search_there_and_never_does_it_alone(desk):
    desk.goto("/carte/")
    expect(desk.locator("#carte .pin-cluster").first).to_be_visible()
    whole = heading(desk).inner_text()
    offer = desk.get_by_role("link", name="Chercher dans cette zone")
    expect(offer).to_have_count(0)
    desk.locator("#carte .pin-cluster").first.click()
    expect(offer).to_be_visible()
    expect(heading(desk)).to_have_text(whole)
    offer.click()
    expect(desk).to_have_url(re.compile("bbox="))
    expect(heading(desk)).not_to_have_text(whole)
    listed = int(re.match(r"\d+", heading(desk).inner_text())[0])
    assert len({pin.pk for pin in points(desk)}) == listed
    expect(offer).to_have_count(0)
    desk.get_by_role("link", name=re.compile("^Zone de la carte")).click()
    expect(heading(desk)).to_have_text(whole)


def test_partners_at_one_address_are_a_list_and_those_off_the_page_too(desk):
    desk.goto("/carte/")
    [((lat, lon), _)] = Counter(pin.point for pin in points(desk)).most_common(1)
    desk.goto(f"/carte/?bbox={lon - 0.002},{lat - 0.002},{lon + 0.002},{lat + 0.002}")
    piles = desk.locator("#carte .pin-cluster--pile")
    expect(piles.first).to_be_visible()
    count = int(piles.first.inner_text())
    piles.first.click()
    entries = popup(desk).locator("[data-entry]")
    expect(entries).to_have_count(min(count, 50))
    for entry in entries.all()[:3]:
        expect(entry.get_by_role("link").last).to_have_text(re.compile("^Voir"))
