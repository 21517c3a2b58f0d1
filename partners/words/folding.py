"""The words people type, made comparable: pure Python, no database.

A text is folded before it is compared: lower case, no accents, apostrophes and hyphens as spaces.
"""

import re
import unicodedata

from partners.words.french import ARTICLES, SAINTS

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ß": "ss"})
SEPARATORS = re.compile(r"[^0-9a-z]+")
ACCENTS = re.compile("[\u0300-\u034e\u0350-\u036f]+")  # those of French, once they stand apart
INSEE_CODE = re.compile(r"(?:\d{2}|2[ab])\d{3}")


def fold(text: str) -> str:
    """`text` in lower case, without accents or punctuation, words separated by one space."""
    plain = text if text.isascii() else _plain(text)
    return SEPARATORS.sub(" ", plain.lower()).strip()


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    bare = ACCENTS.sub("", decomposed)
    return bare if bare.isascii() else "".join(c for c in bare if not unicodedata.combining(c))


def fold_place(text: str) -> str:
    """As `fold`, for the name of a place: « St » becomes « saint », a leading article goes away."""
    words = [SAINTS.get(word, word) for word in fold(text).split()]
    if len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    return " ".join(words)


def at_place(name: str) -> str:
    """« à Pouzauges », « au Boupère », « aux Herbiers », « à La Roche-sur-Yon »."""
    for article, contracted in (("Le ", "au "), ("Les ", "aux ")):
        if name.startswith(article):
            return contracted + name[len(article) :]
    return f"à {name}"


def departement_code(insee: str) -> str:
    """The département of a commune by its INSEE code: « 85182 » → « 85 », « 97411 » → « 974 »."""
    return insee[:3] if insee.startswith(("97", "98")) else insee[:2]


def is_insee_code(text: str) -> bool:
    """Whether `text` has the form of a commune's INSEE code (« 85182 », « 2A004 »)."""
    return INSEE_CODE.fullmatch(text.strip().lower()) is not None
