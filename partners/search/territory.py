"""The whole territory, for its map: who receives there, or serves it without a place."""

from dataclasses import dataclass

from django.db.models import Q

from partners.cards import cards_of
from partners.coverage import place_of_territory
from partners.matches import Moment
from partners.models import Listing


@dataclass(frozen=True)
class Row:
    """A listing of the map of a territory, with every place where it receives there.

    `places`: (name of the commune, whether it is a permanence).
    """

    listing: Listing
    sites: list
    places: list


def on_map(*, territory, at, situation=None, structure_type=""):
    """Published listings that receive in a territory, or serve it without a place, by name."""
    place = place_of_territory(territory)
    listings = Listing.objects.published()
    if situation:
        listings = listings.for_situations([situation.pk])
    if structure_type:
        listings = listings.filter(structure_type=structure_type)
    serving = Q(entry__sites=[]) & Q(entry__zone_ids__overlap=list(place.zones))
    here = Q(entry__near_ids__overlap=list(place.near_ids))
    cards = cards_of(
        listings.filter(here | serving).order_by("search_key", "pk"), Moment(place, at)
    )
    names = {commune.pk: commune.name for commune in place.communes}
    return [_row(card, names) for card in cards if not card.match.sites or _inside(card, names)]


def _inside(card, names):
    return [site for site in card.match.sites if site.commune_id in names]


def _row(card, names):
    sites = _inside(card, names)
    return Row(card.listing, sites, [(names[s.commune_id], bool(s.permanence_id)) for s in sites])
