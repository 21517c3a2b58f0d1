"""Outlines as whole steps (pure Python): a small map needs no more than fifty metres."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

STEP = 0.0005
"""Degrees: 55 m to the north, 38 m to the east in France."""

FEWEST = 4  # points of a ring, the last one being the first

Position = Sequence[float]


def quantise(geometries: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """GeoJSON Polygons and MultiPolygons (degrees) by code, as small numbers.

    {origin: [latitude, longitude], step, shapes: {code: [[x, y, dx, dy, …]]}}: of each ring the
    first point in steps to the east and north of the origin, then the differences. Rings that are
    smaller than a step are left out.
    """
    rings = {code: list(_rings(geometry)) for code, geometry in geometries.items()}
    points = [point for found in rings.values() for ring in found for point in ring]
    west = min((point[0] for point in points), default=0.0)
    south = min((point[1] for point in points), default=0.0)
    shapes = {
        code: [steps for ring in found if (steps := _steps(ring, west, south))]
        for code, found in rings.items()
    }
    return {"origin": [south, west], "step": STEP, "shapes": shapes}


def _rings(geometry: Mapping[str, Any]) -> Iterable[Sequence[Position]]:
    polygons = geometry["coordinates"]
    for polygon in polygons if geometry["type"] == "MultiPolygon" else [polygons]:
        yield from polygon


def _steps(ring: Sequence[Position], west: float, south: float) -> list[int]:
    rounded = [(round((p[0] - west) / STEP), round((p[1] - south) / STEP)) for p in ring]
    kept = [rounded[0], *(after for before, after in pairwise(rounded) if after != before)]
    if len(kept) < FEWEST:
        return []
    moves = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(kept)]
    return [number for pair in [kept[0], *moves] for number in pair]
