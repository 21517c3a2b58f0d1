"""The only search: one meaning for the pages, the map and the API (README, « Règles »).

`Criteria` say what was asked; `search` answers `Results`: blocks of cards in a stable order,
helplines, the landlord's own referents. Same input and same minute, same order, always.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

from django.db.models import Q

from partners import geo, lines
from partners.cards import Card, build_card, sites, with_facts
from partners.coverage import COVERS, OUTSIDE, Place, Site, is_border, place_of_territory
from partners.models import (
    UNSPECIFIED_ZONE,
    Audience,
    HelpKind,
    Helpline,
    InternalReferent,
    Listing,
    Permanence,
    Situation,
    StructureType,
)

NEAR_KM = 25
FAR_KM = 40
FAR_AWAY_KM = float("inf")
SHOWN = 40
"""Cards of one block at most; the rest is counted, and reached by narrowing."""

GENERALISTS_PER_TYPE = 2
GENERALIST_TYPES = (
    StructureType.DEPARTEMENT,
    StructureType.CCAS,
    StructureType.CIAS,
    StructureType.TOWN_HALL,
    StructureType.FRANCE_SERVICES,
)
ORDER_RULE = (
    "D'abord les partenaires dont c'est le métier et qui desservent la commune. Ensuite la zone la "
    "plus locale, la distance (moins de 5 km, 10, 20, 40), les conventions en cours, les lieux "
    "ouverts maintenant, les téléphones vérifiés depuis moins d'un an, puis le plus proche."
)


@dataclass(frozen=True)
class Criteria:
    """What is asked. `place` is never None: without a commune it is the sector of the account."""

    place: Place
    at: datetime
    situations: tuple[Situation, ...] = ()
    is_open_now: bool = False
    is_at_home: bool = False
    is_without_appointment: bool = False
    help_kind: str = ""
    audience: str = ""

    @property
    def communes(self):
        return self.place.communes if self.place.is_exact else ()

    @property
    def is_filtered(self):
        return any(getattr(self, name) for name in FILTERS)


@dataclass(frozen=True)
class Block:
    """Cards under one title. `hidden` counts those past the first `SHOWN`."""

    slug: str
    title: str
    cards: list[Card]
    intro: str = ""
    is_folded: bool = False
    hidden: int = 0


@dataclass
class Results:
    """The answer: referents (block 0), blocks 1 to 3 and 5, helplines (4), the danger strip."""

    criteria: Criteria
    blocks: list[Block] = field(default_factory=list)
    referents: list[InternalReferent] = field(default_factory=list)
    team: list[InternalReferent] = field(default_factory=list)
    helplines: list[Helpline] = field(default_factory=list)
    danger: list[Helpline] = field(default_factory=list)
    danger_message: str = ""
    danger_partners: list[Card] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    order_rule: str = ORDER_RULE

    @property
    def cards(self):
        return self.danger_partners + [card for block in self.blocks for card in block.cards]

    @property
    def total(self):
        """Specialists found: generalists are always there, so they do not count."""
        return len(self.danger_partners) + sum(
            len(block.cards) + block.hidden for block in self.blocks if block.slug != "generalistes"
        )


def search(criteria):
    """Answer `criteria`. A constant number of queries, whatever the number of listings."""
    found = _cards(_candidates(criteria), criteria)
    generalists = [card for card in found if card.listing.is_generalist]
    specialists = [card for card in found if not card.listing.is_generalist]
    strip = _danger_partners(specialists, criteria)
    groups = _groups([card for card in specialists if card not in strip], criteria)
    results = Results(criteria, danger_partners=strip)
    results.counts = _counts([*chain(*groups)], criteria, always=len(strip))
    kept = [[card for card in group if _passes(card, criteria)] for group in groups]
    results.blocks = _blocks(*kept, criteria.place)
    results.blocks += _generalist_blocks(generalists, criteria.place)
    results.helplines, results.danger = lines.helplines(criteria.situations, criteria.place)
    results.danger_message = lines.danger_message(criteria.situations)
    results.referents, results.team = lines.referents(criteria.situations, criteria.place)
    _number_pins(results)
    return results


# Which listings


def _candidates(criteria):
    """Published listings that cover the place, or whose zone nobody gave, and can help."""
    zones = [*criteria.place.zones, UNSPECIFIED_ZONE]
    listings = Listing.objects.published().covering(zones)
    return listings.filter(_is_asked(criteria), _within_reach(criteria.place))


def _is_asked(criteria):
    if not criteria.situations:
        return Q()
    asked = [situation.pk for situation in criteria.situations]
    return Q(is_generalist=True) | Q(situation_ids__overlap=asked)


def _within_reach(place):
    """An unspecified zone counts near the place only: same EPCI, or one that touches it."""
    return Q(is_zone_unspecified=False) | _receives_near(place)


def _outsiders(criteria):
    """Published specialists near the place whose zone, not strict, does not hold it."""
    listings = Listing.objects.published().filter(
        is_generalist=False, is_zone_strict=False, is_zone_unspecified=False
    )
    here = listings.filter(_is_asked(criteria), _receives_near(criteria.place))
    return here.exclude(zone_ids__overlap=list(criteria.place.zones)).exclude(zone_ids=[])


def _receives_near(place):
    """By codes, without a join: the planner would hash every commune of France."""
    near = list(place.near_communes)
    held = Permanence.objects.filter(commune__in=near)
    received = Q(commune__in=near) | Q(pk__in=held.values("listing_id"))
    return received & Q(is_confidential=False)


def _cards(listings, criteria):
    rows = with_facts(listings, criteria.situations).order_by("pk")
    return [build_card(listing, place=criteria.place, at=criteria.at) for listing in rows]


# Filters


def _passes(card, criteria):
    return all(
        not is_asked or accepts(card, criteria)
        for name, accepts in FILTERS.items()
        if (is_asked := getattr(criteria, name))
    )


def _accepts_audience(card, criteria):
    audiences = card.listing.audiences
    return not audiences or Audience.EVERYONE in audiences or criteria.audience in audiences


FILTERS = {
    "is_open_now": lambda card, criteria: card.is_open,
    "is_at_home": lambda card, criteria: card.home_visits,
    "is_without_appointment": lambda card, criteria: (
        card.listing.appointment in {Listing.Appointment.NONE, Listing.Appointment.BOTH}
    ),
    "help_kind": lambda card, criteria: criteria.help_kind in card.listing.help_kinds,
    "audience": _accepts_audience,
}


def _counts(cards, criteria, *, always):
    """The total that each filter would leave, the other filters kept: `always` stay whatever.

    By the name of a yes-or-no filter, by (name, value) of a choice.
    """
    counts = Counter()
    for name in ("is_open_now", "is_at_home", "is_without_appointment"):
        counts[name] = always + _left(cards, replace(criteria, **{name: True}))
    for name, choices in (("help_kind", HelpKind), ("audience", Audience)):
        for value in choices.values:
            counts[name, value] = always + _left(cards, replace(criteria, **{name: value}))
    return counts


def _left(cards, criteria):
    return sum(_passes(card, criteria) for card in cards)


# Order


def _rank(card):
    """Block 1: needs, zone, band, convention, open, verified, km, name, key."""
    return (
        bool(card.suspension),
        -card.core_count,
        -card.help_count,
        card.verdict.zone_rank,
        geo.distance_band(FAR_AWAY_KM if card.km is None else card.km),
        not card.has_convention,
        not card.is_open,
        not card.is_verified,
        FAR_AWAY_KM if card.km is None else card.km,
        card.listing.search_key,
        card.listing.pk,
    )


def _rank_first(card):
    """Block 2: the manager's « à faire en premier » before all."""
    return (not card.is_first, *_rank(card))


# Blocks


def _groups(cards, criteria):
    """(near, covering from further away, outside), before any filter: none moves a radius."""
    place = criteria.place
    near = _near(cards, place)
    far = [card for card in cards if card.verdict.covers and card not in near]
    has_specialist = any(_serves(card) for card in near)
    is_offered = place.is_exact and (not has_specialist or is_border(place))
    return near, far, _outside(criteria) if is_offered else []


def _blocks(near, far, outside, place):
    intro = "Leur zone ne comprend pas la commune : demandez s'ils acceptent de recevoir."
    title = "Sur l'île" if place.is_island else "Près du locataire"
    blocks = [
        _block("pres", title, near),
        *_far_blocks(far, place),
        _block("hors-zone", "Hors zone, mais proches", outside, intro=intro, is_folded=True),
    ]
    return [block for block in blocks if block.cards]


def _near(cards, place):
    """Block 1. The radius widens only while no covering specialist stands in it."""
    near = [card for card in cards if _is_near(card, place, NEAR_KM)]
    if any(_serves(card) for card in near):
        return near
    return [card for card in cards if _is_near(card, place, FAR_KM)]


def _serves(card):
    return card.verdict.covers and not card.suspension


def _is_near(card, place, radius):
    if card.site is None or not card.is_reachable or card.verdict.kind == OUTSIDE:
        return False
    return card.km is None or card.km <= radius


def _far_blocks(cards, place):
    if not place.is_island:
        return [_block("deplace", "Se déplace, à distance, dispositifs", cards, rank=_rank_first)]
    coming = [card for card in cards if card.comes_or_answers]
    mainland = [card for card in cards if not card.comes_or_answers]
    return [
        _block("deplace", "Vient sur l'île ou répond à distance", coming, rank=_rank_first),
        _block("continent", "Sur le continent (bateau)", mainland),
    ]


def _outside(criteria):
    return [
        card
        for card in _cards(_outsiders(criteria), criteria)
        if card.site and card.is_reachable and card.km is not None and card.km <= NEAR_KM
    ]


def _generalist_blocks(cards, place):
    """Block 5, whatever was asked and whatever the filters (rule R9), two of a type at most."""
    kept, seen = [], Counter()
    for card in sorted(cards, key=_rank_generalist):
        if card.verdict.covers or _is_near(card, place, FAR_KM):
            seen[card.listing.structure_type] += 1
            if seen[card.listing.structure_type] <= GENERALISTS_PER_TYPE:
                kept.append(card)
    return [Block("generalistes", "Généralistes, toujours là", kept)] if kept else []


def _rank_generalist(card):
    order = {kind: rank for rank, kind in enumerate(GENERALIST_TYPES)}
    kind = order.get(card.listing.structure_type, len(order))
    return (kind, card.verdict.zone_rank, *_rank(card))


def _block(slug, title, cards, *, rank=_rank, intro="", is_folded=False):
    ordered = sorted(cards, key=rank)
    hidden = max(0, len(ordered) - SHOWN)
    return Block(slug, title, ordered[:SHOWN], intro, is_folded, hidden)


def _danger_partners(cards, criteria):
    """Local partners under convention, who stand in the strip of violence: open ones first."""
    dangers = {situation.label for situation in criteria.situations if situation.is_danger}
    partners = [
        card
        for card in cards
        if card.verdict.kind == COVERS
        and _is_near(card, criteria.place, NEAR_KM)
        and card.has_convention
        and not card.suspension
        and any(need.label in dangers for need in card.needs)
    ]
    return sorted(partners, key=lambda card: (not card.is_open, *_rank(card)))


def _number_pins(results):
    """Number the cards that have a place, in the order of the page."""
    numbers = iter(range(1, len(results.cards) + 1))
    for card in results.cards:
        if card.site is not None:
            card.number = next(numbers)


# The whole territory


@dataclass(frozen=True)
class Row:
    """A listing of the map of a territory, with every place where it receives there."""

    listing: Listing
    sites: list[Site]


def on_map(*, territory, situation=None, structure_type=""):
    """Published listings that receive in a territory, or serve it without a place, by name."""
    place = place_of_territory(territory)
    listings = Listing.objects.published()
    if situation:
        listings = listings.for_situations([situation.pk])
    if structure_type:
        listings = listings.filter(structure_type=structure_type)
    here = Q(commune__in=place.communes) | Q(permanences__commune__in=place.communes)
    here &= Q(is_confidential=False)
    placeless = Q(commune__isnull=True) | Q(is_confidential=True)
    serving = placeless & Q(zone_ids__overlap=list(place.zones))
    found = Listing.objects.filter(here | serving).values("pk")
    rows = with_facts(listings.filter(pk__in=found), []).order_by("search_key", "pk")
    members = {commune.pk for commune in place.communes}
    return [
        Row(listing, [site for site in sites(listing) if site.commune.pk in members])
        for listing in rows
    ]
