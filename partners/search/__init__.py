"""The only search: one meaning for the pages, the map and the API (README, « Règles »).

`Criteria` say what was asked; `search` answers `Results`: blocks of cards in a stable order,
helplines, the landlord's own referents; `matches_of` the same without the cards, for maps. Same
input and same minute, same order, always.

`finding` selects and sorts into groups, `wording` reads free text, `needs` several needs,
`results` makes the page.
"""

from partners.search.criteria import Criteria
from partners.search.results import SHOWN, Block, Results, matches_of, search

__all__ = ["SHOWN", "Block", "Criteria", "Results", "matches_of", "search"]
