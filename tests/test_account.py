"""One's own account: signing in for long or not, passwords, devices."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core import mail as outbox
from django.core.cache import cache
from django.utils import timezone

from partners import accounts, devices, sessions
from partners.models import Session, User
from tests.conftest import StrictClient
from tests.factories import UserFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
PASSWORD, OTHER = "trois lapins à vélo", "quatre canards en kayak"
ASK, MINE, CHANGE = "/mot-de-passe/oublie/", "/mon-compte/", "/mon-compte/mot-de-passe/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605 Safari/604.1"


@pytest.fixture(autouse=True)
def forgotten_counts():
    cache.clear()


@pytest.fixture
def user():
    user = UserFactory(email="claire@example.org")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def with_mail(settings):
    settings.EMAIL_URL = "smtp://courrier.example.org"


def enter(password=PASSWORD, agent=FIREFOX, **more):
    client = StrictClient()
    client.post(
        "/connexion/",
        {"username": "claire@example.org", "password": password} | more,
        headers={"User-Agent": agent},
    )
    return client


def is_in(client):
    return client.get(MINE).status_code == 200


def html(response):
    return response.content.decode()


# How long a session lasts


def test_session_ends_with_the_browser_or_after_a_working_day(user):
    client = enter()
    assert not client.cookies["sessionid"]["max-age"]
    with time_machine.travel(timezone.now() + timedelta(hours=11)):
        assert is_in(client)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert not is_in(client)


def test_session_kept_lasts_thirty_days_and_no_more(user):
    client = enter(rester="on")
    assert client.cookies["sessionid"]["max-age"]
    for days in (1, 20, 29):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            assert is_in(client)
    with time_machine.travel(timezone.now() + timedelta(days=30, hours=1)):
        assert not is_in(client)


def test_last_use_is_a_day_written_once_a_day(user, django_assert_num_queries):
    client = enter(rester="on")
    tomorrow = timezone.now() + timedelta(days=1)
    with time_machine.travel(tomorrow):
        is_in(client)
        assert Session.objects.get().seen_on == timezone.localdate()
        with django_assert_num_queries(2):  # the session with its account, the devices
            is_in(client)


def test_account_that_came_with_a_session_is_kept_for_that_request_alone(user):
    client = enter(rester="on")
    key = client.cookies["sessionid"].value
    with accounts.request():
        assert accounts.session(key, timezone.now()).user_id == user.pk
        User.objects.filter(pk=user.pk).update(guide_step=2)
    found = accounts.AccountBackend().get_user(user.pk)
    assert found.guide_step == 2
    assert accounts.session("n" * 32, timezone.now()) is None


def test_account_closed_between_two_pages_is_out_at_once(user):
    client = enter(rester="on")
    assert is_in(client)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not is_in(client)


# Devices


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox sur un ordinateur Windows"),
        (IPHONE, "Safari sur un iPhone"),
        (
            "Mozilla/5.0 (Linux; Android 15; SM-X210) AppleWebKit/537 Chrome/139 Safari/537",
            "Chrome sur une tablette Android",
        ),
        (f"{FIREFOX} Edg/139.0", "Edge sur un ordinateur Windows"),
        ("curl/8", devices.UNKNOWN),
        ("", devices.UNKNOWN),
        ("<script>Firefox" * 500, "Firefox sur un appareil inconnu"),
    ],
)
def test_device_is_said_in_words(agent, words):
    assert devices.in_words(agent) == words


def test_devices_are_listed_this_one_first(user):
    enter(agent=IPHONE)
    page = html(enter().get(MINE))
    first, second = re.findall(r"<strong>([^<]+ sur [^<]+)</strong>", page)
    assert (first, second) == ("Firefox sur un ordinateur Windows", "Safari sur un iPhone")


def test_page_holds_no_session_key(user):
    client = enter()
    assert Session.objects.get().session_key not in html(client.get(MINE))


def test_one_device_is_signed_out(user):
    phone, desk = enter(agent=IPHONE), enter()
    mark = re.search(r'name="appareil" value="([0-9a-f]+)"', html(desk.get(MINE)))[1]
    assert "déconnecté" in html(
        desk.post("/mon-compte/deconnecter/", {"appareil": mark}, follow=True)
    )
    assert (is_in(phone), is_in(desk)) == (False, True)
    twice = desk.post("/mon-compte/deconnecter/", {"appareil": mark}, follow=True)
    assert "déjà déconnecté" in html(twice)


def test_all_others_are_signed_out(user):
    others, desk = [enter(agent=IPHONE), enter()], enter()
    desk.post("/mon-compte/deconnecter/", {"appareil": ""})
    assert [is_in(client) for client in [*others, desk]] == [False, False, True]


def test_nobody_signs_out_somebody_else(user):
    theirs = StrictClient()
    theirs.force_login(UserFactory())
    mark = sessions_mark(Session.objects.exclude(user=user).get())
    enter().post("/mon-compte/deconnecter/", {"appareil": mark})
    assert theirs.get(MINE).status_code == 200


def sessions_mark(session):
    from partners.sessions import mark_of

    return mark_of(session)


def test_sessions_that_ended_are_cleared(user):
    enter()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        sessions.SessionStore.clear_expired()
    assert not Session.objects.exists()


# Changing one's password


def change(client, current=PASSWORD, new=OTHER, again=None):
    facts = {"old_password": current, "new_password1": new, "new_password2": again or new}
    return client.post(CHANGE, facts)


def test_password_changed_ends_the_other_sessions(user):
    phone, desk = enter(agent=IPHONE), enter()
    assert change(desk).status_code == 302
    assert (is_in(phone), is_in(desk)) == (False, True)
    assert "appareil" in html(desk.get(MINE))
    assert is_in(enter(OTHER))
    assert Session.objects.filter(user=user).count() == 2


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"current": "faux"}, "ancien mot de passe"),
        ({"new": "court"}, "12 caractères"),
        ({"new": "claire@example.org"}, "semblable"),
        ({"again": "autre chose"}, "ne correspondent pas"),
        ({"new": "é" * 5000}, "200 caractères"),
    ],
)
def test_bad_new_password_is_said_and_changes_nothing(user, facts, said):
    client = enter()
    answer = change(client, **facts)
    assert answer.status_code == 422
    assert said in html(answer)
    assert is_in(client)
    assert is_in(enter())


# A password forgotten


def ask(email="claire@example.org"):
    answer = StrictClient().post(ASK, {"email": email})
    run_jobs()
    return answer


def reset(path, password=OTHER):
    client = StrictClient()
    answer = client.get(path, follow=True)
    where = answer.redirect_chain[-1][0] if answer.redirect_chain else path
    facts = {"new_password1": password, "new_password2": password}
    return client.post(where, facts, follow=True)


def link():
    return re.search(rf"{re.escape(django_settings.SITE_URL)}(/\S+)", outbox.outbox[-1].body)[1]


def test_forgotten_password_is_chosen_again_by_e_mail(user, with_mail):
    desk = enter()
    ask("  Claire@Example.ORG ")
    assert outbox.outbox[-1].to == ["claire@example.org"]
    assert "Votre mot de passe est changé" in html(reset(link()))
    assert not is_in(desk)
    assert is_in(enter(OTHER))


def test_answer_is_the_same_for_an_unknown_address(user, with_mail):
    answers = [ask(), ask("personne@example.org")]
    assert [(a.status_code, a.url) for a in answers] == [(302, f"{ASK}envoye/")] * 2
    assert len(outbox.outbox) == 1


def test_nothing_goes_to_a_closed_or_a_demonstration_account(user, with_mail):
    UserFactory(email="fermee@example.org", is_active=False, password="md5$x$y")
    UserFactory(email="demo@example.org", is_demo=True, password="md5$x$y")
    ask("fermee@example.org")
    ask("demo@example.org")
    assert not outbox.outbox


def test_link_serves_once(user, with_mail):
    ask()
    reset(link())
    assert "Ce lien ne sert plus" in html(reset(link(), PASSWORD))


def test_link_lasts_an_hour(user, with_mail):
    ask()
    with time_machine.travel(time.time() + 62 * 60):
        assert "Ce lien ne sert plus" in html(reset(link()))


def test_link_of_a_closed_account_opens_nothing(user, with_mail):
    ask()
    user.is_active = False
    user.save()
    assert "Ce lien ne sert plus" in html(reset(link()))


def test_one_account_gets_three_messages_an_hour_at_most(user, with_mail):
    for _ in range(5):
        assert ask().status_code == 302
    assert len(outbox.outbox) == 3


def test_reset_opens_an_account_locked_by_failures(user, with_mail):
    for _ in range(10):
        enter("faux")
    assert not is_in(enter())
    ask()
    reset(link())
    assert is_in(enter(OTHER))


def test_queue_holds_no_link_and_no_address(user, with_mail):
    from procrastinate.contrib.django.models import ProcrastinateJob

    StrictClient().post(ASK, {"email": user.email})
    assert ProcrastinateJob.objects.get().args == {"account": user.pk}


@pytest.mark.parametrize("email", ["", "claire", "💥", "a" * 5000, "<script>@x"])
def test_bad_address_is_said_beside_its_field(with_mail, email):
    answer = StrictClient().post(ASK, {"email": email})
    assert answer.status_code == 422
    assert "Écrivez une adresse entière" in html(answer)


def test_without_mail_the_page_says_whom_to_ask(client, settings):
    settings.HELP_CONTACT = "Paule, poste 4512"
    assert "Paule, poste 4512" in html(client.get(ASK))


@pytest.mark.parametrize("path", ["/mot-de-passe/x/y/", "/mot-de-passe/MQ/set-password/"])
def test_made_up_link_opens_nothing(client, path):
    assert "Ce lien ne sert plus" in html(client.get(path))


# Lockout


def test_lockout_says_when_it_ends_and_whom_to_ask(user, settings):
    settings.HELP_CONTACT = "Paule, poste 4512"
    with time_machine.travel("2026-11-24T09:00:00+01:00", tick=False):
        for _ in range(10):
            answer = StrictClient().post(
                "/connexion/", {"username": user.email, "password": "faux"}
            )
    assert answer.status_code == 429
    assert "jusqu'à 09:15" in html(answer)
    assert "Paule, poste 4512" in html(answer)


def test_pages_of_an_account_ask_who_one_is(client):
    for address in (MINE, CHANGE, "/mon-compte/deconnecter/"):
        assert client.get(address).status_code in {302, 405}
