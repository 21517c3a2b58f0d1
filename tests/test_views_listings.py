"""The record, and what people report of it."""

from datetime import date

import pytest
from django.urls import reverse

from partners.models import Contact, Report, User
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


def test_error_is_reported_by_its_author(adviser):
    listing = ListingFactory()
    url = reverse("report", args=[listing.pk])
    assert adviser.get(url).status_code == 200
    response = adviser.post(url, {"kind": "mauvais-numero", "message": "Sonne occupé."})
    assert response.url == listing.get_absolute_url()
    report = Report.objects.get()
    assert (report.listing, report.kind, report.created_by) == (
        listing,
        "mauvais-numero",
        adviser.user,
    )


def test_message_that_names_somebody_warns_once_and_never_blocks(adviser):
    url = reverse("report", args=[ListingFactory().pk])
    body = {"kind": "ferme", "message": "Mme Durand y est allée."}
    response = adviser.post(url, body)
    assert response.status_code == 200
    assert not Report.objects.exists()
    assert "locataire" in response.content.decode()
    adviser.post(url, body | {"confirme": "on"})
    assert Report.objects.get().message == "Mme Durand y est allée."


def test_unknown_kind_of_report_is_refused(adviser):
    url = reverse("report", args=[ListingFactory().pk])
    assert adviser.post(url, {"kind": "licorne"}).status_code == 200
    assert not Report.objects.exists()


def test_field_staff_cannot_report(client):
    client.force_login(UserFactory(role=User.Role.FIELD))
    assert client.get(reverse("report", args=[ListingFactory().pk])).status_code == 403
    assert client.get(reverse("report_gap")).status_code == 403


def test_gap_keeps_situation_and_commune(adviser):
    url = reverse("report_gap") + "?situation=isolement&commune=85182"
    text = adviser.get(url).content.decode()
    assert "Pouzauges" in text
    body = {"situation": "isolement", "commune": "85182", "message": "Personne ne visite."}
    assert adviser.post(reverse("report_gap"), body).url == reverse("home")
    report = Report.objects.get()
    assert report.kind == Report.Kind.MISSING
    assert report.territory.name == "Pouzauges"
    assert [s.slug for s in report.situations.all()] == ["isolement"]


def test_gap_of_an_unknown_situation_is_not_found(adviser):
    assert adviser.get(reverse("report_gap") + "?situation=licorne").status_code == 404


def test_gap_that_says_nothing_is_refused(adviser):
    assert adviser.post(reverse("report_gap"), {}).status_code == 200
    assert not Report.objects.exists()


@pytest.mark.parametrize("situation", ["x\0", "licorne"])
def test_gap_of_a_situation_that_cannot_be_is_refused(adviser, situation):
    response = adviser.post(reverse("report_gap"), {"situation": situation})
    assert response.status_code == 422
    assert not Report.objects.exists()
