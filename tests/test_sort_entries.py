"""What the search reads, in the order of the départements on the disk."""

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from partners import tasks
from partners.models import SearchEntry, derived
from tests.factories import ListingFactory, commune

pytestmark = pytest.mark.django_db
VENDEE, LOIRE = "85182", "44109"


def on_disk():
    with connection.cursor() as cursor:
        cursor.execute("SELECT departement FROM partners_searchentry ORDER BY ctid")
        return [departement for (departement,) in cursor.fetchall()]


@pytest.fixture
def mixed():
    for number in range(30):
        ListingFactory(commune=commune((VENDEE, LOIRE)[number % 2]))
    derived.refresh()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as if all had been committed
    assert on_disk() != sorted(on_disk())


def test_entries_of_a_departement_come_together_and_stay_right(mixed, capsys):
    before = set(SearchEntry.objects.values_list("pk", "departement", "packed"))
    call_command("sort_entries")
    assert capsys.readouterr().out == "Rangé.\n"
    assert on_disk() == sorted(on_disk())
    assert set(SearchEntry.objects.values_list("pk", "departement", "packed")) == before
    assert not derived.stale()
    call_command("sort_entries")
    assert capsys.readouterr().out == "Déjà rangé.\n"


def test_nothing_waits_for_a_table_in_use(mixed):
    facts = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    with psycopg.connect(**{name: facts.get(name) for name in names}) as other:
        other.execute("LOCK TABLE partners_searchentry IN ACCESS SHARE MODE")
        with pytest.raises(CommandError, match="Relancez dans un moment"):
            call_command("sort_entries")
        tasks.sort_entries(timestamp=0)
    assert derived.sort() is True


@pytest.mark.django_db(transaction=True)
def test_completion_reads_an_index_alone_once_they_are_in_order(mixed):
    assert derived.sort() is True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relallvisible, relpages FROM pg_class WHERE oid = %s::regclass",
            [SearchEntry._meta.db_table],
        )
        [(visible, pages)] = cursor.fetchall()
    assert visible == pages > 0


def test_worker_does_it_every_night(mixed):
    tasks.sort_entries(timestamp=0)
    assert on_disk() == sorted(on_disk())


def test_empty_directory_has_nothing_to_sort():
    SearchEntry.objects.all().delete()
    assert derived.sort() is False
