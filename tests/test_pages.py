"""Every page: who may see it, its headers, and what it says when the address is wrong."""

from html import unescape

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from partners.models import Listing, User
from tests.factories import ListingFactory, UserFactory

pytestmark = pytest.mark.django_db

OPEN_PAGES = ["login", "accessibility", "privacy", "hide", "health", "theme"]
CLOSED_PAGES = ["home", "results", "map", "map_points", "situations", "helplines", "glossary"]
CLOSED_PAGES += ["map_data", "report_gap"]


@pytest.fixture
def adviser(client):
    client.force_login(UserFactory())
    return client


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_open_page_works_without_an_account(client, name):
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", CLOSED_PAGES)
def test_closed_page_asks_to_sign_in(client, name):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response.url.startswith(reverse("login"))


@pytest.mark.parametrize("role", User.Role)
@pytest.mark.parametrize("name", sorted(set(CLOSED_PAGES) - {"report_gap"}))
def test_every_role_reads(client, name, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", OPEN_PAGES + CLOSED_PAGES)
def test_every_answer_forbids_foreign_and_inline_scripts(adviser, name):
    policy = adviser.get(reverse(name)).headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["default-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("name", ["home", "results", "map", "helplines", "report_gap"])
def test_pages_of_a_call_are_never_stored(adviser, name):
    headers = adviser.get(reverse(name)).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "strict-origin"


def test_reading_the_completion_is_refused(adviser):
    assert adviser.get(reverse("complete")).status_code == 405


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", path) for path in ("/suggestions/", "/fiches/propositions/1/")),
        *(("GET", path) for path in ("/notes/1/retirer/", "/gestion/doublons/1/2/distinctes/")),
        *(("PUT", path) for path in ("/", "/chercher/", "/carte/points.json")),
        *(("DELETE", path) for path in ("/", "/chercher/")),
        *(("OPTIONS", path) for path in ("/", "/carte/points.json")),
    ],
)
def test_method_that_an_address_does_not_take_is_refused_with_a_way_home(adviser, method, path):
    answer = adviser.generic(method, path)
    assert answer.status_code == 405
    assert answer.headers["Allow"]
    assert "ne s'ouvre pas ainsi" in unescape(answer.content.decode())
    assert f'href="{reverse("home")}"' in answer.content.decode()


def test_method_that_the_api_does_not_take_is_told_as_a_problem(adviser):
    answer = adviser.delete("/api/v1/fiches")
    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert adviser.head("/suggestions/").content == b""


@pytest.mark.parametrize("name", ["search_form", "new_call"])
def test_signing_in_again_in_the_middle_of_a_call_leads_home(adviser, name):
    assert adviser.get(reverse(name)).url == reverse("home")


def test_part_of_a_page_asked_for_signed_out_sends_the_page_to_sign_in(client):
    response = client.get(reverse("results"), headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"].startswith(reverse("login"))
    assert response.content == b""


def test_unknown_address_says_so(adviser):
    response = adviser.get("/nulle-part/")
    assert response.status_code == 404
    assert "n'existe pas" in response.content.decode()


def test_error_page_needs_nothing():
    from partners.views.pages import server_error

    response = server_error(None)
    assert response.status_code == 500
    assert "<script" not in response.content.decode()


def test_database_that_does_not_answer_is_unavailable_and_not_broken(monkeypatch):
    from partners.views.pages import server_error

    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere")
    try:
        raise OperationalError
    except OperationalError:
        response = server_error(None)
    assert response.status_code == 503


@pytest.mark.parametrize("path", ["/recherche/?commune=%00", "/recherche/?situation=a%00b"])
def test_nul_byte_is_refused_with_a_sentence(adviser, path):
    response = adviser.get(path)
    assert response.status_code == 400
    assert "Traceback" not in response.content.decode()


def test_endless_address_is_refused_with_a_sentence(adviser):
    assert adviser.get("/recherche/", {"commune": "8" * 10_000}).status_code == 414


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("situation=licorne", "La situation «\u00a0licorne\u00a0» n'existe pas"),
        ("commune=99999", "La commune de code «\u00a099999\u00a0» n'existe pas"),
        ("commune=%F0%9F%A6%84", "n'existe pas"),
        ("aide=licorne", "Un filtre de cette adresse n'existe pas, ou plus. Cherchez de nouveau"),
    ],
)
def test_unknown_criteria_say_what_to_do(adviser, query, sentence):
    response = adviser.get(f"/recherche/?{query}")
    assert response.status_code == 404
    assert sentence in unescape(response.content.decode())


def test_demonstration_account_is_refused_outside_the_demonstration(client, settings):
    user = UserFactory(is_demo=True)
    user.set_password("motdepassedemo")
    user.save()
    body = {"username": user.email, "password": "motdepassedemo"}
    settings.DEMO = False
    assert client.post(reverse("login"), body).status_code == 200
    settings.DEMO = True
    assert client.post(reverse("login"), body).status_code == 302


def test_signing_in_ignores_the_case_of_the_address(client):
    user = UserFactory(email="prenom.nom@example.org")
    user.set_password("un mot de passe")
    user.save()
    body = {"username": "Prenom.Nom@Example.org", "password": "un mot de passe"}
    assert client.post(reverse("login"), body).status_code == 302


def test_a_forged_form_is_refused(adviser):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = adviser.cookies
    response = strict.post(reverse("search_form"), {"texte": "pouzauges"})
    assert response.status_code == 403
    assert "a expiré" in response.content.decode()


@pytest.mark.parametrize("status", [Listing.Status.DRAFT, Listing.Status.TO_CHECK])
def test_record_that_is_not_published_is_for_managers(client, status):
    listing = ListingFactory(status=status)
    client.force_login(UserFactory())
    assert client.get(listing.get_absolute_url()).status_code == 404
    client.force_login(UserFactory(role=User.Role.MANAGER))
    assert client.get(listing.get_absolute_url()).status_code == 200
