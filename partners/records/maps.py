"""What the maps of a record's form draw: a département with outlines, and where they begin."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Exists, OuterRef

from partners import outlines
from partners.models import Agency, Listing, Outline, Territory


@dataclass(frozen=True)
class Maps:
    """`code`: of the département around the record, or of the landlord's own.

    `centre`: « lat,lon » of its commune, "" without one.
    """

    code: str
    centre: str = ""

    @cached_property
    def departements(self):
        """Those whose communes have outlines here: [(territory, address of these)]."""
        drawn = Outline.objects.filter(territory__departement=OuterRef("pk"))
        found = Territory.objects.filter(Exists(drawn), kind=Territory.Kind.DEPARTEMENT)
        return [(each, outlines.url(each)) for each in found.order_by("search_key", "pk")]

    @cached_property
    def shown(self):
        """(territory, url) to begin with; None when no outline was ever imported."""
        known = {territory.code: (territory, url) for territory, url in self.departements}
        return (
            known.get(self.code)
            or known.get(settings.DEFAULT_DEPARTEMENT)
            or next(iter(known.values()), None)
        )

    @cached_property
    def agencies(self):
        return list(Agency.objects.order_by("name", "pk"))

    tiles = settings.TILE_LAYER


def around(listing: Listing) -> Maps:
    """The maps of this record; a confidential one is nowhere (rule R7)."""
    if not listing.commune_id or listing.is_confidential:
        return Maps(settings.DEFAULT_DEPARTEMENT)
    commune = listing.commune
    centre = f"{commune.latitude},{commune.longitude}" if commune.has_point else ""
    departement = commune.departement
    return Maps(departement.code if departement else settings.DEFAULT_DEPARTEMENT, centre)
