"""Calls as they come, on the whole demonstration: what the adviser must see first.

The partners are invented, the communes are real.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from partners.coverage import place_of_communes
from partners.models import Listing, Situation, Territory
from partners.search import Criteria, search

PARIS = ZoneInfo("Europe/Paris")
TUESDAY_AT_10 = datetime(2026, 11, 24, 10, tzinfo=PARIS)
TUESDAY_EVENING = datetime(2026, 11, 24, 18, 30, tzinfo=PARIS)
POUZAUGES, YEU, AIGUILLON, CUGAND, FONTENAY, CHALLANS = (
    "85182",
    "85113",
    "85001",
    "85076",
    "85092",
    "85047",
)


@pytest.fixture(scope="module", autouse=True)
def directory(demonstration):
    return demonstration


def call(code, *slugs, at=TUESDAY_AT_10):
    situations = tuple(Situation.objects.filter(slug__in=slugs).order_by("order"))
    assert len(situations) == len(slugs)
    commune = Territory.objects.select_related("epci", "departement").get(
        kind=Territory.Kind.COMMUNE, code=code
    )
    place = place_of_communes([commune])
    return search(Criteria(place=place, at=at, situations=situations))


def cards(results, slug):
    return next((block.cards for block in results.blocks if block.slug == slug), [])


def test_pouzauges_lonely_and_old():
    results = call(POUZAUGES, "personnes-agees", "isolement")
    both = cards(results, "plusieurs")
    first = both[0]
    assert first.verdict.label.startswith("Dessert Pouzauges · zone\u00a0: ")
    assert first.listing.phone
    assert first.core_count == 2
    assert first.km < 10
    assert all(len(card.needs) == 2 for card in both)
    assert results.calls == [first]
    assert {line.slug for line in results.helplines} >= {"solitud-ecoute", "sos-amitie"}


def test_pouzauges_personnes_agees_has_a_phone_that_serves_it_at_the_top():
    first = cards(call(POUZAUGES, "personnes-agees"), "pres")[0]
    assert first.verdict.covers
    assert first.phone.startswith("02 61 91")


def test_ile_d_yeu_alcohol_shows_the_island_then_what_comes_then_the_boat():
    results = call(YEU, "addictions")
    titles = [block.title for block in results.blocks if block.slug != "generalistes"]
    assert titles[0] == "Sur l'île"
    assert titles == [
        title
        for title in (
            "Sur l'île",
            "Vient sur l'île ou répond à distance",
            "Sur le continent (bateau)",
        )
        if title in titles
    ]
    assert {card.site.commune_id for card in cards(results, "pres")} == {
        results.criteria.communes[0].pk
    }
    assert "alcool-info-service" in {line.slug for line in results.helplines}


@pytest.mark.parametrize("slug", ["personnes-agees", "addictions", "precarite-alimentation"])
def test_aiguillon_never_sees_re_across_the_sea(slug):
    results = call(AIGUILLON, slug)
    shown = cards(results, "pres") + cards(results, "hors-zone")
    assert shown
    assert not [card for card in shown if is_on_re(commune_of(card))]


def commune_of(card):
    return Territory.objects.select_related("epci", "departement").get(pk=card.site.commune_id)


def is_on_re(commune):
    return commune.epci is not None and "Ré" in commune.epci.name


def test_some_partner_stands_on_re_for_that_test_to_mean_something():
    listings = Listing.objects.published().filter(commune__departement__code="17")
    assert any(is_on_re(listing.commune) for listing in listings)


def test_cugand_sees_its_neighbours_of_clisson():
    found = {
        commune_of(card).name: card.verdict.kind
        for slug in ("personnes-agees", "isolement", "precarite-alimentation", "dettes-budget")
        for block in call(CUGAND, slug).blocks
        for card in block.cards
        if card.site and commune_of(card).departement.code == "44"
    }
    assert found


def test_fontenay_arrears_and_energy_asks_at_home_first_and_shows_the_fund():
    results = call(FONTENAY, "impayes", "energie")
    assert results.referents
    assert {referent.subject for referent in results.referents} == {"loyer"}
    specialists = [card for block in results.blocks[:-1] for card in block.cards]
    assert not any(card.listing.is_generalist for card in specialists)
    assert any("fonds" in card.listing.name.lower() for card in specialists[:5])
    assert results.blocks[-1].slug == "generalistes"
    assert results.blocks[-1].cards
