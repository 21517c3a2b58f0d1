"""The criteria of schemes that come with the project: one TOML file a scheme, written once, ever.

What staff edit is theirs: a scheme that has criteria, or had some, is left alone.
"""

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import transaction

from partners.criteria import pure_group
from partners.eligibility import Scheme, checks
from partners.imports.errors import NBSP, ImportRefused, french, quote
from partners.models import Criterion, CriterionGroup, Listing

FOLDER = settings.BASE_DIR / "fixtures" / "criteria"
OWN = {"id", "group", "scheme", "order"}
"""Fields that a file does not say: they come with its place in it."""


def load(record: Listing, slug: str, records: dict[str, Listing], *, folder: Path = FOLDER) -> bool:
    """Write the criteria of the file `slug` to a scheme that never had any; whether it was done.

    `records`: of each slug of a scheme, the record that a redirect leads to; a redirect to one that
    is not there, or is archived, keeps its text. Raises `ImportRefused`, nothing written then.
    """
    path = folder / f"{slug}.toml"
    if not path.exists() or had_some(record):
        return False
    groups = [_group(record, place, facts, path) for place, facts in enumerate(_read(path))]
    rows = [_rows(group, facts, records, path) for group, facts in groups]
    _check(record, [group for group, _ in groups], rows, path)
    with transaction.atomic():
        CriterionGroup.objects.bulk_create([group for group, _ in groups])
        Criterion.objects.bulk_create([row for found in rows for row in found])
    return True


def had_some(record: Listing) -> bool:
    """Whether a scheme has criteria, or had some that somebody took away."""
    return CriterionGroup.pgh_event_model.objects.filter(scheme=record.pk).exists()


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ImportRefused(f"{quote(path.name)} n'est pas un fichier TOML lisible.") from error
    groups = found.pop("group", [])
    is_read = isinstance(groups, list) and all(isinstance(group, dict) for group in groups)
    if found or not groups or not is_read:
        raise ImportRefused(f"{quote(path.name)}{NBSP}: des sections [[group]] sont attendues.")
    return groups


def _group(record, place, facts, path):
    criteria = facts.get("criterion", [])
    own = {name: value for name, value in facts.items() if name != "criterion"}
    group = CriterionGroup(scheme=record, order=place, **_values(CriterionGroup, own, path))
    return group, criteria


def _rows(group, criteria, records, path):
    made = []
    for place, facts in enumerate(criteria):
        target = records.get(facts.get("redirect"))
        own = {name: value for name, value in facts.items() if name != "redirect"}
        row = Criterion(group=group, order=place, **_values(Criterion, own, path))
        is_open = target is not None and target.status != Listing.Status.ARCHIVED
        row.redirect = target if is_open and target.pk != group.scheme_id else None
        made.append(row)
    return made


def _values(model, facts, path):
    """The values (dict) of a section. Raises `ImportRefused` for a name that is none of its own."""
    for name in facts:
        if name in OWN or not _has(model, name):
            raise ImportRefused(f"{quote(path.name)}{NBSP}: {quote(name)} n'est pas connu.")
    return {name: french(v) if isinstance(v, str) else v for name, v in facts.items()}


def _has(model, name):
    try:
        return not model._meta.get_field(name).is_relation
    except FieldDoesNotExist:
        return False


def _check(record, groups, rows, path):
    """Each by itself, then all of them together. Raises `ImportRefused`."""
    for place, group in enumerate(groups):
        for row in [group, *rows[place]]:
            try:
                row.full_clean(exclude=["group", "scheme"])
            except ValidationError as error:
                _refuse(path, place, row._meta.verbose_name, error.messages)
    pure = [pure_group(group, found) for group, found in zip(groups, rows, strict=True)]
    for fault in checks.faults(Scheme(record.pk, record.name, tuple(pure))):
        _refuse(path, fault.group, str(groups[fault.group]), [fault.message])


def _refuse(path, place, name, messages):
    where = f"{quote(path.name)}, groupe {place + 1}, {quote(name)}"
    raise ImportRefused(f"{where}{NBSP}: {' '.join(messages)}")
