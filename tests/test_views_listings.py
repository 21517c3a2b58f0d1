"""The record, and what people report of it."""

from datetime import date

import pytest

from partners.models import Contact, User
from tests.factories import ListingFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def adviser(client):
    client.user = UserFactory()
    client.force_login(client.user)
    return client


def test_record_shows_how_to_reach_the_partner(adviser):
    listing = ListingFactory(phone="+33261910007", phone_instructions="taper 2")
    text = adviser.get(listing.get_absolute_url()).content.decode()
    assert "02 61 91 00 07" in text
    assert "taper 2" in text


def test_old_name_in_the_address_leads_to_the_record(adviser):
    listing = ListingFactory()
    response = adviser.get(f"/fiches/{listing.pk}-ancien-nom/")
    assert response.status_code == 301
    assert response.url.startswith(listing.get_absolute_url())


@pytest.mark.parametrize("path", ["/fiches/999999999/", "/fiches/0-x/", "/fiches/-1/"])
def test_unknown_record_is_not_found(adviser, path):
    assert adviser.get(path).status_code == 404


def test_huge_record_number_is_not_found(adviser):
    assert adviser.get(f"/fiches/{10**30}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "sees_all", "sees_managers"),
    [
        (User.Role.FIELD, False, False),
        (User.Role.ADVISER, True, False),
        (User.Role.AGENCY, True, False),
        (User.Role.MANAGER, True, True),
        (User.Role.ADMINISTRATOR, True, True),
    ],
)
def test_named_contacts_follow_their_visibility(client, role, sees_all, sees_managers):
    listing = ListingFactory(professional_phone="+33261910099")
    for visibility, name in (("tous", "Claire Inventée"), ("responsables", "Paul Imaginaire")):
        Contact.objects.create(
            listing=listing,
            name=name,
            visibility=visibility,
            source="rencontre",
            recorded_on=date(2026, 9, 1),
        )
    client.force_login(UserFactory(role=role))
    text = client.get(listing.get_absolute_url()).content.decode()
    assert ("Claire Inventée" in text) is sees_all
    assert ("Paul Imaginaire" in text) is sees_managers
    assert ("02 61 91 00 99" in text) is (role != User.Role.FIELD)
