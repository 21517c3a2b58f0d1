"""Which records a search finds, seen from the place and sorted into groups."""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from partners import matches
from partners.coverage import OUTSIDE_RANK, UNSPECIFIED_RANK
from partners.matches import BITS, HAS_CONVENTION, Match, Moment
from partners.models import GENERALIST, UNSPECIFIED_ZONE
from partners.search import wording
from partners.search.criteria import GROUPS, Criteria

NEAR_KM = 25
FAR_KM = 40
GENERALISTS_PER_TYPE = 2

FEW_GENERALISTS = f"""
    SELECT * FROM (WITH seen AS MATERIALIZED ({{rows}}),
    nearest AS (
        SELECT pk AS key, row_number() OVER (
            PARTITION BY structure_type
            ORDER BY zone_rank, is_suspended, km, search_key COLLATE "C", pk
        ) AS place
        FROM seen WHERE is_generalist AND (
            zone_rank < {UNSPECIFIED_RANK}
            OR (zone_rank < {OUTSIDE_RANK} AND is_reachable AND COALESCE(km <= {FAR_KM}, true))
        )
    )
    SELECT seen.* FROM seen LEFT JOIN nearest ON key = pk
    WHERE NOT is_generalist OR place <= {GENERALISTS_PER_TYPE} OR pk = ANY(%s)) few
"""
"""Of the generalists, the most local and nearest of each type: many serve a whole département, and
few are shown. Those of the last parameter (keys) besides."""


@dataclass
class Found:
    """The matches of a search in groups, each in its order, the filters applied."""

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
    specialists = [match for match in found if not match.is_generalist]
    generalists = [match for match in found if match.is_generalist]
    strip = _danger_partners(specialists, criteria)
    kept_apart = {match.pk for match in strip}
    groups = _groups([m for m in specialists if m.pk not in kept_apart], criteria, moment)
    counts = _counts(groups, criteria, always=len(strip))
    near, far, outside = (_passing(group, criteria) for group in groups)
    is_text_found = bool(text_ranks) or not criteria.text
    return Found(moment, strip, near, far, outside, generalists, counts, is_text_found)


def _candidates(criteria, moment, codes):
    """What covers the place, or stands near with a zone that nobody gave, and can help."""
    asked, parameters, keys = "zone_ids && %s::int[]", [codes], list(moment.text_ranks)
    if criteria.situations or criteria.text:
        asked = "situation_ids && %s::int[] AND zone_ids && %s::int[]"
        parameters = [[*moment.needs, GENERALIST], codes]
    if keys:
        asked, parameters = f"({asked}) OR listing_id = ANY(%s)", [*parameters, keys]
    return matches.select(moment, asked, [*parameters, keys], around=FEW_GENERALISTS)


def _outsiders(criteria, moment):
    """Specialists within reach whose zone, neither strict nor unspecified, is elsewhere."""
    if not moment.needs:
        return []
    found = matches.select(
        moment,
        "situation_ids && %s::int[] AND near_ids && %s::int[] AND NOT zone_ids && %s::int[]"
        " AND zone_ids <> '{}' AND NOT is_zone_strict AND NOT is_generalist",
        [
            list(moment.needs),
            list(criteria.place.near_ids),
            [*criteria.place.zones, UNSPECIFIED_ZONE],
        ],
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
