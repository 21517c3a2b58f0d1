"""The instances that decide: their dates, their page, the calendar that others read."""

from datetime import date, time, timedelta
from html import unescape

import pytest
import time_machine
from django.utils import timezone
from icalendar import Calendar

from partners import instances, staff
from partners.models import CalendarKey, Instance, Listing, Meeting, User
from tests.factories import ListingFactory, UserFactory
from tests.sent_form import read_form

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)
NEW = "/gestion/instances/nouvelle/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-03-10T09:00:00+01:00", tick=False):
        yield


@pytest.fixture
def adviser(client):
    client.user = UserFactory()
    client.force_login(client.user)
    return client


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


@pytest.fixture
def body():
    return Instance.objects.create(name="Commission inventée", rhythm="quinzaine", file_days=10)


def words(answer):
    return " ".join(unescape(answer.content.decode()).split()).replace("\u00a0", " ")


def feed_of(client):
    text = words(client.get("/agenda/"))
    start = text.index("http://testserver/agenda/") + len("http://testserver")
    return text[start : text.index(".ics", start) + 4]


def new_feed(client):
    client.post("/agenda/adresse/")
    return feed_of(client)


def test_page_tells_dates_and_the_last_day_for_a_file(adviser, body):
    body.meetings.create(held_on=TODAY + timedelta(days=14), starts_at=time(9, 30), place="Mairie")
    body.meetings.create(held_on=TODAY - timedelta(days=1))
    text = words(adviser.get("/agenda/"))
    assert "Mardi 24 mars 2026</strong> à 9 h 30" in text
    assert "Dossiers jusqu'au samedi 14 mars" in text
    assert "9 mars" not in text


def test_meeting_whose_last_day_for_a_file_is_over_says_so(adviser, body):
    held_on = TODAY + timedelta(days=9)
    body.meetings.create(held_on=held_on, files_until=TODAY - timedelta(days=1))
    assert "Trop tard pour y envoyer un dossier : c'était jusqu'au lundi 9 mars." in words(
        adviser.get("/agenda/")
    )
    body.meetings.update(files_until=TODAY)
    assert "Trop tard" not in words(adviser.get("/agenda/"))


def test_feed_holds_meetings_and_deadlines_without_signing_in(adviser, client, body):
    body.meetings.create(held_on=date(2026, 3, 24), starts_at=time(9, 30), place="Mairie, salle 2")
    body.meetings.create(held_on=date(2026, 4, 7), is_cancelled=True)
    address = new_feed(adviser)
    adviser.logout()
    answer = client.get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(e["summary"]) for e in events] == [
        "Commission inventée",
        "Derniers dossiers\u00a0: Commission inventée",
        "Commission inventée",
    ]
    assert events[0].decoded("dtstart").isoformat() == "2026-03-24T08:30:00+00:00"
    assert events[1].decoded("dtstart") == date(2026, 3, 14)
    assert str(events[2]["status"]) == "CANCELLED"
    assert len({str(e["uid"]) for e in events}) == 3


def test_secret_is_shown_once_and_kept_as_a_digest(adviser):
    secret = new_feed(adviser).removeprefix("/agenda/").removesuffix(".ics")
    assert secret not in words(adviser.get("/agenda/"))
    [key] = CalendarKey.objects.all()
    assert secret not in str(vars(key))


def test_revoked_and_replaced_addresses_open_nothing(adviser):
    first = new_feed(adviser)
    second = new_feed(adviser)
    assert adviser.get(first).status_code == 404
    assert adviser.get(second).status_code == 200
    adviser.post("/agenda/adresse/retirer/")
    gone = adviser.get(second)
    assert gone.status_code == 404
    assert "a été retirée" in gone.content.decode()
    assert gone.content == adviser.get("/agenda/jamais.ics").content


def test_closed_account_and_field_staff_have_no_calendar(adviser, client):
    address = new_feed(adviser)
    staff.deactivate(adviser.user)
    assert client.get(address).status_code == 404
    client.force_login(UserFactory(role=User.Role.FIELD))
    assert client.post("/agenda/adresse/").status_code == 403
    assert client.get("/agenda/").status_code == 200


def test_address_is_neither_made_nor_revoked_by_reading(adviser):
    assert adviser.get("/agenda/adresse/").status_code == 405
    assert adviser.get("/agenda/adresse/retirer/").status_code == 405
    assert not CalendarKey.objects.exists()


@pytest.mark.parametrize(
    ("rhythm", "last", "expected"),
    [
        ("semaine", date(2026, 3, 3), ["2026-03-10", "2026-03-17"]),
        ("quinzaine", date(2026, 3, 3), ["2026-03-17", "2026-03-31"]),
        ("mois", date(2026, 3, 10), ["2026-04-14", "2026-05-12"]),
        ("mois", date(2026, 1, 30), ["2026-02-27", "2026-03-27"]),
        ("trimestre", date(2026, 3, 10), ["2026-06-09", "2026-09-08"]),
        ("besoin", date(2026, 3, 10), []),
        ("", date(2026, 3, 10), []),
    ],
)
def test_next_dates_follow_the_rhythm(rhythm, last, expected):
    assert [day.isoformat() for day in instances.next_dates(rhythm, last)[:2]] == expected


def test_manager_writes_an_instance_and_its_dates(manager):
    scheme = ListingFactory(kind=Listing.Kind.SCHEME)
    fields = read_form(manager.get(NEW), "data-record") | {
        "name": "COMED",
        "territory": "Pouzauges",
        "rhythm": "mois",
        "schemes": [str(scheme.pk)],
        "seances-0-held_on": "2026-03-24",
        "seances-0-files_until": "2026-03-10",
    }
    answer = manager.post(NEW, fields)
    found = Instance.objects.get()
    assert answer.url == f"/gestion/instances/{found.pk}/"
    assert list(found.schemes.all()) == [scheme]
    assert found.meetings.get().deadline == date(2026, 3, 10)
    manager.post(f"{answer.url}dates/")
    assert found.meetings.count() == 7
    assert "2026-04-28" in manager.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seances-0-files_until": "2026-03-25"}, "avant la séance"),
        ({"seances-0-held_on": "demain"}, "date valide"),
        ({"seances-0-held_on": "0026-03-24"}, "Vérifiez l'année"),
        ({"seances-1-held_on": "2026-03-24"}, "déjà ce jour-là"),
        ({"website": "ftp://example.org"}, "page du web"),
        ({"name": ""}, "obligatoire"),
        ({"territory": "Nullepart"}, "Nullepart"),
    ],
)
def test_wrong_instance_says_why_and_nothing_is_saved(manager, body, change, said):
    body.meetings.create(held_on=date(2026, 3, 24))
    where = f"/gestion/instances/{body.pk}/"
    fields = read_form(manager.get(where), "data-record")
    answer = manager.post(where, fields | {"acronym": "CI"} | change)
    assert answer.status_code == 422
    assert said in words(answer)
    body.refresh_from_db()
    assert body.acronym == ""
    assert Meeting.objects.count() == 1


def test_date_of_the_end_of_times_closes_nobodys_calendar(adviser, manager, body):
    Meeting.objects.create(instance=body, held_on=date(9999, 12, 31), starts_at=time(23))
    Meeting.objects.create(instance=body, held_on=date(2026, 3, 24))
    feed = new_feed(manager)
    assert b"20260324" in manager.get(feed).content
    answer = manager.post(f"/gestion/instances/{body.pk}/dates/", follow=True)
    assert answer.status_code == 200
    assert body.meetings.count() == 2


def test_form_of_a_thousand_rows_is_refused_without_being_written_again(manager):
    fields = read_form(manager.get(NEW), "data-record")
    answer = manager.post(NEW, fields | {"name": "Essai", "seances-TOTAL_FORMS": "1000"})
    assert answer.status_code == 422
    assert "60 lignes au plus" in words(answer)
    assert answer.content.count(b'-held_on"') < 400


def test_past_dates_stay_as_they_are(manager, body):
    old = body.meetings.create(held_on=timezone.localdate() - timedelta(days=200))
    where = f"/gestion/instances/{body.pk}/"
    fields = read_form(manager.get(where), "data-record")
    assert manager.post(where, fields | {"acronym": "CI"}).status_code == 302
    assert Meeting.objects.get() == old


def test_instance_is_removed_with_its_dates_and_not_its_schemes(manager, body):
    scheme = ListingFactory(kind=Listing.Kind.SCHEME)
    body.schemes.add(scheme)
    body.meetings.create(held_on=TODAY)
    manager.post(f"/gestion/instances/{body.pk}/retirer/")
    assert not Instance.objects.exists()
    twice = manager.post(f"/gestion/instances/{body.pk}/retirer/", follow=True)
    assert "déjà retirée" in words(twice)
    assert Listing.objects.filter(pk=scheme.pk).exists()
