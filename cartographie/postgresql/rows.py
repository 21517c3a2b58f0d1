"""Rows of statements written by hand, as they are or as instances of models."""

from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import DEFERRED
from psycopg.pq import Format


class Layout(NamedTuple):
    """Where the columns of a statement go: `pick` takes the fields of a model, in their order, out
    of a row that ends with `DEFERRED`; `converted` are (position, converter) of the columns that
    Django reads its own way, `others` (position, name) of those that are no field."""

    pick: itemgetter
    converted: list
    others: list


def fetch(statement, parameters=None):
    """The rows (list of tuples) of a statement (str) that begins with SELECT.

    Numbers travel as they stand in memory and not as digits: hundreds of rows come faster. JSON
    would come parsed, where Django's cursors give its text. Before a statement that begins
    otherwise django-pghistory puts another, and such an answer comes from one statement only.
    """
    with connection.cursor() as cursor:
        cursor.cursor.format = Format.BINARY
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def read(model, statement, parameters):
    """The instances (list) of `model` that a statement (str) finds, in its order.

    As `Model.objects.raw`, which works out anew each time what the columns are: a page of results
    sends eight statements, and that took longer than reading their rows.
    Fields that it does not select are deferred; columns that are no field become attributes.
    Raises `FieldDoesNotExist` when it does not select the primary key.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
        layout = _layout(model, tuple(column.name for column in cursor.description))
    return [_instance(model, row, layout) for row in rows]


def _instance(model, row, layout):
    if layout.converted:
        row = list(row)
        for position, convert in layout.converted:
            row[position] = convert(row[position], None, connection)
    found = model.from_db(connection.alias, (), layout.pick((*row, DEFERRED)))
    for position, name in layout.others:
        setattr(found, name, row[position])
    return found


@lru_cache(maxsize=128)
def _layout(model, columns):
    fields = model._meta.concrete_fields
    if model._meta.pk.column not in columns:
        raise FieldDoesNotExist(f"{model.__name__}.{model._meta.pk.name} is not selected")
    position = {name: place for place, name in enumerate(columns)}
    converted = [
        (position[field.column], convert)
        for field in fields
        for convert in field.get_db_converters(connection)
        if field.column in position
    ]
    own = {field.column for field in fields}
    others = [(place, name) for name, place in position.items() if name not in own]
    pick = itemgetter(*(position.get(field.column, -1) for field in fields))
    return Layout(pick, converted, others)
