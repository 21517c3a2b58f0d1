"""Helplines, acronyms and signs of danger, kept by hand."""

from html import unescape

import pytest

from partners import box
from partners.models import DangerSign, GlossaryTerm, Helpline, Situation, User
from tests.factories import UserFactory
from tests.sent_form import read_form

pytestmark = pytest.mark.django_db
LIST = "/gestion/vocabulaire/"


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


@pytest.fixture
def administrator(client):
    client.force_login(UserFactory(role=User.Role.ADMINISTRATOR))
    return client


def send(client, where, **changes):
    fields = read_form(client.get(where), "data-record")
    return client.post(where, fields | {"action": "enregistrer"} | changes)


def words(response):
    return " ".join(unescape(response.content.decode()).split()).replace("\u00a0", " ")


def line(slug):
    return Helpline.objects.get(slug=slug)


def of(row, part):
    return f"{LIST}{part}/{row.pk}/"


# Helplines

NEW_LINE = {
    "name": "Allô démonstration",
    "number": "0261910099",
    "channels": ["voix"],
    "audience": "Pour essayer.",
    "kind": "ecoute",
    "zone": "85",
    "status": "actif",
}


def test_helpline_is_created_with_the_link_that_calls_it(manager):
    assert send(manager, f"{LIST}numeros/nouveau/", **NEW_LINE).status_code == 302
    made = line("allo-demonstration")
    assert (made.number, made.href) == ("02 61 91 00 99", "tel:0261910099")
    assert made.zone.name == "Vendée"
    assert "Allô démonstration" in words(manager.get("/numeros-utiles/"))


def test_line_without_voice_is_written_to(manager):
    send(manager, f"{LIST}numeros/nouveau/", **(NEW_LINE | {"channels": ["sms", "appli"]}))
    assert line("allo-demonstration").href == "sms:0261910099"


@pytest.mark.parametrize("slug", ["samu", "violences-femmes-3919", "urgence-114"])
def test_form_sent_back_as_it_is_changes_nothing(manager, slug):
    found = Helpline.objects.filter(slug=slug).first() or Helpline.objects.get(number="114")
    answer = manager.post(
        of(found, "numeros"),
        read_form(manager.get(of(found, "numeros")), "data-record"),
        follow=True,
    )
    assert "Rien n'a changé" in words(answer)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "obligatoire"),
        ({"number": "abc"}, "n'est pas un numéro de téléphone"),
        ({"number": "😀"}, "n'est pas un numéro de téléphone"),
        ({"channels": []}, "obligatoire"),
        ({"zone": "Nulle-Part-les-Bains"}, "Aucun territoire"),
        ({"status": "remplace"}, "Dites par quel numéro"),
        ({"audience": "x" * 251}, "250 caractères"),
        ({"kind": "abc"}, "abc"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(manager, changes, told):
    answer = send(manager, f"{LIST}numeros/nouveau/", **(NEW_LINE | changes))
    assert answer.status_code == 422
    assert told in words(answer)
    assert not Helpline.objects.filter(name__startswith="Allô").exists()


def test_retired_line_leaves_the_results_of_its_situations(manager):
    found = line("solitud-ecoute")
    page = "/recherche/?situation=isolement&commune=85182"
    assert found.number in words(manager.get(page))
    assert send(manager, of(found, "numeros"), status="retire").status_code == 302
    assert found.number not in words(manager.get(page))


def test_replaced_line_gives_way_everywhere_even_to_the_third(manager):
    first, second, third = Helpline.objects.active()[3:6]
    send(manager, of(first, "numeros"), status="remplace", replaced_by=second.pk)
    send(manager, of(second, "numeros"), status="remplace", replaced_by=third.pk)
    first.refresh_from_db()
    assert first.replaced_by == third


def test_last_number_of_a_danger_sign_is_not_retired(manager):
    sign = DangerSign.objects.get(slug="gaz-feu")
    only = sign.helpline_links.order_by("order").first()
    sign.helpline_links.exclude(pk=only.pk).delete()
    answer = send(manager, of(only.helpline, "numeros"), status="retire")
    assert answer.status_code == 422
    assert "C'est le seul numéro du signe de danger « gaz-feu »" in words(answer)


def test_helpline_moves_one_step(manager):
    first, second = Helpline.objects.order_by("order", "pk")[:2]
    manager.post(f"{of(second, 'numeros')}deplacer/", {"sens": "monter"})
    assert list(Helpline.objects.order_by("order", "pk")[:2]) == [second, first]


# Acronyms


def test_acronym_is_written_shown_removed_and_put_back(manager):
    where = f"{LIST}sigles/nouveau/"
    send(manager, where, acronym="ZZT", expansion="Zone zinzoline de test", aliases="ZZTE")
    made = GlossaryTerm.objects.get(acronym="ZZT")
    assert made.aliases == ["ZZTE"]
    assert "Zone zinzoline de test" in words(manager.get("/sigles/"))
    again = send(manager, where, acronym="zzt", expansion="Autre")
    assert "« ZZT » existe déjà" in words(again)
    manager.post(f"{of(made, 'sigles')}retirer/")
    assert not GlossaryTerm.objects.filter(acronym="ZZT").exists()
    manager.post(f"{of(made, 'sigles')}retablir/")
    assert GlossaryTerm.objects.get(acronym="ZZT").aliases == ["ZZTE"]
    assert manager.post(f"{LIST}sigles/999999/retablir/").status_code == 404


# Signs of danger


def sign(slug="gaz-feu"):
    return DangerSign.objects.get(slug=slug)


def raised(text):
    return [found.slug for found in box.read(text, departement="85").dangers]


def test_manager_reads_the_signs_and_does_not_change_them(manager):
    page = manager.get(f"{LIST}dangers/")
    assert "odeur de gaz" in words(page)
    assert "/nouveau/" not in page.content.decode()
    assert manager.get(of(sign(), "dangers")).status_code == 403
    assert manager.post(of(sign(), "dangers"), {"words": "zinzolin"}).status_code == 403


def test_phrases_given_with_each_sign_do_what_is_expected_of_them():
    for found in DangerSign.objects.all():
        assert found.alarms
        assert found.calms
        assert all(found.slug in raised(text) for text in found.alarms)
        assert not any(found.slug in raised(text) for text in found.calms)


def test_new_word_raises_the_sign_at_once(administrator):
    text = "\n".join([*sign().words, "zinzolin rougeoyant"])
    assert send(administrator, of(sign(), "dangers"), words=text).status_code == 302
    assert raised("ça fait un zinzolin rougeoyant") == ["gaz-feu"]


def test_word_that_raises_a_false_alarm_is_refused(administrator):
    text = "\n".join([*sign().words, "facture"])
    answer = send(administrator, of(sign(), "dangers"), words=text)
    assert answer.status_code == 422
    assert "« la facture explose » l'affiche à tort" in words(answer)
    assert "facture" not in sign().words


def test_word_taken_away_that_misses_an_alarm_is_refused(administrator):
    answer = send(administrator, of(sign(), "dangers"), words="flammes")
    assert answer.status_code == 422
    assert "« ça sent le gaz » n'affiche pas ce signe" in words(answer)


def test_phrase_is_tried_before_the_sign_is_saved(administrator):
    fields = read_form(administrator.get(of(sign(), "dangers")), "data-record")
    fields |= {"words": "zinzolin", "essai": "du zinzolin partout"}
    page = words(administrator.post(f"{of(sign(), 'dangers')}essayer/", fields))
    assert "Elle affiche ce signe" in page
    assert "« ça sent le gaz » n'affiche pas ce signe" in page
    assert "zinzolin" not in sign().words


def test_sign_is_created_with_its_numbers_and_deleted(administrator):
    fields = {
        "label": "Monoxyde",
        "message": "Sortir.",
        "words": "zinzolin",
        "alarms": "odeur de zinzolin",
        "helplines": [str(line("pompiers").pk)],
    }
    where = f"{LIST}dangers/nouveau/"
    missing = send(administrator, where, **(fields | {"helplines": []}))
    assert "au moins un numéro" in words(missing)
    assert send(administrator, where, **fields).status_code == 302
    assert raised("odeur de zinzolin") == ["monoxyde"]
    administrator.post(f"{of(sign('monoxyde'), 'dangers')}supprimer/")
    assert raised("odeur de zinzolin") == []


@pytest.mark.parametrize("part", ["numeros", "sigles", "dangers"])
def test_pages_ask_few_things_and_take_odd_pages(
    administrator, part, django_assert_max_num_queries
):
    for where in (f"{LIST}{part}/", f"{LIST}{part}/nouveau/", f"{LIST}{part}/?page=9999"):
        with django_assert_max_num_queries(14):
            assert administrator.get(where).status_code == 200
    assert administrator.get(f"{LIST}{part}/999999/").status_code == 404
    assert Situation.objects.exists()
