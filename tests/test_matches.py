"""What the database works out for a match is what the pure functions say of it."""

from bisect import bisect_left
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from partners import geo, matches, phones
from partners.addresses import address
from partners.coverage import OUTSIDE_RANK, UNSPECIFIED_RANK, place_of_communes, place_of_territory
from partners.models import Listing, Situation, derived
from partners.search import finding
from tests.factories import ListingFactory, PermanenceFactory, commune, territory

POUZAUGES, LA_ROCHE, YEU, LUCON = "85182", "85191", "85113", "85128"
TUESDAY_AT_10 = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/Paris"))
POINTS = [(46.78, -0.83), (46.78, -0.83001), (-21.1, 55.5), (89.9, 179.9), (0, 0)]


def match_of(listing, place):
    moment = matches.Moment(place, TUESDAY_AT_10)
    (found,) = matches.select(moment, "listing_id = %s", [listing.pk])
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("home", [POUZAUGES, YEU])
def test_rank_is_the_order_of_the_readme(home):
    needs = list(Situation.objects.order_by("pk")[:3])
    day, vendee = TUESDAY_AT_10.date(), territory("departement", "85")
    facts = [
        {},
        {"name": "Avant les autres"},
        {"commune": commune(LUCON)},
        {"commune": None},
        {"zones": [commune(home)]},
        {"has_convention": True},
        {"has_convention": True, "convention_until": day - timedelta(1)},
        {"opening_hours": "Mo-Fr 09:00-12:00"},
        {"suspended_from": day},
        {"suspended_until": day - timedelta(1)},
    ]
    for number, fact in enumerate(facts * 2):
        listing = ListingFactory(**{"commune": commune(POUZAUGES), "zones": [vendee], **fact})
        for need, role in zip(needs, ("coeur", "peut-aider"), strict=False):
            if number % 3:
                listing.situation_links.update_or_create(situation=need, defaults={"role": role})
    derived.refresh()
    place = place_of_communes([commune(home)])
    moment = matches.Moment(place, TUESDAY_AT_10, needs=[need.pk for need in needs])
    found = matches.select(moment, "true")
    names = dict(Listing.objects.values_list("pk", "search_key"))

    def in_words(match):
        core, met = match.core.bit_count(), match.met.bit_count()
        km = match.km
        return (
            match.is_suspended,
            match.text_rank,
            (-core, core - met),
            match.zone_rank,
            bisect_left([5, 10, 20, 40.001], km) if km is not None else 4,
            not match.mask & matches.HAS_CONVENTION,
            not match.is_open,
            not match.mask & matches.IS_VERIFIED,
            float("inf") if km is None else km,
            (names[match.pk], match.pk),
        )

    ranked = list(found.by(found.rank))
    assert len(ranked) == 2 * len(facts)
    assert ranked == sorted(ranked, key=in_words)
    assert len({in_words(match)[:8] for match in ranked}) >= 7


@pytest.mark.parametrize("here", POINTS)
def test_distances_to_many_points_are_those_to_each(here):
    found = geo.distances_km(*here, *np.array(POINTS).T)
    assert found == pytest.approx([geo.distance_km(*here, *there) for there in POINTS], abs=1e-6)


@pytest.mark.django_db
@pytest.mark.parametrize("home", [POUZAUGES, LA_ROCHE, YEU, LUCON])
def test_nearest_place_is_the_same_for_one_place_and_for_several(home):
    place = place_of_communes([commune(home)])
    for code in (POUZAUGES, LA_ROCHE, YEU):
        alone = match_of(ListingFactory(commune=commune(code), zones=[]), place)
        site = alone.site
        assert alone.km == pytest.approx(place.km_to(site.latitude, site.longitude), abs=1e-3)
        assert alone.is_reachable == place.is_reachable(site.commune_id, site.near_id)
        listing = ListingFactory(commune=commune(code), zones=[])
        PermanenceFactory(listing=listing, commune=commune(code))
        several = match_of(listing, place)
        assert several.is_reachable == alone.is_reachable
        assert several.km == pytest.approx(alone.km, abs=1e-3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zones", "rank"),
    [
        ([("commune", POUZAUGES)], 0),
        ([("departement", "85")], 2),
        ([("departement", "44"), ("departement", "85")], 2),
        ([("pays", "france"), ("commune", POUZAUGES)], 0),
        ([("departement", "44")], OUTSIDE_RANK),
        ([("departement", "44"), ("departement", "79")], OUTSIDE_RANK),
        ([], UNSPECIFIED_RANK),
    ],
)
def test_rank_of_the_most_local_zone_alone_or_among_others(zones, rank):
    listing = ListingFactory(zones=[territory(*zone) for zone in zones])
    assert match_of(listing, place_of_communes([commune(POUZAUGES)])).zone_rank == rank


@pytest.mark.django_db
def test_place_that_nobody_gave_or_without_a_point_has_no_distance():
    listing = ListingFactory(commune=commune(POUZAUGES))
    assert match_of(listing, place_of_communes([])).km is None
    whole = match_of(listing, place_of_territory(territory("departement", "85")))
    assert (whole.km, whole.is_reachable) == (None, True)
    hidden = match_of(ListingFactory(is_confidential=True), place_of_communes([commune(LUCON)]))
    assert (hidden.km, hidden.is_reachable, hidden.site) == (None, False, None)


@given(masks=st.lists(st.integers(0, 2**43 - 1), max_size=30))
def test_tally_counts_each_bit_of_the_masks(masks):
    found = finding._tally(np.array(masks, int))
    assert found == [sum(mask >> bit & 1 for mask in masks) for bit in range(64)]


@pytest.mark.parametrize(
    ("name", "args"),
    [("home", ()), ("report", (12,)), ("listing", (7, "relais-du-bocage")), ("favourite", (0,))],
)
def test_address_is_that_of_reverse(name, args):
    assert address(name, *args) == reverse(name, args=args)


@given(st.from_regex(r"\+33[1-79][0-9]{8}", fullmatch=True))
def test_plain_numbers_are_shown_as_the_library_shows_them(stored):
    number = phones._parse(stored, None)
    national = phones.PhoneNumberFormat.NATIONAL
    assert phones.display(stored) == phones.phonenumbers.format_number(number, national)
