"""What the box knows, read from the database once and kept in this process until it changes.

Each reading asks for the version, one query on the ends of six indexes, so that a word changed by
a manager is understood at once by every process. Nothing else loads it: a page of results does not.
"""

from threading import Lock

from django.db import connection

from cartographie.postgresql import Prepared
from partners.models import DangerSign, GlossaryTerm, Situation, Territory, TerritoryAlias
from partners.models.history import end_of, last_of
from partners.words.lexicon import Lexicon, Topic, Vocabulary
from partners.words.towns import Former, Town, Towns

# History grows with each change, and inserted territories, which it leaves out, by their key.
VOCABULARY = [end_of(model) for model in (Situation, DangerSign, GlossaryTerm)]
TOWNS = [place(model) for model in (Territory, TerritoryAlias) for place in (last_of, end_of)]
VERSIONS = Prepared(f"SELECT {', '.join([*VOCABULARY, *TOWNS])}")


class Memory:
    """The lexicon of this process and the version of its two parts."""

    def __init__(self):
        self.lock = Lock()
        self.vocabulary = self.towns = None
        self.versions = (None, None)

    def lexicon(self):
        """What is known now (Lexicon); what has changed since is read again."""
        versions = _versions()
        with self.lock:
            if self.versions[0] != versions[0]:
                self.vocabulary = _vocabulary()
            if self.versions[1] != versions[1]:
                self.towns = _towns()
            self.versions = versions
            return Lexicon(self.vocabulary, self.towns)


_memory = Memory()


def lexicon():
    """What is known of words and communes now (Lexicon)."""
    return _memory.lexicon()


def drafted(topic=None, *, signs=None):
    """What would be known (Lexicon) if `topic` (Topic) were saved in the place of the one of its
    slug, or `signs` ({slug: words}) in the place of those of their slugs."""
    towns = lexicon().towns
    return Lexicon(_vocabulary(topic, signs or {}), towns)


def _versions():
    """The last change of the vocabulary and of the communes, as two tuples."""
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS)
        row = cursor.fetchone()
    return row[: len(VOCABULARY)], row[len(VOCABULARY) :]


def _vocabulary(draft=None, drafted_signs=None):
    topics = [
        Topic(slug, label, tuple(synonyms), is_danger)
        for slug, label, synonyms, is_danger in Situation.objects.order_by(
            "order", "pk"
        ).values_list("slug", "label", "synonyms", "is_danger")
    ]
    if draft:
        others = [topic.slug for topic in topics]
        at = others.index(draft.slug) if draft.slug in others else len(topics)
        topics[at : at + 1] = [draft]
    signs = dict(DangerSign.objects.values_list("slug", "words")) | (drafted_signs or {})
    rows = list(GlossaryTerm.objects.values_list("acronym", "aliases", "expansion"))
    terms = [term for acronym, aliases, _ in rows for term in (acronym, *aliases)]
    expansions = {acronym: expansion for acronym, _, expansion in rows}
    return Vocabulary(topics, signs, terms, expansions)


def _towns():
    rows = Territory.objects.communes().order_by("pk")
    towns, names = [], []
    columns = ("pk", "code", "name", "population", "postal_codes", "search_key")
    for pk, code, name, population, postal_codes, folded in rows.values_list(*columns):
        towns.append(Town(pk, code, name, population or 0, tuple(postal_codes)))
        names.append((folded, pk, None))
    aliases = TerritoryAlias.objects.order_by("pk")
    for code, name, folded, pk in aliases.values_list("code", "name", "search_key", "territory_id"):
        names.append((folded, pk, Former(code, name)))
    kind = Territory.Kind.DEPARTEMENT
    departements = Territory.objects.filter(kind=kind).values_list("code", "name")
    return Towns(towns, names, dict(departements))
