"""Rule R9, for every situation in each of the 253 communes of the Vendée."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from partners import lines
from partners.coverage import place_of_communes
from partners.models import Situation, Territory
from partners.search import Criteria, search
from partners.search.finding import FAR_KM, find
from partners.search.needs import CAN_BE_CALLED

TUESDAY_AT_10 = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/Paris"))
SHARES = 8


@pytest.mark.parametrize("share", range(SHARES))
def test_every_situation_in_every_commune_has_an_answer(demonstration, share):
    situations = list(Situation.objects.order_by("order"))
    assert len(situations) == 24
    communes = list(
        Territory.objects.of_departement("85")
        .communes()
        .select_related("epci", "departement", "region")
    )
    assert len(communes) == 253
    for commune in communes[share::SHARES]:
        place, by_land = place_of_communes([commune]), epcis_by_land(commune)
        for situation in situations:
            criteria = Criteria(place=place, at=TUESDAY_AT_10, situations=(situation,))
            check(criteria, by_land)


def check(criteria, by_land):
    """Without the cards, which take the longest and are made of what is checked here."""
    (commune,), (situation,) = criteria.communes, criteria.situations
    where, found = f"{situation.slug}, {commune.name}", find(criteria)
    numbers, danger, _ = lines.helplines(criteria.situations, criteria.place)
    assert numbers or danger, where
    assert any(lines.referents(criteria.situations, criteria.place)), where
    near = [match for match in found.generalists if match.covers or match.is_within(FAR_KM)]
    assert any(match.mask & CAN_BE_CALLED for match in near), where
    for match in found.near:
        assert match.is_reachable, where
        assert is_joined(commune, match.site, by_land), f"{where}: {match.pk}"
    assert any(match.covers for match in [*found.strip, *found.near, *found.far, *near]), where


def test_what_is_found_is_shown(demonstration):
    """The page of a few of these questions holds a number to call in its generalists."""
    situations = Situation.objects.order_by("order")
    communes = Territory.objects.of_departement("85").communes().order_by("pk")[::60]
    for commune in communes:
        for situation in situations:
            place = place_of_communes([commune])
            results = search(Criteria(place=place, at=TUESDAY_AT_10, situations=(situation,)))
            last = results.blocks[-1]
            assert last.slug == "generalistes"
            assert any(card.listing.phone for card in last.cards), f"{situation}, {commune}"


def epcis_by_land(commune):
    """The EPCI of a commune and those that touch it or share a bridge; none from an island."""
    if commune.is_island:
        return set()
    return {commune.epci_id, *commune.epci.neighbours.values_list("other_id", flat=True)}


def is_joined(commune, site, by_land):
    """An island's sites bear the code of its commune, the others that of their EPCI."""
    return commune.pk == site.commune_id or site.near_id in by_land
