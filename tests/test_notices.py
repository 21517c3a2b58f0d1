"""Telling people whom the directory names (GDPR, article 14), and the page for the officer."""

from datetime import date

import pytest
import time_machine
from django.core import mail as outbox
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from partners import kept_data, notices, retention
from partners.models import Contact, ContactNotice, NoticeText, User
from tests.factories import ListingFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST, TEXT, DATA = "/gestion/donnees/personnes/", "/gestion/donnees/texte/", "/gestion/donnees/"
Way = ContactNotice.Way


@pytest.fixture
def boss():
    return UserFactory(role=User.Role.MANAGER)


@pytest.fixture
def manager(client, boss):
    client.force_login(boss)
    return client


@pytest.fixture
def with_mail(settings):
    settings.EMAIL_URL = "smtp://courrier.example.org"


def person(name="Anne Exemple", email="anne@example.org", recorded_on=date(2026, 10, 31)):
    return Contact.objects.create(
        listing=ListingFactory(name="Relais du Bocage"),
        name=name,
        function="assistante sociale",
        email=email,
        source="site de la mairie",
        recorded_on=recorded_on,
    )


def html(response):
    return response.content.decode().replace("&nbsp;", "\u00a0")


def by_mail(manager, *people):
    facts = {"contact": [p.pk for p in people], "action": "courriel"}
    return manager.post(LIST, facts, follow=True)


def by_hand(manager, *people, way="telephone", on="2026-11-03", follow=False):
    facts = {"contact": [p.pk for p in people], "action": "autrement", "comment": way, "le": on}
    return manager.post(LIST, facts, follow=follow)


# The letter


def test_letter_says_what_article_14_asks(manager, with_mail, settings):
    settings.LANDLORD_NAME, settings.DPO_CONTACT = "Bailleur inventé", "dpo@example.org"
    by_mail(manager, person())
    (sent,) = outbox.outbox
    assert sent.to == ["anne@example.org"]
    assert sent.subject == "Vos coordonnées professionnelles dans l'annuaire de Bailleur inventé"
    for said in (
        "Anne Exemple",
        "Relais du Bocage",
        "assistante sociale",
        "site de la mairie, relevé le 31 octobre 2026",
        "intérêt légitime",
        "responsables seulement",
        "effacer",
        "dpo@example.org",
        "CNIL",
    ):
        assert said in sent.body
    assert not notices.TOKEN.search(sent.body)


def test_person_told_leaves_the_list_with_the_date(manager, boss, with_mail):
    contact = person()
    with time_machine.travel("2026-11-24T09:00:00+01:00"):
        manager.force_login(boss)
        by_mail(manager, contact)
    manager.force_login(boss)
    assert "Toutes les personnes nommées sont informées" in html(manager.get(LIST))
    told = html(manager.get(LIST, {"etat": "informees"}))
    assert "Par courriel, le 24 novembre 2026" in told
    assert boss.email in told


def test_sent_twice_it_goes_once(manager, with_mail):
    contact = person()
    by_mail(manager, contact)
    assert by_mail(manager, contact).status_code == 422
    assert len(outbox.outbox) == 1


def test_refused_address_does_not_stop_the_others(manager, letterbox):
    letterbox.refused = {"anne@example.org"}
    anne, benoit = person(), person("Benoît", "benoit@example.org")
    page = html(by_mail(manager, anne, benoit))
    assert "L&#x27;adresse de Anne Exemple est refusée" in page
    assert [notice.contact for notice in ContactNotice.objects.all()] == [benoit]


def test_server_that_does_not_answer_is_said(manager, settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    page = html(by_mail(manager, person()))
    assert "ne répond pas" in page
    assert not ContactNotice.objects.exists()


def test_without_mail_letters_are_not_offered(manager):
    contact = person()
    assert "Envoyer le courriel" not in html(manager.get(LIST))
    assert "n&#x27;envoie pas de courriels" in html(by_mail(manager, contact))
    assert not ContactNotice.objects.exists()


# Otherwise


@pytest.mark.parametrize("way", [Way.PHONE, Way.OTHER, Way.HERSELF])
def test_person_told_otherwise_keeps_the_date_and_can_be_undone(manager, way):
    contact = person()
    by_hand(manager, contact, way=way)
    notice = ContactNotice.objects.get()
    assert (notice.way, notice.done_on) == (way, date(2026, 11, 3))
    manager.post(reverse("manage_data_undo", args=[contact.pk]))
    assert not ContactNotice.objects.exists()


def test_letter_sent_cannot_be_undone(manager, with_mail):
    contact = person()
    by_mail(manager, contact)
    manager.post(reverse("manage_data_undo", args=[contact.pk]))
    assert ContactNotice.objects.exists()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"contact": []}, "Cochez au moins une personne"),
        ({"contact": ["💥"]}, "n&#x27;est plus dans la liste"),
        ({"contact": ["999999"]}, "n&#x27;est plus dans la liste"),
        ({"le": ""}, "Écrivez le jour"),
        ({"le": "hier"}, "Écrivez un jour"),
        ({"le": "2999-01-01"}, "pas encore venu"),
        ({"le": "0001-01-01"}, "Écrivez un jour"),
        ({"comment": "courriel"}, ""),
        ({"comment": "pigeon"}, ""),
    ],
)
def test_bad_input_is_said_and_the_boxes_stay_ticked(manager, facts, said):
    contact = person()
    known = {
        "contact": [contact.pk],
        "action": "autrement",
        "comment": "telephone",
        "le": "2026-11-03",
    }
    answer = manager.post(LIST, known | facts)
    assert answer.status_code == 422
    assert said in html(answer)
    assert not ContactNotice.objects.exists()
    if "contact" not in facts:
        assert f'value="{contact.pk}" checked' in html(answer)


# The delay


def test_delay_is_a_month_and_lateness_is_said(manager, boss):
    person(recorded_on=date(2026, 10, 22))
    with time_machine.travel("2026-11-22T09:00:00+01:00"):
        manager.force_login(boss)
        assert "avant le 22 novembre 2026" in html(manager.get(LIST))
    with time_machine.travel("2026-11-23T09:00:00+01:00"):
        manager.force_login(boss)
        assert "en retard depuis le 22 novembre 2026" in html(manager.get(LIST))


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_delay_ends_within_the_next_month(day):
    due = notices.due_on(Contact(recorded_on=day))
    assert 28 <= (due - day).days <= 31


def test_list_is_paged_and_asks_the_same_number_of_things(manager, django_assert_max_num_queries):
    listing = ListingFactory()
    for number in range(40):
        listing.contacts.create(name=f"P{number}", source="x", recorded_on=date.today())
    with django_assert_max_num_queries(8):
        assert "Page 1 sur 2" in html(manager.get(LIST))


# The text


def test_own_text_is_sent_and_the_model_comes_back(manager, with_mail):
    manager.post(TEXT, {"subject": "Bonjour de {bailleur}", "body": "Chère {personne}"})
    by_mail(manager, person())
    assert outbox.outbox[-1].body == "Chère Anne Exemple"
    manager.post(TEXT, {"action": "modele"})
    assert not NoticeText.objects.exists()
    assert "intérêt légitime" in html(manager.get(TEXT)).replace("\n", " ")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"body": "{prenom}"}, "{prenom}"),
        ({"subject": "Au sujet de {fiche}"}, "{fiche}"),
        ({"subject": ""}, "obligatoire"),
        ({"subject": "a" * 121}, "120"),
        ({"body": "a" * 6001}, "6000"),
    ],
)
def test_text_that_could_not_be_sent_is_refused(manager, facts, said):
    answer = manager.post(TEXT, {"subject": "Bonjour", "body": "Texte"} | facts)
    assert answer.status_code == 422
    assert said in html(answer)
    assert not NoticeText.objects.exists()


def test_line_end_in_the_subject_does_not_reach_the_headers(manager, with_mail):
    manager.post(TEXT, {"subject": "Bonjour\nBcc: x@example.org", "body": "Texte"})
    by_mail(manager, person())
    assert "\n" not in outbox.outbox[-1].subject


def test_text_typed_with_an_expired_session_comes_back(client):
    answer = client.post(TEXT, {"subject": "Bonjour", "body": "Un long texte"})
    assert answer.status_code == 403
    assert "Un long texte" in html(answer)


def test_manager_is_reminded_on_her_page(manager):
    person()
    assert "personnes à informer" in html(manager.get("/gestion/")).lower()


# The page for the officer


def test_every_model_is_described():
    missing = [model._meta.label for model in kept_data.undescribed()]
    assert missing == [], "say in partners/kept_data.py of whom, why and how long they keep"


def test_page_names_every_field_of_a_contact(manager):
    page = html(manager.get(DATA))
    assert "fiche, nom, fonction, téléphone, courriel, visible par, source, relevé le" in page


def test_page_shows_the_report_of_the_last_night(manager):
    assert "Aucun passage n'est noté" in html(manager.get(DATA))
    retention.run()
    assert "traces de connexion 0" in html(manager.get(DATA))
