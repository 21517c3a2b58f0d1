"""Writes a plan, in one transaction: all of it or nothing, `kill -9` included."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pghistory
from django.db import connection, transaction
from django.utils import timezone

from partners.imports import plan as plans
from partners.imports.mapping import Mapping
from partners.imports.outcome import Outcome, Plan, RowPlan
from partners.imports.reader import Table
from partners.models import Listing, derived

BATCH = 500
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
        _one_at_a_time()
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


def apply(plan: Plan, *, label: str, track: Track = lambda rows, label: rows) -> None:
    """Write a plan that was just built, inside a transaction of its own or of the caller."""
    rows = plan.having(Outcome.CREATED, Outcome.CHANGED)
    if not rows:
        return
    with transaction.atomic(), pghistory.context(**{"import": label}):
        _check_links_at_once()
        for step in track([_create, _update, _write_links, _refresh], "Écriture"):
            step(rows)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _check_links_at_once() -> None:
    """With deferred foreign keys, the work at commit grows with the square of the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _create(rows: list[RowPlan]) -> None:
    """Parents before their branches, so that no record is written twice."""
    waiting = [row.record for row in rows if row.outcome == Outcome.CREATED]
    while waiting:
        ready = [r for r in waiting if r.parent is None or r.parent.pk]
        Listing.objects.bulk_create(ready, batch_size=BATCH)
        waiting = [record for record in waiting if record.pk is None]


def _update(rows: list[RowPlan]) -> None:
    """`bulk_update` sets neither the date of change nor the folded name: they are set here."""
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
        Listing.objects.bulk_update(records, names, batch_size=BATCH)


def _write_links(rows: list[RowPlan]) -> None:
    """Deletions first, so that what takes their place does not collide with them."""
    for model, group in _by_model(row for plan in rows for row in plan.links.deletions).items():
        model.objects.filter(pk__in=[row.pk for row in group]).delete()
    updates: dict[tuple[type, tuple[str, ...]], list[Any]] = defaultdict(list)
    for plan in rows:
        for row, names in plan.links.updates:
            updates[type(row), names].append(row)
    for (model, names), group in updates.items():
        model.objects.bulk_update(group, names, batch_size=BATCH)
    for model, group in _by_model(row for plan in rows for row in plan.links.additions).items():
        model.objects.bulk_create(group, batch_size=BATCH)


def _by_model(rows: Iterable[Any]) -> dict[type, list[Any]]:
    groups: dict[type, list[Any]] = defaultdict(list)
    for row in rows:
        groups[type(row)].append(row)
    return groups


def _refresh(rows: list[RowPlan]) -> None:
    derived.refresh(Listing.objects.filter(pk__in=[row.record.pk for row in rows]))
