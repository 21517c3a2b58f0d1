"""What is known, made ready once: phrases of situations, dangers and publics, and communes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from partners.words import audiences, idioms
from partners.words.common import COMMON
from partners.words.folding import fold
from partners.words.french import STOP, listed
from partners.words.phrases import Forms, Match, Phrases
from partners.words.tokens import Token
from partners.words.towns import Towns, typos

SHORTEST_BEGINNING = 4
INDEXED = 2  # letters of each word of a phrase, as few as are completed
AGE_PHRASE = "ans"

# Needs that have a name of their own: they lead to a situation and stay words to search
SERVICE_HEADS = listed(
    """
    aide portage epicerie secours restos resto mission mediation conciliateur ecrivain
    cheque garage banque colis microcredit teleassistance residence foyer cours carte
    service croix emmaus ehpad mandataire interprete loca visale contraception
    """
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A situation: its short name, its label, the phrases that lead to it."""

    slug: str
    label: str
    synonyms: tuple[str, ...]
    is_danger: bool = False


class Vocabulary:
    """The words of the field, ready to be found in a text."""

    def __init__(
        self,
        topics: Sequence[Topic],
        signs: Mapping[str, Iterable[str]],
        terms: Iterable[str] = (),
        expansions: Mapping[str, str] | None = None,
    ) -> None:
        """`terms` are acronyms and their other spellings, `expansions` what acronyms stand for."""
        self.topics = tuple(topics)
        self.forms = Forms()
        self.needs = Phrases(self.forms)
        self.dangers = Phrases(self.forms, tells_negations_apart=True)
        self.idioms = Phrases(self.forms)
        self.audiences = Phrases(self.forms)
        self.terms = {fold(term) for term in terms}
        self.expansions = dict(expansions or {})
        self.precise = self._precise()
        self.dangerous = {topic.slug for topic in topics if topic.is_danger}
        for topic in topics:
            self._add(topic)
        for slug, said in signs.items():
            for phrase in said:
                self.dangers.add(phrase, slug)
        for phrase, target in idioms.idioms():
            self.idioms.add(phrase, target)
        for phrase, slug in audiences.phrases():
            self.audiences.add(phrase, slug)

    def _add(self, topic: Topic) -> None:
        for phrase in (*phrases_of(topic), *topic.synonyms):
            if AGE_PHRASE not in fold(phrase).split():  # ages have their own rule
                self.needs.add(phrase, topic.slug)

    def _precise(self) -> frozenset[str]:
        """Phrases that stay words to search: acronyms, and services by their name."""
        found = {
            phrase
            for topic in self.topics
            for phrase in topic.synonyms
            if is_acronym(phrase) or fold(phrase) in self.terms or _is_service(phrase)
        }
        return frozenset(found)

    def is_precise(self, match: Match, tokens: Sequence[Token]) -> bool:
        """Whether the words of a phrase stay words to search."""
        typed = " ".join(token.word for token in tokens[match.start : match.end])
        return match.text in self.precise or typed in self.terms

    def begun(self, word: str, *, is_alone: bool) -> str:
        """The situation that a word cut short means (a slug), "" for none or several.

        When it `is_alone`, the first of those whose label begins so is meant.
        """
        if len(word) < SHORTEST_BEGINNING or word in self.forms.known:
            return ""
        if is_alone and (labels := self._labels_begun(word)):
            return labels[0]
        found = {slug for form, slug in self._single if form.startswith(word)}
        return found.pop() if len(found) == 1 else ""

    def _labels_begun(self, word: str) -> list[str]:
        return [
            topic.slug
            for topic in self.topics
            if (label := fold(topic.label)).startswith(word) and label.split()[0] != word
        ]

    def names(self, token: Token, far: Callable[[str], int]) -> set[str]:
        """The words of phrases that a typed word may be; its typos mended, unless fewer make it the
        name of a commune: `far` tells how many."""
        found = self.forms.names(token.word, token.spelled)
        if found or not self.is_open(token):
            return found
        mended = self._mended(token.word)
        if mended and far(token.word) < OSA.distance(token.word, mended[0]):
            return set()
        return {name for form in mended for _, name in self.forms.known[form]}

    def is_open(self, token: Token) -> bool:
        """Whether nothing is known of this word, so that it may be mistyped or cut short."""
        word = token.word
        is_known = word in self.forms.known or word in STOP or word in COMMON or word in self.terms
        return not is_known and not token.is_number

    def _mended(self, word: str) -> list[str]:
        """The known words that begin so when they mean one thing, else the closest by a typo."""
        most = typos(word)
        if not most:
            return []
        near = self._by_first.get(word[0], [])
        found = process.extract(word, near, scorer=OSA.distance, score_cutoff=most, limit=8)
        best = min((score for _, score, _ in found), default=most + 1)
        return [form for form, score, _ in found if score == best and _is_close(word, form, score)]

    @cached_property
    def phrases(self) -> list[tuple[str, str]]:
        """(folded phrase, slug), labels first, for completion."""
        labels = [(fold(phrase), t.slug) for t in self.topics for phrase in phrases_of(t)]
        return labels + [(fold(phrase), t.slug) for t in self.topics for phrase in t.synonyms]

    def phrases_with(self, typed: str) -> list[tuple[str, str]]:
        """Those of `phrases` one of whose words begins as the first of `typed` (folded)."""
        return self._by_word.get(typed.split()[0][:INDEXED], [])

    @cached_property
    def _by_word(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for phrase, slug in self.phrases:
            for start in {word[:INDEXED] for word in phrase.split()}:
                found.setdefault(start, []).append((phrase, slug))
        return found

    @cached_property
    def _single(self) -> list[tuple[str, str]]:
        """Folded words that lead to a situation alone, with its slug."""
        return [
            (fold(phrase), topic.slug)
            for topic in self.topics
            for phrase in (*phrases_of(topic), *topic.synonyms)
            if " " not in fold(phrase)
        ]

    @cached_property
    def _by_first(self) -> dict[str, list[str]]:
        """Folded forms of six letters or more, by first letter: it is seldom mistyped."""
        found: dict[str, list[str]] = {}
        for form in self.forms.known:
            if len(form) > 4:
                found.setdefault(form[0], []).append(form)
        return found


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything a text is read with."""

    vocabulary: Vocabulary
    towns: Towns


def phrases_of(topic: Topic) -> list[str]:
    """The label and its parts between commas."""
    parts = [part.strip() for part in topic.label.split(",")]
    return [topic.label, *parts] if len(parts) > 1 else parts


def is_acronym(phrase: str) -> bool:
    """« FSL », « CMP »: written in capitals."""
    return len(phrase) > 1 and phrase.isupper() and phrase.isalpha()


def _is_service(phrase: str) -> bool:
    words = fold(phrase).split()
    return bool(words) and words[0] in SERVICE_HEADS and (len(words) > 1 or len(words[0]) > 6)


def _is_close(word: str, form: str, score: float) -> bool:
    """Two typos in a word leave its two first letters alone."""
    return score < 2 or word[:2] == form[:2]
