"""Distances, boxes and GeoJSON. Degrees WGS 84, kilometres.

Functions take latitude then longitude; GeoJSON writes longitude then latitude (RFC 7946, 3.1.1).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import asin, cos, degrees, isfinite, pi, radians, sin, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

# IUGG mean radius R1 of the GRS 80 ellipsoid (Moritz, Geodetic Reference System 1980, 2000).
EARTH_RADIUS_KM = 6371.0088
# Search sorts by these bands before anything finer: 0–5, 5–10, 10–20, 20–40 km.
BANDS_KM = (5.0, 10.0, 20.0, 40.0)
FAR_BAND = len(BANDS_KM)
# 5 decimals of a degree are about one metre.
DECIMALS = 5
# Added to boxes so that rounding leaves no point of the circle outside (0.1 mm).
MARGIN_DEGREES = 1e-9

_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,20})?")

Box = tuple[float, float, float, float]
Geometry = Mapping[str, Any]
Floats = NDArray[np.float64]


def valid_point(lat: float | None, lon: float | None) -> bool:
    """Whether both are numbers within -90…90 and -180…180 degrees."""
    if lat is None or lon is None:
        return False
    return isfinite(lat) and isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in km between two points in degrees.

    Haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984);
    within 0.5 % of the ellipsoid.
    """
    phi1, phi2 = radians(lat1), radians(lat2)
    half_phi, half_lambda = (phi2 - phi1) / 2, radians(lon2 - lon1) / 2
    chord = sin(half_phi) ** 2 + cos(phi1) * cos(phi2) * sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, chord)))


def distances_km(lat: float, lon: float, lats: Floats, lons: Floats) -> Floats:
    """`distance_km` from a point to many (arrays of the same length, degrees)."""
    half_phi, half_lambda = np.radians(lats - lat) / 2, np.radians(lons - lon) / 2
    shrinks = cos(radians(lat)) * np.cos(np.radians(lats))
    chords = np.sin(half_phi) ** 2 + shrinks * np.sin(half_lambda) ** 2
    found: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(1.0, chords)))
    return found


def bounding_box(lat: float, lon: float, radius_km: float) -> Box:
    """(min_lat, min_lon, max_lat, max_lon) in degrees, around every point within `radius_km`.

    The longitude span is the one where meridians are tangent to the circle:
    asin(sin(r) / cos(lat)) (J. P. Matuschek, "Bounding coordinates", 2010). A circle that holds a
    pole or crosses the antimeridian gets all longitudes: too many candidates, never one missing.
    Raises `ValueError` for a negative radius or a point off the globe.
    """
    if not valid_point(lat, lon) or not radius_km >= 0:
        raise ValueError(f"no box of {radius_km} km around {lat}, {lon}")
    angle = radius_km / EARTH_RADIUS_KM
    reach = degrees(angle) + MARGIN_DEGREES
    south, north = max(-90.0, lat - reach), min(90.0, lat + reach)
    if south == -90 or north == 90 or angle >= pi / 2:
        return south, -180.0, north, 180.0
    span = degrees(asin(min(1.0, sin(angle) / cos(radians(lat))))) + MARGIN_DEGREES
    west, east = lon - span, lon + span
    if west < -180 or east > 180:
        return south, -180.0, north, 180.0
    return south, west, north, east


def parse_box(text: str) -> Box:
    """(min_lat, min_lon, max_lat, max_lon) in degrees from « west,south,east,north ».

    The order of GeoJSON's bbox (RFC 7946, 5); a box across the antimeridian is refused. Raises
    `ValueError` with a French sentence for the screen.
    """
    parts = text.split(",")
    if len(parts) != 4 or not all(_NUMBER.fullmatch(part.strip()) for part in parts):
        raise ValueError(
            "Une zone s'écrit avec quatre nombres\u00a0: ouest,sud,est,nord, en degrés."
        )
    west, south, east, north = map(float, parts)
    if not (valid_point(south, west) and valid_point(north, east)):
        raise ValueError(
            "La zone sort du globe\u00a0: latitudes de -90 à 90, longitudes de -180 à 180."
        )
    if not (west < east and south < north):
        raise ValueError("La zone est à l'envers\u00a0: l'ouest avant l'est, le sud avant le nord.")
    return south, west, north, east


def is_inside(lat: float, lon: float, box: Box) -> bool:
    """Whether a point (degrees) lies in a box, its edges included."""
    south, west, north, east = box
    return south <= lat <= north and west <= lon <= east


def format_box(box: Box) -> str:
    """« west,south,east,north » (degrees, 5 decimals), as `parse_box` reads it."""
    south, west, north, east = box
    return ",".join(f"{value:.{DECIMALS}f}" for value in (west, south, east, north))


def distance_bands(kms: Floats) -> NDArray[np.int64]:
    """Of each distance: 0 under 5 km, 1 under 10, 2 under 20, 3 up to 40 included, 4 (`FAR_BAND`)
    beyond."""
    found = np.searchsorted(BANDS_KM, kms, side="right").astype(np.int64)
    found[kms == BANDS_KM[-1]] = FAR_BAND - 1
    return found


def point(lat: float, lon: float) -> dict[str, Any]:
    """GeoJSON Point, rounded to 5 decimals."""
    return {"type": "Point", "coordinates": [round(lon, DECIMALS), round(lat, DECIMALS)]}


def feature(
    geometry: Geometry | None,
    properties: Mapping[str, Any],
    *,
    feature_id: int | str | None = None,
) -> dict[str, Any]:
    """GeoJSON Feature; coordinates rounded to 5 decimals; None for what has no place."""
    rounded = geometry and {**geometry, "coordinates": _rounded(geometry["coordinates"])}
    found: dict[str, Any] = {"type": "Feature"}
    if feature_id is not None:
        found["id"] = feature_id
    return {**found, "geometry": rounded, "properties": dict(properties)}


def feature_collection(features: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """GeoJSON FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}


def geometry_bounds(geometry: Geometry) -> Box:
    """(min_lat, min_lon, max_lat, max_lon) of a GeoJSON Point, Polygon or MultiPolygon.

    Raises `ValueError` for another type or an empty geometry.
    """
    depths = {"Point": 0, "Polygon": 2, "MultiPolygon": 3}
    kind = geometry.get("type")
    if kind not in depths:
        raise ValueError(f"no bounds for a geometry of type {kind}")
    positions = list(_positions(geometry["coordinates"], depths[kind]))
    if not positions:
        raise ValueError("no bounds for an empty geometry")
    lons, lats = [p[0] for p in positions], [p[1] for p in positions]
    return min(lats), min(lons), max(lats), max(lons)


def _positions(coordinates: Any, depth: int) -> Iterator[Sequence[float]]:
    if depth == 0:
        if coordinates:
            yield coordinates
        return
    for part in coordinates:
        yield from _positions(part, depth - 1)


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, int | float):
        return round(coordinates, DECIMALS)
    return [_rounded(part) for part in coordinates]
