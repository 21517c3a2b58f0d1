"""Small maps of where partners are, drawn from our own outlines: communes, their names, a dot.

Each is an SVG that stands in a page (attributes alone, no style) and in a PDF.
"""

from collections.abc import Iterable
from math import cos, radians

from django.conf import settings
from django.db.models import Q
from django.utils.html import escape
from django.utils.safestring import mark_safe

from partners import geo
from partners.models import Outline

WIDTH, HEIGHT = 320, 180
REACH_KM = 9.0
"""From the dot to the upper edge."""

DRAWN_KM = 30.0
"""Town centres within this: their communes may reach into the map."""

MOST_NAMES = 7
LETTER = 6.4
LINE = 15
FONT = "Atkinson Hyperlegible, system-ui, sans-serif"
Point = tuple[float, float]
"""Latitude and longitude, in degrees."""


class Ground:
    """The outlines that maps around these points draw, read at once."""

    def __init__(self, points: Iterable[Point]):
        self._boxes = {point: geo.bounding_box(*point, DRAWN_KM) for point in points}
        self._outlines = self._read() if self._boxes else []

    def around(self, point: Point) -> list[Outline]:
        """Those whose town centre is near one of the points, by code."""
        south, west, north, east = self._boxes[point]
        return [
            outline
            for outline in self._outlines
            if south <= outline.territory.latitude <= north
            and west <= outline.territory.longitude <= east
        ]

    def _read(self):
        near = Q()
        for south, west, north, east in self._boxes.values():
            near |= Q(
                territory__latitude__range=(south, north), territory__longitude__range=(west, east)
            )
        rows = Outline.objects.filter(near).select_related("territory")
        return list(rows.order_by("territory__code"))


def svg(ground: Ground, point: Point, label: str, commune_id: int | None = None) -> str:
    """The map around one of the points of `ground`; `label` for who cannot see it.

    `commune_id`: the one that it stands in, named first.

    Without any outline, the dot and the names alone.
    """
    scale = HEIGHT / 2 / REACH_KM
    drawn = ground.around(point)
    shapes = "".join(_path(outline.geometry, point, scale) for outline in drawn)
    known = [outline.territory for outline in drawn]
    known.sort(key=lambda one: (one.pk != commune_id, -(one.population or 0), one.pk))
    names = _names(known, point, scale)
    return mark_safe(  # noqa: S308 (names are escaped)
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(label)}" class="handout-map">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#e9edf2"/>'
        f'<g fill="#ffffff" stroke="#a7b1be" stroke-width="1">{shapes}</g>'
        f'<g fill="#17202b" font-family="{FONT}" font-size="13" text-anchor="middle" '
        f'stroke="#ffffff" stroke-width="3" paint-order="stroke">{names}</g>'
        f"{_dot()}</svg>"
    )


def _dot() -> str:
    x, y = WIDTH / 2, HEIGHT / 2
    return (
        f'<circle cx="{x}" cy="{y}" r="8" fill="{settings.LANDLORD_COLOR}" '
        'stroke="#ffffff" stroke-width="3"/>'
    )


def _at(latitude, longitude, point, scale):
    """Pixels from the upper left corner: degrees are short of distances, so a plane will do."""
    km = 111.2
    x = (longitude - point[1]) * cos(radians(point[0])) * km * scale
    return WIDTH / 2 + x, HEIGHT / 2 - (latitude - point[0]) * km * scale


def _path(geometry, point, scale):
    """One path of a commune; nothing when all of it is off the map."""
    polygons = geometry["coordinates"]
    polygons = polygons if geometry["type"] == "MultiPolygon" else [polygons]
    rings = [
        [_at(latitude, longitude, point, scale) for longitude, latitude, *_ in ring]
        for polygon in polygons
        for ring in polygon
    ]
    drawn = "".join(_ring(ring) for ring in rings if _is_seen(ring))
    return f'<path d="{drawn}"/>' if drawn else ""


def _is_seen(ring):
    xs, ys = zip(*ring, strict=True)
    return max(xs) > 0 and min(xs) < WIDTH and max(ys) > 0 and min(ys) < HEIGHT


def _ring(ring):
    points = dict.fromkeys(f"{round(x)} {round(y)}" for x, y in ring)
    return f"M{'L'.join(points)}Z"


def _names(communes, point, scale):
    """Of these towns in their order, as long as they meet neither each other nor the dot."""
    taken = [(WIDTH / 2 - 11, HEIGHT / 2 - 11, WIDTH / 2 + 11, HEIGHT / 2 + 11)]
    said = []
    for commune in communes:
        if not commune.has_point or len(said) == MOST_NAMES:
            continue
        x, y = _at(commune.latitude, commune.longitude, point, scale)
        for top in (y + LINE + 3, y - 10, y + 2 * LINE, y - 2 * LINE):
            box = _box(commune.name, x, top)
            if _fits(box) and not any(_meets(box, other) for other in taken):
                taken.append(box)
                said.append(f'<text x="{x:.0f}" y="{top:.0f}">{escape(commune.name)}</text>')
                break
    return "".join(said)


def _box(name, x, baseline):
    half = len(name) * LETTER / 2
    return x - half, baseline - LINE, x + half, baseline + 3


def _fits(box):
    return box[0] > 2 and box[1] > 0 and box[2] < WIDTH - 2 and box[3] < HEIGHT


def _meets(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
