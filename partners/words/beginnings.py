"""What a text being typed may become: communes and situations, from their beginnings."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from partners.words.folding import fold
from partners.words.lexicon import Vocabulary
from partners.words.towns import INDEXED, Former, Towns, nearest, typos

MOST_BEGUN, MOST_RANKED = 300, 1_000  # names that begin so; above the first, few are ranked
ENOUGH = 50  # those few, when they are that many
SHORT = 2  # letters; alone, they are only looked for at the beginning of a name


def communes(towns: Towns, name: str, departement: str) -> list[tuple[int, Former | None]]:
    """(commune, the former one so named or None) that a folded name, whole or begun, may mean.

    Exact names come first, then those that begin so, those that hold each word, and failing all,
    those a typo away; within each, those of `departement`, then the most populated. A name at home
    that begins so comes before exact ones elsewhere.
    """
    at_home = towns.home(departement).names
    ranked = [
        (
            _tier(found, name, is_home=key in at_home.get(found, ())),
            (found, key) in towns.former,
            -towns.by_key[key].population,
            found,
            key,
        )
        for found in _candidates(towns, name, departement)
        for key in towns.by_name[found]
    ]
    best: dict[int, Former | None] = {}
    for *_, found, key in sorted(ranked):
        best.setdefault(key, towns.former.get((found, key)))
    return list(best.items())


def of_code(towns: Towns, code: str, departement: str) -> list[int]:
    """The communes of a postal code or its beginning, else of an INSEE code or its beginning."""
    postal = {
        key for found in _from(towns.postal_codes, code) for key in towns.by_postal_code[found]
    }
    keys = postal or {towns.by_code[found] for found in _from(towns.codes, code)}
    return sorted(keys, key=lambda key: _order(towns, key, departement))


def situations(vocabulary: Vocabulary, text: str) -> list[str]:
    """The situations (slugs) one of whose phrases begins with `text`, then has a word that does."""
    typed = fold(text)
    if len(typed) < SHORT:
        return []
    near = vocabulary.phrases_with(typed)
    starts = [slug for phrase, slug in near if phrase.startswith(typed)]
    inside = [slug for phrase, slug in near if f" {typed}" in phrase]
    return list(dict.fromkeys(starts + inside))


def _order(towns: Towns, key: int, departement: str) -> tuple[bool, int, int]:
    town = towns.by_key[key]
    return town.departement != departement, -town.population, key


def _candidates(towns: Towns, name: str, departement: str) -> set[str]:
    """Names to rank. Of many that begin so, those at home and of large communes, if enough."""
    home = towns.home(departement)
    begun = list(islice(_from(towns.sorted, name), MOST_RANKED + 1))
    found = set(begun) if len(begun) <= MOST_BEGUN else {name} & towns.by_name.keys()
    found.update(_from(home.sorted, name))
    if len(begun) > MOST_BEGUN:
        found.update(other for other in towns.known if other.startswith(name))
    if len(found) < ENOUGH and len(begun) <= MOST_RANKED:
        found.update(begun)
    if len(name) > SHORT:
        found |= _inside(home.by_word, name) | _inside(towns.known_by_word, name)
    if not found and typos(name):
        found = set(nearest(name, home.sorted)) or set(nearest(name, list(towns.known)))
    return found


def _inside(by_word: Mapping[str, list[str]], name: str) -> set[str]:
    """The names that hold each word of `name`, or one that begins so."""
    words = name.split()
    longest = max(words, key=len)
    names = by_word.get(longest[:INDEXED], ()) if len(longest) >= INDEXED else ()
    return {other for other in names if _holds(other, words)}


def _tier(found: str, name: str, *, is_home: bool) -> int:
    if found == name:
        return 0 if is_home else 2
    if found.startswith(name):
        return 1 if is_home else 4
    return 3 if is_home else 5


def _holds(name: str, words: Iterable[str]) -> bool:
    """Whether each word begins one of the name."""
    padded = f" {name}"
    return all(f" {word}" in padded for word in words)


def _from(names: Sequence[str], beginning: str) -> Iterator[str]:
    """Those of sorted names that begin so."""
    for at in range(bisect_left(names, beginning), len(names)):
        if not names[at].startswith(beginning):
            return
        yield names[at]
