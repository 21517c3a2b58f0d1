"""Which records a search finds, seen from the place and sorted into groups."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from partners import matches
from partners.matches import BITS, HAS_CONVENTION, METRES, NO_TEXT, Matches, Moment
from partners.models import GENERALIST, UNSPECIFIED_ZONE, among, meets
from partners.search import wording
from partners.search.criteria import GROUPS, Criteria

NEAR_KM = 25
FAR_KM = 40


@dataclass
class Found:
    """The matches of a search in groups, each in its order, the filters applied.

    `generalists` are those that can be proposed, by name and in no group.
    """

    moment: Moment
    strip: Matches
    near: Matches
    far: Matches
    outside: Matches
    generalists: Matches
    counts: Counter
    is_text_found: bool


def find(criteria: Criteria) -> Found:
    """Everything that answers, in a constant number of queries."""
    place = criteria.place
    codes = [*place.zones, *(-code for code in place.near_ids)]
    text_ranks = wording.ranks(criteria.text, codes) if criteria.text else {}
    ids = [situation.pk for situation in criteria.situations]
    moment = Moment(place, criteria.at, needs=ids, text_ranks=text_ranks)
    found = _candidates(criteria, moment, codes)
    specialists = found.where(~found.is_generalist)
    strip = _danger_partners(specialists, criteria)
    groups = _groups(specialists.without(strip), criteria, moment)
    near, far, outside = (group.where(group.passes(criteria.mask)) for group in groups)
    return Found(
        moment,
        strip,
        near.by(near.rank),
        far.by(*found_or_first(far), far.rank),
        outside.by(outside.rank),
        _generalists(found),
        _counts(groups, criteria, always=len(strip)),
        is_text_found=bool(text_ranks) or not criteria.text,
    )


def found_or_first(found):
    """What to sort by: what the words typed found, then the manager's « à faire en premier »."""
    return found.text_rank, ~found.is_first


def _candidates(criteria, moment, codes):
    """What covers the place, or stands near with a zone that nobody gave, and can help."""
    asked = f"zone_ids && {among(codes)}"
    if criteria.situations or criteria.text:
        asked = meets([*moment.needs, GENERALIST], codes)
    if moment.text_ranks:
        asked += f" OR listing_id = ANY({among(moment.text_ranks)})"
    return matches.select(moment, asked)


def _generalists(found):
    """Those that can be proposed: they cover the place, are near, or bear the words."""
    can_help = found.covers | found.is_within(FAR_KM) | (found.text_rank < NO_TEXT)
    return found.where(found.is_generalist & can_help)


def _outsiders(criteria, moment):
    """Specialists within reach whose zone, neither strict nor unspecified, is elsewhere."""
    place = criteria.place
    found = matches.select(
        moment,
        f"situation_ids && {among(moment.needs)} AND near_ids && {among(place.near_ids)}"
        f" AND NOT zone_ids && {among([*place.zones, UNSPECIFIED_ZONE])}"
        " AND zone_ids <> '{}' AND NOT is_zone_strict AND NOT is_generalist",
    )
    is_near = (found.metres >= 0) & (found.metres <= NEAR_KM * METRES)
    return found.where(found.is_reachable & is_near)


# Groups


def _groups(found, criteria, moment):
    """(near, covering from further away, outside), before any filter: none moves a radius."""
    near = _near(found)
    far = found.where(found.covers).without(near)
    is_offered = criteria.place.is_exact and (not near.serves.any() or criteria.place.is_border)
    outside = _outsiders(criteria, moment) if is_offered and moment.needs else found[:0]
    return near, far, outside


def _near(found):
    """Block 1. The radius widens only while no covering specialist stands in it."""
    near = found.where(found.is_within(NEAR_KM))
    return near if near.serves.any() else found.where(found.is_within(FAR_KM))


def _danger_partners(found, criteria):
    """Local partners under convention, who stand in the strip of violence: open ones first."""
    dangers = sum(1 << place for place, n in enumerate(criteria.situations) if n.is_danger)
    if not dangers:
        return found[:0]
    is_for_danger = found.passes(HAS_CONVENTION) & (found.met & dangers > 0)
    partners = found.where(found.serves & is_for_danger & found.is_within(NEAR_KM))
    return partners.by(~partners.is_open, partners.rank)


# Filters


def _counts(groups, criteria, *, always):
    """The total that each filter would leave, the other filters kept: `always` stay whatever.

    By the name of a yes-or-no filter, by (name, value) of a choice.
    """
    masks = np.concatenate([group.mask for group in groups])
    tallies, counts = {}, Counter()
    for (name, value), bit in BITS.items():
        others = criteria.mask & ~GROUPS[name]
        if others not in tallies:
            tallies[others] = _tally(masks[masks & others == others])
        counts[(name, value) if value else name] = always + tallies[others][bit.bit_length() - 1]
    return counts


def _tally(masks):
    """How many of these masks (array of int64) have each bit, the lowest first (list of int)."""
    octets = masks.astype("<i8").view(np.uint8).reshape(-1, 8)
    return np.unpackbits(octets, axis=1, bitorder="little").sum(axis=0, dtype=int).tolist()
