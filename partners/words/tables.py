"""What is known of words as plain data, for the reader that a telephone has without a network.

`static/js/visit-words.js` and its neighbours hold the same rules as this package, and no list: what
is inflected, worded or listed comes from here, so that a word changed here is changed there.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import takewhile
from typing import Any

from partners.words import ages, audiences, danger, french, inflection
from partners.words.common import COMMON
from partners.words.folding import fold
from partners.words.lexicon import Vocabulary
from partners.words.phrases import Forms, Node, Phrases
from partners.words.towns import LINKS

LISTS = {
    "skipped": french.SKIPPED,
    "negations": french.NEGATIONS,
    "stop": french.STOP,
    "common": COMMON,
    "streets": french.STREETS,
    "buildings": french.BUILDINGS,
    "strong": french.STRONG_HINTS,
    "weak": french.WEAK_HINTS,
    "lives": french.LIVES,
    "relatives": french.RELATIVES,
    "elsewhere": french.ELSEWHERE,
    "titles": french.TITLES,
    "money": french.MONEY,
    "nouned": french.NOUNED,
    "faint": french.FAINT,
    "links": LINKS,
    "denials": danger.DENIALS,
    "none_of": danger.NONE_OF,
    "between": danger.BETWEEN,
    "past": danger.PAST,
    "offices": danger.OFFICES,
    "durations": ages.DURATIONS,
    "spells": ages.SPELLS,
    "small": ages.SMALL,
}


@lru_cache(maxsize=1)
def tables(vocabulary: Vocabulary) -> dict[str, Any]:
    """JSON, the same for the same words; lists of words are separated by spaces.

    `topics`: [[slug, folded label, whether it is a danger]] in their order; `lists`: folded words
    by name; `shorthand` and `same`: what a folded word stands for; `said_by`: a public to the
    situations that are about it; `ages`: `bands` and `nouns` of `partners.words.ages`; `forms`:
    each word of the phrases to its forms, accents kept, as `_stemmed`; `phrases`: by use, then
    « loose » and « strict », then slug, the names that follow one another to the phrase, "" if
    they are the phrase, or to several.
    """
    known = vocabulary.forms.known
    first = known.keys() | french.SKIPPED  # the words that a phrase may begin with
    verbs = {form for form in inflection.verbs() if fold(form) in first}
    terms = {term for term in vocabulary.terms if " " not in term}
    return {
        "topics": [[topic.slug, fold(topic.label), topic.is_danger] for topic in vocabulary.topics],
        "lists": {name: _line(listed) for name, listed in LISTS.items()}
        | {"terms": _line(terms), "verbs": _line(verbs)},
        "shorthand": {short: " ".join(meant) for short, meant in french.SHORTHAND.items()},
        "same": {word: first for word, first in french.SAME.items() if word != first},
        "said_by": {audience: _line(slugs) for audience, slugs in audiences.SAID_BY.items()},
        "ages": {"bands": ages.BANDS, "nouns": ages.NOUNS},
        "forms": _forms(vocabulary.forms),
        "phrases": {
            "needs": _phrases(vocabulary.needs),
            "dangers": _phrases(vocabulary.dangers),
            "idioms": _phrases(vocabulary.idioms),
            "audiences": _phrases(vocabulary.audiences),
        },
    }


def _line(words: Iterable[str]) -> str:
    return " ".join(sorted(words))


def _forms(forms: Forms) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for pairs in forms.known.values():
        for form, name in pairs:
            found.setdefault(name, set()).add(form)
    return {name: _stemmed(found[name]) for name in sorted(found)}


def _stemmed(forms: Iterable[str]) -> str:
    """« tomb|a e es »: what they begin with, then how each ends."""
    told = sorted(forms)
    pairs = zip(told[0], told[-1], strict=False)
    stem = "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return f"{stem}|{_line(form.removeprefix(stem) for form in told)}"


def _phrases(phrases: Phrases) -> dict[str, dict[str, dict[str, str | list[str]]]]:
    return {"loose": _by_target(phrases.loose), "strict": _by_target(phrases.strict)}


def _by_target(root: Node) -> dict[str, dict[str, str | list[str]]]:
    """What each target is told by: names that follow one another, to the phrase or phrases."""
    found: dict[str, dict[str, list[str]]] = {}
    for path, targets in _paths(root):
        for target, phrase in targets:
            said = "" if phrase == path else phrase
            found.setdefault(target, {}).setdefault(path, []).append(said)
    return {
        target: {path: said[0] if len(said) == 1 else said for path, said in paths.items()}
        for target, paths in found.items()
    }


def _paths(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    if node.targets:
        yield " ".join(path), node.targets
    for name, following in node.next.items():
        yield from _paths(following, (*path, name))
