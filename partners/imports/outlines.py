"""Outlines of communes: read from a GeoJSON file or from geo.api.gouv.fr, made lighter, stored."""

import gzip
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import shapely
from django.db import transaction

from partners.imports import france, geo_api
from partners.imports.geo_api import GEO_API, MAX_BYTES, TIMEOUT
from partners.models import Outline, Territory

SHIPPED = france.FOLDER / "contours-communes-85.geojson.gz"
CODE_NAMES = ["code", "insee_com", "insee", "codgeo", "code_insee", "com", "codeinsee"]
TOLERANCE = 175 / 111_320  # 175 m in degrees of latitude
LIGHT = 80  # points per commune, on average, under which nothing is simplified
DECIMALS = 5  # about 1 m

NOT_TEXT = "Ce fichier n'est pas du texte : un fichier GeoJSON est attendu."
NOT_JSON = "Ce fichier n'est pas du JSON lisible : un fichier GeoJSON est attendu."
NOT_GEOJSON = "Ce fichier ne contient aucun contour : une FeatureCollection GeoJSON est attendue."
NO_OUTLINE = "Aucun contour de commune lisible dans ce fichier (code INSEE et polygone attendus)."
PROJECTED = (
    "Les coordonnées de ce fichier ne sont pas en degrés (WGS 84) : "
    "convertissez-le d'abord, par exemple depuis Lambert 93."
)
TOO_BIG = "Ce fichier dépasse 300 Mo : importez un département à la fois."


class OutlineError(ValueError):
    """What is wrong with a file or an answer, in a French sentence to show."""


@dataclass
class Report:
    """Communes whose outline is new, changed or as before, and the codes that no commune has."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    unknown: list[str] = field(default_factory=list)


def read_file(path: Path) -> dict[str, dict]:
    """The outlines of a GeoJSON file, gzipped or not, as `parse` returns them.

    Raises OutlineError for a wrong file, OSError when it cannot be opened.
    """
    with path.open("rb") as file:
        source = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
        try:
            data = source.read(MAX_BYTES + 1)
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise OutlineError(NOT_TEXT) from error
    return parse(data)


def parse(data: bytes) -> dict[str, dict]:
    """The outlines of a GeoJSON text: {INSEE code: GeoJSON geometry}, in WGS 84 degrees.

    Geometries are made valid, simplified to about 175 m when the file is heavy (edges that two
    communes share stay shared), and rounded to 5 decimals. Raises OutlineError.
    """
    shapes = _shapes(_features(data))
    if not shapes:
        raise OutlineError(NO_OUTLINE)
    codes, geometries = list(shapes), list(shapes.values())
    return dict(zip(codes, map(_geojson, _lighten(geometries)), strict=True))


def fetch(
    *, departement: str, base_url: str = GEO_API, timeout: float = TIMEOUT
) -> dict[str, dict]:
    """The outlines of a département's communes from geo.api.gouv.fr, as `parse` returns them.

    `timeout` in seconds, for the whole answer. Raises OutlineError, with or without network.
    """
    path = f"/departements/{departement}/communes"
    query = "format=geojson&geometry=contour&fields=code,nom"
    try:
        return parse(geo_api.get(path, query, base_url=base_url, timeout=timeout))
    except geo_api.GeoApiError as error:
        raise OutlineError(str(error)) from error
    except OutlineError as error:
        raise OutlineError(geo_api.wrong(path, error, base_url=base_url)) from error


def store(outlines: dict[str, dict]) -> Report:
    """Write these outlines ({INSEE code: geometry}) for the communes there are."""
    report = Report()
    with transaction.atomic():
        communes = Territory.objects.communes().filter(code__in=outlines)
        pks = dict(communes.values_list("code", "pk"))
        known = Outline.objects.in_bulk(pks.values())
        report.unknown = sorted(outlines.keys() - pks.keys())
        wanted = {pk: outlines[code] for code, pk in pks.items()}
        new = [Outline(pk=pk, geometry=wanted[pk]) for pk in wanted if pk not in known]
        changed = [row for pk, row in known.items() if row.geometry != wanted[pk]]
        for row in changed:
            row.geometry = wanted[row.pk]
        Outline.objects.bulk_create(new, batch_size=1000)
        Outline.objects.bulk_update(changed, ["geometry"], batch_size=1000)
    report.created, report.changed = len(new), len(changed)
    report.unchanged = len(known) - len(changed)
    return report


def _features(data):
    if len(data) > MAX_BYTES:
        raise OutlineError(TOO_BIG)
    if b"\0" in data:
        raise OutlineError(NOT_TEXT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OutlineError(NOT_TEXT) from error
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise OutlineError(NOT_JSON) from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        raise OutlineError(NOT_GEOJSON)
    return features


def _refuse_constant(name):
    raise ValueError(name)


def _shapes(features):
    """{code: shapely geometry}; features without code or polygon are left out."""
    parts = defaultdict(list)
    for feature in features:
        if isinstance(feature, dict) and (code := _code(feature.get("properties"))):
            parts[code] += _polygons(feature.get("geometry"))
    shapes = {code: shapely.union_all(polygons) for code, polygons in parts.items() if polygons}
    return {code: shape for code, shape in shapes.items() if not shape.is_empty}


def _code(properties):
    """The INSEE code among a feature's properties, whatever the case of its name, or ""."""
    if not isinstance(properties, dict):
        return ""
    found = {str(name).lower(): value for name, value in properties.items()}
    value = next((found[name] for name in CODE_NAMES if found.get(name)), "")
    return str(value).strip().upper().zfill(5) if isinstance(value, str | int) and value else ""


def _polygons(geometry):
    """The valid polygons of a GeoJSON geometry; raises OutlineError if not in degrees."""
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return []
    try:
        shape = shapely.geometry.shape(geometry)
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, shapely.GEOSException):
        return []
    if shape.is_empty:
        return []
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise OutlineError(PROJECTED)
    return _only_polygons(shapely.make_valid(shapely.force_2d(shape)))


def _only_polygons(shape):
    """make_valid may add the lines and points it found; an outline is made of areas."""
    parts = shapely.get_parts(shapely.get_parts([shape]))
    return [part for part in parts if part.geom_type == "Polygon"]


def _lighten(geometries):
    """These geometries rounded, and simplified together when they are heavy."""
    if sum(map(shapely.get_num_coordinates, geometries)) > LIGHT * len(geometries):
        simplified = shapely.coverage_simplify(geometries, TOLERANCE)
        geometries = [
            geometry if lighter.is_empty else lighter
            for geometry, lighter in zip(geometries, simplified, strict=True)
        ]
    for geometry in geometries:
        rounded = shapely.set_precision(geometry, 10**-DECIMALS)
        yield geometry if rounded.is_empty else rounded


def _geojson(shape):
    content = shapely.geometry.mapping(shape)
    return {"type": content["type"], "coordinates": _rounded(content["coordinates"])}


def _rounded(value):
    if isinstance(value, Iterable):
        return [_rounded(part) for part in value]
    return round(value, DECIMALS)
