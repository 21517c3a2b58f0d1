"""The one box: what an adviser types becomes situations and communes.

It reads « pouzauges », « personnes âgées », « alcool la roche sur yon »: a situation, a commune, or
one beside the other. The text is read here and forgotten (rule R3).
"""

from dataclasses import dataclass, field

from partners import places, words
from partners.models import Situation

MAX_LENGTH = 120
MAX_WORDS = 12
SHORTEST_BEGINNING = 4
KNOWN_POPULATION = 10_000


@dataclass
class Reading:
    """What was understood, and the words that were not."""

    situations: list = field(default_factory=list)
    communes: list = field(default_factory=list)
    rest: str = ""


def read(text, *, departement):
    """Read a typed text, for advisers of a landlord of this département (a code)."""
    tokens = text[:MAX_LENGTH].replace("\0", " ").split()[:MAX_WORDS]
    if not tokens:
        return Reading()
    names = _situation_names()
    whole = _read_whole(tokens, names=names, departement=departement)
    if whole:
        return whole
    if begun := first_suggestion(" ".join(tokens)):
        return Reading(begun)
    return _read_part(tokens, names=names, departement=departement)


def _read_whole(tokens, *, names, departement):
    """A situation, a commune, or both side by side; None when a word is left over."""
    for cut in range(len(tokens), -1, -1):
        for left, right in ((tokens[:cut], tokens[cut:]), (tokens[cut:], tokens[:cut])):
            situations = _situation(left, names) if left else []
            communes = _communes(right, departement) if right else []
            if bool(situations) == bool(left) and bool(communes) == bool(right):
                return Reading(situations, communes)
    return None


def _read_part(tokens, *, names, departement):
    """The longest beginning or end that means something, so that it need not be typed again."""
    for size in range(len(tokens) - 1, 0, -1):
        for kept, rest in ((tokens[:size], tokens[size:]), (tokens[-size:], tokens[:-size])):
            found = _read_whole(kept, names=names, departement=departement)
            if found:
                found.rest = " ".join(rest)
                return found
    return Reading(rest=" ".join(tokens))


def _situation(tokens, names):
    found = names.get(words.fold(" ".join(tokens)))
    return [found] if found else []


def _communes(tokens, departement):
    """The communes of this name or code; else the only one here whose name begins so."""
    text = " ".join(tokens)
    found = places.resolve(text, departement=departement)
    if found or len(text) < SHORTEST_BEGINNING:
        return _plausible(text, found, departement)
    begun = [
        match.territory
        for match in places.find_communes(text, departement=departement)
        if words.departement_code(match.territory.code) == departement
        and match.territory.search_key.startswith(words.fold_place(text))
    ]
    return begun if len(begun) == 1 else []


def _plausible(text, communes, departement):
    """Not a hamlet at the other end of France when the text begins a situation (« pers »)."""
    is_here = any(words.departement_code(c.code) == departement for c in communes)
    is_known = any((c.population or 0) >= KNOWN_POPULATION for c in communes)
    if is_here or is_known or not suggest_situations(text):
        return communes
    return []


def suggest_situations(text, *, limit=4):
    """Situations whose name or a synonym begins with the text, or holds it as a word."""
    typed = words.fold(text[:MAX_LENGTH])
    if len(typed) < 2:
        return []
    starts = [s for name, s in _situation_names().items() if name.startswith(typed)]
    inside = [s for name, s in _situation_names().items() if f" {typed}" in name]
    return list(dict.fromkeys(starts + inside))[:limit]


def first_suggestion(text):
    """The situation that a text of one beginning means, as a list: what completion shows first."""
    return suggest_situations(text, limit=1) if len(text) >= SHORTEST_BEGINNING else []


def _situation_names():
    """Folded labels, slugs and synonyms to their situation; a label wins over a synonym."""
    situations = list(Situation.objects.order_by("order", "pk"))
    names = {}
    for situation in situations:
        for name in (situation.label, situation.slug):
            names.setdefault(words.fold(name), situation)
    for situation in situations:
        for synonym in situation.synonyms:
            names.setdefault(words.fold(synonym), situation)
    return names
