"""What stands around the record of a scheme, from its file: a part is written once, ever."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError

from partners import phones
from partners.imports.errors import NBSP, ImportRefused, Refused, french, quote
from partners.imports.lookups import Lookups
from partners.models import (
    Alternative,
    Ceiling,
    Document,
    EntryPoint,
    Listing,
    Paper,
    SchemeDetails,
    Step,
)

MODELS = {
    "details": SchemeDetails,
    "papers": Paper,
    "documents": Document,
    "steps": Step,
    "entry_points": EntryPoint,
    "alternatives": Alternative,
    "ceilings": Ceiling,
}
"""In the order of writing: a step names a document."""

OWNED = {SchemeDetails, Paper, Document}
"""Whose record is called `listing`, the others' `scheme`."""


@dataclass(frozen=True)
class Links:
    """What the files name: `records` by slug of a scheme, `structures` by identifier."""

    lookups: Lookups
    records: dict[str, Listing]
    structures: Callable[[str], Listing | None]


def write(record: Listing, parts: dict[str, list[dict[str, Any]]], links: Links) -> list[str]:
    """Write the parts that a record never had: their names. Raises `ImportRefused`."""
    written = []
    for name, model in MODELS.items():
        if parts.get(name) and not was_there(model, record):
            for order, facts in enumerate(parts[name], start=1):
                _write_row(model, record, order, facts, links)
            written.append(name)
    return written


def was_there(model: type, record: Listing) -> bool:
    """Whether a record has rows of a model, or had some that somebody took away."""
    owner = {owner_of(model): record.pk}
    if model.objects.filter(**owner).exists():
        return True
    return model.pgh_event_model.objects.filter(**owner).exists()


def owner_of(model: type) -> str:
    return "listing" if model in OWNED else "scheme"


def _write_row(model, record, order, facts, links):
    values = {owner_of(model): record}
    if _has(model, "order"):
        values["order"] = order
    try:
        for name, value in facts.items():
            values |= _value(model, record, name, value, links)
        row = model(**values)
        row.full_clean()
        row.save()
    except (Refused, phones.PhoneError) as error:
        raise ImportRefused(f"{_place(record, model, order)}{NBSP}: {error}.") from None
    except ValidationError as error:
        said = " ".join(error.messages)
        raise ImportRefused(f"{_place(record, model, order)}{NBSP}: {said}") from None


def _value(model, record, name, value, links):
    """The values (dict) of a fact of a file; names become what they designate."""
    if name == "territory":
        return {"territory_id": links.lookups.zone(value)[0]}
    if name == "phone":
        return {"phone": phones.normalise(value)}
    if name == "scheme":
        return {"other": _found(links.records.get(value), value)}
    if name == "structure":
        return {"structure": _found(links.structures(value), value)}
    if name == "document":
        return {"document": _found(record.documents.filter(title=french(value)).first(), value)}
    if name == "amounts":
        return {"amounts": [Decimal(str(amount)) for amount in value]}
    if not _has(model, name):
        raise Refused(f"{quote(name)} n'est pas connu")
    return {name: french(value.strip()) if isinstance(value, str) else value}


def _found(row, name):
    if row is None:
        raise Refused(f"{quote(name)} n'existe pas")
    return row


def _has(model, name):
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def _place(record, model, order):
    return f"{record}, {model._meta.verbose_name} {order}"
