"""Phrases found in a text, whatever the inflection and the small words between.

A phrase with two full words or more is loose: « perdu son mari » is found in « a perdu hier son
mari »; small words between are skipped. A phrase with one full word is strict: « à la rue » is not
« la rue ». Negations are one word: « pas », « plus », « sans »; a danger tells them apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from partners.words import inflection
from partners.words.folding import fold
from partners.words.french import NEGATION, NEGATIONS, SAME, SKIPPED
from partners.words.tokens import Token

MOST_SKIPPED = 4  # « ma fille de 13 ans a disparu »
OPTIONAL = {"ne", "n"}
PLAIN_A = "à"
TELLING = {
    ("lui", "prend"),
    ("la", "tuer"),
    ("le", "tuer"),
    ("les", "tuer"),
    ("trop", "de"),
    ("de", "sous"),
    ("tous", "ses"),
    ("petit", "seul"),
    ("petite", "seule"),
}
NOTHING_OF = "rien"  # « ne comprend rien aux papiers » is not « sans papiers »


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found from token `start` to token `end` (excluded), with its full words' places."""

    start: int
    end: int
    places: tuple[int, ...]
    target: str
    text: str

    @property
    def weight(self) -> tuple[int, int, int]:
        """The longest phrase wins, by its own words; then the one that has more of the text's,
        then the one that holds together."""
        return len(split(self.text)), len(self.places), -(self.end - self.start)

    def overlaps(self, other: "Match") -> bool:
        return not set(self.places).isdisjoint(other.places)


@dataclass(slots=True)
class Node:
    next: dict[str, "Node"] = field(default_factory=dict)
    targets: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Forms:
    """Which words of phrases a typed word may be: folded form → (form with accents, word)."""

    known: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))

    def add(self, word: str) -> str:
        """Know the forms of `word` (accents kept); the name it goes by in a phrase."""
        name = canonical(word)
        for form in inflection.forms(word):
            self.known[fold(form)].add((form, name))
        for same, first in SAME.items():
            if first == name:
                self.known[same].add((same, name))
        return name

    def names(self, word: str, spelled: str) -> set[str]:
        """The names in phrases of a typed word, empty when no phrase has it."""
        found = self.known.get(word, ())
        exact = {name for form, name in found if form == spelled}
        is_meant = inflection.is_unaccented if exact else inflection.is_spelled
        return exact | {name for form, name in found if is_meant(spelled, form)}


def is_telling(words: Sequence[str], at: int) -> bool:
    """Whether a small word changes the phrase: « ce soir » is not « le soir », « s'en sort » is
    not « sort », « lui prend sa retraite » is not « prend sa retraite » nor « menace de la tuer »
    « menace de se tuer »."""
    return (
        words[at + 1 : at + 2] == ["soir"]
        or words[max(0, at - 1) : at + 1] == ["s", "en"]
        or tuple(words[at : at + 2]) in TELLING
    )


def canonical(word: str) -> str:
    """The name of a phrase's word: words that mean the same share it."""
    return SAME.get(fold(word), word)


class Phrases:
    """Phrases with what each leads to, to be found in a text."""

    def __init__(self, forms: Forms, *, tells_negations_apart: bool = False) -> None:
        self.forms = forms
        self.tells_apart = tells_negations_apart
        self.loose = Node()
        self.strict = Node()

    def add(self, text: str, target: str) -> None:
        """Find `text` (accents kept) as `target`."""
        words = [word for word in split(text) if fold(word) not in OPTIONAL]
        full = [
            word for at, word in enumerate(words) if self._is_full(word) or is_telling(words, at)
        ]
        if len(full) < 2:
            names = [self._strict_name(word) for word in words]
            self._insert(self.strict, names, target, text)
            if names and names[0] == "=se":  # « je m'ennuie »
                self._insert(self.strict, ["=me", *names[1:]], target, text)
            return
        names = [self._name(word) for word in full]
        for variant in self._variants(names, full):
            self._insert(self.loose, variant, target, text)

    def find(self, tokens: Sequence[Token], names: Sequence[set[str]]) -> Iterator[Match]:
        """Every phrase in `tokens`, whose possible `names` are given; overlaps included."""
        pairs = list(zip(tokens, names, strict=True))
        loose = [self._loose_names(token, found) for token, found in pairs]
        strict = [_strict_names(token, found) for token, found in pairs]
        for start in range(len(tokens)):
            yield from _walk(self.loose, tokens, loose, start, MOST_SKIPPED)
            yield from _walk(self.strict, tokens, strict, start, 0)

    def _is_full(self, word: str) -> bool:
        folded = fold(word)
        return folded not in SKIPPED or (self.tells_apart and folded == "depuis")

    def _name(self, word: str) -> str:
        if self.tells_apart and fold(word) in NEGATIONS:
            return f"={fold(word)}"
        return self.forms.add(word)

    def _strict_name(self, word: str) -> str:
        if fold(word) in SKIPPED:
            return f"={PLAIN_A if word == PLAIN_A else canonical(word)}"
        return self._name(word)

    def _variants(self, names: list[str], full: list[str]) -> Iterator[list[str]]:
        """« paie plus » is « plus payé » too, « apl coupée » « a coupé l'apl »; of a danger, « plus
        vu depuis » is « pas vu depuis »."""
        yield names
        if len(names) > 1 and names[1] == NEGATION and inflection.is_verb(full[0]):
            yield [names[1], names[0], *names[2:]]
        if len(names) == 2 and not self.tells_apart and _is_participle(full):
            yield names[::-1]
        if self.tells_apart and len(names) > 2:
            swapped = {"=plus": "=pas", "=pas": "=plus"}
            yield [swapped.get(name, name) for name in names]

    def _loose_names(self, token: Token, found: set[str]) -> set[str]:
        if self.tells_apart and token.word in NEGATIONS:
            return found | {f"={token.word}"}
        is_negation = token.word in NEGATIONS and token.word != NOTHING_OF
        return found | {NEGATION} if is_negation else found

    @staticmethod
    def _insert(root: Node, names: Iterable[str], target: str, text: str) -> None:
        node = root
        for name in names:
            node = node.next.setdefault(name, Node())
        if node is not root and (target, text) not in node.targets:
            node.targets.append((target, text))


def _is_participle(full: list[str]) -> bool:
    """« apl coupée », « volets fermés »: a noun and what was done to it."""
    return full[1].endswith(inflection.PARTICIPLE) and not inflection.is_verb(full[0])


def split(text: str) -> list[str]:
    """The words of a phrase of the vocabulary, accents kept, lower case."""
    spaced = "".join(c if c.isalnum() else " " for c in text.lower())
    return spaced.split()


def _strict_names(token: Token, found: set[str]) -> set[str]:
    names = found | {f"={canonical(token.word)}"}
    return names | {f"={PLAIN_A}"} if token.spelled in (PLAIN_A, "a") else names


def _walk(
    root: Node, tokens: Sequence[Token], names: Sequence[set[str]], start: int, skips: int
) -> Iterator[Match]:
    """Phrases whose first word is at `start`; `skips` small words may stand between two words."""
    paths: list[tuple[Node, tuple[int, ...]]] = [
        (node, (start,)) for name in names[start] if (node := root.next.get(name))
    ]
    while paths:
        node, places = paths.pop()
        for target, text in node.targets:
            yield Match(start, places[-1] + 1, places, target, text)
        if node.next:
            paths += _steps(node, tokens, names, places, skips)


def _steps(
    node: Node,
    tokens: Sequence[Token],
    names: Sequence[set[str]],
    places: tuple[int, ...],
    skips: int,
) -> Iterator[tuple[Node, tuple[int, ...]]]:
    last = places[-1]
    for place in range(last + 1, min(last + 2 + skips + 2, len(tokens))):
        if tokens[place].clause != tokens[last].clause:
            return
        for name in names[place]:
            if found := node.next.get(name):
                yield found, (*places, place)
        if tokens[place].word in OPTIONAL:
            continue
        if not skips or not is_skipped(tokens[place]) or place - last > skips:
            return


def is_skipped(token: Token) -> bool:
    """Whether a loose phrase may have this word inside: a small word, a number."""
    return token.word in SKIPPED or token.is_number
