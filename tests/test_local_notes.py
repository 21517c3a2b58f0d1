"""An agency notes what it knows of a partner of its sector; a manager reads it first."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from partners import agencies, notes, retention
from partners.models import Listing, LocalNote, SectorCommune, User
from partners.redaction.removing import remove as redact
from tests.factories import (
    AgencyFactory,
    ListingFactory,
    PermanenceFactory,
    UserFactory,
    commune,
    territory,
)
from tests.test_merging import merge

pytestmark = pytest.mark.django_db

WORDS = "L'entrée est derrière la mairie, sonner deux fois."
QUEUE = "/gestion/notes/"
OTHER_EPCI = "85051"  # a commune of the same département, elsewhere
Status = LocalNote.Status


def agency(code="85182"):
    made = AgencyFactory()
    SectorCommune.objects.create(sector=made.sector, commune=commune(code))
    return made


def account(role=User.Role.AGENCY, at=None):
    return UserFactory(role=role, agency=at)


@pytest.fixture
def sign_in(client):
    def sign_in(user):
        client.force_login(user)
        client.user = user
        return client

    return sign_in


@pytest.fixture
def counter(sign_in):
    """An agency of Pouzauges."""
    return sign_in(account(at=agency()))


def written(listing=None, text=WORDS, *, by=None):
    return notes.write(listing or ListingFactory(), text, by=by or account(at=agency()))


def approved(*args, **kwargs):
    note = written(*args, **kwargs)
    notes.approve(note, note.text, version=note.version, by=None)
    note.refresh_from_db()
    return note


def send(client, listing, text=WORDS, **body):
    return client.post(reverse("note", args=[listing.pk]), {"text": text} | body)


def decide(client, note, decision="approuver", **body):
    fields = {"decision": decision, "text": note.text, "answer": "", "vu": note.version}
    return client.post(reverse("manage_reports_note", args=[note.pk]), fields | body)


def page(client, address):
    return texts(client.get(address))


def record(client, listing):
    return page(client, listing.get_absolute_url())


def texts(answer):
    words = answer.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")
    return words.replace("&#x27;", "'").replace("&#39;", "'")


# Written by an agency


def test_note_waits_and_its_agency_alone_sees_it(counter, sign_in):
    listing = ListingFactory()
    assert "Écrire une note pour l'agence" in record(counter, listing)
    answer = send(counter, listing, f"  {WORDS}\r\n ")
    note = LocalNote.objects.get()
    assert answer.url == listing.get_absolute_url()
    assert (note.text, note.status, note.written_by) == (WORDS, Status.WAITING, counter.user)
    assert "en attente de relecture" in record(counter, listing)
    colleague = account(User.Role.ADVISER, at=counter.user.agency)
    for other in (account(at=agency("85003")), account(User.Role.ADVISER), colleague):
        assert "sonner deux fois" not in record(sign_in(other), listing)


def test_writing_again_or_clicking_twice_leaves_one_note(counter):
    listing = ListingFactory()
    for text in (WORDS, WORDS, "Appeler le matin."):
        send(counter, listing, text)
    assert LocalNote.objects.get().text == "Appeler le matin."
    assert "Appeler le matin." in page(counter, reverse("note", args=[listing.pk]))


def test_words_that_name_somebody_warn_once_and_never_block(counter):
    listing = ListingFactory()
    assert "semble nommer quelqu'un" in texts(send(counter, listing, "Mme Durand y va."))
    assert not LocalNote.objects.exists()
    send(counter, listing, "Mme Durand y va.", confirme="on")
    assert LocalNote.objects.get().text == "Mme Durand y va."


@pytest.mark.parametrize("text", ["", "   ", "é" * 141, "a\0b"])
def test_note_empty_too_long_or_unreadable_is_refused_beside_its_field(counter, text):
    answer = send(counter, ListingFactory(), text)
    assert answer.status_code == 422
    assert 'role="alert"' in texts(answer)
    assert text.strip().replace("\0", "") in texts(answer).replace("\0", "")
    assert not LocalNote.objects.exists()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "👩‍🦽 rampe à gauche", "é" * 140])
def test_whatever_is_written_is_shown_as_written(counter, text):
    listing = ListingFactory()
    send(counter, listing, text)
    assert LocalNote.objects.get().text == text
    shown = record(counter, listing)
    assert "<script>alert" not in shown
    assert text.replace("<", "&lt;").replace(">", "&gt;") in shown


@pytest.mark.parametrize("role", set(User.Role) - {User.Role.AGENCY})
def test_other_roles_write_none(sign_in, role):
    client, listing = sign_in(account(role, at=agency())), ListingFactory()
    assert client.get(reverse("note", args=[listing.pk])).status_code == 403
    assert send(client, listing).status_code == 403
    assert "Écrire une note" not in record(client, listing)


def test_agency_account_without_agency_writes_none(sign_in):
    assert send(sign_in(account()), ListingFactory()).status_code == 403


def test_words_typed_by_who_is_no_longer_signed_in_come_back(client):
    address = reverse("note", args=[ListingFactory().pk])
    assert client.get(address).url.startswith(reverse("login"))
    answer = client.post(address, {"text": WORDS})
    assert answer.status_code == 403
    assert "Rien n'est perdu" in texts(answer)
    assert not LocalNote.objects.exists()


@pytest.mark.parametrize("pk", [0, 999_999_999])
def test_unknown_record_or_note_is_not_found(counter, pk):
    for name in ("note", "note_remove", "note_restore"):
        assert counter.post(reverse(name, args=[pk]), {"text": WORDS}).status_code == 404


def test_draft_is_not_found(counter):
    assert send(counter, ListingFactory(status="brouillon")).status_code == 404


# Of its sector


@pytest.mark.parametrize(
    ("zones", "is_open"),
    [
        (["commune:85182"], True),
        (["epci:248500464"], True),
        (["departement:85"], True),
        (["region:52"], True),
        ([f"commune:{OTHER_EPCI}"], False),
        (["departement:44"], False),
        ([], False),
    ],
)
def test_record_that_serves_the_sector_takes_notes(counter, zones, is_open):
    found = [territory(*zone.split(":")) for zone in zones]
    listing = ListingFactory(commune=commune(OTHER_EPCI), zones=found)
    assert send(counter, listing).status_code == (302 if is_open else 403)
    assert ("Écrire une note" in record(counter, listing)) == is_open


def test_record_that_serves_the_sector_itself_or_one_that_shares_a_commune_takes_notes(counter):
    for sector in (counter.user.agency.sector, agency().sector):
        listing = ListingFactory(commune=commune(OTHER_EPCI), zones=[sector])
        assert send(counter, listing).status_code == 302


def test_record_that_stands_or_receives_in_the_sector_takes_notes(counter):
    assert send(counter, ListingFactory(zones=[])).status_code == 302
    away = ListingFactory(commune=commune(OTHER_EPCI), zones=[])
    PermanenceFactory(listing=away)
    assert send(counter, away).status_code == 302


def test_place_of_a_confidential_record_is_not_told_by_its_sector(counter):
    assert send(counter, ListingFactory(zones=[], is_confidential=True)).status_code == 403


# Read first by a manager


@pytest.fixture
def manager(sign_in):
    return sign_in(account(User.Role.MANAGER))


def test_waiting_note_is_in_the_work_of_the_day_and_in_the_queue(manager):
    note = written()
    assert reverse("manage_reports_notes") in page(manager, reverse("manage_home"))
    queue = page(manager, QUEUE)
    assert "sonner deux fois" in queue
    assert note.listing.name in queue
    assert "Relire la note" in record(manager, note.listing)


def test_approved_note_is_read_by_its_agency_whatever_the_role(manager, sign_in):
    note = written()
    assert decide(manager, note).url == QUEUE
    note.refresh_from_db()
    assert (note.status, note.decided_by) == (Status.APPROVED, manager.user)
    assert "sonner deux fois" in page(manager, f"{QUEUE}?etat=approuvee")
    for role in User.Role:
        shown = record(sign_in(account(role, at=note.agency)), note.listing)
        assert "sonner deux fois" in shown
        assert note.agency.name in shown
    for role in set(User.Role) - {User.Role.MANAGER, User.Role.ADMINISTRATOR}:
        shown = record(sign_in(account(role, at=agency("85003"))), note.listing)
        assert "sonner deux fois" not in shown


def test_note_mended_by_the_manager_is_shown_as_mended(manager):
    note = written()
    decide(manager, note, text="Entrée derrière la mairie.")
    assert LocalNote.objects.get().text == "Entrée derrière la mairie."


def test_refused_note_tells_its_agency_why_and_no_one_else(manager, sign_in):
    note = written()
    decide(manager, note, "refuser", answer="Déjà dit sur la fiche.")
    assert "Déjà dit sur la fiche." in page(manager, f"{QUEUE}?etat=refusee")
    assert "Déjà dit sur la fiche." in record(sign_in(account(at=note.agency)), note.listing)
    field = account(User.Role.FIELD, at=note.agency)
    assert "Déjà dit sur la fiche." not in record(sign_in(field), note.listing)
    notes.write(note.listing, "Autre chose.", by=account(at=note.agency))
    shown = record(sign_in(account(at=note.agency)), note.listing)
    assert "Autre chose." in shown
    assert "Déjà dit" not in shown


@pytest.mark.parametrize(
    ("decision", "body"),
    [
        ("refuser", {"answer": ""}),
        ("refuser", {"answer": "x" * 201}),
        ("approuver", {"text": ""}),
        ("approuver", {"text": "x" * 141}),
        ("licorne", {}),
    ],
)
def test_wrong_decision_is_refused_and_keeps_what_was_typed(manager, decision, body):
    note = written()
    answer = decide(manager, note, decision, **body)
    assert answer.status_code == 422
    assert 'role="alert"' in texts(answer)
    assert all(value in texts(answer) for value in body.values())
    assert LocalNote.objects.get().status == Status.WAITING


def test_approval_of_a_name_warns_once(manager):
    note = written(text="Mme Durand y va.")
    assert "semble nommer quelqu'un" in texts(decide(manager, note))
    assert decide(manager, note, confirme="on").status_code == 302
    assert LocalNote.objects.get().status == Status.APPROVED


def test_note_rewritten_meanwhile_is_read_again_before_it_is_approved(manager):
    note = written()
    notes.write(note.listing, "Autre chose.", by=account(at=note.agency))
    answer = decide(manager, note, text="Ce que j'avais corrigé.")
    assert answer.status_code == 422
    for told in ("a réécrit sa note", "Autre chose.", "Ce que j'avais corrigé."):
        assert told in texts(answer)
    assert LocalNote.objects.get().status == Status.WAITING


@pytest.mark.parametrize("stamp", ["", "x", "2026-01-01", "é" * 41])
def test_stale_or_foreign_stamp_decides_nothing(manager, stamp):
    assert decide(manager, written(), vu=stamp).status_code == 422
    assert LocalNote.objects.get().status == Status.WAITING


def test_second_click_says_that_it_is_done(manager):
    note = written()
    decide(manager, note)
    assert "s'en est occupé" in texts(decide(manager, note, "refuser", answer="Non."))
    assert LocalNote.objects.get().status == Status.APPROVED


def test_decision_is_undone_unless_the_agency_wrote_again(manager):
    note = written()
    undo = reverse("manage_reports_note_reopen", args=[note.pk])
    assert undo in page(manager, decide(manager, note, "refuser", answer="Non.").url)
    manager.post(undo)
    note.refresh_from_db()
    assert (note.status, note.answer, note.decided_at) == (Status.WAITING, "", None)
    decide(manager, note)
    notes.write(note.listing, "Autre chose.", by=account(at=note.agency))
    manager.post(undo)
    note.refresh_from_db()
    assert note.status == Status.APPROVED


@pytest.mark.parametrize("address", [f"{QUEUE}?etat=x", f"{QUEUE}999999999/"])
def test_unknown_state_or_note_of_the_queue_is_not_found(manager, address):
    assert manager.get(address).status_code == 404


def test_queue_asks_little_whatever_it_holds_and_is_paged(manager, django_assert_max_num_queries):
    by, listings = account(at=agency()), ListingFactory.create_batch(3)
    for number in range(15):
        for listing in listings:
            note = LocalNote(listing=listing, agency=by.agency, text=f"Note {number}")
            note.status, note.decided_at = Status.REFUSED, timezone.now()
            note.save()
    with django_assert_max_num_queries(12):
        assert "Page 1 sur 2" in page(manager, f"{QUEUE}?etat=refusee")


def test_record_opened_with_a_commune_is_found_again_with_it_and_with_nothing_typed(counter):
    listing = ListingFactory()
    query = "situation=isolement&commune=85182"
    home = f"{listing.get_absolute_url()}?{query}"
    opened = counter.get(home, {"situation": "isolement", "commune": "85182", "q": "Mme Durand"})
    [address] = re.findall(r'href="([^"]+/note/[^"]*)"', opened.content.decode())
    address = unescape(address)
    assert address == f"{reverse('note', args=[listing.pk])}?{query}"
    asked = unescape(counter.get(f"{address}&q=Mme+Durand").content.decode())
    assert f'action="{address}"' in asked
    assert asked.count(f'href="{home}"') == 2
    assert counter.post(f"{address}&q=Mme+Durand", {"text": WORDS}).url == home
    shown = unescape(counter.get(home).content.decode())
    assert f'name="suite" value="{home}"' in shown
    note = LocalNote.objects.get()
    for name in ("note_remove", "note_restore"):
        answer = counter.post(reverse(name, args=[note.pk]), {"suite": home})
        assert answer.url == home


def test_note_written_from_an_address_that_means_nothing_leads_back_to_the_record(counter):
    listing = ListingFactory()
    answer = counter.post(
        f"{reverse('note', args=[listing.pk])}?commune=99999&x=Durand", {"text": WORDS}
    )
    assert answer.url == listing.get_absolute_url()


# Taken away, over


@pytest.mark.parametrize("role", [User.Role.AGENCY, User.Role.MANAGER])
def test_note_is_taken_away_and_put_back(sign_in, role):
    note = approved()
    client = sign_in(account(role, at=note.agency))
    back = client.post(reverse("note_remove", args=[note.pk]))
    shown = page(client, back.url)
    assert "sonner deux fois" not in shown
    undo = reverse("note_restore", args=[note.pk])
    assert undo in shown
    client.post(undo)
    assert "sonner deux fois" in record(client, note.listing)


@pytest.mark.parametrize(
    ("role", "is_own", "status"),
    [
        (User.Role.AGENCY, False, 404),
        (User.Role.ADVISER, False, 404),
        (User.Role.ADVISER, True, 403),
        (User.Role.FIELD, True, 403),
    ],
)
def test_note_of_others_is_not_taken_away(sign_in, role, is_own, status):
    note = approved()
    client = sign_in(account(role, at=note.agency if is_own else agency("85003")))
    for name in ("note_remove", "note_restore"):
        assert client.get(reverse(name, args=[note.pk])).status_code == 405
        assert client.post(reverse(name, args=[note.pk])).status_code == status
    assert "Retirer" not in record(client, note.listing)


def test_note_is_shown_for_a_year(counter):
    note = approved(by=counter.user)
    for days, is_shown in ((364, True), (366, False)):
        LocalNote.objects.update(decided_at=timezone.now() - timedelta(days=days))
        assert ("sonner deux fois" in record(counter, note.listing)) == is_shown


@pytest.mark.parametrize(
    ("facts", "gone"),
    [({"decided_at": 394}, 0), ({"decided_at": 396}, 1), ({"removed_at": 29}, 0),
     ({"removed_at": 31}, 1)],
)  # fmt: skip
def test_note_is_erased_a_month_later_with_its_history(facts, gone):
    approved()
    now = timezone.now()
    LocalNote.objects.update(**{k: now - timedelta(days=days) for k, days in facts.items()})
    assert retention.run().counts["notes"] == gone
    events = LocalNote.pgh_event_model.objects
    assert events.exists() == LocalNote.objects.exists() == (not gone)


# With the rest


def test_note_is_in_no_answer_of_the_api_nor_export(manager):
    note = approved()
    addresses = [f"/api/v1/fiches/{note.listing.pk}", "/gestion/emporter/fiches.csv"]
    for address in addresses:
        answer = manager.get(address)
        assert answer.status_code == 200
        content = b"".join(answer) if answer.streaming else answer.content
        assert note.listing.name in content.decode()
        assert "sonner deux fois" not in content.decode()


def test_value_redacted_leaves_the_note_and_its_past():
    note = approved(text="Demander Camille Inventée.")
    redact(note.listing, ["Camille Inventée"], what="nom", by=None)
    rows = [LocalNote.objects.get(), *LocalNote.pgh_event_model.objects.all()]
    assert not any("Camille" in row.text for row in rows)


def test_notes_of_a_record_absorbed_follow_and_one_waits():
    kept, absorbed, by = ListingFactory(), ListingFactory(), account(at=agency())
    approved(kept, "Ici.", by=by)
    approved(absorbed, "Là.", by=by)
    for listing in (kept, absorbed):
        written(listing, f"Attend {listing.pk}", by=by)
    merge(kept, absorbed)
    assert {note.text for note in kept.local_notes.all()} == {"Ici.", "Là.", f"Attend {kept.pk}"}
    assert Listing.objects.get(pk=absorbed.pk).local_notes.count() == 0


def test_notes_of_an_agency_that_closes_go_with_its_accounts():
    by, other = account(at=agency()), account(at=agency("85003"))
    approved(by=by)
    listing = written(by=by).listing
    written(listing, "La leur.", by=other)
    agencies.close(by.agency, into=other.agency)
    found = LocalNote.objects.values_list("agency", "status")
    assert set(found) == {(other.agency_id, Status.APPROVED), (other.agency_id, Status.WAITING)}
