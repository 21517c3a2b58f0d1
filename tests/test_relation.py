"""The relation with a partner: for managers only, a contact in one click, and who is due."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partners import kept_data, relations, waiting
from partners.merging import undoing
from partners.models import Listing, Relation, User
from partners.past import restoring, versions
from partners.permissions import EDITORS
from partners.redaction.removing import remove
from tests.api_client import Scope, api
from tests.factories import ListingFactory, UserFactory, change
from tests.sent_form import read_form
from tests.test_merging import merge

pytestmark = pytest.mark.django_db

DUE = reverse("manage_records_due")
SECRET = "Une place au conseil de maison."


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


@pytest.fixture
def listing():
    return ListingFactory(name="Relais du Bocage")


def day(number):
    return timezone.localdate() + timedelta(days=number)


def months(number):
    return relations.months_after(timezone.localdate(), number)


def address(listing):
    return reverse("manage_records_relation", args=[listing.pk])


def send(client, listing, **changes):
    sent = read_form(client.get(address(listing)), "data-relation")
    return client.post(address(listing), sent | {n: [v] for n, v in changes.items()})


def touch(client, listing, **data):
    return client.post(reverse("manage_records_contacted", args=[listing.pk]), data)


def days(listing):
    return Relation.objects.get(listing=listing).days


def words(response):
    return " ".join(unescape(response.content.decode()).replace("\u00a0", " ").split())


def token(page):
    """The value of the button « Annuler » of a page."""
    return page.content.decode().partition('name="geste" value="')[2].partition('"')[0]


def undo(client, value):
    return client.post(reverse("manage_records_contacted_undo"), {"geste": value}, follow=True)


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        (date(2026, 11, 22), 3, date(2027, 2, 22)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_some_months_later_is_the_same_day_or_the_last_of_the_month(start, number, end):
    assert relations.months_after(start, number) == end


def test_what_is_written_stands_on_the_record_of_managers(manager, listing):
    last = day(-9).isoformat()
    answer = send(manager, listing, last_contact_on=last, rappel="3", we_expect=SECRET)
    assert answer.url == listing.get_absolute_url()
    assert days(listing) == (day(-9), months(3))
    assert SECRET in words(manager.get(listing.get_absolute_url()))
    send(manager, listing, rappel="aucun", expected_of_us="Un local 💬 <script>")
    assert days(listing) == (day(-9), None)
    assert "local 💬 &lt;script&gt;" in manager.get(listing.get_absolute_url()).content.decode()


def test_day_that_is_typed_is_the_day_whatever_choice_was_left_untouched(manager, listing):
    later, wanted = day(20).isoformat(), day(30).isoformat()
    send(manager, listing, rappel="aucun", next_contact_on=later)
    assert days(listing) == (None, day(20))
    refused = send(manager, listing, rappel="3", next_contact_on=wanted)  # two answers
    assert refused.status_code == 422
    assert days(listing) == (None, day(20))


@pytest.mark.parametrize("role", [r for r in User.Role if r not in EDITORS])
def test_others_see_nothing_of_it(client, listing, role):
    Relation.objects.create(listing=listing, next_contact_on=day(0), we_expect=SECRET)
    client.force_login(UserFactory(role=role))
    page = words(client.get(listing.get_absolute_url()))
    assert SECRET not in page
    assert "Notre relation" not in page


def test_it_is_neither_in_the_api_nor_in_the_files(manager, listing):
    Relation.objects.create(listing=listing, we_expect=SECRET)
    assert SECRET not in api(*Scope).get(f"fiches/{listing.pk}").content.decode()
    for form in ("csv", "geojson"):
        page = manager.post(reverse("manage_records_take_file", args=[form]))
        assert listing.name in page.getvalue().decode()
        assert SECRET not in page.getvalue().decode()


def test_preview_as_an_adviser_shows_nothing_of_it(manager, listing):
    Relation.objects.create(listing=listing, we_expect=SECRET)
    form = read_form(manager.get(reverse("manage_records_edit", args=[listing.pk])), "data-record")
    page = words(manager.post(reverse("manage_records_preview"), form))
    assert "Aperçu" in page
    assert "Notre relation" not in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"last_contact_on": "2999-01-01"}, "pas encore venu"),
        ({"last_contact_on": "0001-01-01"}, "Vérifiez l'année"),
        ({"last_contact_on": "hier"}, "date valide"),
        ({"rappel": "date"}, "Donnez le jour"),
        ({"rappel": "date", "next_contact_on": "2020-01-01"}, "Ce jour est passé"),
        ({"rappel": "date", "next_contact_on": "9999-12-31"}, "cinq ans au plus"),
        ({"rappel": "3", "next_contact_on": "2999-01-01"}, "retirez cette date"),
        ({"rappel": "7"}, "Choisissez dans la liste"),
        ({"rappel": ""}, "Dites quand les recontacter"),
        ({"we_expect": "x" * 2001}, "2000"),
        ({"we_expect": "a\0b"}, "nul"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(manager, listing, changes, said):
    answer = send(manager, listing, expected_of_us="Gardé", **changes)
    assert answer.status_code == 422
    assert said in words(answer)
    assert "Gardé" in words(answer)
    assert not Relation.objects.exists()


def test_words_that_name_somebody_warn_once(manager, listing):
    named = {"expected_of_us": "Loger Mme Durand"}
    answer = send(manager, listing, **named)
    assert "semble nommer" in words(answer)
    assert not Relation.objects.exists()
    send(manager, listing, **named, confirme="on")
    assert Relation.objects.get().expected_of_us == "Loger Mme Durand"


def test_empty_form_writes_nothing(manager, listing):
    assert "Rien n'a changé." in words(manager.get(send(manager, listing).url))
    assert not Relation.objects.exists()


def test_two_people_at_once_see_what_the_other_wrote(manager, listing):
    sent = read_form(manager.get(address(listing)), "data-relation")
    send(manager, listing, we_expect="La première.", last_contact_on=day(-2).isoformat())
    clash = manager.post(address(listing), sent | {"we_expect": ["La seconde."]})
    assert clash.status_code == 409
    assert "La première." in words(clash)
    assert f"{day(-2):%d/%m/%Y}" in words(clash)
    assert Relation.objects.get().we_expect == "La première."
    again = read_form(clash, "data-relation")
    assert again["we_expect"] == ["La seconde."]
    manager.post(address(listing), again)
    assert Relation.objects.get().we_expect == "La seconde."


def test_expired_session_gives_the_words_back(client, listing):
    answer = client.post(address(listing), {"we_expect": SECRET, "rappel": "aucun"})
    assert answer.status_code == 403
    assert SECRET in unescape(answer.content.decode())


# « Contact pris aujourd'hui »


def test_contact_is_noted_in_one_click_and_taken_back(manager, listing):
    page = manager.get(touch(manager, listing, suite=listing.get_absolute_url()).url)
    assert days(listing) == (day(0), None)
    assert "contact noté" in words(page)
    assert "déjà noté" in words(manager.get(touch(manager, listing).url))
    assert "tout est comme avant" in words(undo(manager, token(page)))
    assert not Relation.objects.exists()
    assert "plus rien à annuler" in words(undo(manager, token(page)))


@pytest.mark.parametrize(
    ("planned", "asked", "then"),
    [
        (-3, {}, lambda: months(6)),
        (40, {}, lambda: day(40)),
        (None, {}, lambda: None),
        (-3, {"dans": "3"}, lambda: months(3)),
        (-3, {"dans": "0"}, lambda: None),
        (None, {"dans": "12"}, lambda: months(12)),
    ],
)
def test_contact_plans_the_next_one(manager, listing, planned, asked, then):
    start = None if planned is None else day(planned)
    Relation.objects.create(listing=listing, next_contact_on=start, we_expect=SECRET)
    page = manager.get(touch(manager, listing, **asked).url)
    assert days(listing) == (day(0), then())
    undo(manager, token(page))
    assert days(listing) == (None, start)


def test_undoing_takes_nothing_back_that_came_since(manager, listing):
    page = manager.get(touch(manager, listing).url)
    send(manager, listing, rappel="3", we_expect=SECRET)
    assert "plus rien à annuler" in words(undo(manager, token(page)))
    assert days(listing) == (day(0), months(3))


def test_undoing_keeps_words_written_since(manager, listing):
    page = manager.get(touch(manager, listing).url)
    send(manager, listing, we_expect=SECRET)
    undo(manager, token(page))
    assert days(listing) == (None, None)
    assert Relation.objects.get().we_expect == SECRET


def test_bad_gestures_are_refused(manager, listing):
    assert touch(manager, listing, dans="7").status_code == 400
    assert undo(manager, "faux").status_code == 400
    assert undo(manager, "").status_code == 400
    change(listing, status=Listing.Status.ARCHIVED)
    unknown = reverse("manage_records_contacted", args=[999999])
    assert manager.post(unknown).status_code == 404
    elsewhere = touch(manager, listing, suite="https://ailleurs.example.org/")
    assert elsewhere.url == DUE


# Who is due


def test_due_ones_stand_in_the_work_of_the_day_and_in_their_list(manager):
    planned = {"Premier": -9, "Second": 0, "Plus tard": 1, "Sans date": None, "Archivé": -1}
    for name, number in planned.items():
        made = ListingFactory(name=f"Relais {name}")
        when = None if number is None else day(number)
        Relation.objects.create(listing=made, next_contact_on=when)
    change(made, status=Listing.Status.ARCHIVED)
    [task] = [task for task in waiting.tasks() if task.url_name == "manage_records_due"]
    assert task.count == 2
    page = words(manager.get(DUE))
    assert page.index("Relais Premier") < page.index("Relais Second")
    for hidden in ("Plus tard", "Sans date", "Archivé"):
        assert f"Relais {hidden}" not in page
    assert "Relais Plus tard" in words(manager.get(f"{DUE}?liste=plus-tard"))
    assert "Relais Sans date" in words(manager.get(f"{DUE}?liste=sans-date"))


def test_list_asks_the_same_number_of_things_whatever_its_length(manager):
    assert "Personne à recontacter" in words(manager.get(DUE))
    counts = []
    for number in (1, 10):
        for _ in range(number):
            Relation.objects.create(listing=ListingFactory(), next_contact_on=day(0))
        with CaptureQueriesContext(connection) as asked:
            manager.get(DUE)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 10


@pytest.mark.parametrize("query", ["liste=autre", "dans=7", "dans="])
def test_list_knows_no_other_choice(manager, query):
    assert manager.get(f"{DUE}?{query}").status_code == 404


# Merging, history, redaction


def test_merging_moves_the_only_relation_and_undoing_gives_it_back(listing, later):
    other = ListingFactory(name="Relais Bocage")
    Relation.objects.create(listing=other, we_expect=SECRET, next_contact_on=day(-1))
    later()
    made = merge(listing, other)
    later()
    assert Relation.objects.due().get().listing == listing
    relations.note_contact(listing)
    later()
    undoing.undo(made)
    assert Relation.objects.get().listing == other
    assert days(other) == (day(0), months(6))


def test_merging_keeps_the_relation_of_the_record_that_stays(listing, later):
    other = ListingFactory(name="Relais Bocage")
    for of, text in ((listing, "La nôtre."), (other, "L'autre.")):
        Relation.objects.create(listing=of, we_expect=text, next_contact_on=day(0))
    later()
    made = merge(listing, other)
    later()
    assert Relation.objects.get(listing=listing).we_expect == "La nôtre."
    assert Relation.objects.due().get().listing == listing
    undoing.undo(made)
    assert Relation.objects.get(listing=listing).we_expect == "La nôtre."
    assert Relation.objects.get(listing=other).we_expect == "L'autre."


def test_history_tells_it_and_gives_it_back_when_asked_alone(manager, listing, later):
    bare = later()
    send(manager, listing, we_expect=SECRET, rappel="3")
    later()
    change(listing, summary="Une autre phrase.")
    key = later()
    page = words(manager.get(reverse("manage_records_history", args=[listing.pk])))
    assert f"nous attendons : {SECRET}" in page
    restoring.restore(listing, bare, seen=key)
    assert Relation.objects.get().we_expect == SECRET
    assert Listing.objects.get(pk=listing.pk).summary == "Rend visite et accompagne."
    key = later()
    restoring.restore(listing, bare, part="relation", seen=key)
    assert not Relation.objects.exists()
    assert versions.read(listing)[-1].changed == ["relation"]


def test_redacting_removes_a_value_from_it_and_from_its_past(listing):
    relation = Relation.objects.create(listing=listing, we_expect="Voir Camille Inventée.")
    relation.we_expect = "Rappeler Camille Inventée."
    relation.save()
    remove(listing, ["Camille Inventée"], what="nom", by=None)
    relation.refresh_from_db()
    past = Relation.pgh_event_model.objects.values_list("we_expect", flat=True)
    assert sorted(set(past)) == ["Rappeler [retiré].", "Voir [retiré]."]
    assert relation.we_expect == "Rappeler [retiré]."


def test_page_of_what_is_kept_says_what_it_is_for():
    assert Relation not in kept_data.undescribed()
