"""The rows of a relation, written again as a state of the past tells them."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from partners.models import Criterion, CriterionGroup, Document
from partners.past.versions import INSIDE, OWNERS, State

GONE = (
    "Ce que cette version désigne n'existe plus\u00a0: une commune, une situation, une structure."
)
ALONE = {Document, CriterionGroup}
"""Rows that others stand in or point at: written one record after the other, each in its way."""

DOCUMENTS = "documents"
FILE = ("file_name", "file_size")


class Refused(Exception):
    """The record cannot go back; the message says why, in French."""


def write(owner, model, wanted):
    """Make the rows of a record (its key) those of a state; the ones that are the same stay.

    Raises `Refused`, or what the database and the model raise.
    """
    if model is Document:
        _write_documents(owner, wanted)
        return
    gone, come = exchanged(owner, model, of_owners(model, [owner])[owner], wanted)
    for row in gone:
        row.delete()
    for row in come:
        _insert(row)
        for inside in getattr(row, "inside", ()):
            _insert(_made(Criterion, inside, row.pk))


def of_owners(model, owners):
    """The rows of each of these records, {key: [row]}."""
    found = {pk: [] for pk in owners}
    for row in model.objects.filter(**{f"{OWNERS[model]}__in": owners}):
        found[getattr(row, OWNERS[model])].append(row)
    return found


def exchanged(owner, model, there, wanted):
    """(rows to delete, rows to insert) so that a record has those of a state."""
    asked = {}
    for said in wanted.values():
        row = _made(model, said, owner)
        asked[_facts(row)] = row
    gone = [row for row in there if asked.pop(_facts(row), None) is None]
    return gone, list(asked.values())


def _made(model, said, owner):
    """A row that is not written; that of a group of criteria has them in `inside`, as it says."""
    names = OWNERS | {Criterion: "group_id"}
    values = {f.attname: _read(f, said.get(f.attname)) for f in _columns(model)}
    row = model(**values | {names[model]: owner})
    if model is CriterionGroup:
        row.inside = said[INSIDE]
    return row


def _facts(row):
    """What a row says, its own key apart (a tuple that compares)."""
    found = tuple(_fact(getattr(row, field.attname)) for field in _columns(type(row)))
    if not isinstance(row, CriterionGroup):
        return found
    if hasattr(row, "inside"):
        inside = [_made(Criterion, said, 0) for said in row.inside]
    else:
        inside = list(row.criteria.order_by("order", "pk"))
    return found, tuple(_inside_facts(criterion) for criterion in inside)


def _inside_facts(criterion):
    names = (field.attname for field in _columns(Criterion) if field.name != "group")
    return tuple(_fact(getattr(criterion, name)) for name in names)


def _fact(value):
    return tuple(value) if isinstance(value, list) else value


def _columns(model):
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _read(field, said):
    """A value of the database, from the JSON of an event."""
    if field.is_relation or said is None:
        return said
    if isinstance(field, ArrayField):
        return [field.base_field.to_python(item) for item in said]
    return field.to_python(said)


def _insert(row):
    _check_links(row)
    row.full_clean()
    row.save(force_insert=True)


def _check_links(row):
    """What a row designates and is no more: without it where that may be, else `Refused`."""
    for field in (f for f in _columns(type(row)) if f.is_relation):
        key = getattr(row, field.attname)
        if key is None or field.related_model._base_manager.filter(pk=key).exists():
            continue
        if field.remote_field.on_delete is not models.SET_NULL:
            raise Refused(GONE)
        setattr(row, field.attname, None)


# Documents keep their keys, by which steps name them and files hold to them


def reachable(now, target):
    """(the state `target` as far as it can be had from `now`, titles of what cannot).

    The file of a document is not kept in history: a PDF that is gone or was replaced stays so.
    """
    known, found, lost = now.parts[DOCUMENTS], {}, []
    for key, row in target.parts[DOCUMENTS].items():
        mine = known.get(key)
        if not row["file_name"] or (mine and _file(mine) == _file(row)):
            found[key] = row
            continue
        lost.append(row["title"])
        if mine:
            found[key] = row | _file(mine) if mine["file_name"] else mine
    return State(target.parts | {DOCUMENTS: found}), lost


def _file(row):
    return {name: row[name] for name in FILE}


def _write_documents(owner, wanted):
    there = {str(row.pk): row for row in of_owners(Document, [owner])[owner]}
    for key, row in there.items():
        if key not in wanted:
            row.delete()
    for key, said in wanted.items():
        row = _made(Document, said, owner)
        if key not in there:
            row.pk = None if Document.objects.filter(pk=key).exists() else int(key)
            _insert(row)
        elif _facts(row) != _facts(there[key]):
            row.pk, row._state.adding = int(key), False
            row.full_clean()
            row.save(force_update=True)


def is_clean(row):
    """Whether its values are valid; that what it designates exists is the database's word."""
    linked = [field.name for field in row._meta.concrete_fields if field.is_relation]
    try:
        row.clean_fields(exclude=[*linked, "search_key"])
        row.clean()
    except ValidationError:
        return False
    return True
