"""What a map draws: where listings receive, as pins while they are few, as bubbles beyond.

Reads the rows of `SearchEntry` alone, tens of thousands at once: no listing is loaded to draw it.
The places of a record, and that a confidential one has none (rule R7), are decided there.
"""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from partners import geo
from partners.coverage import place_of_territory
from partners.models import Listing, Territory, packed
from partners.pins import Pin, encode

MOST_PINS = 10_000
"""Beyond, the answer is bubbles: one for each territory."""
MOST_BUBBLES = 2_000
TERRITORY = "territoire"
"""The block of a pin that no search placed."""

LEVELS = {
    "departement": "COALESCE(t.departement_id, t.id)",
    "epci": "COALESCE(t.epci_id, t.id)",
    "commune": "t.id",
}
"""From the widest to the finest; a commune without the wider territory is a bubble of its own."""
PINS = "repere"
METROPOLE = [[41.3, -5.2], [51.1, 9.6]]
"""Where the map of all France opens: the islands overseas would make it the map of the world."""

INSIDE = {
    Territory.Kind.EPCI: "t.epci_id = %s",
    Territory.Kind.DEPARTEMENT: "t.departement_id = %s",
    Territory.Kind.SECTOR: (
        "t.id IN (SELECT commune_id FROM partners_sectorcommune WHERE sector_id = %s)"
    ),
}
PLACES = f"""
    SELECT {{columns}}
    FROM partners_searchentry e
    CROSS JOIN LATERAL generate_series(1, cardinality(e.sites), {len(packed.SITE)}) i
    JOIN partners_territory t ON t.id = e.sites[i + 2]::int
    WHERE {{conditions}}
"""
NEAR = """
    e.near_ids && ARRAY(
        SELECT DISTINCT CASE WHEN t.is_island OR t.epci_id IS NULL THEN t.id ELSE t.epci_id END
        FROM partners_territory t WHERE t.kind = 'commune' AND {member}
    )
"""
LAT, LON, IS_PERMANENCE = "e.sites[i]", "e.sites[i + 1]", "e.sites[i + 4] > 0"

GROUPED = f"""
    {{key}}, count(*), avg({LAT}), avg({LON}), min({LAT}), min({LON}), max({LAT}), max({LON})
"""


@dataclass(frozen=True)
class View:
    """The part of the map in sight: a box (south, west, north, east) and a level of detail."""

    box: geo.Box | None = None
    level: str = ""


@dataclass(frozen=True)
class Row:
    """A listing of the list beside the map.

    `places`: (name of the commune, whether it is a permanence) where it receives there.
    """

    listing: Listing
    places: list[tuple[str, bool]]


@dataclass(frozen=True)
class Places:
    """Where records receive: those that meet every SQL condition (`e` an entry, `t` a commune)."""

    conditions: tuple[str, ...] = ("true",)
    parameters: tuple = ()

    def where(self, condition, *parameters):
        return Places((*self.conditions, condition), (*self.parameters, *parameters))

    def of(self, listing_ids):
        return self.where("e.listing_id = ANY(%s)", list(listing_ids))

    def inside(self, territory):
        """Those in a territory; all of them in the country, or without a territory."""
        if not _is_part(territory):
            return self
        # The index first: the codes of a territory's communes find the records that come near it.
        member = INSIDE[territory.kind]
        near = NEAR.format(member=member)
        return self.where(near, territory.pk).where(member, territory.pk)

    def within(self, box):
        """Those inside a box (south, west, north, east); all of them without one."""
        if not box:
            return self
        south, west, north, east = box
        latitude = self.where(f"{LAT} BETWEEN %s AND %s", south, north)
        return latitude.where(f"{LON} BETWEEN %s AND %s", west, east)

    def sql(self, columns):
        return PLACES.format(columns=columns, conditions=" AND ".join(self.conditions))

    def select(self, columns, tail=""):
        with connection.cursor() as cursor:
            cursor.execute(f"{self.sql(columns)} {tail}", self.parameters)
            return cursor.fetchall()


@dataclass(frozen=True)
class Bubble:
    """The places of a territory, around their mean position, in their box (degrees)."""

    lat: float
    lon: float
    count: int
    name: str
    box: geo.Box


def _is_part(territory):
    return bool(territory) and territory.kind != Territory.Kind.COUNTRY


# The list


def candidates(*, situation=None, structure_type=""):
    """Published listings for a situation, of a type of structure, as `Places`."""
    found = Places()
    if situation:
        found = found.where("e.situation_ids && %s::int[]", [situation.pk])
    return found.where("e.structure_type = %s", structure_type) if structure_type else found


def listings(*, territory=None, box=None, situation=None, structure_type=""):
    """Published listings that receive in a territory, or serve it without a place, by name.

    Within a `box` (south, west, north, east): those that receive there, and no other.
    """
    found = Listing.objects.published()
    if situation:
        found = found.for_situations([situation.pk])
    if structure_type:
        found = found.filter(structure_type=structure_type)
    if box or _is_part(territory):
        asked = candidates(situation=situation, structure_type=structure_type)
        here = asked.inside(territory).within(box)
        receiving = Q(pk__in=RawSQL(here.sql("e.listing_id"), here.parameters))  # noqa: S611
        found = found.filter(receiving if box else receiving | _serving_without_place(territory))
    return found.order_by("search_key", "pk")


def _serving_without_place(territory):
    zones = list(place_of_territory(territory).zones)
    return Q(entry__sites=[], entry__zone_ids__overlap=zones)


def rows(page, *, territory=None, box=None):
    """A `Row` for each of a few listings, in two queries."""
    page = list(page)
    here = Places().of(listing.pk for listing in page).inside(territory).within(box)
    places = {}
    columns = f"e.listing_id, t.name, {IS_PERMANENCE}"
    for pk, *place in here.select(columns, "ORDER BY e.listing_id, i"):
        places.setdefault(pk, []).append(tuple(place))
    return [Row(listing, places.get(listing.pk, [])) for listing in page]


# The drawing


def draw(found, view):
    """What stands on the map of `Places`: pins, or bubbles when they are too many, or are asked.

    {"total", "bornes": [[south, west], [north, east]] or None} of what is in view, and {"reperes":
    columns of `pins.encode`} or {"niveau": a key of `LEVELS`, "bulles": [[lat, lon, count, name],
    …]}.
    """
    here = found.within(view.box)
    if _shows_pins(view) and len(few := pins(here, limit=MOST_PINS + 1)) <= MOST_PINS:
        return {"total": len(few), "bornes": bounds_of(few), "reperes": encode(few)}
    return _draw_bubbles(here, view)


def draw_pins(drawn, view):
    """As `draw`, for pins that a search has placed."""
    here = [pin for pin in drawn if not view.box or geo.is_inside(*pin.point, view.box)]
    if _shows_pins(view) and len(here) <= MOST_PINS:
        return {"total": len(here), "bornes": bounds_of(here), "reperes": encode(here)}
    return _draw_bubbles(Places().of({pin.pk for pin in here}).within(view.box), view)


def _shows_pins(view):
    return view.box is None or view.level == PINS


def _draw_bubbles(found, view):
    finest = next(reversed(LEVELS)) if view.level == PINS else next(iter(LEVELS))
    level, drawn = bubbles(found, view.level if view.level in LEVELS else finest)
    return {
        "total": sum(bubble.count for bubble in drawn),
        "bornes": _bounds_of_boxes([bubble.box for bubble in drawn]),
        "niveau": level,
        "bulles": [[round(b.lat, 4), round(b.lon, 4), b.count, b.name] for b in drawn],
    }


def pins(found, *, limit):
    """The `Pin` of each of these `Places`, `limit` at most."""
    columns = f"e.listing_id, {LAT}, {LON}, {IS_PERMANENCE}"
    return [
        Pin(pk, lat, lon, TERRITORY, is_permanence)
        for pk, lat, lon, is_permanence in found.select(columns, f"LIMIT {int(limit)}")
    ]


def bounds_of(drawn):
    """[[south, west], [north, east]] of pins (degrees), None without any."""
    return _bounds_of_boxes([pin.point * 2 for pin in drawn])


def _bounds_of_boxes(boxes):
    if not boxes:
        return None
    south, west, north, east = zip(*boxes, strict=True)
    return [[min(south), min(west)], [max(north), max(east)]]


def pin_of(pk, site, block):
    """The `Pin` of a `coverage.Site` of the listing `pk`."""
    return Pin(pk, site.latitude, site.longitude, block, bool(site.permanence_id))


def bubbles(found, level):
    """(level, list of `Bubble`) of `Places` by territories of `level`, or wider ones if too many.

    `level` is a key of `LEVELS`.
    """
    for each in list(LEVELS)[list(LEVELS).index(level) :: -1]:
        totals = found.select(GROUPED.format(key=LEVELS[each]), "GROUP BY 1 ORDER BY 1")
        if len(totals) <= MOST_BUBBLES:
            break
    wanted = [pk for pk, *_ in totals]
    names = dict(Territory.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return each, [
        Bubble(lat, lon, count, names[pk], tuple(box)) for pk, count, lat, lon, *box in totals
    ]
