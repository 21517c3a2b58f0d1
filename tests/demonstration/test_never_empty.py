"""Rule R9, for every situation in each of the 253 communes of the Vendée."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from partners import lines
from partners.coverage import place_of_communes
from partners.forms import MAX_SITUATIONS
from partners.models import Situation, Territory
from partners.search import Criteria, search
from partners.search.finding import FAR_KM, find
from partners.search.needs import CAN_BE_CALLED

TUESDAY_AT_10 = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/Paris"))
SHARES = 4


@pytest.mark.parametrize("share", range(SHARES))
def test_every_situation_in_every_commune_has_an_answer(demonstration, share):
    """Six situations in one search, each looked at apart."""
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
        for start in range(0, len(situations), MAX_SITUATIONS):
            asked = tuple(situations[start : start + MAX_SITUATIONS])
            check(Criteria(place=place, at=TUESDAY_AT_10, situations=asked), by_land)


def check(criteria, by_land):
    (commune,), found = criteria.communes, find(criteria)
    assert any(lines.referents(criteria.situations, criteria.place)), commune
    near = [match for match in found.generalists if match.covers or match.is_within(FAR_KM)]
    assert any(match.mask & CAN_BE_CALLED for match in near), commune
    for match in found.near:
        assert match.is_reachable, commune
        assert is_joined(commune, match.site, by_land), f"{commune}: {match.pk}"
    covering = [match for match in [*found.strip, *found.near, *found.far] if match.covers]
    for bit, situation in enumerate(criteria.situations):
        meets = any(match.met >> bit & 1 for match in covering)
        assert meets or any(match.covers for match in near), f"{situation.slug}, {commune}"


def test_every_situation_has_a_number_to_call(demonstration):
    for commune in Territory.objects.of_departement("85").communes().order_by("pk")[::20]:
        place = place_of_communes([commune])
        for situation in Situation.objects.order_by("order"):
            numbers, danger, _ = lines.helplines([situation], place)
            assert numbers or danger, f"{situation.slug}, {commune}"


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
