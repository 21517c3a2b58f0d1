"""The answer of a search: blocks of cards, helplines, the landlord's own people."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from partners import lines
from partners.cards import Card, build_cards
from partners.matches import BITS, Matches
from partners.models import Helpline, InternalReferent, StructureType
from partners.search.criteria import Criteria
from partners.search.finding import Found, find, found_or_first
from partners.search.needs import fewest_calls

SHOWN = 20
"""Cards of a page, generalists apart; the rest is counted, and one touch away."""

SHOWN_OPENED = 100
"""Cards of a block whose rest was asked for."""

LEAST_OF_A_BLOCK = 4
"""Cards that every block shows when it has them, whatever stands above it."""

GENERALISTS_PER_TYPE = 2
GENERALIST_TYPES = (
    StructureType.DEPARTEMENT,
    StructureType.CCAS,
    StructureType.CIAS,
    StructureType.TOWN_HALL,
    StructureType.FRANCE_SERVICES,
)
ORDER_OF_TYPES = {kind: rank for rank, kind in enumerate(GENERALIST_TYPES)}
ORDER_RULE = (
    "D'abord les partenaires dont c'est le métier et qui desservent la commune. Ensuite la zone la "
    "plus locale, la distance (moins de 5 km, 10, 20, 40), les conventions en cours, les lieux "
    "ouverts maintenant, les téléphones vérifiés depuis moins d'un an, puis le plus proche."
)
COMES_OR_ANSWERS = BITS["is_at_home", ""] | BITS["is_remote", ""]
OUTSIDE_INTRO = "Leur zone ne comprend pas la commune\u00a0: demandez s'ils acceptent de recevoir."


@dataclass
class Section:
    """The matches of one block, all of them, in their order."""

    slug: str
    title: str
    matches: Matches
    intro: str = ""
    is_folded: bool = False
    shown: int = 0


@dataclass(frozen=True)
class Block:
    """Cards under one title. `hidden` counts those that are not shown yet."""

    slug: str
    title: str
    cards: list[Card]
    intro: str = ""
    is_folded: bool = False
    hidden: int = 0

    @property
    def total(self):
        return len(self.cards) + self.hidden


@dataclass
class Results:
    """The answer: referents (block 0), blocks 1 to 3 and 5, helplines (4), the danger strip.

    `calls`: for several needs, the cards of the fewest calls that meet them all. `served`: of the
    needs in their order, a bit for each that a specialist who covers the place meets.
    """

    criteria: Criteria
    blocks: list[Block] = field(default_factory=list)
    calls: list[Card] = field(default_factory=list)
    referents: list[InternalReferent] = field(default_factory=list)
    team: list[InternalReferent] = field(default_factory=list)
    helplines: list[Helpline] = field(default_factory=list)
    danger: list[Helpline] = field(default_factory=list)
    danger_message: str = ""
    danger_partners: list[Card] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    total: int = 0
    is_text_found: bool = True
    served: int = 0
    order_rule: str = ORDER_RULE

    @property
    def unserved(self):
        """The needs that no specialist who covers the place meets."""
        asked = enumerate(self.criteria.situations)
        return [need for place, need in asked if not self.served >> place & 1]

    @property
    def cards(self):
        return self.danger_partners + [card for block in self.blocks for card in block.cards]

    @property
    def unmet(self):
        """The needs that none of `calls` meets."""
        met = {need.slug for card in self.calls for need in card.needs}
        return [need for need in self.criteria.situations if need.slug not in met]


def search(criteria: Criteria, *, limit=SHOWN, opened=()) -> Results:
    """Answer `criteria`. A constant number of queries, whatever the number of listings.

    `limit` counts the cards shown before the generalists, which are always there; the blocks whose
    slug is in `opened` show up to `SHOWN_OPENED`.
    """
    found = find(criteria)
    sections = _sections(found, criteria, limit=limit, opened=opened)
    calls = _calls(found, criteria)
    shown = [*found.strip, *(m for section in sections for m in section.matches[: section.shown])]
    cards = build_cards(
        [*shown, *calls],
        found.moment,
        situations=criteria.situations,
        is_whole=bool(criteria.text),
    )
    _number_pins(shown)
    results = Results(criteria, counts=found.counts, is_text_found=found.is_text_found)
    results.total = len(found.strip) + len(found.near) + len(found.far) + len(found.outside)
    results.served = _served(found.strip + found.near + found.far)
    results.danger_partners = _cards(found.strip, cards)
    results.blocks = [_block(section, cards) for section in sections]
    results.calls = _cards(calls, cards)
    _add_lines(results)
    return results


def matches_of(criteria: Criteria, *, limit=SHOWN, opened=()):
    """(block slug, match) of every match, in the order of the page; those shown bear a number."""
    found = find(criteria)
    sections = _sections(found, criteria, limit=limit, opened=opened)
    _number_pins([*found.strip, *(m for s in sections for m in s.matches[: s.shown])])
    strip = [("danger", match) for match in found.strip]
    return strip + [(section.slug, match) for section in sections for match in section.matches]


def _served(found):
    return int(np.bitwise_or.reduce(found.met[found.serves], initial=0))


def _add_lines(results):
    criteria = results.criteria
    results.helplines, results.danger, results.danger_message = lines.helplines(
        criteria.situations, criteria.place, signs=criteria.dangers
    )
    results.referents, results.team = lines.referents(criteria.situations, criteria.place)


def _cards(found, cards):
    return [cards[match.pk] for match in found if match.pk in cards]


def _block(section, cards):
    shown = _cards(section.matches[: section.shown], cards)
    hidden = len(section.matches) - section.shown
    return Block(
        section.slug, section.title, shown, section.intro, section.is_folded, max(0, hidden)
    )


def _number_pins(shown):
    """Number what has a place, in the order of the page."""
    placed = (match for match in shown if match.is_placed)
    for number, match in enumerate(placed, start=1):
        match.number = number


# Blocks


def _sections(found: Found, criteria, *, limit, opened):
    if len(criteria.situations) > 1:
        sections = _sections_of_needs(found, criteria)
    else:
        sections = _sections_of_nearness(found, criteria.place)
    title = "Hors zone, mais proches"
    sections.append(Section("hors-zone", title, found.outside, OUTSIDE_INTRO, is_folded=True))
    sections = [section for section in sections if section.matches]
    _share(sections, limit, opened)
    generalists = _generalists(found.generalists)
    if generalists:
        title = "Généralistes, toujours là"
        sections.append(Section("generalistes", title, generalists, shown=len(generalists)))
    return sections


def _share(sections, limit, opened):
    """How many cards each block shows: a few of each, the rest to the first ones."""
    for section in sections:
        most = SHOWN_OPENED if section.slug in opened else LEAST_OF_A_BLOCK
        section.shown = min(len(section.matches), most)
    left = limit - sum(section.shown for section in sections if section.slug not in opened)
    for section in sections:
        more = max(0, min(left, len(section.matches) - section.shown))
        if section.slug not in opened:
            section.shown += more
            left -= more


def _sections_of_nearness(found, place):
    title = "Sur l'île" if place.is_island else "Près du locataire"
    return [Section("pres", title, found.near), *_far_sections(found, place)]


def _far_sections(found, place):
    if not place.is_island:
        return [Section("deplace", "Se déplace, à distance, dispositifs", found.far)]
    coming, mainland = _of_the_island(found.far)
    return [
        Section("deplace", "Vient sur l'île ou répond à distance", coming),
        Section("continent", "Sur le continent (bateau)", mainland),
    ]


def _of_the_island(found):
    """(what reaches the tenant without her going anywhere, what stands on the mainland)."""
    is_coming = ~found.is_placed | (found.mask & COMES_OR_ANSWERS > 0)
    mainland = found.where(~is_coming)
    return found.where(is_coming), mainland.by(mainland.rank)


def _sections_of_needs(found, criteria):
    """Those that meet several needs, then need by need, nothing twice; the mainland apart.

    In each, what the words typed found, then « à faire en premier », then what is near.
    """
    far, mainland = found.far, found.far[:0]
    if criteria.place.is_island:
        far, mainland = _of_the_island(found.far)
    everyone = found.near + far
    number = np.bitwise_count(everyone.met)
    several = everyone.where(number > 1)
    several = several.by(-number[number > 1].astype(int), *found_or_first(several))
    sections = [Section("plusieurs", "Répondent à plusieurs besoins", several)]
    for place, need in enumerate(criteria.situations):
        own = everyone.where(everyone.met == 1 << place)
        own = own.by(*found_or_first(own))
        sections.append(Section(f"besoin-{need.slug}", need.label, own))
    by_words = everyone.where(number == 0)
    sections.append(Section("mots", "Trouvés par les mots tapés", by_words))
    sections.append(Section("continent", "Sur le continent (bateau)", mainland))
    return sections


def _calls(found, criteria):
    if len(criteria.situations) < 2:
        return []
    here = found.strip + found.near
    return fewest_calls(here.by(here.rank) + found.far)


def _generalists(found):
    """Block 5, whatever was asked and whatever the filters (rule R9), two of a type at most.

    Of a type, the most local, then what the words typed found, then the nearest, then by name.
    """
    nearest, of_type, kept = found.by(*_nearness(found)), Counter(), []
    for position, kind in enumerate(nearest.structure_type):
        of_type[kind] += 1
        if of_type[kind] <= GENERALISTS_PER_TYPE:
            kept.append(position)
    shown = nearest.at(kept)
    order = [ORDER_OF_TYPES.get(kind, len(ORDER_OF_TYPES)) for kind in shown.structure_type]
    return shown.by(np.array(order), *_nearness(shown), shown.rank)


def _nearness(found):
    distance = np.where(found.metres < 0, np.inf, found.metres)
    return found.zone_rank, found.is_suspended, found.text_rank, distance
