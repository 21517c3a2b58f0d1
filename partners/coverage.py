"""Where the tenant lives, and whether a listing really serves that place.

Coverage is an administrative fact: a listing covers a commune when its zone holds the commune, its
EPCI, département, région, France, or a sector of the landlord that holds it. Nearness is another
question: a place within reach, and not across water (README, « Règles »).
"""

from dataclasses import dataclass, field

from django.db.models import Q

from partners import geo
from partners.models import UNSPECIFIED_ZONE, Neighbour, SectorCommune, Territory

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
    """Whether a listing serves the tenant's place: `kind`, the sentence, the rank of its zone."""

    kind: str
    label: str
    zone_rank: int

    @property
    def covers(self):
        return self.kind == COVERS


@dataclass(frozen=True)
class Site:
    """A point where a listing receives: its office, or a permanence (degrees)."""

    commune: Territory
    latitude: float
    longitude: float
    permanence: object = None


@dataclass(frozen=True)
class Place:
    """Where the tenant lives: one commune, several that share a name or code, or a whole territory.

    `zones` maps the primary keys of every territory that holds one of the communes to it;
    `near_epcis` are the EPCI that one can drive to: the communes' own and those that touch them;
    `near_communes` the primary keys of their communes and of the place's own.
    """

    communes: tuple[Territory, ...]
    territory: Territory | None = None
    zones: dict = field(default_factory=dict)
    zones_of: dict = field(default_factory=dict)
    near_epcis: frozenset = frozenset()
    near_communes: frozenset = frozenset()

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

    def km_to(self, site):
        """Kilometres from the nearest town centre, None without a point or an exact place."""
        if not self.is_exact:
            return None
        points = [c for c in self.communes if c.has_point]
        return min(
            (
                geo.distance_km(c.latitude, c.longitude, site.latitude, site.longitude)
                for c in points
            ),
            default=None,
        )

    def is_reachable(self, site):
        """Whether one gets from the tenant's home to `site` without crossing water."""
        if not self.is_exact:
            return any(site.commune.pk == commune.pk for commune in self.communes)
        return any(self._joins(commune, site.commune) for commune in self.communes)

    def _joins(self, commune, other):
        if commune.pk == other.pk:
            return True
        if commune.is_island or other.is_island:
            return bool(
                commune.is_island and other.is_island and commune.epci_id == other.epci_id
            ) and bool(commune.epci_id)
        return other.epci_id is not None and other.epci_id in self.near_epcis

    def verdict(self, listing, km):
        """The coverage verdict of a listing, whose nearest site is `km` kilometres away."""
        zone = self._most_local(listing.zone_ids)
        if zone is not None:
            label = f"Dessert {self._covered_label(listing.zone_ids)} · zone : {zone.zone_label}"
            return Verdict(COVERS, label + _distance(km), ZONE_RANKS[zone.kind])
        if UNSPECIFIED_ZONE in listing.zone_ids:
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
    near_epcis = _near_epcis(communes)
    near_communes = _own(communes) | _communes_of(near_epcis)
    return Place(communes, None, zones, zones_of, near_epcis, near_communes)


def place_of_territory(territory):
    """The place of a whole sector or département, when no commune was given."""
    communes = tuple(_members(territory))
    zones, zones_of = _zones(communes)
    return Place(communes, territory, zones, zones_of, near_communes=_own(communes))


def is_border(place):
    """Whether one of the communes stands at the edge of its département."""
    return any(_near_other_departement(commune, place.near_epcis) for commune in place.communes)


def _near_other_departement(commune, near_epcis):
    if not commune.has_point:
        return False
    south, west, north, east = geo.bounding_box(commune.latitude, commune.longitude, BORDER_KM)
    others = Territory.objects.communes().filter(
        epci__in=near_epcis,
        latitude__range=(south, north),
        longitude__range=(west, east),
    )
    return any(
        geo.distance_km(commune.latitude, commune.longitude, other.latitude, other.longitude)
        <= BORDER_KM
        for other in others.exclude(departement=commune.departement_id).order_by("pk")
    )


def _members(territory):
    communes = Territory.objects.communes().select_related("epci", "departement")
    if territory.kind == Territory.Kind.SECTOR:
        return communes.filter(sectors=territory)
    if territory.kind == Territory.Kind.EPCI:
        return communes.filter(epci=territory)
    return communes.filter(departement=territory)


def _zones(communes):
    """All territories that hold these communes by primary key, and those of each commune."""
    sectors = {}
    members = SectorCommune.objects.filter(commune__in=communes).order_by("pk")
    for commune_id, sector_id in members.values_list("commune_id", "sector_id"):
        sectors.setdefault(commune_id, set()).add(sector_id)
    country = Territory.objects.filter(kind=Territory.Kind.COUNTRY).order_by("pk").first()
    zones_of = {
        commune.pk: {
            pk
            for pk in (
                commune.pk,
                commune.epci_id,
                commune.departement_id,
                commune.region_id,
                country and country.pk,
                *sectors.get(commune.pk, ()),
            )
            if pk is not None
        }
        for commune in communes
    }
    return Territory.objects.in_bulk(set().union(*zones_of.values())), zones_of


def _near_epcis(communes):
    own = {commune.epci_id for commune in communes if commune.epci_id}
    touching = Neighbour.objects.filter(Q(territory__in=own)).values_list("other_id", flat=True)
    return frozenset(own | set(touching))


def _own(communes):
    return frozenset(commune.pk for commune in communes)


def _communes_of(epcis):
    communes = Territory.objects.communes().filter(epci__in=epcis)
    return frozenset(communes.values_list("pk", flat=True))


def _of_territory(territory):
    if territory.kind == Territory.Kind.SECTOR:
        return "tout ou partie du secteur"
    return "tout ou partie du territoire"


def _distance(km):
    if km is None:
        return ""
    return " · à moins de 1 km" if km < 1 else f" · à {round(km)} km"
