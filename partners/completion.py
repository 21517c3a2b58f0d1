"""What is proposed while one types: situations, communes, acronyms, records.

The last words typed are completed, the words before them stay. Situations, communes and acronyms
come from memory (`known`), records from the entries of the search, those at home first.
"""

from dataclasses import dataclass

from django.db import connection

from cartographie.postgresql import Prepared
from partners import known, places, words
from partners.box import MAX_LENGTH
from partners.models import Listing
from partners.words import beginnings
from partners.words.reading import understand
from partners.words.towns import label_of

MOST_WORDS = 12
LONGEST_NAME = 4  # words completed together
MOST = {"situation": 4, "commune": 6, "mot": 2}
MOST_RECORDS = 4
SHORTEST_NAME = 3  # letters of a record's name or acronym


@dataclass(frozen=True)
class Option:
    """A line of the list: its kind, what it stands for, what it shows, the words that stay."""

    kind: str
    value: str
    label: str
    detail: str
    rest: str = ""
    href: str = ""


@dataclass(frozen=True)
class Completion:
    """The list, and the names of what was understood of several words, as Enter would search."""

    options: tuple[Option, ...] = ()
    understood: tuple[str, ...] = ()


def complete(text: str, *, departement: str) -> Completion:
    """What `text` may become, for advisers of a landlord of this département (a code)."""
    typed = text[:MAX_LENGTH].replace("\0", " ").split()[:MOST_WORDS]
    if len("".join(typed)) < beginnings.SHORT:
        return Completion()
    lexicon = known.lexicon()
    options = _options(typed, lexicon, departement)
    if len(typed) == 1:
        return Completion(tuple(options))
    return Completion(tuple(options), _understood(" ".join(typed), lexicon, departement))


def _options(typed, lexicon, departement):
    """Those of the longest end of the text that completes to something."""
    ends = [
        (" ".join(typed[-size:]), " ".join(typed[:-size]))
        for size in range(min(LONGEST_NAME, len(typed)), 0, -1)
    ]
    for end, rest in ends:
        if found := _remembered(end, rest, lexicon, departement):
            break
    else:
        end, rest = ends[-1]
    return [*found, *_records(ends[0], (end, rest), departement)]


def _remembered(end, rest, lexicon, departement):
    return [
        *_situations(end, rest, lexicon),
        *_communes(end, rest, lexicon.towns, departement),
        *_acronyms(end, rest, lexicon),
    ]


def _situations(end, rest, lexicon):
    labels = {topic.slug: topic.label for topic in lexicon.vocabulary.topics}
    slugs = beginnings.situations(lexicon.vocabulary, end)[: MOST["situation"]]
    return [Option("situation", slug, labels[slug], "situation", rest) for slug in slugs]


def _communes(end, rest, towns, departement):
    found, code = places.begun(towns, end, departement)
    return [
        _commune(towns, towns.by_key[key], former, code, rest)
        for key, former in found[: MOST["commune"]]
    ]


def _commune(towns, town, former, code, rest):
    departement = (town.departement, towns.departements.get(town.departement, ""))
    detail = places.detail_of(town.postal_codes, code, departement)
    return Option("commune", (former or town).code, _said(town, former), detail, rest)


def _said(town, former):
    return label_of(town.name, former.name if former else "")


def _acronyms(end, rest, lexicon):
    """Words to search, with what their letters stand for."""
    typed = words.fold(end)
    terms = lexicon.vocabulary.expansions.items()
    found = [pair for pair in terms if words.fold(pair[0]).startswith(typed)] if typed else []
    return [Option("mot", sigle, sigle, said, rest) for sigle, said in found[: MOST["mot"]]]


def _records(whole, last, departement):
    """Published records by their acronym or the beginning of words of their name, home first: of
    the whole text when it is one's name, else of its last words. Each is (text, what stays).
    """
    if len(words.fold(whole[0])) < SHORTEST_NAME:
        return []
    if len(words.fold(last[0])) < SHORTEST_NAME:
        last = whole
    found = _found(whole[0], last[0], departement)
    return [
        _record(row, (last if rank >= LAST_WORDS else whole)[1])
        for rank, *row in found
        if rank == found[0][0]
    ]


LAST_WORDS = 2
WORDS = "' ' || search_key COLLATE \"C\" LIKE ALL(%({0}_words)s::text[])"
ACRONYM = "acronym <> '' AND starts_with(upper(acronym), upper(%({0})s::text))"
BEGUN = f"""
    search_key COLLATE "C" >= %({{0}}_name)s::text
    AND search_key COLLATE "C" < %({{0}}_after)s::text
    ORDER BY search_key COLLATE "C" LIMIT {MOST_RECORDS}
"""
WHOLE, LAST = (
    {"words": WORDS.format(end), "acronym": ACRONYM.format(end), "begun": BEGUN.format(end)}
    for end in ("whole", "last")
)
FIND = Prepared(f"""
    WITH home AS MATERIALIZED (
        SELECT listing_id, acronym, search_key,
            CASE WHEN {WHOLE["words"]} OR {WHOLE["acronym"]} THEN 0 ELSE {LAST_WORDS} END AS rank
        FROM partners_searchentry
        WHERE departement = %(departement)s::text
            AND ({LAST["words"]} OR {LAST["acronym"]} OR {WHOLE["acronym"]})
        ORDER BY rank, search_key, listing_id LIMIT {MOST_RECORDS}
    ), anywhere AS MATERIALIZED (
        SELECT listing_id, acronym, search_key, 1 FROM partners_searchentry
        WHERE NOT EXISTS (SELECT FROM home WHERE rank = 0) AND {WHOLE["begun"]}
    ), last_anywhere AS (
        SELECT listing_id, acronym, search_key, {LAST_WORDS} + 1 FROM partners_searchentry
        WHERE NOT EXISTS (TABLE home UNION ALL TABLE anywhere) AND {LAST["begun"]}
    )
    SELECT found.rank, l.id, l.name, found.acronym, l.is_confidential, c.name
    FROM (TABLE home UNION ALL TABLE anywhere UNION ALL TABLE last_anywhere) found
    JOIN partners_listing l ON l.id = found.listing_id
    LEFT JOIN partners_territory c ON c.id = l.commune_id
    ORDER BY found.rank, found.search_key, l.id
""")
"""At home, those whose acronym begins so or whose name has a word that begins as each that was
typed; failing all, those of France whose name begins so. First by the whole text, then by its last
words, which a name with all of the words has too: the rows of the lowest rank are the answer. What
is at home is read from its index alone, `entry_at_home`."""


def _found(whole, last, departement):
    asked = {"departement": departement, **_asked("whole", whole), **_asked("last", last)}
    with connection.cursor() as cursor:
        cursor.execute(FIND, asked)
        return cursor.fetchall()


def _asked(name, typed):
    folded = words.fold(typed)
    return {
        name: typed,
        f"{name}_words": [f"% {word}%" for word in folded.split()],
        f"{name}_name": folded,
        f"{name}_after": folded[:-1] + chr(ord(folded[-1]) + 1),
    }


def _record(row, rest):
    """A confidential one says nothing of where it is (rule R7)."""
    pk, name, acronym, is_confidential, commune = row
    place = "" if is_confidential else commune
    detail = " · ".join(filter(None, [acronym, place])) or "fiche"
    return Option(
        "fiche", str(pk), name, detail, rest, Listing(pk=pk, name=name).get_absolute_url()
    )


def _understood(text, lexicon, departement):
    """Labels of the situations and of the commune that Enter would search."""
    found = understand(text, lexicon, departement=departement)
    labels = {topic.slug: topic.label for topic in lexicon.vocabulary.topics}
    towns = [_said(lexicon.towns.by_key[key], found.former.get(key)) for key in found.towns]
    places_said = towns if len(towns) < 2 else [f"{len(towns)} communes"]
    return (*(labels[slug] for slug in found.situations), *places_said)
