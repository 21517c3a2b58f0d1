"""What is typed by the API: understood, searched, and kept nowhere (rule R3)."""

import logging

import pytest
from django.core.cache import cache
from django.db import connection

from tests.api_client import Api, Scope, api, refused
from tests.factories import ListingFactory, UserFactory

pytestmark = pytest.mark.django_db
KEYS = ["situations", "commune", "choix", "mots", "danger"]


@pytest.fixture(autouse=True)
def fresh_rates():
    cache.clear()


@pytest.fixture
def reader():
    return api(Scope.READ)


def understood(client, text):
    answer = client.post("comprendre", {"texte": text})
    assert answer.status_code == 200, answer.content
    assert list(answer.json()) == KEYS
    return answer.json()


def test_text_becomes_situations_and_a_commune(reader):
    found = understood(reader, "alcool pouzauges")
    assert found["situations"] == ["addictions"]
    assert found["commune"] == {"code_insee": "85182", "nom": "Pouzauges"}
    assert (found["choix"], found["mots"], found["danger"]) == ([], [], False)


def test_place_that_several_communes_share_is_a_choice(reader):
    found = understood(reader, "85700")
    assert found["commune"] is None
    assert {"code_insee": "85182", "nom": "Pouzauges"} in found["choix"]


def test_rest_and_danger_are_said(reader):
    assert "xyzzy" in understood(reader, "xyzzy pouzauges")["mots"]
    assert understood(reader, "violences conjugales")["danger"] is True


@pytest.mark.parametrize("text", ["", " ", "%", "'; --", "🦄", "é" * 500])
def test_any_text_is_read(reader, text):
    understood(reader, text)


@pytest.mark.parametrize(
    "body", [{}, {"texte": 3}, {"texte": None}, {"texte": "x", "y": 1}, {"texte": "a\0b"}]
)
def test_wrong_body_is_refused(reader, body):
    assert refused(reader.post("comprendre", body), 400)["erreurs"]


def test_text_reaches_no_log_no_row_and_no_address(reader, caplog):
    ListingFactory()
    with caplog.at_level(logging.DEBUG):
        for path in ("comprendre", "fiches/recherche"):
            answer = reader.post(path, {"texte": "Mme Zyxwvut pouzauges"})
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Zyxwvut" not in str(answer.headers)
        refused(reader.post("comprendre", {"texte": "Mme Zyxwvut", "x": 1}), 400)
    assert "Zyxwvut" not in caplog.text
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pghistory_context WHERE metadata::text ~ 'Zyxwvut'")
        assert cursor.fetchone() == (0,)


def test_search_adds_up_what_is_typed_and_what_is_chosen(reader):
    home = ListingFactory(situations=["addictions"], home_visits=True)
    ListingFactory(situations=["addictions"])
    body = {"texte": "alcool", "commune": "85182", "domicile": True}
    answer = reader.post("fiches/recherche", body).json()
    assert [fiche["id"] for fiche in answer["fiches"]] == [home.pk]
    assert answer["compris"]["situations"] == ["addictions"]
    assert answer["lieu"] == "Pouzauges"
    same = reader.get("fiches", situation="addictions", commune="85182", domicile="true").json()
    assert answer["fiches"] == same["fiches"]


def test_search_takes_one_or_several(reader):
    both = ListingFactory(situations=["addictions", "isolement"])
    body = {"situation": ["addictions", "isolement"], "commune": ["85182"]}
    answer = reader.post("fiches/recherche", body).json()
    assert [fiche["id"] for fiche in answer["fiches"]] == [both.pk]
    assert answer["fiches"][0]["bloc"] == "plusieurs"


def test_words_left_over_find_names(reader):
    listing = ListingFactory(name="Le Tournesol inventé", situations=["addictions"])
    answer = reader.post("fiches/recherche", {"texte": "tournesol", "commune": "85182"}).json()
    assert listing.pk in [fiche["id"] for fiche in answer["fiches"]]


def test_danger_brings_its_numbers(reader):
    answer = reader.post("fiches/recherche", {"texte": "violences conjugales pouzauges"}).json()
    assert answer["danger"]["numeros"]
    assert answer["danger"]["message"]


def test_search_without_commune_is_that_of_the_sector(reader):
    listing = ListingFactory()
    answer = reader.post("fiches/recherche", {"situation": "isolement"}).json()
    assert [fiche["id"] for fiche in answer["fiches"]] == [listing.pk]
    assert answer["lieu"] == "Vendée"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"situation": "licorne"}, "situation"),
        ({"situation": [f"s{n}" for n in range(100)]}, "situation"),
        ({"situation": {"a": 1}}, "situation"),
        ({"commune": ["99999"]}, "commune"),
        ({"signe": ["licorne"]}, "signe"),
        ({"aide": "magie"}, "aide"),
        ({"domicile": "oui"}, "domicile"),
        ({"nom": "Durand"}, "«\u00a0nom\u00a0»"),
    ],
)
def test_wrong_criteria_are_refused_by_name(reader, body, field):
    assert refused(reader.post("fiches/recherche", body), 400)["erreurs"][field]


def test_adviser_signed_in_uses_the_box_without_a_token(client):
    client.force_login(UserFactory())
    assert understood(Api(client=client), "alcool")["situations"] == ["addictions"]
