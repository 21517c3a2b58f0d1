"""Names of records of one's own département in a typed text: « Voisins de Palier, Luçon ».

Such a name may hold words that are a situation, a commune of elsewhere, or that say nothing alone:
as a name it is searched whole. The text is read and forgotten (rule R3).
"""

import re
from dataclasses import dataclass
from itertools import islice

from django.db import connection

from partners import words
from partners.words.french import STOP

READ = 30  # words of a text: a box holds twenty
LONGEST = 8  # words of a name that are looked for
BEGINNING = 3  # words at least that are the beginning of a name, and not the whole of it
MOST, MOST_ANYWHERE = 3, 100  # records whose name begins so; more, and it is a kind of partner
ARTICLES = ["", "le ", "la ", "les ", "l "]
WORD = re.compile(r"[^\W_]+")

FIND = f"""
    SELECT DISTINCT asked.name
    FROM unnest(%(names)s::text[]) asked(name), unnest(%(articles)s::text[]) article
    CROSS JOIN LATERAL (
        SELECT count(*) AS anywhere, count(*) FILTER (WHERE is_home) AS at_home,
            bool_or(is_home AND search_key = article || asked.name) AS is_whole
        FROM (
            SELECT search_key, departement IN (%(departement)s, '') AS is_home
            FROM partners_searchentry
            WHERE search_key COLLATE "C" >= article || asked.name COLLATE "C"
                AND search_key COLLATE "C" < article || asked.name || '!' COLLATE "C"
            LIMIT {MOST_ANYWHERE + 1}
        ) begun
    ) found
    WHERE at_home BETWEEN 1 AND {MOST} AND anywhere <= {MOST_ANYWHERE}
        AND (is_whole OR array_length(string_to_array(asked.name, ' '), 1) >= {BEGINNING})
"""
"""« ! » comes right after the space: what begins so, at the end of a word. An article that a name
begins with may be left out; who receives nowhere has no département."""


@dataclass(frozen=True)
class Name:
    """As typed, folded, and where it stands in the text."""

    typed: str
    folded: str
    start: int
    end: int


def find(text: str, departement: str) -> Name | None:
    """The longest name of a record of the département (a code) in a text; one query, None for none.

    Of two words at least, one of which says something.
    """
    spans = [found.span() for found in islice(WORD.finditer(text), READ)]
    held = [words.fold(text[start:end]) for start, end in spans]
    names = {}
    for first in range(len(held)):
        for last in range(first + 1, min(first + LONGEST, len(held))):
            folded = " ".join(held[first : last + 1])
            if not set(folded.split()) <= STOP:
                start, end = spans[first][0], spans[last][1]
                names.setdefault(folded, Name(text[start:end], folded, start, end))
    if not names:
        return None
    with connection.cursor() as cursor:
        asked = {"names": list(names), "articles": ARTICLES, "departement": departement}
        cursor.execute(FIND, asked)
        found = [names[name] for (name,) in cursor]
    return max(found, key=lambda name: (len(name.folded), -name.start), default=None)
