"""Rule R9, for every situation in each of the 253 communes of the Vendée."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from partners.coverage import place_of_communes
from partners.models import Situation, Territory
from partners.search import Criteria, search

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
            check(search(criteria), by_land)


def check(results, by_land):
    commune, situation = results.criteria.communes[0], results.criteria.situations[0]
    where = f"{situation.slug}, {commune.name}"
    blocks = {block.slug: block.cards for block in results.blocks}
    assert results.helplines or results.danger, where
    assert results.referents or results.team, where
    assert any(card.listing.phone for card in blocks.get("generalistes", [])), where
    for card in blocks.get("pres", []):
        assert card.is_reachable, where
        assert is_joined(commune, card.site, by_land), f"{where}: {card.listing}"
    assert any(card.verdict.covers for card in results.cards), where


def epcis_by_land(commune):
    """The EPCI of a commune and those that touch it or share a bridge; none from an island."""
    if commune.is_island:
        return set()
    return {commune.epci_id, *commune.epci.neighbours.values_list("other_id", flat=True)}


def is_joined(commune, site, by_land):
    """An island's sites bear the code of its commune, the others that of their EPCI."""
    return commune.pk == site.commune_id or site.near_id in by_land
