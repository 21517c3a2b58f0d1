"""A search counted by the page that shows it: which need and where, not who nor when (rule R4)."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection, connections, models
from django.urls import reverse
from django.utils import timezone

from partners.models import AgencyUse, Situation, Territory, UseCount, User
from partners.usage import counting, tickets
from partners.usage.tickets import Ticket
from tests.factories import AgencyFactory, ListingFactory, UserFactory, commune, territory

pytestmark = pytest.mark.django_db

POUZAUGES = "85182"
TICKET = re.compile(r'data-use="([^"]*)"')


@pytest.fixture(autouse=True)
def empty_memory():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def adviser(client):
    user = UserFactory()
    client.force_login(user)
    return user


def ticket_of(client, query):
    page = client.get(f"{reverse('results')}?{query}").content.decode()
    return TICKET.search(page)[1]


def send(client, ticket, what="recherche"):
    return client.post(reverse("count_use"), {"ticket": ticket, "quoi": what}).status_code


def counted():
    """{(what, situation, area): number}."""
    rows = UseCount.objects.values_list("kind", "situation__slug", "area__code", "number")
    return {tuple(row): number for *row, number in rows}


# What is counted


def test_search_is_counted_by_situation_and_epci(client, adviser):
    ListingFactory(situations=["isolement"])
    assert send(client, ticket_of(client, f"situation=isolement&commune={POUZAUGES}")) == 204
    epci = commune(POUZAUGES).epci.code
    assert counted() == {("recherche", "isolement", epci): 1}
    assert UseCount.objects.get().month == timezone.localdate().replace(day=1)


def test_each_need_of_a_search_is_counted_and_those_that_nobody_answers(client, adviser):
    ListingFactory(situations=["isolement"])
    query = f"situation=isolement&situation=addictions&commune={POUZAUGES}"
    send(client, ticket_of(client, query))
    epci = commune(POUZAUGES).epci.code
    assert counted() == {
        ("recherche", "isolement", epci): 1,
        ("recherche", "addictions", epci): 1,
        ("sans-reponse", "addictions", epci): 1,
    }


def test_generalist_alone_is_no_answer(client, adviser):
    ListingFactory(situations=["isolement"], is_generalist=True)
    send(client, ticket_of(client, f"situation=isolement&commune={POUZAUGES}"))
    assert ("sans-reponse", "isolement", commune(POUZAUGES).epci.code) in counted()


@pytest.mark.parametrize(
    "query",
    [
        f"situation=violences&commune={POUZAUGES}",
        f"situation=isolement&signe=violences&commune={POUZAUGES}",
        f"situation=isolement&situation=violences&commune={POUZAUGES}",
        "situation=isolement",
    ],
)
def test_danger_or_no_commune_is_counted_for_the_whole_departement(client, adviser, query):
    send(client, ticket_of(client, query))
    assert {area for _, _, area in counted()} == {"85"}
    assert UseCount.objects.first().area.kind == Territory.Kind.DEPARTEMENT


def test_every_situation_that_is_a_danger_is_counted_without_its_epci(client, adviser):
    for situation in Situation.objects.filter(is_danger=True):
        send(client, ticket_of(client, f"situation={situation.slug}&commune={POUZAUGES}"))
    assert {area for _, _, area in counted()} == {"85"}


def test_commune_without_epci_is_its_own_area(client, adviser):
    send(client, ticket_of(client, "situation=isolement&commune=85113"))
    assert {area for _, _, area in counted()} == {"85113"}


def test_words_alone_are_counted_without_a_situation(client, adviser):
    page = client.post(reverse("search_form"), {"texte": "zorglub pouzauges"}).content.decode()
    send(client, TICKET.search(page)[1])
    assert ("recherche", None, commune(POUZAUGES).epci.code) in counted()


@pytest.mark.parametrize("touched", ["ouvert=1", "domicile=1", "suite=pres"])
def test_filter_touched_is_no_new_demand(client, adviser, touched):
    assert ticket_of(client, f"situation=isolement&commune={POUZAUGES}&{touched}") == ""


def test_name_that_several_departements_share_is_counted_once_it_is_chosen(client, adviser):
    assert ticket_of(client, f"situation=isolement&commune={POUZAUGES}&commune=44109") == ""


def test_page_counts_nothing_by_being_read(client, adviser):
    ticket_of(client, f"situation=isolement&commune={POUZAUGES}")
    assert not UseCount.objects.exists()


def test_numbers_copied_and_called_are_counted_apart(client, adviser):
    ticket = ticket_of(client, f"situation=isolement&commune={POUZAUGES}")
    for what in ("copie", "appel", "appel"):
        assert send(client, ticket, what) == 204
    area = commune(POUZAUGES).epci.code
    assert counted() == {("copie", "isolement", area): 1, ("appel", "isolement", area): 2}


def test_same_page_sent_twice_is_one_demand(client, adviser):
    ticket = ticket_of(client, f"situation=isolement&commune={POUZAUGES}")
    assert [send(client, ticket), send(client, ticket)] == [204, 204]
    assert sum(UseCount.objects.filter(kind="recherche").values_list("number", flat=True)) == 1


# What is refused


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 400),
        ({"ticket": "", "quoi": "recherche"}, 400),
        ({"ticket": "1_2_", "quoi": "recherche"}, 400),
        ({"ticket": "1_2_:abc:def", "quoi": "recherche"}, 400),
        ({"ticket": "é🙂\0" * 20, "quoi": "recherche"}, 400),
        ({"ticket": "x" * 3000, "quoi": "recherche"}, 400),
        ({"ticket": "x" * 5000, "quoi": "recherche"}, 413),
    ],
)
def test_forged_or_huge_post_is_refused_and_counts_nothing(client, adviser, sent, status):
    assert client.post(reverse("count_use"), sent).status_code == status
    assert not UseCount.objects.exists()


def test_unknown_kind_is_refused(client, adviser):
    ticket = ticket_of(client, f"situation=isolement&commune={POUZAUGES}")
    assert send(client, ticket, "autre") == 400
    assert send(client, ticket, "sans-reponse") == 400
    assert not UseCount.objects.exists()


def test_ticket_of_yesterday_is_refused(client, adviser, time_machine):
    ticket = ticket_of(client, f"situation=isolement&commune={POUZAUGES}")
    time_machine.move_to(timezone.now() + timezone.timedelta(hours=tickets.HOURS_KEPT, minutes=1))
    client.force_login(adviser)
    assert send(client, ticket) == 400


def test_situation_deleted_meanwhile_is_left_out(client, adviser):
    ticket = tickets.write(Ticket(commune(POUZAUGES).epci_id, (999_999,)))
    assert send(client, ticket) == 204
    assert not UseCount.objects.exists()


def test_account_that_loops_is_stopped(client, adviser):
    ticket = ticket_of(client, f"situation=isolement&commune={POUZAUGES}")
    assert {send(client, ticket, "appel") for _ in range(120)} == {204}
    assert send(client, ticket, "appel") == 429
    assert UseCount.objects.get(kind="appel").number == 120


def test_stranger_counts_nothing(client):
    ticket = tickets.write(Ticket(commune(POUZAUGES).epci_id, (1,)))
    assert send(client, ticket) == 302
    assert not UseCount.objects.exists()


def test_post_without_the_token_of_the_page_is_refused(adviser):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(adviser)
    assert send(strict, "x") == 403


def test_reading_the_address_is_refused(client, adviser):
    assert client.get(reverse("count_use")).status_code == 405


# Neither who nor when


@pytest.mark.parametrize("model", [UseCount, AgencyUse])
def test_counters_know_neither_an_account_nor_an_hour(model):
    fields = model._meta.get_fields()
    assert User not in {field.related_model for field in fields}
    times = (models.DateTimeField, models.TimeField)
    assert not [field for field in fields if isinstance(field, times)]
    tables = connection.introspection.table_names()
    assert f"{model._meta.db_table}event" not in tables


def test_agency_is_counted_from_three_active_accounts(client):
    agency = AgencyFactory()
    first, *others = [UserFactory(agency=agency) for _ in range(3)]
    client.force_login(first)
    send(client, ticket_of(client, f"situation=isolement&commune={POUZAUGES}"))
    assert AgencyUse.objects.get().agency is None
    for user in others:
        client.force_login(user)
    send(client, ticket_of(client, f"situation=addictions&commune={POUZAUGES}"))
    assert AgencyUse.objects.get(agency=agency).number == 1


def test_account_left_for_months_or_closed_is_not_active():
    agency = AgencyFactory()
    now = timezone.now()
    long_ago = now - timezone.timedelta(days=counting.ACTIVE_DAYS + 1)
    for last_login, is_active in ((now, True), (now, True), (now, False), (long_ago, True)):
        UserFactory(agency=agency, last_login=last_login, is_active=is_active)
    assert not counting.is_counted(agency.pk)
    UserFactory(agency=agency, last_login=now)
    assert counting.is_counted(agency.pk)


# Together


@pytest.mark.django_db(transaction=True)
def test_searches_at_the_same_instant_are_all_counted():
    situations = tuple(Situation.objects.order_by("pk").values_list("pk", flat=True)[:3])
    area, user = territory("epci", commune(POUZAUGES).epci.code).pk, UserFactory()

    def search(number):
        try:
            turned = situations[number % 3 :] + situations[: number % 3]
            counting.count_search(Ticket(area, turned, turned[:1]), user)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(search, range(24)))
    searches = UseCount.objects.filter(kind="recherche").values_list("number", flat=True)
    assert list(searches) == [24, 24, 24]
    assert sum(UseCount.objects.filter(kind="sans-reponse").values_list("number", flat=True)) == 24
    assert AgencyUse.objects.get().number == 24
