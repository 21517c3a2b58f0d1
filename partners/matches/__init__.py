"""A record against a place at a moment: how near, whether it serves it, what it offers now.

Works on rows of `SearchEntry` alone, hundreds for one search: no listing is loaded here. They stay
columns of numbers (`Matches`) until one of them is shown (`Match`).

`moment` is what is asked of each row, `bits` what the numbers of a row say, `table` the rows found.
"""

from partners.matches.bits import BITS, HAS_CONVENTION, IS_VERIFIED, METRES, MOST_NEEDS, NO_TEXT
from partners.matches.moment import Moment
from partners.matches.table import Match, Matches, of_listings, select

__all__ = [
    "BITS",
    "HAS_CONVENTION",
    "IS_VERIFIED",
    "METRES",
    "MOST_NEEDS",
    "NO_TEXT",
    "Match",
    "Matches",
    "Moment",
    "of_listings",
    "select",
]
