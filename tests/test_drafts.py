"""The form of a record is kept while it is typed, and given back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from partners import retention
from partners.models import FormDraft, Listing, User
from partners.records import drafts
from tests.factories import ListingFactory, PermanenceFactory, UserFactory, change
from tests.sent_form import read_form

pytestmark = pytest.mark.django_db
KEEP = reverse("manage_records_draft")
NEW = reverse("manage_records_new")


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


def address(listing):
    return reverse("manage_records_edit", args=[listing.pk])


def typed(client, page, **changes):
    """The form of a page with `changes` typed in it and kept."""
    fields = read_form(client.get(page), "data-record") | changes
    answer = client.post(KEEP, fields)
    assert answer.status_code == 200, answer.content
    return fields


def resume(client, page):
    draft = FormDraft.objects.latest("saved_at")
    return client.get(page, {"reprendre": draft.pk})


def test_what_was_typed_of_a_record_is_offered_and_given_back_whole(manager):
    listing = ListingFactory()
    PermanenceFactory(listing=listing)
    fields = typed(
        manager,
        address(listing),
        summary="Phrase commencée",
        jour_0="9h-12h",
        audiences=["seniors"],
    )
    assert "Reprendre cette saisie" in manager.get(address(listing)).content.decode()
    page = resume(manager, address(listing))
    given = read_form(page, "data-record")
    assert given["summary"] == ["Phrase commencée"]
    assert {n: v for n, v in given.items() if n not in drafts.NOT_KEPT} == {
        n: [v] if isinstance(v, str) else v for n, v in fields.items() if n not in drafts.NOT_KEPT
    }


def test_record_is_as_it_was_until_the_form_is_sent(manager):
    listing = ListingFactory(summary="Avant")
    typed(manager, address(listing), summary="Après")
    assert Listing.objects.get().summary == "Avant"
    fields = read_form(resume(manager, address(listing)), "data-record")
    assert manager.post(address(listing), fields | {"action": "enregistrer"}).status_code == 302
    assert Listing.objects.get().summary == "Après"
    assert not FormDraft.objects.exists()


def test_new_record_is_gone_on_with_and_made_once(manager):
    typed(manager, NEW, name="Relais commencé")
    assert "Relais commencé" in manager.get(NEW).content.decode()
    fields = read_form(resume(manager, NEW), "data-record") | {"action": "enregistrer"}
    for _ in range(2):
        assert manager.post(NEW, fields).status_code == 302
    assert Listing.objects.get().name == "Relais commencé"
    assert not FormDraft.objects.exists()


def test_incomplete_form_is_given_back_as_it_was(manager):
    typed(manager, NEW, phone="02 61")
    page = resume(manager, NEW)
    assert page.status_code == 200
    assert read_form(page, "data-record")["phone"] == ["02 61"]


def test_what_another_changed_meanwhile_is_still_seen(manager):
    listing = ListingFactory(summary="Avant")
    typed(manager, address(listing), summary="La mienne")
    change(listing, summary="La sienne")
    fields = read_form(resume(manager, address(listing)), "data-record")
    answer = manager.post(address(listing), fields | {"action": "enregistrer"})
    assert answer.status_code == 409
    assert "La sienne" in answer.content.decode()


def test_form_kept_twice_is_kept_once(manager):
    listing = ListingFactory()
    for text in ("un", "deux"):
        fields = read_form(manager.get(address(listing)), "data-record")
        manager.post(KEEP, fields | {"summary": text})
    assert FormDraft.objects.get().fields["summary"] == ["deux"]


def test_draft_of_somebody_else_is_neither_shown_nor_erased(manager):
    listing = ListingFactory()
    other = UserFactory(role=User.Role.MANAGER)
    draft = FormDraft.objects.create(
        owner=other, key=f"fiche-{listing.pk}", listing=listing, fields={"summary": ["secret"]}
    )
    for page in (address(listing), f"{address(listing)}?reprendre={draft.pk}", NEW):
        assert "Reprendre" not in manager.get(page).content.decode()
    erase = reverse("manage_records_draft_discard", args=[draft.pk])
    assert manager.post(erase).status_code == 404
    assert FormDraft.objects.exists()


def test_draft_of_another_record_is_not_given_back(manager):
    listing, other = ListingFactory(), ListingFactory()
    typed(manager, address(listing), summary="Phrase commencée")
    assert "Phrase commencée" not in resume(manager, address(other)).content.decode()


def test_draft_is_erased_when_asked(manager):
    listing = ListingFactory()
    typed(manager, address(listing), summary="Phrase commencée")
    erase = reverse("manage_records_draft_discard", args=[FormDraft.objects.get().pk])
    assert manager.post(erase).url == address(listing)
    assert not FormDraft.objects.exists()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 422),
        ({"brouillon": "n'importe quoi"}, 422),
        ({"brouillon": "fiche-999999999"}, 422),
        ({"brouillon": "0" * 16, "description": "x" * 400_000}, 422),
        ({"brouillon": "0" * 16, "name": "a\0🙂<script>", "version": "forgée"}, 200),
    ],
)
def test_anything_sent_is_kept_or_refused_with_a_sentence(manager, sent, status):
    answer = manager.post(KEEP, sent)
    assert answer.status_code == status
    assert answer.json().keys() == ({"dit"} if status == 200 else {"erreur"})
    assert manager.get(NEW).status_code == 200


@pytest.mark.parametrize("asked", ["abc", "0", "99999999999", "1;DROP"])
def test_asking_for_no_draft_opens_the_form(manager, asked):
    assert manager.get(NEW, {"reprendre": asked}).status_code == 200


def test_drafts_are_erased_after_thirty_days(manager):
    owner = UserFactory()
    for key, days in (("0" * 16, 31), ("1" * 16, 29)):
        draft = FormDraft.objects.create(owner=owner, key=key, fields={})
        day = timezone.now() - timedelta(days=days)
        FormDraft.objects.filter(pk=draft.pk).update(saved_at=day)
    assert retention.run().counts["saisies"] == 1
    assert FormDraft.objects.get().key == "1" * 16
