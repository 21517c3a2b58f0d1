"""The order of the search (README), on invented partners around real communes."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners import handbook
from partners.coverage import place_of_communes, place_of_territory
from partners.models import Listing, ListingSituation, Situation, StructureType, pairs
from partners.search import Criteria, search
from tests.factories import ListingFactory, PermanenceFactory, commune, refresh, territory, verify

pytestmark = pytest.mark.django_db

TUESDAY_AT_10 = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/Paris"))
POUZAUGES, LA_ROCHE, LUCON, YEU, AIGUILLON = "85182", "85191", "85128", "85113", "85001"
LE_BOUPERE, CHANTONNAY, CUGAND = "85031", "85051", "85076"
VENDEE = ("departement", "85")


def ask(*codes, situations=("isolement",), at=TUESDAY_AT_10, **filters):
    place = place_of_communes([commune(code) for code in codes])
    asked = tuple(Situation.objects.filter(slug__in=situations).order_by("order"))
    return search(Criteria(place=place, at=at, situations=asked, **filters))


def block(results, slug):
    found = [block for block in results.blocks if block.slug == slug]
    return [card.listing for card in found[0].cards] if found else []


def card_of(results, listing):
    return next(card for card in results.cards if card.listing == listing)


# What is found


def test_covering_partner_nearby_is_near():
    listing = ListingFactory()
    assert block(ask(POUZAUGES), "pres") == [listing]


@pytest.mark.parametrize("status", set(Listing.Status) - {Listing.Status.PUBLISHED})
def test_listing_that_is_not_published_is_not_found(status):
    ListingFactory(status=status)
    assert ask(POUZAUGES).total == 0


def test_partner_of_another_situation_is_not_found():
    ListingFactory(situations=["addictions"])
    assert ask(POUZAUGES).total == 0


def test_unspecified_zone_says_so_and_never_covers():
    listing = ListingFactory(zones=[])
    results = ask(POUZAUGES)
    assert block(results, "pres") == [listing]
    verdict = card_of(results, listing).verdict
    assert verdict.label == "Zone non précisée, à demander · à moins de 1 km"
    assert not verdict.covers


def test_unspecified_zone_far_from_the_commune_is_not_found():
    ListingFactory(zones=[], commune=commune(YEU))
    assert ask(POUZAUGES).total == 0


def test_verdict_names_the_most_local_zone_and_the_distance():
    listing = ListingFactory(
        commune=commune(LA_ROCHE), zones=[territory(*VENDEE), commune(POUZAUGES).epci]
    )
    results = ask(POUZAUGES)
    assert card_of(results, listing).verdict.label == (
        "Dessert Pouzauges · zone\u00a0: CC du Pays de Pouzauges · à 47 km"
    )


def test_covering_partner_far_away_is_in_the_second_block():
    listing = ListingFactory(commune=commune(LA_ROCHE), zones=[territory(*VENDEE)])
    results = ask(POUZAUGES)
    assert block(results, "pres") == []
    assert block(results, "deplace") == [listing]


def test_scheme_without_a_place_is_in_the_second_block():
    listing = ListingFactory(kind=Listing.Kind.SCHEME, commune=None, zones=[territory(*VENDEE)])
    results = ask(POUZAUGES)
    assert block(results, "deplace") == [listing]
    assert card_of(results, listing).verdict.label == "Dessert Pouzauges · zone\u00a0: Vendée"


def test_permanence_counts_as_a_place():
    listing = ListingFactory(commune=commune(LA_ROCHE), zones=[territory(*VENDEE)])
    PermanenceFactory(listing=listing, commune=commune(POUZAUGES))
    results = ask(POUZAUGES)
    assert block(results, "pres") == [listing]
    assert card_of(results, listing).permanence.replace("\xa0", " ") == (
        "Permanence à Pouzauges, mairie : mardi 8 décembre, 14 h – 17 h"
    )


def test_radius_widens_only_while_no_covering_specialist_is_near():
    far = ListingFactory(commune=commune(LA_ROCHE), zones=[territory(*VENDEE)])
    assert block(ask(CHANTONNAY), "pres") == [far]
    near = ListingFactory(commune=commune(CHANTONNAY), zones=[territory(*VENDEE)])
    results = ask(CHANTONNAY)
    assert block(results, "pres") == [near]
    assert block(results, "deplace") == [far]


def test_partner_across_the_water_is_never_near():
    re_island = commune("17369")
    listing = ListingFactory(commune=re_island, zones=[territory("pays", "france")])
    results = ask(AIGUILLON)
    assert card_of(results, listing).km < 25
    assert block(results, "pres") == []
    assert block(results, "deplace") == [listing]


def test_island_shows_its_own_then_what_comes_then_the_mainland():
    on_island = ListingFactory(commune=commune(YEU), zones=[commune(YEU)])
    coming = ListingFactory(commune=commune(LA_ROCHE), zones=[territory(*VENDEE)], home_visits=True)
    mainland = ListingFactory(commune=commune(LA_ROCHE), zones=[territory(*VENDEE)])
    results = ask(YEU)
    assert [found.title for found in results.blocks if found.slug != "generalistes"] == [
        "Sur l'île",
        "Vient sur l'île ou répond à distance",
        "Sur le continent (bateau)",
    ]
    assert block(results, "pres") == [on_island]
    assert block(results, "deplace") == [coming]
    assert block(results, "continent") == [mainland]


def test_partner_on_the_island_is_not_near_the_mainland():
    listing = ListingFactory(commune=commune(YEU), zones=[territory(*VENDEE)])
    assert block(ask("85234"), "pres") == []
    assert block(ask("85234"), "deplace") == [listing]


# Outside its zone


def test_near_partner_of_another_zone_is_folded_when_no_specialist_is_near():
    listing = ListingFactory(zones=[commune(LE_BOUPERE)])
    results = ask(POUZAUGES)
    folded = next(found for found in results.blocks if found.slug == "hors-zone")
    assert [card.listing for card in folded.cards] == [listing]
    assert folded.is_folded
    assert card_of(results, listing).verdict.label == "Hors zone · à moins de 1 km"


def test_strict_zone_is_never_offered_outside():
    ListingFactory(zones=[commune(LE_BOUPERE)], is_zone_strict=True)
    assert ask(POUZAUGES).total == 0


def test_outside_is_not_offered_when_a_specialist_is_near():
    ListingFactory(zones=[commune(LE_BOUPERE)], commune=commune(LA_ROCHE))
    ListingFactory(commune=commune(LA_ROCHE))
    assert block(ask(LA_ROCHE), "hors-zone") == []


def test_outside_is_always_offered_at_the_edge_of_the_departement():
    clisson = commune("44043")
    ListingFactory(commune=commune(CUGAND))
    outside = ListingFactory(commune=clisson, zones=[clisson])
    assert block(ask(CUGAND), "hors-zone") == [outside]


def test_border_communes():
    assert place_of_communes([commune(CUGAND)]).is_border
    assert not place_of_communes([commune(LA_ROCHE)]).is_border


# Order


def test_more_needs_as_core_come_first():
    helps = ListingFactory(situations=["isolement"], helps=["personnes-agees"])
    both = ListingFactory(situations=["isolement", "personnes-agees"])
    one = ListingFactory(situations=["personnes-agees"])
    results = ask(POUZAUGES, situations=["isolement", "personnes-agees"])
    assert block(results, "plusieurs") == [both, helps]
    assert block(results, "besoin-personnes-agees") == [one]
    assert block(results, "besoin-isolement") == []


def test_local_zone_comes_before_wider_before_unspecified():
    unspecified = ListingFactory(zones=[])
    departement = ListingFactory(zones=[territory(*VENDEE)])
    local = ListingFactory(zones=[commune(POUZAUGES)])
    assert block(ask(POUZAUGES), "pres") == [local, departement, unspecified]


def test_distance_band_comes_before_convention():
    convention = ListingFactory(
        commune=commune(CHANTONNAY), zones=[territory(*VENDEE)], has_convention=True
    )
    near = ListingFactory(zones=[territory(*VENDEE)])
    assert block(ask(POUZAUGES), "pres") == [near, convention]


def test_convention_in_force_then_open_then_verified():
    plain = ListingFactory(name="A")
    verified = ListingFactory(name="B")
    verify(verified)
    is_open = ListingFactory(name="C", opening_hours="Mo-Fr 09:00-12:00")
    ended = ListingFactory(name="D", has_convention=True, convention_until=date(2026, 11, 1))
    convention = ListingFactory(name="E", has_convention=True, convention_until=date(2027, 11, 1))
    assert block(ask(POUZAUGES), "pres") == [convention, is_open, verified, plain, ended]


def test_verification_older_than_a_year_no_longer_ranks():
    old = ListingFactory(name="B")
    verify(old, on=date(2025, 11, 1))
    plain = ListingFactory(name="A")
    results = ask(POUZAUGES)
    assert block(results, "pres") == [plain, old]
    assert card_of(results, old).freshness.endswith("à revérifier")


def test_same_input_gives_the_same_order():
    for _ in range(5):
        ListingFactory(name="Même nom")
    first, second = ask(POUZAUGES), ask(POUZAUGES)
    assert block(first, "pres") == block(second, "pres")
    assert block(first, "pres") == sorted(block(first, "pres"), key=lambda found: found.pk)


def test_pins_come_first_in_the_second_block():
    local = ListingFactory(commune=None, zones=[commune(POUZAUGES)])
    pinned = ListingFactory(commune=None, zones=[territory(*VENDEE)])
    ListingSituation.objects.filter(listing=pinned).update(is_first=True)
    refresh(pinned)
    assert block(ask(POUZAUGES), "deplace") == [pinned, local]


@pytest.mark.parametrize("needs", [["isolement"], ["isolement", "addictions"]])
def test_what_the_words_typed_found_comes_before_pins(needs):
    far = {"commune": None, "zones": [territory(*VENDEE)], "situations": ["isolement"]}
    pinned = ListingFactory(**far)
    ListingSituation.objects.filter(listing=pinned).update(is_first=True)
    spoken_of = ListingFactory(**far, summary="Portage de repas à domicile.")
    refresh(pinned)
    for text, first in [("portage de repas", spoken_of), ("", pinned)]:
        found = ask(POUZAUGES, situations=needs, text=text)
        assert found.blocks[0].cards[0].listing == first


def test_suspended_dates_put_a_listing_last_with_its_message():
    closed = ListingFactory(
        name="A",
        suspended_from=date(2026, 11, 20),
        suspended_until=date(2026, 12, 1),
        suspension_message="Travaux",
    )
    other = ListingFactory(name="B")
    results = ask(POUZAUGES)
    assert block(results, "pres") == [other, closed]
    assert card_of(results, closed).suspension == "Travaux"
    later = ask(POUZAUGES, at=TUESDAY_AT_10 + timedelta(days=14))
    assert card_of(later, closed).suspension == ""


# Generalists, helplines, referents


def test_generalists_never_stand_among_specialists():
    ccas = ListingFactory(
        is_generalist=True,
        structure_type=StructureType.CCAS,
        zones=[commune(POUZAUGES)],
        is_zone_strict=True,
    )
    results = ask(POUZAUGES)
    assert block(results, "pres") == []
    assert block(results, "generalistes") == [ccas]
    assert results.total == 0


def test_two_generalists_of_a_type_at_most_the_most_local_first():
    halls = [
        ListingFactory(
            is_generalist=True,
            structure_type=StructureType.FRANCE_SERVICES,
            commune=commune(code),
            zones=[],
            situations=[],
        )
        for code in (CHANTONNAY, LE_BOUPERE, POUZAUGES)
    ]
    assert block(ask(POUZAUGES), "generalistes") == [halls[2], halls[1]]


def test_filters_never_hide_generalists_nor_helplines():
    ccas = ListingFactory(
        is_generalist=True, structure_type=StructureType.CCAS, zones=[commune(POUZAUGES)]
    )
    results = ask(POUZAUGES, is_open_now=True, is_at_home=True)
    assert block(results, "generalistes") == [ccas]
    assert results.helplines


def test_danger_puts_its_numbers_in_a_strip_and_not_twice():
    results = ask(POUZAUGES, situations=["violences"])
    assert [line.number for line in results.danger[:3]] == ["17", "114", "3919"]
    assert not set(results.danger) & set(results.helplines)


def test_convention_partners_join_the_strip_of_violence_open_ones_first():
    closed = ListingFactory(name="A", situations=["violences"], has_convention=True)
    gendarmerie = ListingFactory(
        name="B", situations=["violences"], has_convention=True, opening_hours="24/7"
    )
    other = ListingFactory(name="C", situations=["violences"])
    results = ask(POUZAUGES, situations=["violences"])
    assert [card.listing for card in results.danger_partners] == [gendarmerie, closed]
    assert block(results, "pres") == [other]


def test_replaced_helpline_gives_way_to_the_new_one():
    numbers = {line.number for line in ask(POUZAUGES, situations=["personnes-agees"]).helplines}
    assert "3133" in numbers
    assert "3977" not in numbers


def test_local_helpline_is_for_its_zone_only():
    clisson = {line.slug for line in ask("44043", situations=["enfant-en-danger"]).danger}
    pouzauges = {line.slug for line in ask(POUZAUGES, situations=["enfant-en-danger"]).danger}
    assert "crip-85" in pouzauges
    assert "crip-85" not in clisson


def test_situation_without_lines_still_has_someone_who_answers():
    assert ask(POUZAUGES, situations=["chomage-emploi"]).helplines


# Confidential addresses (rule R7)


def test_confidential_shelter_has_no_place():
    shelter = ListingFactory(
        situations=["violences"], is_confidential=True, address="1 rue Inventée"
    )
    PermanenceFactory(listing=shelter)
    results = ask(POUZAUGES, situations=["violences"])
    card = card_of(results, shelter)
    assert card.site is None
    assert card.km is None
    assert card.number is None
    assert card.permanence == ""
    assert block(results, "deplace") == [shelter]


# Filters


def test_open_now_keeps_what_is_open_and_not_what_is_unknown():
    ListingFactory(opening_hours="")
    ListingFactory(opening_hours="Mo-Fr 14:00-17:00")
    is_open = ListingFactory(opening_hours="Mo-Fr 09:00-12:00")
    assert block(ask(POUZAUGES, is_open_now=True), "pres") == [is_open]


def test_permanence_under_way_counts_as_open():
    listing = ListingFactory()
    PermanenceFactory(listing=listing, hours="Tu 09:00-12:00")
    assert block(ask(POUZAUGES, is_open_now=True), "pres") == [listing]


def test_counts_say_what_each_filter_would_leave():
    ListingFactory(home_visits=True)
    ListingFactory(appointment=Listing.Appointment.NONE)
    counts = ask(POUZAUGES).counts
    assert counts["is_at_home"] == 1
    assert counts["is_without_appointment"] == 1
    assert ask(POUZAUGES, is_at_home=True).counts["is_without_appointment"] == 0


def test_listing_without_audience_passes_every_audience():
    everyone = ListingFactory(name="A")
    ListingFactory(name="B", audiences=["femmes"])
    seniors = ListingFactory(name="C", audiences=["seniors"])
    assert block(ask(POUZAUGES, audience="seniors"), "pres") == [everyone, seniors]


def test_filter_never_moves_the_radius():
    near = ListingFactory(commune=commune(CHANTONNAY), zones=[territory(*VENDEE)])
    far = ListingFactory(commune=commune(LA_ROCHE), zones=[territory(*VENDEE)], home_visits=True)
    assert block(ask(CHANTONNAY), "pres") == [near]
    results = ask(CHANTONNAY, is_at_home=True)
    assert block(results, "pres") == []
    assert block(results, "deplace") == [far]


def test_each_count_is_the_total_after_the_click():
    clisson = commune("44043")
    ListingFactory(commune=clisson, zones=[clisson], home_visits=True)
    ListingFactory(commune=commune(CUGAND), zones=[commune(CUGAND)], help_kinds=["visites"])
    ListingFactory(zones=[], commune=commune(YEU), home_visits=True)
    results = ask(CUGAND)
    assert results.counts["is_at_home"] == ask(CUGAND, is_at_home=True).total == 1
    asked = ask(CUGAND, help_kind="visites")
    assert results.counts["help_kind", "visites"] == asked.total == 1


def test_partner_closed_for_now_is_not_open_and_does_not_stop_the_radius():
    closed = ListingFactory(
        commune=commune(CHANTONNAY),
        zones=[territory(*VENDEE)],
        opening_hours="24/7",
        suspended_from=date(2026, 11, 20),
    )
    far = ListingFactory(commune=commune(LA_ROCHE), zones=[territory(*VENDEE)])
    results = ask(CHANTONNAY)
    assert block(results, "pres") == [far, closed]
    assert not card_of(results, closed).is_open
    assert ask(CHANTONNAY, is_open_now=True).total == 0


# Several communes, a whole sector


def test_communes_that_share_a_postal_code_are_searched_together():
    listing = ListingFactory(zones=[commune(LE_BOUPERE)])
    results = ask(POUZAUGES, LE_BOUPERE)
    assert card_of(results, listing).verdict.label.startswith("Dessert Le Boupère ·")


def test_whole_departement_finds_partners_without_distances():
    listing = ListingFactory()
    situation = Situation.objects.get(slug="isolement")
    place = place_of_territory(territory(*VENDEE))
    results = search(Criteria(place=place, at=TUESDAY_AT_10, situations=(situation,)))
    assert block(results, "pres") == [listing]
    assert card_of(results, listing).km is None


# Cost


def test_number_of_queries_does_not_grow_with_listings():
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ask(POUZAUGES)
        return len(captured)

    PermanenceFactory(listing=ListingFactory())
    one = queries()
    for _ in range(9):
        PermanenceFactory(listing=ListingFactory())
    assert queries() == one


# The index of pairs


@pytest.mark.parametrize("zones", [[7, 12, 40_000], [-7, 12], [0], []])
@pytest.mark.parametrize("needs", [[3, 0], [21], []])
def test_pairs_are_what_the_index_holds(needs, zones):
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_pairs(%s::int[], %s::int[])", [needs, zones])
        assert cursor.fetchone()[0] == pairs(needs, zones)
    assert len(set(pairs(needs, zones))) == len(needs) * len(zones)


def test_a_search_takes_a_query_for_the_candidates_and_one_for_the_cards():
    ListingFactory(commune=commune(LA_ROCHE))
    place = place_of_communes([commune(LA_ROCHE)])
    needs = tuple(Situation.objects.filter(slug="isolement"))
    search(Criteria(place=place, at=TUESDAY_AT_10, situations=needs))
    with handbook.request():
        handbook.current()
        with CaptureQueriesContext(connection) as asked:
            search(Criteria(place=place, at=TUESDAY_AT_10, situations=needs))
    assert len(asked) == 2
