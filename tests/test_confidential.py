"""A place that must stay secret (rule R7): nothing that anybody reads depends on where it is."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from partners import completion, favourites, map_forms, own_names
from partners.models import SearchEntry, Territory, User, derived
from tests.factories import ListingFactory, UserFactory, change, commune, territory

pytestmark = pytest.mark.django_db
FAR = "67999"
PLACES = ["85182", "44109", FAR, None]
"""Pouzauges, Nantes, Alsace, which has other days off, and nowhere."""


@pytest.fixture
def shelter():
    home = territory("departement", "44")
    Territory.objects.create(kind="commune", code=FAR, name="Zinzolin", departement=home)
    return ListingFactory(
        name="Maison du Tilleul",
        is_confidential=True,
        zones=[territory("departement", "85")],
        opening_hours="Mo-Su 08:00-13:00",
    )


def wherever(shelter, read):
    """What `read` gives of each place where the shelter may be."""
    found = []
    for code in PLACES:
        change(shelter, commune=commune(code) if code else None)
        shelter.refresh_from_db()
        derived.refresh()
        found.append(read())
    return found


def same(found):
    assert found[1:] == found[:-1]
    return found[0]


def test_what_the_search_reads_is_the_same_wherever_it_is(shelter):
    names = [field.attname for field in SearchEntry._meta.concrete_fields]
    told = same(wherever(shelter, lambda: SearchEntry.objects.values(*names).get(pk=shelter.pk)))
    assert told["departement"] == "85"
    assert told["sites"] == []


def test_it_is_proposed_and_found_by_its_name_wherever_it_is(shelter):
    def proposed():
        found = completion.complete("tilleul", departement="85").options
        return [option.value for option in found if option.kind == "fiche"]

    assert same(wherever(shelter, proposed)) == [str(shelter.pk)]
    assert same(wherever(shelter, lambda: own_names.find("maison du tilleul", "85"))).start == 0


@pytest.mark.parametrize(
    "zones", [[], [("departement", "85"), ("departement", "44")], [("pays", "france")]]
)
def test_one_that_serves_several_departements_or_none_is_of_none(shelter, zones):
    shelter.zone_links.all().delete()
    for zone in zones:
        shelter.zone_links.create(territory=territory(*zone))
    assert same(wherever(shelter, lambda: SearchEntry.objects.get(pk=shelter.pk).departement)) == ""


def test_its_hours_do_not_follow_the_days_off_of_its_place(shelter):
    good_friday = datetime(2027, 3, 26, 10, 43, tzinfo=ZoneInfo("Europe/Paris"))
    assert same(wherever(shelter, lambda: str(favourites._opening(shelter, good_friday))))


def test_the_map_offers_no_more_territories_for_it(shelter):
    vendee = territory("departement", "85")
    same(wherever(shelter, lambda: [t.pk for t in map_forms._territories(vendee)]))


def test_the_workspace_says_no_place(client, shelter):
    adviser = UserFactory()
    client.force_login(adviser)
    client.post(reverse("report", args=[shelter.pk]), {"kind": "autre", "message": "À revoir"})
    client.force_login(UserFactory(role=User.Role.MANAGER))
    for address in (reverse("manage_reports"), f"{reverse('manage_review')}?liste=toutes"):
        page = client.get(address).content.decode()
        assert shelter.name in page
        assert "lieu confidentiel" in page
        assert "Pouzauges" not in page
