"""Where a value stands in the database, and its removal: it cannot be undone."""

from dataclasses import dataclass

import pghistory
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast

from partners import words
from partners.imports import status as gate
from partners.models import Contact, Letter, Listing, Merge, Redaction, derived
from partners.models.fields import FoldedField
from partners.redaction.columns import LOOSE, tables
from partners.redaction.pattern import MARK, Pattern

PAST_PEOPLE = apps.get_model("partners.ContactEvent")
IDENTIFIERS = {"source_id", "identifier"}
"""They may not be the same twice in their source."""

WHOLE = (models.EmailField, models.URLField)
WHOLE_NAMES = {"phone", "professional_phone", "siret", "postal_code"}
"""A part of an address or of a number is none: it goes whole."""


@dataclass(frozen=True)
class Place:
    """A row that holds a value: its table (`columns.Table`), its key, the record it is of."""

    table: object
    pk: object
    listing_id: int | None
    changes: dict


def find(values, *, listing=None):
    """The rows (list of `Place`) where these values (list of str) stand; of a record, or all.

    Those of the records that it absorbed are its own. What tools wrote of no record in particular
    (reports of imports, jobs) is looked at always.
    """
    patterns = [Pattern(value) for value in values]
    owners = Merge.objects.family(listing.pk) if listing is not None else None
    known = [table.of_record() if listing else table for table in tables()]
    return [p for table in known if table.names for p in _in_table(table, patterns, owners)]


@transaction.atomic
def remove(listing, values, *, what, contact_ids=(), is_everywhere=False, by):
    """Take values out of a record and its past, or of all of them; returns the `Redaction`.

    None when they stand nowhere. `contact_ids` go whole, rows and past. Whatever had the value and
    no longer meets the gate of publication is put « à vérifier ».
    """
    listing = Listing.objects.select_for_update().get(pk=listing.pk)
    with pghistory.context(origine="caviardage"):
        gone = _remove_people(contact_ids)
        places = find(values, listing=None if is_everywhere else listing)
        gone += _remove_people(_nameless(places))
        for place in places:
            changes = place.changes | _consequences(place)
            models.QuerySet(place.table.model).filter(pk=place.pk).update(**changes)
        touched = {listing.pk, *(p.listing_id for p in places if p.listing_id)}
    derived.refresh(Listing.objects.filter(pk__in=touched))
    count = gone + len(places)
    if not count:
        return None
    return Redaction.objects.create(
        listing=listing, what=what, places=count, is_everywhere=is_everywhere, done_by=by
    )


def _in_table(table, patterns, owners):
    rows = models.QuerySet(table.model)
    if owners is not None and table.owner:
        is_concerned = Q(**{f"{table.owner}__in": owners})
        if table.model in LOOSE:
            is_concerned |= Q(**{f"{table.owner}__isnull": True})
        rows = rows.filter(is_concerned)
    found = rows.alias(**{f"text_{name}": Cast(name, models.TextField()) for name in table.names})
    asked = Q()
    for pattern in patterns:
        for name in table.names:
            asked |= Q(**{f"text_{name}__regex": pattern.hint})
    for row in found.filter(asked).order_by("pk").distinct():
        if changes := _changes(table, row, patterns):
            yield Place(table, row.pk, _record_of(table, row), changes)


def _record_of(table, row):
    return getattr(row, table.owner, None) if table.owner else None


def _changes(table, row, patterns):
    """{name: new value} of the columns that held a value, folded ones with those they fold."""
    changed = {}
    for name in table.names:
        field = table.model._meta.get_field(name)
        old = getattr(row, name)
        new = _without(old, patterns)
        if new != old:
            changed[name] = _filled(field, new, row, table)
    for field in table.model._meta.concrete_fields:
        if isinstance(field, FoldedField) and field.source in changed:
            fold = words.fold_place if field.is_place else words.fold
            changed[field.name] = fold(changed[field.source])[: field.max_length]
    return changed


def _without(value, patterns):
    """A text, or texts in lists and objects, without the values."""
    if isinstance(value, str):
        for pattern in patterns:
            value = pattern.without(value)
        return value
    if isinstance(value, list | tuple):
        return [_without(item, patterns) for item in value]
    if isinstance(value, dict):
        return {_without(key, patterns): _without(item, patterns) for key, item in value.items()}
    return value


def _filled(field, value, row, table):
    """What the column can hold: some may not be empty, and none is longer than it is wide."""
    if isinstance(field, ArrayField):
        return [item for item in value if item]
    if not isinstance(value, str):
        return value
    tracked = table.subject._meta.get_field(field.name)
    if MARK in value and (isinstance(tracked, WHOLE) or field.name in WHOLE_NAMES):
        value = ""
    if not value and not tracked.blank:
        is_unique = field.name in IDENTIFIERS or table.model is Letter
        value = f"{MARK} {row.pk}" if is_unique else MARK
    return value[: field.max_length] if field.max_length else value


def _remove_people(contact_ids):
    """Delete named contacts and all their past; returns how many rows went."""
    if not contact_ids:
        return 0
    people = Contact.objects.filter(pk__in=contact_ids)
    count = people.count()
    people.delete()
    return count + PAST_PEOPLE.objects.filter(pgh_obj_id__in=contact_ids).delete()[0]


def _nameless(places):
    """Keys of the people that a removal would leave without a name: they go whole."""
    bare = [p for p in places if p.table.subject is Contact and p.changes.get("name") == MARK]
    past = [p.pk for p in bare if p.table.is_history]
    known = PAST_PEOPLE.objects.filter(pk__in=past).values_list("pgh_obj_id", flat=True)
    return {*known, *(p.pk for p in bare if not p.table.is_history)}


def _consequences(place):
    """Nothing more goes to an address removed; a record that lost too much is published no more."""
    if place.table.model is Letter and "email" in place.changes:
        letter = Letter.objects.get(pk=place.pk)
        is_waiting = letter.status == Letter.Status.WAITING
        return {"status": Letter.Status.CANCELLED} if is_waiting else {}
    return _status(place) if place.table.model is Listing else {}


def _status(place):
    """A record that is published, and no longer could be, waits « à vérifier »."""
    listing = Listing.objects.get(pk=place.pk)
    for name, value in place.changes.items():
        setattr(listing, name, value)
    lacking = gate.missing(
        listing,
        has_situation=listing.situation_links.exists(),
        has_zone=listing.zone_links.exists(),
    )
    is_lame = lacking and listing.status == Listing.Status.PUBLISHED
    return {"status": Listing.Status.TO_CHECK} if is_lame else {}
