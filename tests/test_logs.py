"""Rule R3: nothing that an adviser typed reaches a log."""

import logging

import pytest
from django.db import DataError, connection

from cartographie.logs import QuietFormatter

TYPED = "Mme Durand boit"


def written(error):
    record = logging.getLogger().makeRecord(
        "django.request",
        logging.ERROR,
        "",
        0,
        "Erreur",
        (),
        (type(error), error, error.__traceback__),
    )
    return QuietFormatter("{message}", style="{").format(record)


def test_traceback_keeps_the_places_and_the_class_only():
    try:
        int(TYPED)
    except ValueError as error:
        text = written(error)
    assert "Durand" not in text
    assert "builtins.ValueError" in text
    assert "test_logs.py" in text


@pytest.mark.django_db
def test_database_error_does_not_quote_what_it_refused():
    with pytest.raises(DataError) as caught, connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [TYPED])
    assert "Durand" in str(caught.value)
    assert "Durand" not in written(caught.value)


def test_queries_are_not_logged():
    assert not logging.getLogger("django.db.backends").isEnabledFor(logging.DEBUG)
