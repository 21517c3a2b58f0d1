"""What a map draws: every place, and no address that must not be known."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners import atlas
from partners.atlas import View
from partners.models import Listing
from partners.pins import decode
from tests.factories import ListingFactory, PermanenceFactory, commune, territory

pytestmark = pytest.mark.django_db

POUZAUGES, LA_ROCHE, LE_BOUPERE, YEU = "85182", "85191", "85031", "85113"
VENDEE = ("departement", "85")


def pouzauges():
    return commune(POUZAUGES).epci


def listed(area=None, box=None):
    return list(atlas.listings(territory=area, box=box))


def drawn(area=None, box=None, view=View()):  # noqa: B008 (frozen)
    return atlas.draw(atlas.candidates().inside(area).within(box), view)


def rows(area=None, box=None):
    return atlas.rows(atlas.listings(territory=area, box=box), territory=area, box=box)


def pins(*args, **options):
    return decode(drawn(*args, **options)["reperes"])


# The list


def test_sector_does_not_tell_where_a_shelter_is():
    ListingFactory(is_confidential=True, zones=[])
    served = ListingFactory(is_confidential=True, zones=[territory(*VENDEE)], commune=None)
    assert listed(pouzauges()) == [served]
    assert pins(pouzauges()) == []


def test_intercommunality_holds_its_communes():
    here = ListingFactory()
    ListingFactory(commune=commune(LA_ROCHE))
    (row,) = rows(pouzauges())
    assert row.listing == here
    assert row.places == [("Pouzauges", False)]


def test_permanence_in_a_territory_counts_and_is_the_only_place_told():
    away = ListingFactory(commune=commune(LA_ROCHE))
    PermanenceFactory(listing=away)
    (row,) = rows(pouzauges())
    assert row.listing == away
    assert row.places == [("Pouzauges", True)]
    (pin,) = pins(pouzauges())
    assert (pin.pk, pin.is_permanence) == (away.pk, True)


def test_department_lists_what_serves_it_without_a_place():
    helpline = ListingFactory(commune=None, zones=[territory(*VENDEE)])
    ListingFactory(commune=None, zones=[territory("departement", "79")])
    assert listed(territory(*VENDEE)) == [helpline]


def test_whole_country_lists_everything_published():
    here = ListingFactory()
    ListingFactory(status=Listing.Status.DRAFT)
    nowhere = ListingFactory(commune=None, zones=[])
    country = territory("pays", "france")
    assert set(listed(country)) == {here, nowhere}
    assert [pin.pk for pin in pins(country)] == [here.pk]


def test_box_keeps_what_receives_inside_it():
    inside = ListingFactory(latitude=46.5, longitude=-1.0)
    ListingFactory(latitude=46.7, longitude=-1.0)
    ListingFactory(commune=None, zones=[territory(*VENDEE)])
    box = (46.4, -1.1, 46.6, -0.9)
    assert listed(territory(*VENDEE), box) == [inside]
    assert [pin.pk for pin in pins(territory(*VENDEE), box)] == [inside.pk]
    (row,) = rows(None, box)
    assert row.places == [("Pouzauges", False)]


def test_rows_take_the_same_queries_for_one_and_ten():
    PermanenceFactory()
    with CaptureQueriesContext(connection) as one:
        rows(pouzauges())
    for _ in range(9):
        PermanenceFactory()
    with CaptureQueriesContext(connection) as ten:
        rows(pouzauges())
    assert len(ten) == len(one)


# The drawing


def test_listing_without_coordinates_stands_in_the_middle_of_its_commune():
    ListingFactory()
    (pin,) = pins()
    assert (pin.lat, pin.lon) == (commune(POUZAUGES).latitude, commune(POUZAUGES).longitude)


def test_whole_territory_is_pins_until_there_are_too_many(monkeypatch):
    for _ in range(3):
        ListingFactory()
    assert len(pins()) == 3
    monkeypatch.setattr(atlas, "MOST_PINS", 2)
    assert drawn()["niveau"] == "departement"


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("departement", {"Vendée": 4}),
        ("epci", {"CC du Pays de Pouzauges": 3, "CA La Roche-sur-Yon - Agglomération": 1}),
        ("commune", {"Pouzauges": 2, "Le Boupère": 1, "La Roche-sur-Yon": 1}),
    ],
)
def test_bubbles_count_the_places_of_each_territory(level, expected):
    ListingFactory()
    PermanenceFactory(listing=ListingFactory(commune=commune(LE_BOUPERE)))
    ListingFactory(commune=commune(LA_ROCHE))
    ListingFactory(is_confidential=True)
    data = drawn(view=View((45, -3, 48, 0), level))
    assert data["niveau"] == level
    assert {name: n for _, _, n, name in data["bulles"]} == expected


def test_bubble_stands_in_the_middle_of_its_places():
    ListingFactory(latitude=46.0, longitude=-1.0)
    ListingFactory(latitude=46.0, longitude=-1.0)
    PermanenceFactory(
        listing=ListingFactory(latitude=46.0, longitude=-1.0), latitude=46.4, longitude=-1.4
    )
    ((lat, lon, count, _),) = drawn(view=View((45, -3, 48, 0), "commune"))["bulles"]
    assert (lat, lon, count) == (46.1, -1.1, 4)


def test_island_outside_any_intercommunality_is_a_bubble_of_its_own():
    island = commune(YEU)
    assert island.epci is None
    ListingFactory(commune=island, zones=[island])
    ((*_, count, name),) = drawn(view=View((45, -3, 48, 0), "epci"))["bulles"]
    assert (count, name) == (1, island.name)


def test_fine_view_is_pins_of_the_box_alone():
    inside = ListingFactory(latitude=46.5, longitude=-1.0)
    ListingFactory(latitude=46.7, longitude=-1.0)
    view = View((46.4, -1.1, 46.6, -0.9), atlas.PINS)
    assert [pin.pk for pin in pins(view=view)] == [inside.pk]


def test_fine_view_of_too_many_places_is_communes(monkeypatch):
    monkeypatch.setattr(atlas, "MOST_PINS", 1)
    ListingFactory()
    ListingFactory()
    assert drawn(view=View((45, -3, 48, 0), atlas.PINS))["niveau"] == "commune"


def test_too_many_bubbles_become_wider_ones(monkeypatch):
    monkeypatch.setattr(atlas, "MOST_BUBBLES", 1)
    ListingFactory()
    ListingFactory(commune=commune(LE_BOUPERE))
    data = drawn(view=View((-90, -180, 90, 180), "commune"))
    assert (data["niveau"], len(data["bulles"])) == ("epci", 1)


def test_pins_of_a_search_keep_their_block_and_become_bubbles_too(monkeypatch):
    first, second = ListingFactory(), ListingFactory()
    placed = [pin._replace(block="pres") for pin in pins()]
    assert decode(atlas.draw_pins(placed, View())["reperes"]) == placed
    monkeypatch.setattr(atlas, "MOST_PINS", 1)
    ((*_, count, name),) = atlas.draw_pins(placed, View())["bulles"]
    assert (count, name) == (2, "Vendée")
    nowhere = View((0, 0, 1, 1), atlas.PINS)
    assert decode(atlas.draw_pins(placed, nowhere)["reperes"]) == []
    assert {first.pk, second.pk} == {pin.pk for pin in placed}
