"""The records that a sheet is made of, in the order chosen."""

from dataclasses import dataclass

from partners.cards import Card, cards_of
from partners.matches import Moment
from partners.models import ListingSituation, Merge
from partners.permissions import OPEN_TO_ALL

MOST = 6


@dataclass(frozen=True)
class Choice:
    """`cards` of the records that may be handed over, `links` to their situations by key.

    `gone`: how many of those asked are drafts, archived, or were never there. `extra`: how many
    were beyond `MOST`.
    """

    cards: list[Card]
    links: dict[int, list[ListingSituation]]
    gone: int
    extra: int

    @property
    def keys(self):
        return [card.listing.pk for card in self.cards]

    @property
    def is_discreet(self):
        """Whether one of them has to do with a danger: no QR code then (rule R7)."""
        return any(touches_danger(card.listing, self.links_of(card)) for card in self.cards)

    @property
    def situations(self):
        """What they answer, dangers apart, as the home page orders them."""
        found = {link.situation for links in self.links.values() for link in links}
        return sorted((s for s in found if not s.is_danger), key=lambda s: (s.order, s.pk))

    def may_be_public(self, card):
        """Whether a page without a login may show it."""
        return not touches_danger(card.listing, self.links_of(card))

    def links_of(self, card):
        return self.links.get(card.listing.pk, [])


def choose(keys, moment: Moment) -> Choice:
    """The records of these keys; one that another absorbed gives way to it."""
    asked = list(dict.fromkeys(keys))
    kept = Merge.objects.kept_for(asked)
    wanted = list(dict.fromkeys(kept.get(key, key) for key in asked))
    taken = wanted[:MOST]
    cards = [card for card in cards_of(taken, moment) if card.listing.status in OPEN_TO_ALL]
    links = _links([card.listing.pk for card in cards])
    return Choice(cards, links, gone=len(taken) - len(cards), extra=len(wanted) - len(taken))


def touches_danger(listing, links):
    """Whether it is confidential, or answers a situation of danger, be it to help only."""
    return listing.is_confidential or any(link.situation.is_danger for link in links)


def tells_of_danger(listing, links):
    """Whether a danger is its trade: its own words would say so on a paper that is found."""
    core = ListingSituation.Role.CORE
    return listing.is_confidential or any(
        link.role == core and link.situation.is_danger for link in links
    )


def _links(keys):
    found = {}
    rows = ListingSituation.objects.filter(listing__in=keys).with_situation()
    for link in rows.order_by("listing", "pk"):
        found.setdefault(link.listing_id, []).append(link)
    return found
