"""The fields of a record, one for each column of the census: names, rules and messages are hers.

French names and what a value may be are said once, in `partners.imports.columns`; here is only how
they travel in JSON: null for what is not known, lists as lists.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from partners.imports import cells
from partners.imports.column import PERSON, PLACE
from partners.imports.columns import COLUMNS
from partners.imports.errors import Dropped, Refused
from partners.models import Listing

RENAMED = {"id": "id_source"}
"""In the API `id` is the key of the record here, which stands in its address."""

FIELD_COLUMNS = {RENAMED.get(c.header, c.header): c for c in COLUMNS if c.attr}
NAMES = {column.attr: name for name, column in FIELD_COLUMNS.items()}
"""Attribute of `Listing` to its name in the API."""

PLACE_NAMES = [name for name, column in FIELD_COLUMNS.items() if column.secrecy == PLACE]
"""What would show where a confidential shelter is (rule R7)."""
UNTOLD = {*PLACE_NAMES, "lien_source", "code_insee", "permanences"}
"""What the answers leave empty of such a record: the page of its source shows its address too."""
PERSON_NAMES = [name for name, column in FIELD_COLUMNS.items() if column.secrecy == PERSON]
"""What leaves with the scope « contacts » only (rule R6)."""
FREE_NAMES = [name for name, column in FIELD_COLUMNS.items() if column.is_free]
"""Sentences, where a tenant could be named by mistake (rule R2)."""


class Blank:
    """Fields whose empty text is null in JSON, and both in a request."""

    def validate_empty_values(self, data):
        is_empty = self.allow_null and (data is None or data == "")
        return (True, "") if is_empty else super().validate_empty_values(data)

    def to_representation(self, value):
        return super().to_representation(value) if value else None


class String(serializers.CharField):
    """A text, and not a number that could be written as one."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Text(String):
    """A text read as the census reads a cell, by a `reader` of `partners.imports.cells`.

    What it has to say without refusing goes to `remarks` of the context, {name: [sentences]}.
    """

    def __init__(self, reader, *, is_written=False, **options):
        self.reader, self.is_written = reader, is_written
        super().__init__(**options)

    def to_internal_value(self, data):
        text = super().to_internal_value(data)
        reading = cells.Reading(self.context.get("departement", ""))
        try:
            text = cells.check(text)
            if self.is_written:
                cells.check_formula(text)
            value = self.reader(text, reading)
        except (Refused, Dropped) as error:
            raise serializers.ValidationError(_sentence(str(error))) from None
        if reading.remarks:
            self.context.setdefault("remarks", {})[self.field_name] = reading.remarks
        return value


class Cell(Blank, Text):
    """A text or null, that a request may leave out."""

    def __init__(self, reader, **options):
        super().__init__(reader, **{"required": False, "allow_null": True} | options)


class Choice(Blank, serializers.ChoiceField):
    """A slug of a closed list, or null."""


class Switch(serializers.BooleanField):
    """True or false and nothing that looks like it, as the schema says."""

    def to_internal_value(self, data):
        if isinstance(data, bool):
            return data
        self.fail("invalid", input=data)
        return None


@extend_schema_field({"type": ["string", "null"], "format": "date"})
class Day(Text):
    """A date or null, that a request may leave out."""

    def __init__(self, reader, **options):
        super().__init__(reader, **{"required": False, "allow_null": True} | options)

    def to_representation(self, value):
        return value.isoformat() if value else None


def of_column(name, column):
    """The field of a column of the census that is one field of `Listing`."""
    field = Listing._meta.get_field(column.attr)
    options = {"help_text": column.help, "required": False}
    if column.attr != name:
        options["source"] = column.attr
    return _of(field, column, options)


def _of(field, column, options):
    if isinstance(field, ArrayField):
        base = field.base_field
        child = serializers.ChoiceField(base.choices) if base.choices else _item(column)
        options["validators"] = [_of_everyone_alone] if column.read is cells.audiences else []
        return serializers.ListField(child=child, max_length=50, **options)
    if isinstance(field, models.BooleanField):
        return Switch(**options)
    if isinstance(field, models.FloatField):
        limit = 90 if column.attr == "latitude" else 180
        return serializers.FloatField(min_value=-limit, max_value=limit, allow_null=True, **options)
    if isinstance(field, models.DateField):
        return Day(column.read, **options)
    if field.choices:
        return Choice(field.choices, allow_null=field.blank, **options)
    limit = field.max_length or cells.MAX_LINES
    options |= {"help_text": f"{column.help} Attendu\u00a0: {column.expects}."}
    kind = Cell if field.blank else Text
    read = cells.one_email if column.read is cells.email else column.read
    return kind(read, is_written=column.is_text, max_length=limit, **options)


def _of_everyone_alone(found):
    try:
        cells.of_everyone_alone(found)
    except Refused as error:
        raise serializers.ValidationError(_sentence(str(error))) from None


def _item(column):
    """One text of a list that no closed list limits, read as a list of one."""

    def read(text, reading):
        found = column.read(text.replace(cells.SEPARATOR, " "), reading)
        if not found:
            raise Refused("texte attendu")
        return found[0]

    return Text(read, max_length=120)


def _sentence(text):
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")
