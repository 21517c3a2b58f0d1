"""Which records a search finds, seen from the place and sorted into groups."""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from partners import matches
from partners.matches import BITS, HAS_CONVENTION, NO_TEXT, Match, Moment
from partners.models import GENERALIST, UNSPECIFIED_ZONE, among, meets
from partners.search import wording
from partners.search.criteria import GROUPS, Criteria

NEAR_KM = 25
FAR_KM = 40
GENERALISTS_PER_TYPE = 2


@dataclass
class Found:
    """The matches of a search in groups, each in its order, the filters applied.

    `generalists` are those that can be proposed, in no order and no group.
    """

    moment: Moment
    strip: list[Match] = field(default_factory=list)
    near: list[Match] = field(default_factory=list)
    far: list[Match] = field(default_factory=list)
    outside: list[Match] = field(default_factory=list)
    generalists: list[Match] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    is_text_found: bool = True


def find(criteria: Criteria) -> Found:
    """Everything that answers, in a constant number of queries."""
    place = criteria.place
    codes = [*place.zones, *(-code for code in place.near_ids)]
    text_ranks = wording.ranks(criteria.text, codes) if criteria.text else {}
    ids = [situation.pk for situation in criteria.situations]
    moment = Moment(place, criteria.at, needs=ids, text_ranks=text_ranks)
    found = _candidates(criteria, moment, codes)
    specialists, generalists = [], []
    for match in found:
        if not match.is_generalist:
            specialists.append(match)
        elif _receives(match):
            generalists.append(match)
    strip = _danger_partners(specialists, criteria)
    kept_apart = {match.pk for match in strip}
    groups = _groups([m for m in specialists if m.pk not in kept_apart], criteria, moment)
    counts = _counts(groups, criteria, always=len(strip))
    near, far, outside = (_passing(group, criteria) for group in groups)
    return Found(
        moment,
        strip,
        sorted(near, key=rank),
        sorted(far, key=rank_first),
        sorted(outside, key=rank),
        generalists,
        counts,
        is_text_found=bool(text_ranks) or not criteria.text,
    )


def rank(match):
    return match.rank


def rank_first(match):
    """Block 2: what the words typed found, then the manager's « à faire en premier »."""
    return match.text_rank, not match.is_first, match.rank


def found_or_first(match):
    return match.text_rank, not match.is_first


def _candidates(criteria, moment, codes):
    """What covers the place, or stands near with a zone that nobody gave, and can help."""
    asked = f"zone_ids && {among(codes)}"
    if criteria.situations or criteria.text:
        asked = meets([*moment.needs, GENERALIST], codes)
    if moment.text_ranks:
        asked += f" OR listing_id = ANY({among(moment.text_ranks)})"
    return matches.select(moment, asked, generalists=GENERALISTS_PER_TYPE)


def _receives(match):
    """Whether a generalist can be proposed: it covers the place, is near, or bears the words."""
    return match.covers or match.is_within(FAR_KM) or match.text_rank < NO_TEXT


def _outsiders(criteria, moment):
    """Specialists within reach whose zone, neither strict nor unspecified, is elsewhere."""
    if not moment.needs:
        return []
    place = criteria.place
    found = matches.select(
        moment,
        f"situation_ids && {among(moment.needs)} AND near_ids && {among(place.near_ids)}"
        f" AND NOT zone_ids && {among([*place.zones, UNSPECIFIED_ZONE])}"
        " AND zone_ids <> '{}' AND NOT is_zone_strict AND NOT is_generalist",
    )
    return [m for m in found if m.is_reachable and m.km is not None and m.km <= NEAR_KM]


# Groups


def _groups(found, criteria, moment):
    """(near, covering from further away, outside), before any filter: none moves a radius."""
    near = _near(found)
    here = {match.pk for match in near}
    far = [match for match in found if match.covers and match.pk not in here]
    is_offered = criteria.place.is_exact and (
        not any(match.serves for match in near) or criteria.place.is_border
    )
    return near, far, _outsiders(criteria, moment) if is_offered else []


def _near(found):
    """Block 1. The radius widens only while no covering specialist stands in it."""
    near = [match for match in found if match.is_within(NEAR_KM)]
    if any(match.serves for match in near):
        return near
    return [match for match in found if match.is_within(FAR_KM)]


def _danger_partners(found, criteria):
    """Local partners under convention, who stand in the strip of violence: open ones first."""
    dangers = sum(1 << place for place, n in enumerate(criteria.situations) if n.is_danger)
    partners = [
        match
        for match in found
        if match.serves
        and match.mask & HAS_CONVENTION
        and match.met & dangers
        and match.is_within(NEAR_KM)
    ]
    return sorted(partners, key=lambda match: (not match.is_open, match.rank))


# Filters


def _passing(found, criteria):
    wanted = criteria.mask
    return [match for match in found if match.mask & wanted == wanted]


def _counts(groups, criteria, *, always):
    """The total that each filter would leave, the other filters kept: `always` stay whatever.

    By the name of a yes-or-no filter, by (name, value) of a choice.
    """
    masks = Counter([match.mask for group in groups for match in group])
    tallies, counts = {}, Counter()
    for (name, value), bit in BITS.items():
        others = criteria.mask & ~GROUPS[name]
        if others not in tallies:
            tallies[others] = _tally(masks, others)
        left = tallies[others] >> WIDTH * (bit.bit_length() - 1) & FULL
        counts[(name, value) if value else name] = always + left
    return counts


WIDTH = 24
FULL = (1 << WIDTH) - 1


def _tally(masks, wanted):
    """How many of these masks, among those that have all wanted bits, have each bit: one number.

    The count of bit n stands in its bits 24 n to 24 n + 23: all are added at once.
    """
    return sum([n * _spread(mask) for mask, n in masks.items() if mask & wanted == wanted])


@lru_cache(maxsize=16384)
def _spread(mask):
    return sum([1 << WIDTH * bit for bit in range(mask.bit_length()) if mask >> bit & 1])
