"""An area drawn by hand on a map, and the communes that it takes in.

The rule: a commune is in when the drawing covers at least half of its area. A hand never follows a
boundary: it bites into one neighbour and leaves a strip of another. With half, neither counts, and
two drawings that share a border give each commune to exactly one of them. Areas are compared within
one commune only, so degrees serve as well as metres.
"""

import json
from dataclasses import dataclass

import shapely
from django.db.models import Q

from partners.models import Territory

HALF = 0.5
FEWEST_CORNERS, MOST_CORNERS = 3, 1000
MOST_NAMED = 6
MOST_CHARACTERS = 200_000
MOST_COMMUNES = 3000
REACH = 0.5
"""Degrees: how far a town centre may be from the half of its commune that a drawing covers."""

UNREADABLE = "Ce dessin n'a pas pu être lu. Recommencez-le sur la carte."
TOO_FEW = "Un dessin a trois coins au moins\u00a0: posez-en d'autres."
TOO_MANY = f"Ce dessin a trop de coins\u00a0: {MOST_CORNERS} au plus. Recommencez plus simplement."
CROSSING = (
    "Le trait se croise lui-même. Retirez les derniers coins, ou recommencez sans repasser dessus."
)
OFF_THE_GLOBE = "Ce dessin sort de la carte. Recommencez-le."
TOO_WIDE = (
    "Ce dessin est trop grand. Prenez plutôt le département, la région ou la France, par leur nom."
)


class Unusable(ValueError):
    """Nothing can be done with this drawing; the message is in French, for who drew it."""


@dataclass(frozen=True)
class Taken:
    """What a drawing takes in, by name.

    `communes`: those half covered at least. `touched`: those less covered. `without_outline`:
    those whose town centre is in the drawing but whose outline was never imported; not taken.
    """

    communes: list[Territory]
    touched: list[Territory]
    without_outline: list[Territory]


def read(text: str) -> shapely.Geometry:
    """The area of a GeoJSON text: a Polygon or MultiPolygon, alone or in a Feature (degrees).

    Raises `Unusable`: not such a text, over `MOST_CORNERS`, off the globe, crossing itself, flat.
    """
    if len(text) > MOST_CHARACTERS:
        raise Unusable(TOO_MANY)
    area = _shape(_geometry(text))
    west, south, east, north = area.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Unusable(OFF_THE_GLOBE)
    if not area.is_valid:
        raise Unusable(CROSSING)
    return area


def take(area: shapely.Geometry) -> Taken:
    """The communes that `area` takes in. Raises `Unusable` when it is too wide to tell."""
    inside, around = _communes_of(area.bounds, 0), _communes_of(area.bounds, REACH)
    if inside.count() > MOST_COMMUNES:
        raise Unusable(TOO_WIDE)
    drawn = [c for c in around.filter(outline__isnull=False) if _has_area(c)]
    shares = dict(zip(drawn, _shares(drawn, area), strict=True))
    bare = [c for c in inside.filter(outline__isnull=True) if _holds_centre(area, c)]
    return Taken(
        communes=[commune for commune, share in shares.items() if share >= HALF],
        touched=[commune for commune, share in shares.items() if 0 < share < HALF],
        without_outline=bare,
    )


def _geometry(text):
    try:
        content = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Unusable(UNREADABLE) from None
    if isinstance(content, dict) and content.get("type") == "Feature":
        content = content.get("geometry")
    if not isinstance(content, dict) or content.get("type") not in ("Polygon", "MultiPolygon"):
        raise Unusable(UNREADABLE)
    return content


def _refuse(name):
    raise ValueError(name)


def _shape(geometry):
    try:
        area = shapely.force_2d(shapely.geometry.shape(geometry))
    except (ValueError, TypeError, AttributeError, LookupError, shapely.GEOSException):
        raise Unusable(UNREADABLE) from None
    corners = shapely.get_coordinates(area)
    if len(corners) > MOST_CORNERS + 1:
        raise Unusable(TOO_MANY)
    if len(set(map(tuple, corners))) < FEWEST_CORNERS:
        raise Unusable(TOO_FEW)
    return area


def _communes_of(bounds, margin):
    """Communes whose town centre is in these bounds widened by `margin` degrees, by name."""
    west, south, east, north = bounds
    box = Q(
        latitude__range=(south - margin, north + margin),
        longitude__range=(west - margin, east + margin),
    )
    known = Territory.objects.communes().select_related("outline", "departement")
    return known.filter(box).order_by("search_key", "pk")


def _has_area(commune):
    return bool(commune.outline.geometry.get("coordinates"))


def _shares(communes, area):
    """How much of each commune the area covers (0 to 1)."""
    shapes = shapely.make_valid([shapely.geometry.shape(c.outline.geometry) for c in communes])
    covered = shapely.area(shapely.intersection(shapes, area))
    return covered / shapely.area(shapes)


def _holds_centre(area, commune):
    return shapely.contains_xy(area, commune.longitude, commune.latitude)


def describe(taken: Taken) -> str:
    """What a drawing took in, in French sentences for who drew it."""
    found = f"{_counted(taken.communes)}." if taken.communes else _nothing(taken)
    return " ".join(filter(None, [found, _bare(taken.without_outline)]))


def _nothing(taken):
    if taken.touched:
        names = _names(taken.touched)
        return (
            f"Ce dessin ne couvre la moitié d'aucune commune (il touche {names}). Agrandissez-le."
        )
    if taken.without_outline:
        return ""
    return "Ce dessin ne couvre aucune commune de France."


def _bare(communes):
    if not communes:
        return ""
    where = sorted({str(commune.departement) for commune in communes})
    return (
        f"{_counted(communes)} sans contour ici ({', '.join(where)})\u00a0: "
        "ajoutez-les par leur nom s'il le faut."
    )


def _counted(communes):
    names = f"\u00a0: {_names(communes)}" if len(communes) <= MOST_NAMED else ""
    return f"{len(communes)} commune{'s' * (len(communes) > 1)}{names}"


def _names(communes):
    names = [commune.name for commune in communes[:MOST_NAMED]]
    return ", ".join([*names, "…"] if len(communes) > MOST_NAMED else names)
