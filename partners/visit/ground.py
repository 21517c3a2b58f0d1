"""The communes of a sector: names, what holds them, where one can drive to, outlines."""

from partners.coverage import ZONE_RANKS, Place, near_id, place_of_territory, places_of
from partners.models import Outline, Territory, TerritoryAlias
from partners.visit import outlines
from partners.visit.rows import Row, full


class Ground:
    """`whole` is the place of the territory; `index` gives the place of a zone among `zones`."""

    def __init__(self, territory: Territory) -> None:
        self.whole = place_of_territory(territory)
        self.places = places_of(territory)
        held = {pk: zone for place in self.places for pk, zone in place.zones.items()}
        self._zones = [held[pk] for pk in sorted(held)]
        self._index = {zone.pk: place for place, zone in enumerate(self._zones)}

    @property
    def near_ids(self) -> list[int]:
        """The codes of all that one can drive to from one commune or another."""
        return sorted({code for place in self.places for code in place.near_ids})

    def index(self, zone_id: int) -> int | None:
        return self._index.get(zone_id)

    def indexes(self, zone_ids) -> list[int]:
        return sorted(self._index[pk] for pk in zone_ids if pk in self._index)

    def zones(self) -> list[Row]:
        return [
            {"rank": ZONE_RANKS[zone.kind], "kind": zone.kind, "label": zone.zone_label}
            for zone in self._zones
        ]

    def communes(self) -> list[Row]:
        """Rows; `former` are [name, folded name, code, point or null] of former communes."""
        former: dict[int, list[Row]] = {}
        for alias in TerritoryAlias.objects.filter(territory__in=self._communes).order_by("pk"):
            point = [alias.latitude, alias.longitude] if alias.has_point else None
            row = [alias.name, alias.search_key, alias.code, point]
            former.setdefault(alias.territory_id, []).append(row)
        return [self._commune(place, former.get(place.communes[0].pk, [])) for place in self.places]

    @property
    def _communes(self):
        return [place.communes[0].pk for place in self.places]

    def _commune(self, place: Place, former):
        commune = place.communes[0]
        row = {
            "id": commune.pk,
            "code": commune.code,
            "name": commune.name,
            "key": commune.search_key,
            "postal": commune.postal_codes,
            "former": former,
            "point": [commune.latitude, commune.longitude] if commune.has_point else None,
            "population": commune.population,
            "zones": self.indexes(place.zones),
            "own": near_id(commune),
            "near": sorted(place.near_ids),
            "border": bool(place.is_border),
            "island": commune.is_island,
            "departement": place.departement.code if place.departement else "",
        }
        return full(row)

    def outlines(self) -> Row:
        rows = Outline.objects.filter(territory__in=self._communes).order_by("territory__code")
        return outlines.quantise(dict(rows.values_list("territory__code", "geometry")))
