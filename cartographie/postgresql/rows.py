"""Rows of statements written by hand, as they are or as instances of models."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models.base import ModelState
from psycopg.pq import Format


class Layout(NamedTuple):
    """What each column of a statement becomes: attributes of these `names`, in its order;
    `converted` are (position, converter) of those that Django reads its own way."""

    names: tuple
    converted: list


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


LIST_HEAD = 20
"""Bytes that PostgreSQL sends before the items of a list, each after the four of its length."""


def numbers(sent, kind):
    """The numbers (array) of a list without NULL as `array_send` gives it (bytes).

    `kind`: "i4" for a list of integer, "i8" of bigint, "f8" of double precision.
    """
    items = np.frombuffer(sent[LIST_HEAD:], [("length", ">i4"), ("value", f">{kind}")])
    return items["value"].astype(kind)


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
    """As `Model.from_db`, without a look at each field of the model: half of them are deferred,
    which is to stand nowhere in the instance."""
    if layout.converted:
        row = list(row)
        for position, convert in layout.converted:
            row[position] = convert(row[position], None, connection)
    found = model.__new__(model)
    found._state = ModelState()
    found._state.adding, found._state.db = False, connection.alias
    found.__dict__.update(zip(layout.names, row, strict=True))
    return found


def hold(instance, **relations):
    """Give an instance the rows (list) of some of its relations, as `prefetch_related` does with
    those that it reads: `instance.relation.all()` then asks nothing."""
    held = instance.__dict__.setdefault("_prefetched_objects_cache", {})
    for name, found in relations.items():
        held[name] = getattr(instance, name).all()
        held[name]._result_cache, held[name]._prefetch_done = list(found), True


@lru_cache(maxsize=128)
def _layout(model, columns):
    fields = {field.column: field for field in model._meta.concrete_fields}
    if model._meta.pk.column not in columns:
        raise FieldDoesNotExist(f"{model.__name__}.{model._meta.pk.name} is not selected")
    names = tuple(fields[name].attname if name in fields else name for name in columns)
    converted = [
        (position, convert)
        for position, name in enumerate(columns)
        if name in fields
        for convert in fields[name].get_db_converters(connection)
    ]
    return Layout(names, converted)
