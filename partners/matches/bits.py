"""How a record stands towards a place and needs, in two whole numbers: `bits` and `mask`.

The rules on them are written once, for one record (int) and for many at once (numpy arrays).
"""

from partners.coverage import OUTSIDE_RANK, UNSPECIFIED_RANK
from partners.models import facets

METRES = 1000
"""In a km. Distances are whole metres: below, the order would hang on how a sine is rounded."""

NO_TEXT = 9
"""The rank of a record that the words typed did not find: after all that they found."""

ZONE_RANK = 0b111
GENERALIST, SUSPENDED, PLACED, REACHABLE = 1 << 3, 1 << 4, 1 << 5, 1 << 6
"""In `bits`: the rank of the zone, and flags."""

MOST_NEEDS = 6
MET, CORE, FIRST, NEEDS = 8, 14, 20, (1 << MOST_NEEDS) - 1
"""Where `bits` have the needs, a bit each in the order asked."""

LIVE = ("is_verified", "is_open_now", "has_convention")
"""What passes with time, the weightiest for the order of an answer last: its bit is the highest."""

BITS = {facet: 1 << bit for bit, facet in enumerate([*facets.STORED, *((n, "") for n in LIVE)])}
"""{(filter, value): its bit} of `mask`; value is "" for a filter that is on or off."""

IS_VERIFIED, IS_OPEN, HAS_CONVENTION = (BITS[name, ""] for name in LIVE)
FIRST_LIVE, ALL_LIVE = IS_VERIFIED.bit_length() - 1, 0b111


class Standing:
    """What can be told of `bits`, `mask` and `metres` (to the nearest place, -1 when unknown).

    Numbers of one record give bools and numbers, arrays of several give arrays: hence `&` between
    comparisons, never `and`.
    """

    __slots__ = ()

    @property
    def zone_rank(self):
        return self.bits & ZONE_RANK

    @property
    def met(self):
        """Of the needs asked for, in their order, a bit for each that it meets."""
        return self.bits >> MET & NEEDS

    @property
    def core(self):
        """Those that it meets as its trade."""
        return self.bits >> CORE & NEEDS

    @property
    def first(self):
        """Those for which a manager pinned it « à faire en premier »."""
        return self.bits >> FIRST & NEEDS

    @property
    def is_first(self):
        return self.first > 0

    @property
    def is_generalist(self):
        return self.bits & GENERALIST > 0

    @property
    def is_suspended(self):
        return self.bits & SUSPENDED > 0

    @property
    def is_placed(self):
        """Whether it receives somewhere that may be told (rule R7)."""
        return self.bits & PLACED > 0

    @property
    def is_reachable(self):
        return self.bits & REACHABLE > 0

    @property
    def covers(self):
        return self.zone_rank < UNSPECIFIED_RANK

    @property
    def serves(self):
        """Whether it covers the place and is not closed for a time (a bit above any rank)."""
        return self.bits & (ZONE_RANK | SUSPENDED) < UNSPECIFIED_RANK

    @property
    def is_open(self):
        return self.mask & IS_OPEN > 0

    def passes(self, wanted):
        """Whether it has all these bits of `mask`."""
        return self.mask & wanted == wanted

    def is_within(self, radius_km):
        """Whether one can drive to it, within a radius, and its zone is not elsewhere."""
        there = self.bits & (PLACED | REACHABLE) == PLACED | REACHABLE
        return there & (self.zone_rank < OUTSIDE_RANK) & (self.metres <= radius_km * METRES)
