"""« Comptes »: invitations, roles, closing and opening again."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from partners import invitations, staff
from partners.admin import AccountCreationForm
from partners.models import ApiToken, Invitation, Session, User
from tests.conftest import StrictClient
from tests.factories import AgencyFactory, UserFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
LIST, INVITE = "/gestion/comptes/", "/gestion/comptes/inviter/"
PASSWORD = "trois lapins à vélo"


@pytest.fixture
def boss():
    return UserFactory(email="admin@example.org", role=User.Role.ADMINISTRATOR)


@pytest.fixture
def admin(client, boss):
    client.force_login(boss)
    return client


@pytest.fixture
def with_mail(settings):
    settings.EMAIL_URL = "smtp://courrier.example.org"


def html(response):
    return response.content.decode()


def invite(admin, email="claire@example.org", role="conseillere", **more):
    return admin.post(INVITE, {"email": email, "role": role} | more)


def link():
    """The path of the link of the last e-mail."""
    found = re.search(rf"{re.escape(django_settings.SITE_URL)}(/\S+)", outbox.outbox[-1].body)
    return found[1]


def accept(path, password=PASSWORD):
    client = StrictClient()
    return client, client.post(path, {"new_password1": password, "new_password2": password})


# Invitation


def test_invited_person_chooses_a_password_and_is_in(admin, with_mail):
    agency = AgencyFactory()
    assert invite(admin, role="agence", agency=agency.pk).status_code == 302
    assert outbox.outbox[-1].to == ["claire@example.org"]
    client, answer = accept(link())
    assert answer.url == "/"
    claire = User.objects.get(email="claire@example.org")
    assert (claire.role, claire.agency, claire.is_staff) == ("agence", agency, False)
    assert "claire@example.org" in html(client.get("/mon-compte/"))
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("is_demo", [True, False])
def test_account_born_in_the_demonstration_does_not_keep_it_from_starting(
    admin, with_mail, settings, is_demo
):
    settings.DEMO = is_demo
    invite(admin)
    accept(link())
    assert User.objects.get(email="claire@example.org").is_demo == is_demo
    assert AccountCreationForm().instance.is_demo == is_demo


def test_e_mail_goes_through_a_real_server(admin, letterbox):
    invite(admin)
    (envelope,) = letterbox.received
    assert envelope.rcpt_tos == ["claire@example.org"]


def test_opening_the_link_uses_nothing_up(admin, with_mail):
    invite(admin)
    for _ in range(2):
        assert "Choisissez votre mot de passe" in html(StrictClient().get(link()))


def test_link_serves_once(admin, with_mail):
    invite(admin)
    accept(link())
    assert accept(link(), "un autre mot de passe")[1].status_code == 410
    assert User.objects.get(email="claire@example.org").check_password(PASSWORD)


def test_link_ends_after_a_week(admin, with_mail):
    invite(admin)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert accept(link())[1].status_code == 410


def test_resent_invitation_ends_the_links_before(admin, with_mail):
    invite(admin)
    first = link()
    admin.post(reverse("manage_accounts_resend", args=[Invitation.objects.get().pk]))
    assert accept(first)[1].status_code == 410
    assert accept(link())[1].status_code == 302


def test_cancelled_invitation_opens_nothing(admin, with_mail):
    invite(admin)
    address = reverse("manage_accounts_cancel", args=[Invitation.objects.get().pk])
    assert [admin.post(address).status_code for _ in range(2)] == [302, 302]
    assert accept(link())[1].status_code == 410
    assert not User.objects.filter(email="claire@example.org").exists()


@pytest.mark.parametrize("token", ["x", "é", "a.b.c", "💥", "W10:1:x", "../etc"])
def test_made_up_link_opens_nothing(client, token):
    assert client.get(f"/invitation/{token}/").status_code in {404, 410}


def test_weak_password_is_refused_beside_its_field(admin, with_mail):
    invite(admin)
    _, answer = accept(link(), "court")
    assert answer.status_code == 422
    assert "12 caractères" in html(answer)
    assert Invitation.objects.exists()


def test_refused_address_is_said_and_can_be_sent_again(admin, letterbox):
    letterbox.refused = {"absente@example.org"}
    page = html(
        admin.post(INVITE, {"email": "absente@example.org", "role": "proximite"}, follow=True)
    )
    assert "refusé absente@example.org" in page
    letterbox.refused = set()
    admin.post(reverse("manage_accounts_resend", args=[Invitation.objects.get().pk]))
    assert Invitation.objects.get().state == Invitation.State.SENT


def test_without_mail_the_link_is_shown_once_to_hand_over(admin):
    page = html(invite(admin))
    path = re.search(r"<code>\S+?(/invitation/[^<]+)</code>", page)[1]
    assert accept(path)[1].status_code == 302
    assert "/invitation/" not in html(admin.get(LIST)).replace("/comptes/invitations/", "")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"email": ""}, "obligatoire"),
        ({"email": "claire"}, "adresse"),
        ({"email": "💥@exemple"}, "adresse"),
        ({"email": f"{'a' * 300}@example.org"}, "254"),
        ({"role": "roi"}, "Ce rôle n&#x27;existe pas."),
        ({"role": "agence"}, "Un compte d&#x27;agence a une agence."),
        ({"agency": "999999"}, "Cette agence n&#x27;existe pas."),
        ({"email": "ADMIN@example.org"}, "Un compte a déjà cette adresse."),
    ],
)
def test_bad_invitation_is_said_beside_its_field(admin, facts, said):
    answer = admin.post(INVITE, {"email": "claire@example.org", "role": "conseillere"} | facts)
    assert answer.status_code == 422
    assert said in html(answer)
    assert not Invitation.objects.exists()


def test_same_address_is_invited_once(admin, with_mail):
    invite(admin)
    assert "déjà invitée" in html(invite(admin, "Claire@Example.org"))
    assert len(outbox.outbox) == 1


def test_invited_administrator_opens_the_technical_administration(admin, with_mail):
    invite(admin, role="administration")
    client, _ = accept(link())
    assert client.get("/administration/").status_code == 200


def test_who_invited_is_in_the_history(admin, boss, with_mail):
    invite(admin)
    accept(link())
    event = User.pgh_event_model.objects.filter(email="claire@example.org").get()
    assert event.pgh_context.metadata["invited_by"] == boss.pk


# Many at once


def invite_many(admin, lines):
    return admin.post(f"{INVITE}plusieurs/", {"lignes": lines})


def test_pasted_lines_are_invited_by_the_queue(admin, with_mail):
    agency = AgencyFactory(name="Bureau de Challans")
    answer = invite_many(
        admin,
        "a@example.org\n"
        "b@example.org;Chargée de clientèle;BUREAU DE CHALLANS\n\n"
        '"c@example.org"\tProximité\n'
        "d@example.org,responsable,\n"
        "A@example.org;agence;bureau de challans",
    )
    assert answer.status_code == 302
    assert not outbox.outbox
    run_jobs()
    known = {i.email: (i.role, i.agency) for i in Invitation.objects.select_related("agency")}
    assert known == {
        "a@example.org": ("conseillere", None),
        "b@example.org": ("conseillere", agency),
        "c@example.org": ("proximite", None),
        "d@example.org": ("responsable", None),
    }
    assert {m.to[0] for m in outbox.outbox} == set(known)


def test_wrong_lines_stay_in_the_field_with_their_reason(admin, with_mail):
    answer = invite_many(
        admin, "a@example.org\nclaire\nb@example.org;roi\nc@example.org;;Atlantide\n💥;<script>"
    )
    assert answer.status_code == 422
    page = html(answer)
    for said in ("Ce rôle n&#x27;existe pas.", "Cette agence n&#x27;existe pas.", "adresse"):
        assert said in page
    assert "a@example.org" not in page.split("<textarea")[1].split("</textarea>")[0]
    assert "claire\nb@example.org;roi" in page
    assert [i.email for i in Invitation.objects.all()] == ["a@example.org"]


@pytest.mark.parametrize("lines", ["", " \n ", "a@b\n" * 101, "x" * 20_001])
def test_nothing_or_too_much_is_refused(admin, with_mail, lines):
    assert invite_many(admin, lines).status_code == 422
    assert not Invitation.objects.exists()


# Changing


def edit(admin, user, **facts):
    known = {"email": user.email, "role": user.role, "agency": user.agency_id or ""}
    return admin.post(reverse("manage_accounts_edit", args=[user.pk]), known | facts)


def test_role_and_agency_change(admin):
    user, agency = UserFactory(), AgencyFactory()
    assert edit(admin, user, role="responsable", agency=agency.pk).status_code == 302
    user.refresh_from_db()
    assert (user.role, user.agency) == ("responsable", agency)


def test_change_of_address_is_told_to_both(admin, with_mail):
    user = UserFactory(email="ancienne@example.org")
    edit(admin, user, email="Nouvelle@example.org")
    user.refresh_from_db()
    assert user.email == "nouvelle@example.org"
    assert {m.to[0] for m in outbox.outbox} == {"ancienne@example.org", "nouvelle@example.org"}


def test_taken_address_is_refused(admin, boss):
    user = UserFactory()
    assert "déjà cette adresse" in html(edit(admin, user, email=boss.email.upper()))


def test_no_longer_administrator_leaves_the_technical_administration(admin):
    other = UserFactory(role="administration", is_staff=True, is_superuser=True)
    edit(admin, other, role="conseillere")
    other.refresh_from_db()
    assert not (other.is_staff)
    assert not (other.is_superuser)


def test_last_administrator_keeps_the_role_and_the_account(admin, boss):
    UserFactory(role="administration", is_active=False)
    assert "dernier compte d&#x27;administration" in html(edit(admin, boss, role="conseillere"))
    answer = admin.post(reverse("manage_accounts_close", args=[boss.pk]), follow=True)
    assert "dernier compte d&#x27;administration" in html(answer)
    boss.refresh_from_db()
    assert (boss.is_active, boss.role) == (True, "administration")


def test_one_of_two_administrators_may_leave(admin, boss):
    UserFactory(role="administration")
    admin.post(reverse("manage_accounts_close", args=[boss.pk]))
    boss.refresh_from_db()
    assert not boss.is_active
    assert admin.get("/").status_code == 302


# Closing


def test_closed_account_is_out_at_once_everywhere(admin, client):
    user = UserFactory(role="responsable")
    phone = StrictClient()
    phone.force_login(user)
    _token, secret = ApiToken.objects.issue(name="Outil", user=user, scopes=["lecture"])
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    assert StrictClient().get("/api/v1/situations", **bearer).status_code == 200
    admin.post(reverse("manage_accounts_close", args=[user.pk]))
    assert phone.get("/").status_code == 302
    assert StrictClient().get("/api/v1/situations", **bearer).status_code == 401
    assert not Session.objects.filter(user=user).exists()


def test_opened_again_the_account_has_its_password_and_not_its_tokens(admin):
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    token, _ = ApiToken.objects.issue(name="Outil", user=user, scopes=["lecture"])
    admin.post(reverse("manage_accounts_close", args=[user.pk]))
    admin.post(reverse("manage_accounts_reopen", args=[user.pk]))
    token.refresh_from_db()
    assert token.revoked_at is not None
    entered = StrictClient().post("/connexion/", {"username": user.email, "password": PASSWORD})
    assert entered.status_code == 302


def test_closing_keeps_the_history(admin):
    user = UserFactory()
    before = User.pgh_event_model.objects.filter(pgh_obj=user).count()
    admin.post(reverse("manage_accounts_close", args=[user.pk]))
    assert User.pgh_event_model.objects.filter(pgh_obj=user).count() == before + 1
    assert "fermé" in html(admin.post(LIST, {"texte": user.email}))


def test_signing_out_everywhere_spares_ones_own_page(admin, boss):
    StrictClient().force_login(boss)
    admin.post(reverse("manage_accounts_sign_out", args=[boss.pk]))
    assert admin.get("/mon-compte/").status_code == 200
    assert Session.objects.filter(user=boss).count() == 1


def test_unlocking_opens_the_sign_in_and_sends_a_link(admin, with_mail):
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    stranger = StrictClient()
    for _ in range(10):
        stranger.post("/connexion/", {"username": user.email, "password": "faux"})
    admin.post(reverse("manage_accounts_unlock", args=[user.pk]))
    run_jobs()
    assert outbox.outbox[-1].to == [user.email]
    entered = stranger.post("/connexion/", {"username": user.email, "password": PASSWORD})
    assert entered.status_code == 302


# The list


def test_list_narrows_by_role_and_state(admin):
    UserFactory(email="ouverte@example.org", role="proximite")
    UserFactory(email="fermee@example.org", is_active=False)
    assert "ouverte@" in html(admin.get(LIST, {"role": "proximite"}))
    assert "admin@" not in html(admin.get(LIST, {"role": "proximite"})).split("<main")[1]
    assert "fermee@" in html(admin.get(LIST, {"etat": "fermes"}))


@pytest.mark.parametrize("query", [{"etat": "x", "role": "💥", "page": "-1"}, {"page": "9" * 30}])
def test_made_up_address_of_the_list_is_the_list(admin, query):
    assert admin.get(LIST, query).status_code == 200


@pytest.mark.parametrize("typed", ["", " ", "💥", "%_", "<script>", "a" * 5000])
def test_anything_may_be_typed_in_the_search(admin, typed):
    answer = admin.post(LIST, {"texte": typed})
    assert answer.status_code == 200
    assert "<script>alert" not in html(answer)


def test_list_is_paged_and_asks_the_same_number_of_things(
    admin, boss, django_assert_max_num_queries
):
    agency = AgencyFactory()
    UserFactory.create_batch(60, agency=agency)
    for number in range(20):
        invitations.prepare(Invitation(email=f"i{number}@example.org", invited_by=boss))
    with django_assert_max_num_queries(8):
        page = html(admin.get(LIST))
    assert "Page 1 sur 2" in page


@pytest.mark.parametrize("name", ["edit", "close", "reopen", "sign_out", "unlock", "resend"])
def test_unknown_account_is_not_found(admin, name):
    assert admin.post(reverse(f"manage_accounts_{name}", args=[999999])).status_code == 404


def test_deactivating_twice_is_deactivating(boss):
    user = UserFactory()
    staff.deactivate(user)
    staff.deactivate(user)
    user.refresh_from_db()
    assert not user.is_active
