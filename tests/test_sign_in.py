"""Guessing a password is stopped, for that account only."""

import pytest
from axes.models import AccessAttempt
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "un bon mot de passe"


@pytest.fixture
def user():
    user = UserFactory(email="claire@example.org")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, name, password, **query):
    url = reverse("login", query=query)
    return client.post(url, {"username": name, "password": password} | query)


def fail(client, name, times=10):
    for _ in range(times):
        response = sign_in(client, name, "faux")
    return response


def test_right_password_is_refused_while_locked(client, user, settings):
    response = fail(client, user.email)
    assert response.status_code == 429
    assert "essais" in response.content.decode()
    assert sign_in(client, user.email, PASSWORD).status_code == 429


def test_another_way_of_writing_the_address_is_locked_too(client, user):
    fail(client, user.email)
    assert sign_in(client, " Claire@Example.org", PASSWORD).status_code == 429


def test_another_account_behind_the_same_address_is_not_locked(client, user):
    fail(client, "somebody.else@example.org")
    assert sign_in(client, user.email, PASSWORD).status_code == 302


def test_huge_name_is_a_wrong_name(client):
    assert sign_in(client, "a" * 10_000, "faux").status_code == 200


def test_failures_keep_nothing_of_the_call(client, user):
    sign_in(client, user.email, "faux", next="/recherche/?situation=violences&commune=85191")
    kept = "".join(AccessAttempt.objects.values_list("post_data", flat=True))
    kept += "".join(AccessAttempt.objects.values_list("get_data", flat=True))
    assert "violences" not in kept
    assert "85191" not in kept
