"""Free text: which records hold the words that are no situation and no commune.

French full text over the name, the acronym, the sentence, the related records and the description,
accents taken off after the stemmer; a typo in a name is forgiven when no record has every word.
"""

from django.db import connection

from partners import words

IN_NAME, EVERY_WORD, ALIKE, SOME_WORD = range(4)
"""The ranks of a record found by its words: its own name or acronym first, then, when none has all
of them, a name that is nearly so."""

MOST = 300  # records that hold some of the words only
FUZZY_FROM = 6  # letters; under that a typo is another word

EVERY = f"""
    SELECT listing_id, CASE WHEN ts_filter(words, '{{a}}') @@ asked THEN {IN_NAME}
        ELSE {EVERY_WORD} END
    FROM partners_searchentry, french_query(%(text)s) asked
    WHERE words @@ asked AND zone_ids && %(zones)s::int[]
"""
SOME = f"""
    SELECT listing_id, {SOME_WORD}
    FROM partners_searchentry,
        CAST(replace(french_query(%(text)s)::text, '&', '|') AS tsquery) asked
    WHERE words @@ asked AND zone_ids && %(zones)s::int[]
    ORDER BY ts_rank(words, asked) DESC, listing_id LIMIT {MOST}
"""
# pg_trgm's own threshold of word similarity: 0.6.
LIKE = f"""
    SELECT listing_id, {ALIKE} FROM partners_searchentry
    WHERE %(folded)s <%% search_key AND zone_ids && %(zones)s::int[]
    ORDER BY word_similarity(%(folded)s, search_key) DESC, listing_id LIMIT {MOST}
"""


def ranks(text, zones):
    """{primary key: rank} of the records near or covering `zones` (codes) that hold the words."""
    folded = words.fold(text)
    asked = {"text": text, "folded": folded, "zones": list(zones)}
    if not folded or (found := _found(EVERY, asked)):
        return found if folded else {}
    found = _found(LIKE, asked) if len(folded) >= FUZZY_FROM else {}
    return (_found(SOME, asked) if " " in folded else {}) | found


def _found(step, asked):
    with connection.cursor() as cursor:
        cursor.execute(step, asked)
        return dict(cursor.fetchall())
