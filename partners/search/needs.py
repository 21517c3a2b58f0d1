"""Several needs of one household: who meets more than one, and the fewest calls that meet all."""

import numpy as np

from partners.matches import BITS, MOST_NEEDS

CAN_BE_CALLED = BITS["is_by_phone", ""]


def fewest_calls(found):
    """The smallest list of matches that meets every need that somebody meets.

    `found`: matches in their order; six needs at most, so that all 64 combinations are tried.
    Among lists of one length, more core trades, then the better ranked.
    """
    best = {0: (0, 0, 0, ())}
    for order, match in enumerate(_first_of_each_kind(found)):
        cost = match.met.bit_count() - match.core.bit_count()
        for covered, (calls, others, rank, chosen) in list(best.items()):
            candidate = (calls + 1, others + cost, rank + order, (*chosen, match))
            reached = covered | match.met
            if reached != covered and candidate[:3] < best.get(reached, (99,))[:3]:
                best[reached] = candidate
    return list(best[max(best, key=lambda covered: (covered.bit_count(), covered))][3])


def _first_of_each_kind(found):
    """The best ranked match for each set of needs met in each way: the others cannot do better."""
    found = found.where(found.serves & found.passes(CAN_BE_CALLED))
    _, first = np.unique(found.met << MOST_NEEDS | found.core, return_index=True)
    return found.at(np.sort(first))
