"""The territory of France, written to the database: what is new is added, what differs is changed.

Nothing is deleted: a place that left the files is kept, and named in the report.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pghistory
from django.db import connection, transaction

from partners.imports import france
from partners.models import Neighbour, Territory, TerritoryAlias

Kind = Territory.Kind
Track = Callable[[list, str], Iterable]
BATCH = 1000


@dataclass
class Counts:
    """How many rows of one sort were created, changed, or already right."""

    label: str
    created: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass
class Report:
    """One `Counts` per sort of rows, and the territories that the files no longer have."""

    counts: list[Counts] = field(default_factory=list)
    gone: list[Territory] = field(default_factory=list)


class UnknownDepartementError(ValueError):
    """A département's code that does not exist."""


def load(
    *,
    departements: Iterable[str] = (),
    folder: Path = france.FOLDER,
    track: Track = lambda batches, label: batches,
) -> Report:
    """Bring the territories up to date, in one transaction: all of France, or these départements.

    `track` is given the batches of rows to write and a French label, and returns an iterable of
    the same batches: a progress bar. `is_island` is set at creation only, and links between EPCI
    that a manager added or deleted stay so. Raises UnknownDepartementError.
    """
    everything = france.read(folder)
    wanted = _around(everything, departements) if departements else everything
    with transaction.atomic(), pghistory.context(origine="référentiel des territoires"):
        _check_links_at_once()
        counts, pks = _load_places(wanted, track)
        counts.append(_load_former_communes(wanted, pks, track))
        counts.append(_load_neighbours(wanted, track))
        _analyze()
        return Report(counts, _gone(everything))


def _around(everything, departements):
    try:
        return everything.around(departements)
    except KeyError as error:
        raise UnknownDepartementError(error.args[0]) from error


def _check_links_at_once():
    """With deferred foreign keys, the work at commit grows with the square of the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _analyze():
    """Tell the planner at once: it would read the whole table for every name until it knows."""
    with connection.cursor() as cursor:
        for model in (Territory, TerritoryAlias):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _load_places(wanted, track):
    """Write the places, widest first; returns the counts and {(kind, code): primary key}."""
    counts, pks = [], {}
    for kind, label, places in [
        (Kind.COUNTRY, "France", wanted.country),
        (Kind.REGION, "régions", wanted.regions),
        (Kind.DEPARTEMENT, "départements", wanted.departements),
        (Kind.EPCI, "intercommunalités", wanted.epcis),
        (Kind.COMMUNE, "communes", wanted.communes),
    ]:
        rows = Territory.objects.filter(kind=kind)
        values = {place.code: _values(place, pks) | {"kind": kind} for place in places}
        counts.append(_upsert(rows, values, ["kind", "code"], _mark_island, track, label))
        pks |= {(kind, code): pk for code, pk in rows.values_list("code", "pk")}
    return counts, pks


def _mark_island(row):
    row.is_island = row.kind == Kind.COMMUNE and row.code in france.ISLANDS


def _values(place, pks):
    return {
        "name": place.name,
        "postal_codes": list(place.postal_codes),
        "population": place.population,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "epci_id": pks[Kind.EPCI, place.epci] if place.epci else None,
        "departement_id": pks[Kind.DEPARTEMENT, place.departement] if place.departement else None,
        "region_id": pks[Kind.REGION, place.region] if place.region else None,
    }


def _load_former_communes(wanted, pks, track):
    values = {
        old.code: {
            "territory_id": pks[Kind.COMMUNE, old.commune],
            "kind": old.kind,
            "name": old.name,
        }
        for old in wanted.former_communes
    }
    rows = TerritoryAlias.objects.all()
    return _upsert(rows, values, ["code"], lambda row: None, track, "anciens noms")


def _upsert(rows, wanted, unique_fields, prepare, track, label):
    """Have among `rows` (queryset) those of `wanted` ({code: {field: value}}); returns Counts.

    Rows that are right already are not written, so that history tells of true changes only. The
    update is an upsert because, unlike bulk_update, it fills `search_key`.
    """
    known = {row.code: row for row in rows}
    created = [
        rows.model(code=code, **values) for code, values in wanted.items() if code not in known
    ]
    for row in created:
        prepare(row)
    changed = [known[code] for code, values in wanted.items() if _set(known.get(code), values)]
    fields = [*next(iter(wanted.values()), {}), "search_key"]
    for batch in track(_batches(created), label):
        _copy(batch)
    rows.model.objects.bulk_create(
        changed,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=unique_fields,
        update_fields=[name for name in fields if name not in unique_fields],
    )
    return Counts(label, len(created), len(changed), len(wanted) - len(created) - len(changed))


def _copy(rows):
    """Insert these unsaved rows of one model by COPY, three times as fast as bulk_create here."""
    meta = rows[0]._meta
    fields = [column for column in meta.concrete_fields if not column.primary_key]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(column.column) for column in fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([column.pre_save(row, add=True) for column in fields])


def _set(row, values):
    """Give `row` these values; returns whether there is a row and one of them is new to it."""
    differs = [name for name, value in values.items() if row and getattr(row, name) != value]
    for name in differs:
        setattr(row, name, values[name])
    return bool(differs)


def _batches(rows):
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]


def _load_neighbours(wanted, track):
    """Both directions of each link between EPCI that are in the database."""
    pks = dict(Territory.objects.filter(kind=Kind.EPCI).values_list("code", "pk"))
    links = dict(_both_ways(wanted.links, pks))
    known = {(row.territory_id, row.other_id): row for row in Neighbour.objects.all()}
    deletions = Neighbour.pgh_event_model.objects.filter(pgh_label="delete")
    settled = known.keys() | set(deletions.values_list("territory_id", "other_id"))
    created = [
        Neighbour(territory_id=one, other_id=other, link=link)
        for (one, other), link in links.items()
        if (one, other) not in settled
    ]
    changed = [known[pair] for pair, link in links.items() if _relink(known.get(pair), link)]
    for batch in track(_batches(created), "voisinages"):
        _copy(batch)
    Neighbour.objects.bulk_update(changed, ["link"])
    unchanged = len(links.keys() & known.keys()) - len(changed)
    return Counts("voisinages", len(created), len(changed), unchanged)


def _relink(row, link):
    if row is None or row.link == Neighbour.Link.MANUAL:
        return False
    return _set(row, {"link": link})


def _both_ways(links, pks):
    for one, other, link in links:
        if one in pks and other in pks:
            yield (pks[one], pks[other]), link
            yield (pks[other], pks[one]), link


def _gone(everything):
    """Communes and EPCI of the database that the files no longer have."""
    gone = []
    for kind, places in [(Kind.EPCI, everything.epcis), (Kind.COMMUNE, everything.communes)]:
        rows = Territory.objects.filter(kind=kind)
        codes = set(rows.values_list("code", flat=True)) - {place.code for place in places}
        gone += rows.filter(code__in=codes)
    return gone
