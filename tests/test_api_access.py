"""Who may do what by the API: accounts, tokens, scopes, rates, and what a cache may keep."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partners.models import ApiToken, User
from tests.api_client import ROOT, Api, Scope, api, refused, token
from tests.factories import ListingFactory, UserFactory, change

pytestmark = pytest.mark.django_db
Role = User.Role

READ, CREATE, REPORT = "lire", "écrire", "signaler"
BY_ROLE = {
    Role.FIELD: {READ},
    Role.ADVISER: {READ, REPORT},
    Role.AGENCY: {READ, REPORT},
    Role.MANAGER: {READ, CREATE, REPORT},
    Role.ADMINISTRATOR: {READ, CREATE, REPORT},
}
BY_SCOPE = {
    (): set(),
    (Scope.READ,): {READ},
    (Scope.CONTACTS,): set(),
    (Scope.WRITE,): {CREATE},
    (Scope.REPORT,): {REPORT},
    tuple(Scope): {READ, CREATE, REPORT},
}


@pytest.fixture(autouse=True)
def fresh_rates():
    cache.clear()


def allowed(client):
    """What of the three gestures is not refused to this client."""
    listing = ListingFactory()
    answers = {
        READ: client.get("situations"),
        CREATE: client.post("fiches", {"nom": "Relais inventé"}),
        REPORT: client.post(f"fiches/{listing.pk}/signalements", {"type": "ferme"}),
    }
    refusals = {name: a for name, a in answers.items() if a.status_code not in {200, 201}}
    for answer in refusals.values():
        refused(answer, 403)
    return set(answers) - set(refusals)


@pytest.mark.parametrize(("scopes", "gestures"), BY_SCOPE.items())
def test_token_does_what_its_scopes_say(scopes, gestures):
    assert allowed(api(*scopes)) == gestures


@pytest.mark.parametrize(("role", "gestures"), BY_ROLE.items())
def test_token_never_does_more_than_its_account(role, gestures):
    assert allowed(api(*Scope, role=role)) == gestures


@pytest.mark.parametrize(("role", "gestures"), BY_ROLE.items())
def test_session_does_what_its_account_may(role, gestures):
    client = Client()
    client.force_login(UserFactory(role=role))
    assert allowed(Api(client=client)) == gestures


def test_session_never_reads_named_people():
    client = Client()
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    listing = ListingFactory(professional_phone="+33261910099")
    assert "contacts" not in Api(client=client).get(f"fiches/{listing.pk}").json()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "situations"),
        ("GET", "fiches"),
        ("GET", "fiches/1"),
        ("GET", "schema/"),
        ("GET", "nulle-part"),
        ("POST", "comprendre"),
        ("POST", "fiches"),
        ("PATCH", "fiches/1"),
        ("DELETE", "fiches/1"),
        ("OPTIONS", "fiches"),
    ],
)
def test_stranger_is_asked_for_a_token(method, path):
    answer = Api().send(method, path, {})
    refused(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("secret", ["", "x", "carto_" + "a" * 43, "é", "a b c", "x" * 9000])
def test_unknown_token_is_refused_even_beside_a_session(secret):
    client = Client()
    client.force_login(UserFactory())
    answer = client.get(ROOT + "situations", headers={"Authorization": f"Bearer {secret}"})
    refused(answer, 401)


def test_revoked_expired_or_orphan_token_opens_nothing():
    today = timezone.localdate()
    revoked = token(Scope.READ, revoked_at=timezone.now())
    expired = token(Scope.READ, expires_on=today - timedelta(days=1))
    orphan = token(Scope.READ, user=UserFactory(is_active=False))
    demo = token(Scope.READ, user=UserFactory(is_demo=True))
    for _, secret in (revoked, expired, orphan, demo):
        refused(Api(secret).get("situations"), 401)
    _, secret = token(Scope.READ, expires_on=today)
    assert Api(secret).get("situations").status_code == 200


def test_secret_is_kept_nowhere():
    made, secret = token(Scope.READ)
    rows = ApiToken.objects.filter(pk=made.pk).values()
    assert secret not in str(rows[0])
    assert secret not in str(list(ApiToken.pgh_event_model.objects.values()))
    assert len(secret) >= 43


def test_last_use_is_a_day_written_once(django_assert_num_queries):
    made, secret = token(Scope.READ)
    Api(secret).get("situations")
    made.refresh_from_db()
    assert made.last_used_on == timezone.localdate()
    assert ApiToken.pgh_event_model.objects.filter(pgh_obj=made).count() == 1
    with django_assert_num_queries(3):
        Api(secret).get("situations")


def test_post_by_session_demands_the_csrf_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    refused(Api(client=client).post("comprendre", {"texte": "alcool"}), 403)
    client.get(reverse("home"))
    headers = {"X-CSRFToken": client.cookies["csrftoken"].value}
    answer = Api(client=client).post("comprendre", {"texte": "alcool"}, headers=headers)
    assert answer.status_code == 200


def test_too_many_requests_wait(settings):
    settings.API_RATE = "2/min"
    client, other = api(Scope.READ), api(Scope.READ)
    assert [client.get("situations").status_code for _ in range(2)] == [200, 200]
    answer = client.get("situations")
    refused(answer, 429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert other.get("situations").status_code == 200


def test_refusal_of_a_session_without_its_token_is_in_french():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    problem = refused(Api(client=client).post("comprendre", {"texte": "isolement"}), 403)
    assert "X-CSRFToken" in problem["detail"]
    assert "CSRF Failed" not in problem["detail"]


@pytest.mark.parametrize("asked", [{}, {"taille": 1}, {"modifie_depuis": "2020-01-01T00:00:00Z"}])
def test_page_of_the_directory_is_sent_once_until_something_changes(asked):
    client, listing = api(Scope.READ), ListingFactory(name="Un")
    ListingFactory(name="Deux")
    answer = client.get("fiches", **asked)
    known = {"If-None-Match": answer.headers["ETag"]}
    again = client.get("fiches", headers=known, **asked)
    assert (again.status_code, again.content) == (304, b"")
    change(listing, name="Autre nom")
    changed = client.get("fiches", headers=known, **asked)
    assert changed.status_code == 200


def test_answer_has_a_version_and_is_sent_once():
    client, listing = api(Scope.READ), ListingFactory()
    answer = client.get(f"fiches/{listing.pk}")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer.headers["Vary"]
    known = {"If-None-Match": answer.headers["ETag"]}
    again = client.get(f"fiches/{listing.pk}", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    refused(client.get(f"fiches/{listing.pk}", headers={"If-Match": '"autre"'}), 412)
    listing.name = "Autre nom"
    listing.save()
    assert client.get(f"fiches/{listing.pk}", headers=known).status_code == 200


def test_danger_is_kept_by_no_cache():
    client = api(Scope.READ)
    shelter = ListingFactory(situations=["violences"])
    for answer in (
        client.get("fiches", situation="violences", commune="85182"),
        client.get("fiches", situation="violences"),
        client.get("fiches.geojson", situation="violences", bbox="-2,46,0,47"),
        client.get(f"fiches/{shelter.pk}"),
        client.post("fiches/recherche", {"texte": "alcool"}),
    ):
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"


def test_head_and_options_say_what_get_would():
    client = api(Scope.READ)
    got, head = (
        client.get("situations"),
        client.client.head(ROOT + "situations", headers=client.headers),
    )
    assert head.content == b""
    assert head.headers["ETag"] == got.headers["ETag"]
    options = client.send("OPTIONS", "fiches", "")
    assert options.status_code == 204
    assert options.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "fiches"), ("DELETE", "fiches/1"), ("POST", "situations"), ("GET", "comprendre")],
)
def test_other_methods_are_refused_with_those_allowed(method, path):
    answer = api(*Scope).send(method, path, {})
    refused(answer, 405)
    assert "OPTIONS" in answer.headers["Allow"]


def test_other_formats_are_refused():
    client = api(*Scope)
    refused(client.get("situations", headers={"Accept": "text/csv"}), 406)
    refused(client.post("comprendre", "texte=alcool", content_type="text/plain"), 415)
    refused(client.post("comprendre", {"texte": "x"}, headers={"Accept": "image/png"}), 406)


@pytest.mark.parametrize("path", ["", "rien", "fiches/", "fiches/abc", "fiches/9" + "9" * 30])
def test_unknown_address_is_a_problem_and_no_page(path):
    refused(api(Scope.READ).get(path), 404)


def test_bad_addresses_are_problems_too():
    client = api(Scope.READ)
    refused(client.get("territoires", q="x" * 4000), 414)
    refused(client.client.get(ROOT + "territoires?q=%00", headers=client.headers), 400)


# Tokens in the administration


@pytest.fixture
def administrator():
    client = Client()
    user = UserFactory(role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True)
    client.force_login(user)
    return client


def test_administrator_makes_a_token_and_sees_its_secret_once(administrator):
    account = UserFactory(role=Role.MANAGER)
    body = {"name": "Intranet", "user": account.pk, "scopes": ["lecture"]}
    answer = administrator.post(reverse("admin:partners_apitoken_add"), body)
    assert "no-store" in answer.headers["Cache-Control"]
    secret = answer.context["token"].secret
    assert secret in answer.content.decode()
    assert Api(secret).get("situations").status_code == 200
    made = ApiToken.objects.get()
    page = administrator.get(reverse("admin:partners_apitoken_change", args=[made.pk]))
    assert made.start in page.content.decode()
    assert secret not in page.content.decode()


def test_administrator_revokes_a_token_and_never_deletes_it(administrator):
    made, secret = token(Scope.READ)
    body = {"action": "revoke", "_selected_action": [made.pk]}
    administrator.post(reverse("admin:partners_apitoken_changelist"), body)
    refused(Api(secret).get("situations"), 401)
    delete = reverse("admin:partners_apitoken_delete", args=[made.pk])
    assert administrator.post(delete, {"post": "yes"}).status_code == 403


def test_tokens_are_for_administrators_alone(client):
    user = UserFactory(role=Role.MANAGER, is_staff=True, is_superuser=True)
    client.force_login(user)
    assert client.get(reverse("admin:partners_apitoken_changelist")).status_code == 403


def test_token_without_scope_is_not_made(administrator):
    body = {"name": "Intranet", "user": UserFactory().pk}
    answer = administrator.post(reverse("admin:partners_apitoken_add"), body)
    assert answer.context["adminform"].form.errors["scopes"]
