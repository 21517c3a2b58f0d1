"""Where the tenant lives, and whether a listing really serves that place.

Coverage is an administrative fact: a listing covers a commune when its zone holds the commune, its
EPCI, département, région, France, or a sector of the landlord that holds it. Nearness is another
question: a place within reach, and not across water (README, « Règles »).
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import F, IntegerField, Value

from partners import geo
from partners.geo import distance_km
from partners.models import UNSPECIFIED_ZONE, Neighbour, Territory

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
    """

    communes: tuple[Territory, ...]
    territory: Territory | None = None
    zones: dict = field(default_factory=dict)
    zones_of: dict = field(default_factory=dict)
    near_ids: frozenset = frozenset()

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
            return self.communes[0].name
        return f"{len(self.communes)} communes"

    @cached_property
    def points(self):
        """The town centres (latitude, longitude) from which distances are told."""
        return [(c.latitude, c.longitude) for c in self.communes if c.has_point and self.is_exact]

    @cached_property
    def zone_ranks(self):
        """The rank of each zone that holds the place, by its primary key: the most local first."""
        return {pk: ZONE_RANKS[zone.kind] for pk, zone in self.zones.items()}

    @cached_property
    def commune_ids(self):
        return frozenset(commune.pk for commune in self.communes)

    def km_to(self, site):
        """Kilometres from the nearest town centre, None without a point or an exact place."""
        latitude, longitude = site.latitude, site.longitude
        return min(
            (distance_km(*point, latitude, longitude) for point in self.points), default=None
        )

    def is_reachable(self, site):
        """Whether one gets from the tenant's home to `site` without crossing water."""
        if not self.is_exact:
            return site.commune_id in self.commune_ids
        return site.near_id in self.near_ids or site.commune_id in self.commune_ids

    def verdict(self, zone_ids, km):
        """The coverage verdict of a record of these zones, whose nearest site is `km` away."""
        zone = self._most_local(zone_ids)
        if zone is not None:
            label = f"Dessert {self._covered_label(zone_ids)} · zone : {zone.zone_label}"
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


def place_of_communes(communes):
    """The place of one commune, or of several that are searched together."""
    communes = tuple(communes)
    zones, zones_of = _zones(communes)
    return Place(communes, None, zones, zones_of, _near_ids(communes))


def place_of_territory(territory):
    """The place of a whole sector or département, when no commune was given."""
    communes = tuple(_members(territory))
    zones, zones_of = _zones(communes)
    return Place(communes, territory, zones, zones_of, frozenset(map(near_id, communes)))


def near_id(commune):
    """The code of `Place.near_ids` for what stands in this commune (see `SearchEntry`)."""
    if commune.is_island or commune.epci_id is None:
        return commune.pk
    return commune.epci_id


def is_border(place):
    """Whether one of the communes stands at the edge of its département."""
    return any(_near_other_departement(commune, place.near_ids) for commune in place.communes)


def _near_other_departement(commune, near_ids):
    if not commune.has_point:
        return False
    south, west, north, east = geo.bounding_box(commune.latitude, commune.longitude, BORDER_KM)
    others = Territory.objects.communes().filter(
        epci__in=near_ids,
        latitude__range=(south, north),
        longitude__range=(west, east),
    )
    points = others.exclude(departement=commune.departement_id).values_list("latitude", "longitude")
    here = commune.latitude, commune.longitude
    return any(distance_km(*here, *point) <= BORDER_KM for point in points.order_by("pk"))


def _members(territory):
    communes = Territory.objects.communes().select_related("epci", "departement", "region")
    if territory.kind == Territory.Kind.SECTOR:
        return communes.filter(sectors=territory)
    if territory.kind == Territory.Kind.EPCI:
        return communes.filter(epci=territory)
    return communes.filter(departement=territory)


def _zones(communes):
    """All territories that hold these communes by primary key, and those of each commune."""
    country = Territory.objects.filter(kind=Territory.Kind.COUNTRY)
    sectors = Territory.objects.filter(sector_members__commune__in=communes)
    found = country.annotate(member=Value(None, IntegerField())).union(
        sectors.annotate(member=F("sector_members__commune_id")), all=True
    )
    wide = [(zone, zone.member) for zone in found]
    zones, zones_of = {}, {}
    for commune in communes:
        own = [commune, commune.epci, commune.departement, commune.region]
        own += [zone for zone, member in wide if member in (None, commune.pk)]
        holding = {zone.pk: zone for zone in own if zone is not None}
        zones_of[commune.pk] = set(holding)
        zones |= holding
    return zones, zones_of


def _near_ids(communes):
    """By codes, without a join: the planner would hash every commune of France."""
    by_land = {c.epci_id for c in communes if c.epci_id and not c.is_island}
    touching = Neighbour.objects.filter(territory__in=by_land).values_list("other_id", flat=True)
    own = {commune.pk for commune in communes}
    islands = {c.epci_id for c in communes if c.epci_id and c.is_island}
    return frozenset(own | by_land | set(touching if by_land else ()) | _islands_of(islands))


def _islands_of(epcis):
    """The islands of an archipelago that is one EPCI."""
    if not epcis:
        return set()
    islands = Territory.objects.communes().filter(is_island=True, epci__in=epcis)
    return set(islands.values_list("pk", flat=True))


def _of_territory(territory):
    if territory.kind == Territory.Kind.SECTOR:
        return "tout ou partie du secteur"
    return "tout ou partie du territoire"


def _distance(km):
    if km is None:
        return ""
    return " · à moins de 1 km" if km < 1 else f" · à {round(km)} km"
