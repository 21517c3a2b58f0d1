"""What partners answer waits for a manager, who takes or leaves each value."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners import waiting
from partners.campaigns import replies
from partners.models import Listing, Proposal, Reply, User
from tests.campaigns import sent_to
from tests.factories import ListingFactory, UserFactory, commune

pytestmark = pytest.mark.django_db

QUEUE, DECIDE = "/gestion/propositions/", "/gestion/propositions/decider/"


@pytest.fixture
def manager(client):
    client.user = UserFactory(role=User.Role.MANAGER)
    client.force_login(client.user)
    return client


@pytest.fixture
def reply():
    listing = sent_to("relais")
    return Reply.objects.select_related("letter", "listing").get(listing=listing)


def propose(reply, zone_words="", message="", **values):
    shown = replies.told(reply.listing)
    return replies.propose(reply, values, shown=shown, zone_words=zone_words, message=message)


def decide(client, decision, *facts):
    found = Proposal.objects.filter(fact__in=facts) if facts else Proposal.objects.all()
    sent = {"proposition": [p.pk for p in found], "decision": decision}
    return client.post(DECIDE, sent, follow=True)


def fresh(reply):
    return Listing.objects.get(pk=reply.listing_id)


def checks(reply):
    return {c.scope: (c.method, c.checked_by) for c in fresh(reply).verifications.all()}


def test_queue_shows_old_beside_new_in_words(manager, reply):
    Listing.objects.filter(pk=reply.listing_id).update(opening_hours="Tu 10:00-12:00")
    reply.listing.refresh_from_db()
    propose(reply, phone="+33261910042", opening_hours="Mo 09:00-12:00", audiences=["jeunes"])
    html = manager.get(QUEUE).content.decode()
    for text in ("02 61 91 00 42", "Lundi", "Mardi", "Reprendre, téléphone", "relais@example.org"):
        assert text in html


def test_taking_a_value_writes_it_and_verifies_what_the_partner_confirmed(manager, reply):
    propose(reply, phone="+33261910042")
    decide(manager, "reprendre")
    assert fresh(reply).phone == "+33261910042"
    assert checks(reply) == {"fiche": ("partenaire", manager.user)}
    reply.refresh_from_db()
    assert (bool(reply.settled_at), reply.settled_by) == (True, manager.user)


def test_value_that_is_left_is_not_verified_and_the_rest_is(manager, reply):
    propose(reply, phone="+33261910042", summary="Autre phrase.")
    before = fresh(reply).phone
    decide(manager, "garder", "phone")
    decide(manager, "reprendre", "summary")
    assert (fresh(reply).phone, fresh(reply).summary) == (before, "Autre phrase.")
    assert set(checks(reply)) == {"horaires", "zone", "criteres"}


def test_all_at_once(manager, reply):
    values = {
        "phone": "115",
        "email": "nouveau@example.org",
        "opening_hours": "Mo-Fr 09:00-12:00; PH off",
        "audiences": ["jeunes", "seniors"],
        "access_conditions": "Habiter ici.\nVenir tôt.",
        "appointment": "sur-rendez-vous",
        "address": "2 rue de la Gare",
        "postal_code": "85300",
        "commune": commune("85047"),
        "website": "",
    }
    assert propose(reply, **values) == len(values) - 1
    decide(manager, "reprendre")
    listing = fresh(reply)
    assert {name: getattr(listing, name) for name in values} == values
    assert listing.entry.departement == "85"


def test_words_wait_for_cest_traite_after_the_values(manager, reply):
    propose(reply, phone="+33261910042", zone_words="Tout le canton.", message="Bonjour.")
    settle = f"/gestion/propositions/reponses/{reply.pk}/"
    assert "Décidez d&#x27;abord" in manager.post(settle, follow=True).content.decode()
    decide(manager, "reprendre")
    assert Reply.objects.to_settle().count() == 1
    manager.post(settle)
    assert Reply.objects.to_settle().count() == 0
    assert set(checks(reply)) == {"telephone", "horaires", "criteres"}  # the zone is in words


def test_goodbye_is_seen_to_without_any_verification(manager, reply):
    replies.leave(reply, Reply.Kind.GONE, message="Depuis juin.")
    html = manager.get(QUEUE).content.decode()
    assert "Depuis juin." in html
    assert f"/gestion/fiches/{reply.listing_id}/archiver/" in html
    manager.post(f"/gestion/propositions/reponses/{reply.pk}/")
    assert checks(reply) == {}
    assert Reply.objects.to_settle().count() == 0


def test_value_already_decided_is_said_to_be(manager, reply):
    propose(reply, phone="+33261910042")
    pk = Proposal.objects.get().pk
    sent = {"proposition": pk, "decision": "reprendre"}
    manager.post(DECIDE, sent)
    assert "déjà décidé" in manager.post(DECIDE, sent, follow=True).content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"proposition": "1", "decision": "autre"},
        {"proposition": "x", "decision": "garder"},
        {"proposition": "9" * 30, "decision": "garder"},
    ],
)
def test_decision_that_no_form_sends_is_refused(manager, sent):
    assert manager.post(DECIDE, sent).status_code == 400


def test_page_that_does_not_exist_is_not_found(manager):
    assert manager.get(f"{QUEUE}?de=ailleurs").status_code == 404


def test_value_that_the_record_cannot_take_is_told_and_waits(manager, reply):
    propose(reply, phone="", email="", website="")
    listing = fresh(reply)
    answer = decide(manager, "reprendre", "email", "phone")
    assert fresh(reply).status != "publie" or "ne peut pas" in answer.content.decode()
    assert listing.pk == fresh(reply).pk


def test_open_data_and_partners_do_not_stand_in_each_others_way(manager, reply):
    today = timezone.localdate()
    Proposal.objects.create(
        listing=reply.listing,
        fact="phone",
        cells={"telephone": "+33261910099"},
        source="dora",
        proposed_on=today,
    )
    propose(reply, phone="+33261910042")
    assert "02 61 91 00 99" in manager.get(f"{QUEUE}?de=sources").content.decode()
    assert "02 61 91 00 99" not in manager.get(QUEUE).content.decode()
    page = manager.get(fresh(reply).get_absolute_url()).content.decode()
    assert "02 61 91 00 42" not in page
    counts = {task.label: task.count for task in waiting.tasks()}
    assert counts["réponses de partenaires à relire"] == counts["propositions à relire"] == 1


def test_queue_asks_as_much_for_one_as_for_many(manager, reply):
    def count():
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(QUEUE).status_code == 200
        return len(captured)

    values = {"phone": "+33261910042", "commune": commune("85047"), "audiences": ["jeunes"]}
    propose(reply, **values)
    one = count()
    for _ in range(4):
        other = Reply.objects.create(letter=reply.letter, listing=ListingFactory())
        propose(other, **values)
    assert count() == one <= 15
