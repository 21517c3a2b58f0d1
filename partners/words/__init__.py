"""The words people type, made comparable and understood: pure Python, no database.

`folding` compares; `tokens`, `french` and `inflection` read one word; `phrases`, `towns`, `places`,
`ages`, `danger` recognise; `lexicon` holds what is known; `reading` understands a whole text.
"""

from partners.words.folding import (
    at_place,
    departement_code,
    fold,
    fold_place,
    is_insee_code,
)

__all__ = ["at_place", "departement_code", "fold", "fold_place", "is_insee_code"]
