"""The zone of a record while it is chosen: what a touch of the map or of the list makes of it."""

import json

import pytest
from django.urls import reverse

from partners.models import Territory, User
from partners.records import zones
from partners.records.naming import Unclear
from tests.factories import AgencyFactory, ListingFactory, UserFactory, commune, territory

pytestmark = pytest.mark.django_db
ADDRESS = reverse("manage_zones_choose")


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


@pytest.fixture
def town():
    return commune("85182")


@pytest.fixture
def epci(town):
    return town.epci


def others(epci, *but):
    return [c for c in epci.epci_communes.order_by("search_key") if c not in but]


def ask(client, zones=(), **change):
    sent = {"zones": "|".join(zones), "departement": "85"} | change
    return client.post(ADDRESS, sent)


# Take and leave


def test_last_commune_of_an_epci_folds_them_into_its_name(epci, town):
    chosen = zones.add(others(epci, town), [town])
    assert chosen.zones == [epci]
    assert chosen.said == "Ajouté\u00a0: Pouzauges."


def test_commune_taken_out_of_an_epci_leaves_the_others(epci, town):
    assert zones.remove([epci], town).zones == others(epci, town)


def test_commune_taken_out_of_a_departement_leaves_the_other_epci_whole(epci, town):
    left = zones.remove([territory("departement", "85")], town).zones
    assert epci not in left
    assert town not in left
    assert set(others(epci, town)) < set(left)
    assert territory("epci", "248500340") in left or len(left) > 15


def test_commune_taken_out_of_a_region_or_france_is_refused_with_what_to_do(town):
    for zone in (town.region, Territory.objects.get(kind="pays")):
        with pytest.raises(Unclear, match="retirez d'abord ce territoire"):
            zones.remove([zone], town)


def test_touching_twice_comes_back(epci, town):
    for start in ([], [epci], others(epci, town)):
        once = zones.toggle(start, town).zones
        assert zones.toggle(once, town).zones == start


def test_sector_of_an_agency_adds_its_communes_and_not_the_sector(epci):
    agency = AgencyFactory()
    alone = commune("85047")
    for member in [*others(epci), alone]:
        agency.sector.sector_members.create(commune=member)
    assert set(zones.of_agency(agency)) == {epci, alone}


def test_what_is_already_there_is_said(epci):
    chosen = zones.add([epci], [epci])
    assert (chosen.zones, chosen.said) == ([epci], f"Déjà là\u00a0: {epci}.")


def test_too_many_territories_are_refused(epci, monkeypatch):
    monkeypatch.setattr(zones, "MOST_ZONES", 1)
    with pytest.raises(Unclear, match="au plus"):
        zones.add([epci], [commune("85047")])


def test_covered_communes_are_those_of_the_departement_that_is_shown(epci, town):
    sector = Territory.objects.create(kind="secteur", code="S1", name="Secteur")
    sector.sector_members.create(commune=commune("85047"))
    assert zones.covered([sector], "85") == ["85047"]
    assert zones.covered([epci], "85") == [c.code for c in epci.epci_communes.order_by("code")]
    assert zones.covered([epci], "44") == []
    whole = Territory.objects.communes().of_departement("85").count()
    for wide in (territory("departement", "85"), town.region, Territory.objects.get(kind="pays")):
        assert len(zones.covered([wide], "85")) == whole


# Asked by the page


def test_touched_commune_is_in_the_list_and_on_the_map(manager):
    answer = ask(manager, commune="85047").json()
    assert 'name="zones" value="85047" checked' in answer["liste"]
    assert answer["communes"] == ["85047"]
    assert answer["dit"] == "Ajouté\u00a0: Challans."


def test_names_are_added_as_the_form_would(manager, epci):
    answer = ask(manager, ["85047"], nom=f"{epci.name} ; Les Herbiers").json()
    for code in ("85047", epci.code, "85109"):
        assert f'value="{code}"' in answer["liste"]


def test_sector_of_an_agency_is_added_by_its_button(manager):
    agency = AgencyFactory(slug="nord")
    agency.sector.sector_members.create(commune=commune("85047"))
    assert ask(manager, agence="nord").json()["communes"] == ["85047"]


def test_drawing_adds_the_communes_it_covers(manager):
    ring = [[-2.02, 46.75], [-1.75, 46.75], [-1.75, 46.95], [-2.02, 46.95], [-2.02, 46.75]]
    drawing = json.dumps({"type": "Polygon", "coordinates": [ring]})
    answer = ask(manager, ["85182"], dessin=drawing).json()
    assert {"85047", "85182"} <= set(answer["communes"])
    assert "communes" in answer["dit"]


def test_list_unticked_is_what_stays(manager):
    answer = ask(manager, ["85182"]).json()
    assert (answer["communes"], answer["dit"]) == (["85182"], "")


@pytest.mark.parametrize(
    "change",
    [
        {"commune": "99999"},
        {"commune": "\0"},
        {"nom": "Nulle Part les Bains"},
        {"nom": "🙂" * 400},
        {"agence": "inconnue"},
        {"agence": "\0"},
        {"dessin": "{}"},
    ],
)
def test_change_that_means_nothing_is_refused_with_a_sentence(manager, change):
    answer = ask(manager, ["85182"], **change)
    assert answer.status_code == 422
    assert answer.json()["erreur"].endswith(".")


def test_codes_that_do_not_exist_are_left_out(manager):
    answer = ask(manager, ["85182", "x" * 200, "<script>", ""])
    assert answer.json()["communes"] == ["85182"]
    assert "<script>" not in answer.json()["liste"]


# In the form


def test_form_offers_the_sectors_the_drawing_and_says_what_the_map_has(manager):
    AgencyFactory(name="Agence inventée du Nord")
    page = manager.get(reverse("manage_records_new")).content.decode()
    assert "Agence inventée du Nord</option>" in page
    assert "data-draw" in page
    assert "La carte n'a que les communes de Vendée" in page


def test_form_of_a_record_takes_as_many_queries_whatever_its_zone(
    manager, django_assert_max_num_queries
):
    listing = ListingFactory(zones=list(Territory.objects.communes().order_by("pk")[:200]))
    with django_assert_max_num_queries(14):
        manager.get(reverse("manage_records_edit", args=[listing.pk]))
