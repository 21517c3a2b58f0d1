"""The one box: what an adviser types becomes situations and communes.

It reads « pouzauges », « personnes âgées », « alcool la roche sur yon »: a situation, a commune, or
one beside the other. The text is read here and forgotten (rule R3).
"""

from dataclasses import dataclass, field

from partners import places, words
from partners.models import Situation

MAX_LENGTH = 120
MAX_WORDS = 12


@dataclass
class Reading:
    """What was understood; `is_understood` is False when some of the text was not."""

    situations: list = field(default_factory=list)
    communes: list = field(default_factory=list)
    is_understood: bool = True


def read(text, *, departement):
    """Read a typed text, for advisers of a landlord of this département (a code)."""
    tokens = text[:MAX_LENGTH].replace("\0", " ").split()[:MAX_WORDS]
    if not tokens:
        return Reading()
    names = _situation_names()
    for cut in range(len(tokens), -1, -1):
        for left, right in ((tokens[:cut], tokens[cut:]), (tokens[cut:], tokens[:cut])):
            reading = _read_pair(left, right, names=names, departement=departement)
            if reading:
                return reading
    return Reading(is_understood=False)


def _read_pair(situation_words, commune_words, *, names, departement):
    situation = names.get(words.fold(" ".join(situation_words))) if situation_words else None
    if situation_words and not situation:
        return None
    communes = []
    if commune_words:
        communes = places.resolve(" ".join(commune_words), departement=departement)
        if not communes:
            return None
    return Reading([situation] if situation else [], communes)


def suggest_situations(text, *, limit=4):
    """Situations whose name or a synonym begins with the text, or holds it as a word."""
    typed = words.fold(text[:MAX_LENGTH])
    if len(typed) < 2:
        return []
    starts = [s for name, s in _situation_names().items() if name.startswith(typed)]
    inside = [s for name, s in _situation_names().items() if f" {typed}" in name]
    return list(dict.fromkeys(starts + inside))[:limit]


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
