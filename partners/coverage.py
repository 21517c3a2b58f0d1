"""Where the tenant lives, and whether a listing really serves that place.

Coverage is an administrative fact: a listing covers a commune when its zone holds the commune, its
EPCI, département, région, France, or a sector of the landlord that holds it. Nearness is another
question: a place within reach, and not across water (README, « Règles »).
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from cartographie.postgresql import Prepared
from cartographie.postgresql.rows import read
from partners import geo, places
from partners.models import UNSPECIFIED_ZONE, Territory

COVERS, UNSPECIFIED, OUTSIDE = "couvre", "non-precisee", "hors-zone"

ZONE_RANKS = {
    Territory.Kind.COMMUNE: 0,
    Territory.Kind.SECTOR: 1,
    Territory.Kind.EPCI: 1,
    Territory.Kind.DEPARTEMENT: 2,
    Territory.Kind.REGION: 3,
    Territory.Kind.COUNTRY: 4,
}
UNSPECIFIED_RANK = 5
OUTSIDE_RANK = 6

BORDER_KM = 10
"""A commune with another département's town centre this near stands at the edge of its own."""

MANY = 20
"""Communes of a place beyond which it is a territory, without an edge."""


@dataclass(frozen=True)
class Verdict:
    """Whether a listing serves the tenant's place: `kind`, the sentence, its most local zone."""

    kind: str
    label: str
    zone_rank: int
    zone: Territory | None = None

    @property
    def covers(self):
        return self.kind == COVERS


@dataclass(frozen=True, slots=True)
class Site:
    """A point where a listing receives (degrees): its office, or a permanence (its primary key).

    `near_id` says from where one can drive there: see `Place.near_ids`.
    """

    latitude: float
    longitude: float
    commune_id: int
    near_id: int
    permanence_id: int = 0


@dataclass(frozen=True)
class Place:
    """Where the tenant lives: one commune, several that share a name or code, or a whole territory.

    `zones` maps the primary keys of every territory that holds one of the communes to it,
    `zones_of` each commune to those that hold it. `near_ids` are the codes of the places that one
    can drive to: EPCI of the communes and those that touch them; of an island, the island.
    `is_border`: whether one of the communes stands at the edge of its département.
    """

    communes: tuple[Territory, ...]
    territory: Territory | None = None
    zones: dict = field(default_factory=dict)
    zones_of: dict = field(default_factory=dict)
    near_ids: frozenset = frozenset()
    is_border: bool = False

    @property
    def is_exact(self):
        """Whether distances mean something: a commune was given, not a whole territory."""
        return self.territory is None

    @property
    def is_island(self):
        return bool(self.communes) and self.is_exact and all(c.is_island for c in self.communes)

    @property
    def departement(self):
        return self.communes[0].departement if self.communes else None

    @property
    def label(self):
        if self.territory:
            return self.territory.name
        if len(self.communes) == 1:
            return self.communes[0].asked_name
        return f"{len(self.communes)} communes"

    @cached_property
    def points(self):
        """The town centres (latitude, longitude) from which distances are told; those of former
        communes when these were named."""
        return [c.centre for c in self.communes if c.centre and self.is_exact]

    @cached_property
    def codes(self):
        """The INSEE codes by which the communes were asked, as an address has them; else none."""
        return [c.asked_code for c in self.communes] if self.is_exact else []

    @cached_property
    def zone_ranks(self):
        """The rank of each zone that holds the place, by its primary key: the most local first."""
        return {pk: ZONE_RANKS[zone.kind] for pk, zone in self.zones.items()}

    @cached_property
    def commune_ids(self):
        return frozenset(commune.pk for commune in self.communes)

    def km_to(self, latitude, longitude):
        """Kilometres from the nearest town centre, None without a point or an exact place."""
        points = self.points
        if len(points) == 1:
            return geo.distance_km(*points[0], latitude, longitude)
        return min([geo.distance_km(*point, latitude, longitude) for point in points], default=None)

    def is_reachable(self, commune_id, near_id):
        """Whether one gets from the tenant's home to a place there without crossing water."""
        if not self.is_exact:
            return commune_id in self.commune_ids
        return near_id in self.near_ids or commune_id in self.commune_ids

    def km_to_all(self, latitudes, longitudes):
        """`km_to` many points (arrays), infinite without a point."""
        found = [geo.distances_km(*point, latitudes, longitudes) for point in self.points]
        return np.minimum.reduce(found) if found else np.full(len(latitudes), np.inf)

    def are_reachable(self, commune_ids, near_ids):
        """`is_reachable` of many places (arrays of the same length)."""
        found = np.isin(commune_ids, list(self.commune_ids))
        return found | np.isin(near_ids, list(self.near_ids)) if self.is_exact else found

    def verdict(self, zone_ids, km):
        """The coverage verdict of a record of these zones, whose nearest site is `km` away."""
        zone = self._most_local(zone_ids)
        if zone is not None:
            label = f"Dessert {self._covered_label(zone_ids)} · zone\u00a0: {zone.zone_label}"
            return Verdict(COVERS, label + _distance(km), ZONE_RANKS[zone.kind], zone)
        if UNSPECIFIED_ZONE in zone_ids:
            label = "Zone non précisée, à demander"
            return Verdict(UNSPECIFIED, label + _distance(km), UNSPECIFIED_RANK)
        return Verdict(OUTSIDE, "Hors zone" + _distance(km), OUTSIDE_RANK)

    def _most_local(self, zone_ids):
        found = [self.zones[pk] for pk in zone_ids if pk in self.zones]
        return min(found, key=lambda zone: (ZONE_RANKS[zone.kind], zone.pk), default=None)

    def _covered_label(self, zone_ids):
        if self.territory:
            return _of_territory(self.territory)
        served = [c for c in self.communes if self.zones_of[c.pk].intersection(zone_ids)]
        if len(served) == len(self.communes) > 1:
            return f"les {len(served)} communes"
        names = [commune.name for commune in served]
        if len(names) > 3:
            return f"{names[0]}, {names[1]} et {len(names) - 2} autres"
        return " et ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def communes_by_code(codes):
    """As that of `places`, for `MANY` codes at most, all that makes the place of these communes
    read in the same query, before anything else: so begins every search."""
    return places.communes_by_code(codes, read_today=_today)


def _today(codes):
    zones = {zone.pk: zone for zone in read(Territory, BY_CODE_SQL, _parameters(codes=codes))}
    found = {zone.code: zone for zone in zones.values() if zone.is_asked}
    for commune in found.values():
        _set_relatives(commune, zones)
        commune.around = zones
    return found


def place_of_communes(communes):
    """The place of one commune, or of several that are searched together, in one query; in none
    when all come from `communes_by_code`."""
    communes = tuple(communes)
    if not communes:
        return Place(())
    zones = _read_with(communes)
    if zones is None:
        zones = _zones(communes, edges=communes[:MANY])
    zones_of = {commune.pk: _holding(commune, zones) for commune in communes}
    for commune in communes:
        _set_relatives(commune, zones)
    is_border = any(zone.is_border for zone in zones.values())
    return Place(communes, None, zones, zones_of, _near_ids(communes, zones), is_border)


def _read_with(communes):
    """{primary key: territory} of what was read with these communes; None if it was not."""
    zones = {}
    for commune in communes:
        around = getattr(commune, "around", None)
        if around is None:
            return None
        zones |= {pk: around[pk] for pk in _holding(commune, around)}
    return zones


def _zones(communes, *, edges):
    """{primary key: territory} of all that hold these communes; `edges` know their `is_border`."""
    asked = _parameters(communes=[c.pk for c in communes], edges=[c.pk for c in edges])
    return {zone.pk: zone for zone in read(Territory, BY_KEY_SQL, asked)}


def _parameters(**asked):
    return asked | {"border_km": BORDER_KM}


ZONES_SQL = """
    WITH asked AS MATERIALIZED (SELECT t.* FROM partners_territory t WHERE {asked}),
    keys AS MATERIALIZED (SELECT id FROM asked)
    SELECT t.*, t.id IN (SELECT id FROM keys) AS is_asked,
        ARRAY(SELECT commune_id FROM partners_sectorcommune
              WHERE sector_id = t.id AND commune_id IN (SELECT id FROM keys)) AS members,
        CASE WHEN {is_edge} THEN EXISTS (
            SELECT FROM partners_territory other
            WHERE other.kind = 'commune' AND other.departement_id <> t.departement_id
              AND (other.epci_id = t.epci_id OR other.epci_id = ANY(ARRAY(
                    SELECT other_id FROM partners_neighbour WHERE territory_id = t.epci_id)))
              AND other.latitude BETWEEN t.latitude - 0.1 AND t.latitude + 0.1
              AND 2 * 6371.0088 * asin(sqrt(
                    sin(radians(other.latitude - t.latitude) / 2) ^ 2
                    + cos(radians(t.latitude)) * cos(radians(other.latitude))
                    * sin(radians(other.longitude - t.longitude) / 2) ^ 2)) <= %(border_km)s::float8
        ) END AS is_border,
        CASE WHEN t.kind = 'epci' THEN
            ARRAY(SELECT other_id FROM partners_neighbour WHERE territory_id = t.id)
        END AS touching,
        CASE WHEN t.kind = 'epci' AND EXISTS (SELECT FROM asked WHERE is_island) THEN
            ARRAY(SELECT id FROM partners_territory WHERE epci_id = t.id AND is_island)
        END AS islands
    FROM partners_territory t WHERE t.id = ANY(ARRAY(
        SELECT unnest(ARRAY[id, epci_id, departement_id, region_id]) FROM asked
        UNION SELECT sector_id FROM partners_sectorcommune
              WHERE commune_id IN (SELECT id FROM keys)
        UNION SELECT id FROM partners_territory WHERE kind = 'pays'
    ))
"""
"""Every territory that holds one of the communes; of an EPCI, those that touch it, its islands.

Great circles by the haversine, as in `partners.geo`.
"""
BY_KEY_SQL = Prepared(
    ZONES_SQL.format(
        asked="t.id = ANY(%(communes)s::int[])", is_edge="t.id = ANY(%(edges)s::int[])"
    )
)
BY_CODE_SQL = Prepared(
    ZONES_SQL.format(asked=places.IS_OF_TODAY, is_edge="t.id IN (SELECT id FROM keys)")
)


def _holding(commune, zones):
    """The primary keys of the territories that hold a commune."""
    own = {commune.pk, commune.epci_id, commune.departement_id, commune.region_id}
    return {
        pk
        for pk, zone in zones.items()
        if pk in own or commune.pk in zone.members or zone.kind == Territory.Kind.COUNTRY
    }


def _set_relatives(commune, zones):
    """Spare the queries that would fetch again what is at hand."""
    for name in ("epci", "departement", "region"):
        pk = getattr(commune, f"{name}_id")
        if pk in zones:
            setattr(commune, name, zones[pk])


def _near_ids(communes, zones):
    """Where one can drive to: see `Place`. An archipelago that is one EPCI is one place."""
    near = {commune.pk for commune in communes}
    for commune in communes:
        epci = zones.get(commune.epci_id)
        if epci is None:
            continue
        near |= set(epci.islands or ()) if commune.is_island else {epci.pk, *epci.touching}
    return frozenset(near)


def place_of_territory(territory):
    """The place of a whole sector or département, when no commune was given."""
    inside = place_of_communes(_members(territory))
    return replace(inside, territory=territory, near_ids=frozenset(map(near_id, inside.communes)))


def places_of(territory):
    """The place of each commune of a sector, EPCI or département, by name, in two queries."""
    communes = tuple(_members(territory))
    zones = _zones(communes, edges=communes)
    held = {commune.pk: _holding(commune, zones) for commune in communes}
    for commune in communes:
        _set_relatives(commune, zones)
    return [
        Place(
            (commune,),
            zones={pk: zones[pk] for pk in held[commune.pk]},
            zones_of={commune.pk: held[commune.pk]},
            near_ids=_near_ids((commune,), zones),
            is_border=zones[commune.pk].is_border,
        )
        for commune in communes
    ]


def near_id(commune):
    """The code of `Place.near_ids` for what stands in this commune (see `SearchEntry`)."""
    if commune.is_island or commune.epci_id is None:
        return commune.pk
    return commune.epci_id


def _members(territory):
    communes = Territory.objects.communes()
    if territory.kind == Territory.Kind.SECTOR:
        return communes.filter(sectors=territory)
    if territory.kind == Territory.Kind.EPCI:
        return communes.filter(epci=territory)
    return communes.filter(departement=territory)


def _of_territory(territory):
    if territory.kind == Territory.Kind.SECTOR:
        return "tout ou partie du secteur"
    return "tout ou partie du territoire"


def _distance(km):
    if km is None:
        return ""
    return " · à moins de 1 km" if km < 1 else f" · à {round(km)} km"
