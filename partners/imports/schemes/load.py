"""Loads the schemes of a folder: their records by the census's own plan, then what is around."""

from dataclasses import dataclass, field
from pathlib import Path

import pghistory
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from partners.imports import criteria, mapping
from partners.imports import load as census
from partners.imports import plan as plans
from partners.imports.errors import NBSP, ImportRefused
from partners.imports.lookups import Lookups
from partners.imports.outcome import Outcome
from partners.imports.reader import Row, Table
from partners.imports.schemes import bodies, files, parts
from partners.models import Listing

FOLDER = settings.BASE_DIR / "fixtures" / "schemes"
INSTANCES = settings.BASE_DIR / "fixtures" / "instances.toml"
DEMO = settings.BASE_DIR / "fixtures" / "demo" / "schemes.toml"
ORIGIN = "dispositifs fournis"
UNSPECIFIED = "non-precisee"


@dataclass
class Outcomes:
    """What was written: names of records, {name: parts} that were completed, instances."""

    created: list[str] = field(default_factory=list)
    completed: dict[str, list[str]] = field(default_factory=dict)
    instances: list[str] = field(default_factory=list)
    unchanged: int = 0


def load(
    *, folder: Path = FOLDER, demo: Path | None = None, instances: Path = INSTANCES
) -> Outcomes:
    """Write what is missing, in one transaction. Raises `ImportRefused`, nothing written then.

    `demo`: the file that lends schemes to records of the demonstration's census.
    """
    schemes = files.read(folder)
    lent = files.read_demo(demo, schemes) if demo else []
    with transaction.atomic(), pghistory.context(origine=ORIGIN):
        census.one_at_a_time()
        lookups = Lookups()
        outcomes = Outcomes(created=_create(schemes, lookups))
        written = [*schemes, *lent]
        found = _records(written)
        for scheme in written:
            _complete(scheme, found, _links(scheme, written, found, lookups), outcomes)
        outcomes.instances = bodies.write(instances, lookups, _by_slug(written, found))
    return outcomes


def _create(schemes, lookups):
    """Records that do not exist yet, through the plan of a census: the names of the new ones."""
    known = _records(schemes)
    missing = [scheme for scheme in schemes if scheme.key not in known]
    if not missing:
        return []
    rows = [
        scheme.cells
        | {"nature": "dispositif", "source": scheme.source, "id": scheme.identifier}
        | {"zone_eligibilite": _zone(scheme, lookups)}
        for scheme in missing
    ]
    headers = list(dict.fromkeys(name for row in rows for name in row))
    whole = [{name: row.get(name, "") for name in headers} for row in rows]
    table = Table(headers, [Row(line, cells) for line, cells in enumerate(whole, start=2)])
    columns = mapping.native(table)
    if columns.unknown:
        raise ImportRefused(f"Colonnes inconnues{NBSP}: {', '.join(columns.unknown)}.")
    plan = plans.build(table, columns)
    if plan.counts["refused"]:
        raise ImportRefused(_refusals(plan))
    # One recognised by its name is staff's own: it is left as it is.
    plan.rows = plan.having(Outcome.CREATED)
    census.apply(plan, label=ORIGIN)
    return [row.record.name for row in plan.rows]


def _zone(scheme, lookups):
    """Its zone; to be asked where this installation has not its territory."""
    zone = scheme.cells.get("zone_eligibilite", "")
    return zone if not zone or zone == UNSPECIFIED or lookups.has_zone(zone) else UNSPECIFIED


def _refusals(plan):
    return "\u00a0; ".join(
        f"{row.name}, {said.column or 'fiche'}{NBSP}: {said.reason}"
        for row in plan.having(Outcome.REFUSED)
        for said in row.draft.refusals
    )


def _records(schemes):
    """{(source, identifier): record} of those that exist."""
    keys = Q(pk=None)
    for scheme in schemes:
        keys |= Q(source=scheme.source, source_id=scheme.identifier)
    return {(r.source, r.source_id): r for r in Listing.objects.filter(keys).order_by("pk")}


def _links(scheme, written, found, lookups):
    """A record of the demonstration is sent to others of it first."""
    near = {s.slug: found[s.key] for s in written if s.source == scheme.source and s.key in found}
    all_ = {s.slug: found[s.key] for s in written if s.source == files.SOURCE and s.key in found}

    def structure(identifier):
        return Listing.objects.filter(source=scheme.source, source_id=identifier).first()

    return parts.Links(lookups, all_ | near, structure)


def _complete(scheme, found, links, outcomes):
    record = found.get(scheme.key)
    if record is None:
        return
    written = parts.write(record, scheme.parts, links)
    if criteria.load(record, scheme.slug, links.records):
        written.append("criteria")
    if not written:
        outcomes.unchanged += 1
    elif record.name not in outcomes.created:
        outcomes.completed[record.name] = written


def _by_slug(written, found):
    records = {}
    for scheme in written:
        if scheme.key in found:
            records.setdefault(scheme.slug, []).append(found[scheme.key])
    return records
