"""Town centres of former communes: distances are told from them when they are named.

From geo.api.gouv.fr, or a file that it gave. A centre that is known already stays: somebody may
have corrected it in the administration.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pghistory
from django.db import transaction

from partners import geo
from partners.imports import geo_api
from partners.models import TerritoryAlias

PATH = "/communes_associees_deleguees"
MOST_KM = 40
"""From the centre of the commune of today; farther, the point is wrong (the widest is of 30)."""

NOT_JSON = (
    "Ce fichier n'est pas du JSON lisible : la réponse de geo.api.gouv.fr pour "
    "« communes_associees_deleguees » est attendue."
)
NO_CENTRE = "Aucun centre de commune dans ce fichier (« code » et « centre » attendus)."

Centres = dict[str, tuple[float, float]]
"""INSEE codes of former communes, each with its (latitude, longitude) in degrees."""


class CentreError(ValueError):
    """What is wrong with a file or an answer, in a French sentence to show."""


@dataclass
class Report:
    """Former communes placed now and before; those of a point too far to be true (names); codes
    that no former commune has here."""

    created: int = 0
    unchanged: int = 0
    far: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def read_file(path: Path) -> Centres:
    """The centres of a file of the service. Raises CentreError, OSError if it cannot be opened."""
    with path.open("rb") as file:
        return parse(file.read(geo_api.MAX_BYTES + 1))


def fetch(
    *, departement: str, base_url: str = geo_api.GEO_API, timeout: float = geo_api.TIMEOUT
) -> Centres:
    """The centres of the former communes of a département (its code). Raises CentreError."""
    query = f"codeDepartement={departement}&fields=code,centre"
    try:
        data = geo_api.get(PATH, query, base_url=base_url, timeout=timeout)
    except geo_api.GeoApiError as error:
        raise CentreError(str(error)) from error
    if data.strip() == b"[]":  # Paris and overseas have none
        return {}
    try:
        return parse(data)
    except CentreError as error:
        raise CentreError(geo_api.wrong(PATH, error, base_url=base_url)) from error


def parse(data: bytes) -> Centres:
    """The centres of a JSON text: an array of {"code", "centre": a GeoJSON Point}; rows without
    both are left out. Raises CentreError."""
    try:
        rows = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise CentreError(NOT_JSON) from error
    found = dict(map(_read, rows)) if isinstance(rows, list) else {}
    found.pop("", None)
    if not found:
        raise CentreError(NO_CENTRE)
    return found


def store(centres: Centres) -> Report:
    """Give their centre to the former communes there are that have none."""
    report = Report()
    with transaction.atomic(), pghistory.context(origine="centres des anciennes communes"):
        rows = TerritoryAlias.objects.filter(code__in=centres).select_related("territory")
        known = {row.code: row for row in rows.select_for_update(of=["self"])}
        report.unknown = sorted(centres.keys() - known.keys())
        placed = [row for row in known.values() if not row.has_point]
        report.unchanged = len(known) - len(placed)
        for row in placed:
            row.latitude, row.longitude = centres[row.code]
        near = [row for row in placed if _is_near(row)]
        report.far = sorted(row.name for row in placed if not _is_near(row))
        report.created = len(near)
        TerritoryAlias.objects.bulk_update(near, ["latitude", "longitude"], batch_size=1000)
    return report


def _read(row):
    """(code, point) of a row; "" for the code of one that has not both."""
    centre = row.get("centre") if isinstance(row, Mapping) else None
    position = centre.get("coordinates") if isinstance(centre, Mapping) else None
    if not (isinstance(position, list) and len(position) == 2):
        return "", None
    if not all(type(value) in (int, float) for value in position):
        return "", None
    code, (longitude, latitude) = row.get("code"), position
    if not (isinstance(code, str) and geo.valid_point(latitude, longitude)):
        return "", None
    return code.strip().upper(), (latitude, longitude)


def _is_near(row):
    of = row.territory
    if not of.has_point:
        return True
    return geo.distance_km(row.latitude, row.longitude, of.latitude, of.longitude) <= MOST_KM
