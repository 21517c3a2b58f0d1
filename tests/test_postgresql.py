"""The database backend: what is prepared, what is not, and how a lost server is noticed."""

import pytest
from django.db import DatabaseError, connection, transaction

from cartographie.postgresql import Prepared
from partners.models import Situation

SUM = Prepared("SELECT %(two)s::int + %(one)s::int")
STATEMENTS = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT $%%'"
pytestmark = pytest.mark.django_db


def ask(sql, params=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


def test_statement_marked_so_is_prepared_once():
    before = ask(STATEMENTS)
    assert [ask(SUM, {"one": 1, "two": number}) for number in range(3)] == [1, 2, 3]
    assert ask(STATEMENTS) - before <= 1
    assert ask(STATEMENTS) >= 1


def test_other_statements_are_not_prepared_and_may_be_two():
    assert ask("SELECT set_config('essai.nom', %s, true); SELECT 1 + %s", ["x", 1]) is not None
    before = ask("SELECT count(*) FROM pg_prepared_statements")
    list(Situation.objects.filter(slug="isolement"))
    assert ask("SELECT count(*) FROM pg_prepared_statements") == before


def test_values_are_never_part_of_the_statement():
    nasty = "'; DROP TABLE partners_listing; --"
    assert ask(Prepared("SELECT %s::text"), [nasty]) == nasty
    assert ask("SELECT %s::text", [nasty]) == nasty


def test_several_rows_are_written_one_after_the_other():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE essai (nombre int) ON COMMIT DROP")
        cursor.executemany("INSERT INTO essai VALUES (%s)", [(1,), (2,)])
    assert ask("SELECT sum(nombre) FROM essai") == 3


def test_failed_transaction_is_not_usable():
    before = transaction.savepoint()
    with pytest.raises(DatabaseError):
        ask("SELECT 1 / 0")
    assert not connection.is_usable()
    transaction.savepoint_rollback(before)
    assert connection.is_usable()


@pytest.mark.django_db(transaction=True)
def test_connection_that_the_server_ended_is_noticed_before_it_is_used():
    other = connection.copy()
    own = ask("SELECT pg_backend_pid()")
    assert connection.is_usable()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [own])
    other.close()
    assert not connection.is_usable()
    connection.close()
    assert ask("SELECT 1") == 1
