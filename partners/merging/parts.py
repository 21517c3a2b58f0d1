"""What stands around two records: what cannot be of both, and what is united.

Of `PARTS` a person chooses whose the kept record has; the other's goes to the absorbed record,
archived with it, and comes back when the merge is undone. `LISTS` are the two put together.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from partners import schemes
from partners.eligibility import sentences
from partners.hours.french import capitalise
from partners.models import (
    Alternative,
    Ceiling,
    Criterion,
    CriterionGroup,
    Document,
    EntryPoint,
    Listing,
    Paper,
    Relation,
    SchemeDetails,
    Step,
    WayThere,
)
from partners.past.around import LABELS

NB = "\u00a0"


@dataclass(frozen=True)
class Part:
    """`related`: the record's name for its rows, `owner` theirs for the record; `tell`: a row in
    French. `key`: only rows alike in it are in each other's way, all of them without one.
    `is_ordered`: rows are told with their rank.
    """

    label: str
    model: type[models.Model]
    owner: str
    related: str
    tell: Callable[[Any], str]
    key: str = ""
    is_ordered: bool = False


def facts(row: models.Model) -> str:
    """« Objectif : rester chez soi », a line for each column of a row that says something."""
    fields = (f for f in row._meta.concrete_fields if not (f.primary_key or f.is_relation))
    said = ((field, field.value_from_object(row)) for field in fields)
    return "\n".join(
        f"{capitalise(str(field.verbose_name))}{NB}: {_plain(field, value)}"
        for field, value in said
        if value not in (None, "", False, [])
    )


def _plain(field: Any, value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, list):
        return ", ".join(_plain(field.base_field, item) for item in value)
    return "oui" if value is True else str(dict(field.flatchoices).get(value, value))


def _ceiling(row: Any) -> str:
    amounts = (f"{size}{NB}pers. {sentences.number(a)}{NB}€" for size, a in row.rows)
    return f"{row}{NB}: {', '.join(amounts)}"


def _step(row: Any) -> str:
    return ", ".join(filter(None, [row.title, row.actor, row.delay, row.place]))


PARTS = {
    "details": Part(LABELS["details"], SchemeDetails, "listing", "details", facts),
    "steps": Part(LABELS["steps"], Step, "scheme", "steps", _step, is_ordered=True),
    "criteria": Part(
        LABELS["criteria"],
        CriterionGroup,
        "scheme",
        "criterion_groups",
        lambda row: row.sentence or row,
    ),
    "ceilings": Part(LABELS["ceilings"], Ceiling, "scheme", "ceilings", _ceiling, key="label"),
    "way_there": Part(
        LABELS["way_there"], WayThere, "listing", "way_there", lambda row: row.without_car
    ),
    "relation": Part("notre relation", Relation, "listing", "relation", facts),
}
LISTS = {
    "doors": Part(LABELS["doors"], EntryPoint, "scheme", "entry_points", str),
    "alternatives": Part(
        LABELS["alternatives"],
        Alternative,
        "scheme",
        "alternatives",
        lambda row: f"{row.other.name}{NB}: {row.reason}",
    ),
    "papers": Part(LABELS["papers"], Paper, "listing", "papers", str),
    "documents": Part(LABELS["documents"], Document, "listing", "documents", str),
}
OF_SCHEMES = {"details", "steps", "criteria", "ceilings", "doors", "alternatives"}


def prefetch(listings: list[Listing]) -> None:
    """Load what the functions below tell of records that came with `SINGLE`, and their checks."""
    schemes.hold_rows(listings, timezone.localdate())
    criteria = Prefetch("criteria", Criterion.objects.select_related("territory"))
    groups = Prefetch("criterion_groups", CriterionGroup.objects.prefetch_related(criteria))
    prefetch_related_objects([one for one in listings if one.kind == Listing.Kind.SCHEME], groups)


SINGLE = ("details", "way_there", "relation")
"""For `select_related`."""


def told(kept: Listing, absorbed: Listing) -> dict[str, tuple[str, str]]:
    """{part that both have: what each says of it}; a part that one has follows by itself."""
    found = {name: _told(part, kept, absorbed) for name, part in _of(kept, PARTS).items()}
    return {name: both for name, both in found.items() if all(both)}


def said(listing: Listing) -> dict[str, tuple[str, str]]:
    """{part or list: (its label, what a record says of it)}, as a preview compares it.

    The way there is left out: it is a fact of the record.
    """
    known = _of(listing, PARTS | LISTS).items()
    names = ["entry_points__territory", "entry_points__structure", "alternatives__other"]
    prefetch_related_objects([listing], *(names if listing.kind == Listing.Kind.SCHEME else []))
    return {
        name: (capitalise(part.label), _lines(part, _rows(part, listing)))
        for name, part in known
        if name != "way_there"
    }


def relations(names: Iterable[str]) -> set[tuple[type[models.Model], str]]:
    """The (model, field name) of parts, as `links.RULES` calls them; other names are left out."""
    return {(PARTS[name].model, PARTS[name].owner) for name in names if name in PARTS}


def _of(listing: Listing, known: dict[str, Part]) -> dict[str, Part]:
    is_scheme = listing.kind == Listing.Kind.SCHEME
    return {name: part for name, part in known.items() if is_scheme or name not in OF_SCHEMES}


def _told(part: Part, kept: Listing, absorbed: Listing) -> tuple[str, str]:
    ours, theirs = _rows(part, kept), _rows(part, absorbed)
    if part.key:
        ours, theirs = _alike(part.key, ours, theirs), _alike(part.key, theirs, ours)
    return _lines(part, ours), _lines(part, theirs)


def _rows(part: Part, listing: Listing) -> list[Any]:
    found = getattr(listing, part.related, None)
    if isinstance(found, models.Model) or found is None:
        return [found] if found else []
    return list(found.all())


def _alike(key: str, rows: list[Any], others: list[Any]) -> list[Any]:
    known = {getattr(row, key) for row in others}
    return [row for row in rows if getattr(row, key) in known]


def _lines(part: Part, rows: Iterable[Any]) -> str:
    told = [str(part.tell(row)) for row in rows]
    if part.is_ordered:
        told = [f"{rank}. {text}" for rank, text in enumerate(told, start=1)]
    return "\n".join(told)
