"""The one box: what an adviser types becomes situations, communes, a public, words to search.

« seule mémé chall », « ado fugue 85700 », « alcool la roche ». The text is understood by
`partners.words`, from what the database knows, and forgotten (rule R3).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from partners import known, own_names
from partners.models import DangerSign, Situation, Territory
from partners.words import audiences, fold
from partners.words.reading import understand
from partners.words.towns import Former

MAX_LENGTH = 120


@dataclass(frozen=True)
class Reading:
    """What was understood.

    Situations in their fixed order, six at most; communes, several when the text is ambiguous,
    twenty at most; an Audience slug or ""; the other words as typed; the signs of danger.
    """

    situations: tuple[Situation, ...] = ()
    communes: tuple[Territory, ...] = ()
    audience: str = ""
    words: tuple[str, ...] = ()
    dangers: tuple[DangerSign, ...] = ()
    is_aged: bool = False  # the public comes from an age
    former: Mapping[int, Former] = field(default_factory=dict)
    """Of communes (primary keys), the former ones that were named."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The INSEE codes of the communes, of the former ones that were named, to search by."""
        return tuple(self.former.get(row.pk, row).code for row in self.communes)

    @property
    def public(self) -> str:
        """The public to filter by (slug), or ""."""
        slugs = [situation.slug for situation in self.situations]
        return audiences.narrowing(self.audience, slugs, is_aged=self.is_aged)

    @property
    def rest(self) -> str:
        """The remaining words, for the full-text search."""
        return " ".join(self.words)


def read(text: str, *, departement: str) -> Reading:
    """Read a typed text, for advisers of a landlord of this département (a code)."""
    lexicon = known.lexicon()
    found = understand(text, lexicon, departement=departement)
    name = None if found.dangers else own_names.find(text, departement)
    words = _with(name, found.words) if name else found.words
    towns, former = _towns(text, name, found, lexicon, departement)
    return Reading(
        _rows(Situation.objects, "slug", found.situations),
        _rows(Territory.objects.select_related("departement", "epci"), "pk", towns),
        found.audience,
        words,
        _rows(DangerSign.objects, "slug", found.dangers),
        found.is_aged,
        former,
    )


def _towns(text, name, found, lexicon, departement):
    """Those of the text outside the name of a record, else those that the name says in full: « CCAS
    de Luçon » is in Luçon, « Maison du Tilleul » in no Le Tilleul. As (keys, former ones)."""
    if not (name and found.towns):
        return found.towns, found.former
    rest = understand(f"{text[: name.start]}, {text[name.end :]}", lexicon, departement=departement)
    if rest.towns:
        return rest.towns, rest.former
    known = lexicon.towns.by_key
    said = {key: found.former.get(key, known[key]).name for key in found.towns}
    return [key for key in said if f" {fold(said[key])} " in f" {name.folded} "], found.former


def _with(name, rest):
    """The words to search: the name, whole, then those that are not of it."""
    held = set(name.folded.split())
    return (name.typed, *(word for word in rest if not set(fold(word).split()) <= held))


def _rows(rows, field, wanted):
    """The rows of these values, in the order of the values; no query for none."""
    if not wanted:
        return ()
    found = {getattr(row, field): row for row in rows.filter(**{f"{field}__in": wanted})}
    return tuple(found[value] for value in wanted if value in found)
