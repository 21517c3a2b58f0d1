"""The page of a record as an adviser will see it, before anything is saved."""

import pytest
from django.urls import reverse
from pghistory.models import Events

from partners.models import Contact, Listing, SearchEntry, User
from tests.factories import ListingFactory, UserFactory
from tests.sent_form import read_form

pytestmark = pytest.mark.django_db
PREVIEW = reverse("manage_records_preview")
NEW = reverse("manage_records_new")


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


def form_of(client, listing):
    page = client.get(reverse("manage_records_edit", args=[listing.pk]))
    return read_form(page, "data-record")


def test_preview_shows_what_was_typed_and_keeps_nothing(manager):
    listing = ListingFactory(summary="Avant")
    entry, events = SearchEntry.objects.get(), Events.objects.count()
    sent = form_of(manager, listing) | {
        "summary": "Après, en aperçu",
        "jour_0": "9h-12h",
        "permanences-0-place": "école",
        "permanences-0-commune": "Pouzauges",
        "permanences-0-day": "1",
        "permanences-0-slots": "14h-17h",
    }
    page = manager.post(PREVIEW, sent)
    text = page.content.decode()
    assert page.status_code == 200
    for said in ("rien n'est enregistré", "Après, en aperçu", "tous les mardis"):
        assert said in text
    assert "Modifier cette fiche" not in text
    listing = Listing.objects.get()
    assert (listing.summary, listing.status) == ("Avant", Listing.Status.PUBLISHED)
    assert not listing.permanences.exists()
    assert SearchEntry.objects.get().words == entry.words
    assert Events.objects.count() == events


def test_record_that_could_not_be_published_has_a_preview(manager):
    listing = ListingFactory()
    page = manager.post(PREVIEW, form_of(manager, listing) | {"phone": "", "summary": "Sans voix"})
    assert page.status_code == 200
    assert "Sans voix" in page.content.decode()


def test_new_record_has_a_preview_and_is_not_made(manager):
    sent = read_form(manager.get(NEW), "data-record") | {"name": "Relais en aperçu"}
    page = manager.post(PREVIEW, sent)
    assert page.status_code == 200
    assert "Relais en aperçu" in page.content.decode()
    assert not Listing.objects.exists()


def test_contact_for_managers_alone_is_not_in_the_preview(manager):
    sent = read_form(manager.get(NEW), "data-record") | {
        "name": "Relais",
        "contacts-0-name": "Contact inventé",
        "contacts-0-visibility": Contact.Visibility.MANAGERS,
    }
    assert "Contact inventé" not in manager.post(PREVIEW, sent).content.decode()
    sent["contacts-0-visibility"] = Contact.Visibility.ALL
    assert "Contact inventé" in manager.post(PREVIEW, sent).content.decode()


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"phone": "02 61"}, {"zone_ajout": "Nulle Part"}]
)
def test_what_is_wrong_is_said_in_place_of_the_preview(manager, changes):
    sent = form_of(manager, ListingFactory()) | changes
    page = manager.post(PREVIEW, sent)
    assert page.status_code == 422
    assert "Pas encore d'aperçu" in page.content.decode()


@pytest.mark.parametrize("key", ["fiche-999999999", "fiche-x", "", "\0"])
def test_preview_of_nothing_known_is_no_fault(manager, key):
    assert manager.post(PREVIEW, {"brouillon": key}).status_code in {404, 422}
