"""A closure or a message on a record: shown between its dates, ended at once, gone by itself."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from partners import announcing
from partners.models import Listing, User
from partners.models.derived import stale
from tests.api_client import Scope, api
from tests.factories import ListingFactory, UserFactory, change

pytestmark = pytest.mark.django_db

RESULTS = "/recherche/?situation=isolement&commune=85182"


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


@pytest.fixture
def listing():
    return ListingFactory(name="Relais du Bocage")


def day(number):
    return timezone.localdate() + timedelta(days=number)


def address(listing):
    return reverse("manage_records_announce", args=[listing.pk])


def send(client, listing, **changes):
    said = {"kind": "message", "text": "Déménage le 3.", "first": "", "last": day(9).isoformat()}
    return client.post(address(listing), said | changes)


def words(response):
    return " ".join(unescape(response.content.decode()).replace("\u00a0", " ").split())


def test_message_stands_on_card_and_record_and_in_the_api(manager, listing):
    assert send(manager, listing).url == listing.get_absolute_url()
    assert "Déménage le 3." in words(manager.get(RESULTS))
    assert "Déménage le 3." in words(manager.get(listing.get_absolute_url()))
    fiche = api(Scope.READ).get(f"fiches/{listing.pk}").json()
    assert fiche["annonces"] == [
        {
            "fermeture": False,
            "texte": "Déménage le 3.",
            "du": day(0).isoformat(),
            "au": day(9).isoformat(),
        }
    ]
    assert not stale().exists()


def test_closure_is_said_without_words_and_passes_after_the_others(manager, listing):
    send(manager, listing, kind="fermeture", text="")
    assert "Fermé temporairement" in words(manager.get(RESULTS))
    listing.refresh_from_db()
    assert listing.is_suspended_on(day(9))
    assert not listing.is_suspended_on(day(10))


@pytest.mark.parametrize(
    ("first", "last", "is_shown"), [(-3, -1, False), (0, 0, True), (-3, None, True), (1, 4, False)]
)
def test_message_comes_and_goes_by_itself(manager, listing, first, last, is_shown):
    end = None if last is None else day(last)
    change(listing, notice="Déménage.", notice_from=day(first), notice_until=end)
    assert ("Déménage." in words(manager.get(RESULTS))) is is_shown
    assert bool(announcing.standing(listing)) is (last is None or last >= 0)


def test_both_stand_together_and_each_ends_at_once(manager, listing):
    send(manager, listing)
    send(manager, listing, kind="fermeture", text="Fermé pour travaux.")
    page = words(manager.get(address(listing)))
    assert "Déménage le 3." in page
    assert "Fermé pour travaux." in page
    for _ in range(2):
        assert manager.post(address(listing), {"terminer": "fermeture"}).status_code == 302
    page = words(manager.get(RESULTS))
    assert "Fermé pour travaux." not in page
    assert "Déménage le 3." in page
    manager.post(address(listing), {"terminer": "message"})
    assert "Déménage le 3." not in words(manager.get(RESULTS))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"last": ""}, "Donnez le dernier jour"),
        ({"last": "2020-01-01"}, "avant le premier"),
        ({"first": "2020-01-01", "last": "2020-01-02"}, "Ce jour est passé"),
        ({"has_no_end": "on"}, "Retirez cette date"),
        ({"text": ""}, "Écrivez le message"),
        ({"text": "x" * 201}, "200"),
        ({"kind": ""}, "une fermeture ou un message"),
        ({"kind": "autre"}, "une fermeture ou un message"),
        ({"last": "hier"}, "date"),
        ({"last": "9999-99-99"}, "date"),
        ({"last": "9999-12-31"}, "Vérifiez l'année"),
        ({"first": "0026-01-01"}, "Vérifiez l'année"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_written(
    manager, listing, changes, said
):
    answer = send(manager, listing, **changes)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not announcing.standing(Listing.objects.get(pk=listing.pk))


def test_end_that_is_not_known_is_ticked(manager, listing):
    send(manager, listing, last="", has_no_end="on")
    listing.refresh_from_db()
    assert (listing.notice_from, listing.notice_until) == (day(0), None)


def test_message_that_names_somebody_warns_once(manager, listing):
    named = {"text": "Demander Mme Durand 💬 <script>"}
    answer = send(manager, listing, **named)
    assert "semble nommer" in words(answer)
    assert not announcing.standing(Listing.objects.get(pk=listing.pk))
    send(manager, listing, **named, confirme="on")
    page = manager.get(listing.get_absolute_url()).content.decode()
    assert "Durand 💬 &lt;script&gt;" in page


def test_advisers_are_offered_nothing_and_unknown_records_are_not_found(client, manager, listing):
    assert address(listing) in manager.get(listing.get_absolute_url()).content.decode()
    assert manager.get(reverse("manage_records_announce", args=[999999])).status_code == 404
    client.force_login(UserFactory())
    assert address(listing) not in client.get(listing.get_absolute_url()).content.decode()


def test_expired_session_gives_the_message_back(client, listing):
    answer = send(client, listing)
    assert answer.status_code == 403
    assert "Déménage le 3." in answer.content.decode()
