"""Rows of models by the thousands: COPY in, and UPDATE from a table that COPY filled.

Five times faster than `bulk_create` and `bulk_update` on records of sixty columns. Values go
through the fields as in a save; history triggers run as for any write.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from partners.imports import behind
from partners.models.fields import DayField, FoldedField, WebField

FRESH = "bulk_values"  # temporary table of the values to update
PLAIN = {
    models.AutoField,
    models.BigAutoField,
    models.BigIntegerField,
    models.BooleanField,
    models.CharField,
    models.DateField,
    models.DateTimeField,
    models.EmailField,
    models.FloatField,
    models.IntegerField,
    models.PositiveSmallIntegerField,
    models.TextField,
    DayField,
    FoldedField,
    WebField,
}
"""Fields whose values the database takes as they are."""

TEXTS = {models.CharField, models.TextField}
ESCAPES = str.maketrans({'"': r"\"", "\\": r"\\"})

OPEN_CONTEXT = "UPDATE partners_listing SET id = id WHERE false"


def open_context() -> None:
    """Tell the database which `pghistory.context` this transaction is in.

    pghistory tells it with an ordinary statement, which COPY is not: without one before, history
    would not say how the rows came.
    """
    with connection.cursor() as cursor:
        cursor.execute(OPEN_CONTEXT)


def check_links_at_once() -> None:
    """With deferred foreign keys, the work at commit grows with the square of the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def count_again(*tables: type[models.Model]) -> None:
    """Let the database see how much was written, before a query that goes through all of it.

    Keys are enough for that; long texts would take most of the time.
    """
    statement = f"ANALYZE {', '.join(map(_keys_of_table, tables))}"
    behind.send(partial(_execute, statement))


def _execute(statement: str, link: Any) -> None:
    with link.cursor() as cursor:
        cursor.execute(statement)


def _keys_of_table(table: type[models.Model]) -> str:
    meta = table._meta
    keys = [
        field.column for field in meta.concrete_fields if field.primary_key or field.is_relation
    ]
    return f"{_quoted(meta.db_table)} ({', '.join(map(_quoted, keys))})"


def insert(rows: Sequence[Any]) -> None:
    """Insert instances of one model and give them their keys; what they refer to has one."""
    if not rows:
        return
    model = type(rows[0])
    for row, pk in zip(rows, _keys(model, len(rows)), strict=True):
        row.pk = pk
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    _copy(model._meta.db_table, fields, rows, is_new=True)
    for row in rows:
        row._state.adding = False


def update(rows: Sequence[Any], names: Iterable[str]) -> None:
    """Write the fields `names` of instances of one model, whatever else they hold."""
    if not rows:
        return
    meta = type(rows[0])._meta
    fields = [meta.get_field(name) for name in names]
    table, key = _quoted(meta.db_table), _quoted(meta.pk.column)
    columns = [_quoted(field.column) for field in fields]
    chosen, changes = ", ".join([key, *columns]), ", ".join(f"{c} = fresh.{c}" for c in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {FRESH} AS SELECT {chosen} FROM {table} LIMIT 0")  # noqa: S608
        _copy(FRESH, [meta.pk, *fields], rows, is_new=False)
        cursor.execute(
            f"UPDATE {table} SET {changes} FROM {FRESH} AS fresh WHERE {table}.{key} = fresh.{key}"  # noqa: S608
        )
        cursor.execute(f"DROP TABLE {FRESH}")


def _keys(model: type[models.Model], count: int) -> list[int]:
    queue = behind.queue()
    if queue is None:
        return _next_keys(model, count)
    stock = queue.keys[model]
    if len(stock) < count:  # twice as many each time: to ask is to wait for what is being written
        more = max(count, queue.taken[model])
        queue.taken[model] += more
        stock += _next_keys(model, more)
    taken, stock[:count] = stock[:count], []
    return taken


def _next_keys(model: type[models.Model], count: int) -> list[int]:
    meta = model._meta
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(name) FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name"
            " OFFSET 0) sequence, generate_series(1, %s)",
            [_quoted(meta.db_table), meta.pk.column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def _copy(table: str, fields: list[Any], rows: Sequence[Any], *, is_new: bool) -> None:
    columns = ", ".join(_quoted(field.column) for field in fields)
    statement = f"COPY {_quoted(table)} ({columns}) FROM STDIN"
    values = _values(fields, rows, is_new=is_new)
    if behind.queue():
        values = list(values)  # as they are now, whatever becomes of the rows
    behind.send(partial(_send, statement, values))


def _values(fields: list[Any], rows: Sequence[Any], *, is_new: bool) -> Iterator[list[Any]]:
    read = attrgetter(*(field.attname for field in fields))
    converters = [(i, _converter(field, is_new=is_new)) for i, field in enumerate(fields)]
    converters = [(index, convert) for index, convert in converters if convert]
    for row in rows:
        values = list(read(row))
        for index, convert in converters:
            values[index] = convert(row)
        yield values


def _send(statement: str, rows: Iterable[list[Any]], link: Any) -> None:
    with link.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _converter(field: Any, *, is_new: bool) -> Callable[[Any], Any] | None:
    """What gives the value of a field as the database takes it; None when it is so already."""
    if field.is_relation:
        return partial(_key_of, field, field.cache_name, field.attname)
    read, write = attrgetter(field.attname), _writer(field)
    if is_new and _fills_itself(field):
        read = partial(_filled, field)
    elif write is None:
        return None
    return (lambda row: write(read(row))) if write else read


def _fills_itself(field: Any) -> bool:
    if isinstance(field, models.DateField):
        return field.auto_now or field.auto_now_add
    return type(field).pre_save is not models.Field.pre_save


def _filled(field: Any, row: Any) -> Any:
    return field.pre_save(row, True)


def _writer(field: Any) -> Callable[[Any], Any] | None:
    """What makes of a value what COPY takes; psycopg is slow on lists and JSON."""
    if type(field) in PLAIN:
        return None
    if type(field) is models.JSONField:
        write = partial(json.dumps, cls=field.encoder)
    elif type(field) is ArrayField and type(field.base_field) in TEXTS:
        write = _texts
    else:
        write = partial(field.get_db_prep_save, connection=connection)
    return lambda value: None if value is None else write(value)


def _texts(values: Iterable[str]) -> str:
    """A list of texts as PostgreSQL writes it."""
    return "{" + ",".join([f'"{text.translate(ESCAPES)}"' for text in values]) + "}"


def _key_of(field: Any, name: str, attname: str, row: Any) -> Any:
    """The instance may have got its key after it was linked. `name`: that of the cached one."""
    if name in row._state.fields_cache:
        other = row._state.fields_cache[name]
        setattr(row, attname, other.pk if other else None)
    return getattr(row, attname)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
