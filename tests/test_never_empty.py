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
        Territory.objects.of_departement("85").communes().select_related("epci", "departement")
    )
    assert len(communes) == 253
    for commune in communes[share::SHARES]:
        place = place_of_communes([commune])
        for situation in situations:
            check(search(Criteria(place=place, at=TUESDAY_AT_10, situations=(situation,))))


def check(results):
    commune, situation = results.criteria.communes[0], results.criteria.situations[0]
    where = f"{situation.slug}, {commune.name}"
    blocks = {block.slug: block.cards for block in results.blocks}
    assert results.helplines or results.danger, where
    assert results.referents or results.team, where
    assert any(card.listing.phone for card in blocks.get("generalistes", [])), where
    for card in blocks.get("pres", []):
        assert card.is_reachable, where
        assert is_by_land(commune, card.site.commune), f"{where}: {card.listing}"
    assert any(card.verdict.covers for card in results.cards), where


def is_by_land(commune, other):
    """Same commune, same EPCI, or EPCI that touch or share a bridge; an island joins nothing."""
    if commune == other:
        return True
    if commune.is_island or other.is_island:
        return False
    epcis = {commune.epci_id, *commune.epci.neighbours.values_list("other_id", flat=True)}
    return other.epci_id in epcis
