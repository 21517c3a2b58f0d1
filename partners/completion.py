"""What is proposed while one types: situations, communes, acronyms, records.

The last words typed are completed, the words before them stay. Situations, communes and acronyms
come from memory (`known`), records from the entries of the search, those at home first.
"""

from dataclasses import dataclass

from django.db.models import Q

from partners import known, places, words
from partners.box import MAX_LENGTH
from partners.models import Listing
from partners.words import beginnings
from partners.words.reading import understand

MOST_WORDS = 12
LONGEST_NAME = 4  # words completed together
MOST = {"situation": 4, "commune": 6, "mot": 2, "fiche": 4}
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
    for size in range(min(LONGEST_NAME, len(typed)), 0, -1):
        end, rest = " ".join(typed[-size:]), " ".join(typed[:-size])
        found = [
            *_situations(end, rest, lexicon),
            *_communes(end, rest, departement),
            *_acronyms(end, rest, lexicon),
            *_records(end, rest, departement),
        ]
        if found:
            return found
    return []


def _situations(end, rest, lexicon):
    labels = {topic.slug: topic.label for topic in lexicon.vocabulary.topics}
    slugs = beginnings.situations(lexicon.vocabulary, end)[: MOST["situation"]]
    return [Option("situation", slug, labels[slug], "situation", rest) for slug in slugs]


def _communes(end, rest, departement):
    found = places.find_communes(end, limit=MOST["commune"], departement=departement)
    return [
        Option("commune", match.territory.code, match.label, match.detail, rest) for match in found
    ]


def _acronyms(end, rest, lexicon):
    """Words to search, with what their letters stand for."""
    typed = words.fold(end)
    terms = lexicon.vocabulary.expansions.items()
    found = [pair for pair in terms if words.fold(pair[0]).startswith(typed)] if typed else []
    return [Option("mot", sigle, sigle, said, rest) for sigle, said in found[: MOST["mot"]]]


def _records(end, rest, departement):
    """Published records by their acronym or the beginning of words of their name, home first."""
    typed = words.fold(end)
    if len(typed) < SHORTEST_NAME:
        return []
    home = Q(entry__departement=departement)
    found = _listings(home & (_holding(typed) | Q(acronym__istartswith=end)))
    if not found:
        found = _listings(Q(entry__search_key__startswith=typed))
    return [_record(listing, rest) for listing in found]


def _holding(typed):
    """Each word begins one of the name."""
    holds = Q()
    for word in typed.split():
        holds &= Q(entry__search_key__startswith=word) | Q(entry__search_key__contains=f" {word}")
    return holds


def _listings(condition):
    rows = Listing.objects.filter(condition, entry__isnull=False).select_related("commune")
    fields = ("name", "acronym", "is_confidential", "commune__name")
    return list(rows.only(*fields).order_by("search_key", "pk")[: MOST["fiche"]])


def _record(listing, rest):
    """A confidential one says nothing of where it is (rule R7)."""
    place = "" if listing.is_confidential or not listing.commune else listing.commune.name
    detail = " · ".join(filter(None, [listing.acronym, place])) or "fiche"
    return Option("fiche", str(listing.pk), listing.name, detail, rest, listing.get_absolute_url())


def _understood(text, lexicon, departement):
    """Labels of the situations and of the commune that Enter would search."""
    found = understand(text, lexicon, departement=departement)
    labels = {topic.slug: topic.label for topic in lexicon.vocabulary.topics}
    towns = [lexicon.towns.by_key[key].name for key in found.towns]
    places_said = towns if len(towns) < 2 else [f"{len(towns)} communes"]
    return (*(labels[slug] for slug in found.situations), *places_said)
