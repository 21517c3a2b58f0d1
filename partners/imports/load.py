"""Writes a plan, in one transaction: all of it or nothing, `kill -9` included."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pghistory
from django.db import connection, transaction
from django.utils import timezone

from partners.imports import bulk
from partners.imports import plan as plans
from partners.imports.mapping import Mapping
from partners.imports.outcome import Outcome, Plan, RowPlan
from partners.imports.reader import Table
from partners.models import Listing, SchemeRole, Verification, derived

LOCK = 0x63656E73  # « cens »: one import at a time

Track = Callable[[Iterable[Any], str], Iterable[Any]]


class Stopped(Exception):
    """`--strict`: a row was refused, so nothing was written; carries the plan."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


def run(
    table: Table,
    mapping: Mapping,
    *,
    label: str,
    source: str = "",
    is_strict: bool = False,
    track: Track = lambda rows, label: rows,
    before_writing: Callable[[Plan], None] = lambda plan: None,
) -> Plan:
    """Plan and apply. `label` names the import in the history of what it changes.

    `track` is given rows and a French label: a progress bar. `before_writing` may raise to stop.
    Raises `ImportRefused`, and `Stopped` when `is_strict` and a row is refused.
    """
    with transaction.atomic():
        one_at_a_time()
        plan = plans.build(
            table,
            mapping,
            source=source,
            for_update=True,
            track=lambda rows: track(rows, "Lecture"),
        )
        before_writing(plan)
        if is_strict and plan.counts["refused"]:
            raise Stopped(plan)
        apply(plan, label=label, track=track)
    return plan


def apply(
    plan: Plan, *, label: str, track: Track = lambda rows, label: rows, **facts: Any
) -> UUID | None:
    """Write a plan that was just built, inside a transaction of its own or of the caller.

    Returns the context of the history (`facts` is more to say in it), None when nothing changed.
    """
    rows = plan.having(Outcome.CREATED, Outcome.CHANGED)
    if not rows:
        return None
    with writing_as(label, **facts) as context:
        for step in track([write, refresh], "Écriture"):
            step(rows)
    return context


@contextmanager
def writing_as(label: str, **facts: Any) -> Iterator[UUID]:
    """One transaction, whose changes are those of the import `label` in the history.

    No savepoint: under one, `ListingChange` would be marked at each statement instead of once.
    """
    said = {"import": label} | facts
    with transaction.atomic(savepoint=False), pghistory.context(**said) as context:
        bulk.check_links_at_once()
        bulk.open_context()
        yield context.id


def one_at_a_time() -> None:
    """Wait for the other imports; held until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def write(rows: list[RowPlan]) -> None:
    """Write the rows that are created and changed, but for the derived columns: see `refresh`."""
    _create(rows)
    _update(rows)
    _write_links(rows)


def refresh(rows: list[RowPlan]) -> None:
    """The derived columns of these rows: once, after all the writing."""
    pks = {row.record.pk for row in rows} | relatives(rows)
    derived.refresh(Listing.objects.filter(pk__in=pks))


def relatives(rows: Iterable[RowPlan]) -> set[int]:
    """Structures (primary keys) that got or lost a role in the schemes that were written."""
    written = (row for plan in rows for row in plan.links.additions + plan.links.deletions)
    return {row.structure_id for row in written if isinstance(row, SchemeRole)}


def _create(rows: list[RowPlan]) -> None:
    """Parents before their branches, so that no record is written twice."""
    waiting = [row.record for row in rows if row.outcome == Outcome.CREATED]
    while waiting:
        ready = [r for r in waiting if r.parent is None or r.parent.pk]
        bulk.insert(ready)
        waiting = [record for record in waiting if record.pk is None]


def _update(rows: list[RowPlan]) -> None:
    """A bulk update sets neither the date of change nor the folded name: they are set here."""
    now = timezone.now()
    groups: dict[tuple[str, ...], list[Listing]] = defaultdict(list)
    for row in rows:
        if row.outcome == Outcome.CHANGED:
            row.record.updated_at = now
            Listing._meta.get_field("search_key").pre_save(row.record, add=False)
            names = {Listing._meta.get_field(attr).name for attr in row.attrs}
            names |= {"search_key"} if "name" in names else set()
            groups[tuple(sorted(names | {"updated_at"}))].append(row.record)
    for names, records in groups.items():
        bulk.update(records, names)
    numbers = [pk for names, records in groups.items() if "phone" in names for pk in _keys(records)]
    if numbers:
        Verification.objects.forget_numbers(numbers)


def _keys(records: Iterable[Listing]) -> list[int]:
    return [record.pk for record in records]


def _write_links(rows: list[RowPlan]) -> None:
    """Deletions first, so that what takes their place does not collide with them."""
    for model, group in _by_model(row for plan in rows for row in plan.links.deletions).items():
        model.objects.filter(pk__in=[row.pk for row in group]).delete()
    updates: dict[tuple[type, tuple[str, ...]], list[Any]] = defaultdict(list)
    for plan in rows:
        for row, names in plan.links.updates:
            updates[type(row), names].append(row)
    for (_, names), group in updates.items():
        bulk.update(group, names)
    for group in _by_model(row for plan in rows for row in plan.links.additions).values():
        bulk.insert(group)


def _by_model(rows: Iterable[Any]) -> dict[type, list[Any]]:
    groups: dict[type, list[Any]] = defaultdict(list)
    for row in rows:
        groups[type(row)].append(row)
    return groups
