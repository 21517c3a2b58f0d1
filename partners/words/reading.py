"""A typed text becomes situations, communes, a public, signs of danger and remaining words.

The longest phrase wins and consumes its words. The text is read and forgotten (rule R3).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from partners.words import ages, danger, places, tokens
from partners.words.ages import Age
from partners.words.folding import fold
from partners.words.french import FAINT, NEGATIONS, SKIPPED, STOP
from partners.words.idioms import NOTHING
from partners.words.lexicon import Lexicon
from partners.words.phrases import Match
from partners.words.places import Finder, Mention
from partners.words.tokens import Text, Token
from partners.words.towns import Former

MOST_SITUATIONS = 6
STUDENTS, YOUTH = "etudiants", "jeunes"


@dataclass(frozen=True, slots=True)
class Understood:
    """Situations and signs (slugs), communes (keys), a public (slug or ""), words as typed."""

    situations: tuple[str, ...] = ()
    towns: tuple[int, ...] = ()
    audience: str = ""
    words: tuple[str, ...] = ()
    dangers: tuple[str, ...] = ()
    is_aged: bool = False
    """The public comes from an age."""
    former: Mapping[int, Former] = field(default_factory=dict)
    """Of communes (keys), the former ones that were named."""


def understand(typed: str, lexicon: Lexicon, *, departement: str) -> Understood:
    """Read `typed` for a landlord of `departement` (a code). Never raises.

    Situations come in the order of the lexicon's topics, six at most; communes, several when the
    text is ambiguous, twenty at most; the words are pieces of `typed`, in its order.
    """
    text = tokens.read(typed)
    return Reader(text, lexicon, departement).read() if text.tokens else Understood()


class Reader:
    """One text being read: what its words may be, which are consumed already."""

    def __init__(self, text: Text, lexicon: Lexicon, departement: str) -> None:
        self.text, self.lexicon, self.departement = text, lexicon, departement
        self.tokens = text.tokens
        self.vocabulary = lexicon.vocabulary
        self.names = [self.vocabulary.names(token, self._far) for token in self.tokens]
        self.taken: set[int] = set()
        self.searched: set[int] = set()  # consumed, and words to search nevertheless

    def _far(self, word: str) -> int:
        """How many typos make a word the name of a commune: none of France, or some at home."""
        towns = self.lexicon.towns
        return 0 if word in towns.by_name else towns.home(self.departement).far(word)

    def read(self) -> Understood:
        """What the text says."""
        undone = self._undone()
        found_ages = self._ages()
        needs, mentions = self._share(self._needs(undone, found_ages), self._mentions(undone))
        for age in found_ages:
            self.taken.update(range(age.start, age.end))
        situations = self._situations(needs, found_ages)
        towns = places.combine(self.lexicon.towns, mentions)
        audience = self._audience(found_ages, undone)
        for idiom in undone:
            self.taken.update(range(idiom.start, idiom.end))
        return Understood(
            situations=tuple(situations)[:MOST_SITUATIONS],
            towns=tuple(towns),
            audience=audience,
            words=tuple(self._words(is_alone=not situations and not towns and not audience)),
            dangers=tuple(self._dangers(undone)),
            is_aged=any(age.audience for age in found_ages),
            former={key: former for key, former in towns.items() if former},
        )

    def _undone(self) -> list[Match]:
        """The idioms of the text, the longest first; those that only look like one left out."""
        found = longest(self.vocabulary.idioms.find(self.tokens, self.names))
        return [match for match in found if match.target == NOTHING]

    def _ages(self) -> list[Age]:
        """The ages, but for a word that a longer phrase has: « mineur en danger »."""
        found = list(ages.find(self.tokens))
        if not any(is_word(age, self.tokens) for age in found):
            return found
        needs = [m for m in self.vocabulary.needs.find(self.tokens, self.names) if m.weight[1] > 1]
        held = {place for match in needs for place in match.places}
        return [age for age in found if age.start not in held or not is_word(age, self.tokens)]

    def _needs(self, undone: Sequence[Match], found_ages: Sequence[Age]) -> list[Match]:
        """Phrases that lead to situations, outside ages and idioms, overlapping or not."""
        aged = {place for age in found_ages for place in range(age.start, age.end)}
        return [
            match
            for match in self.vocabulary.needs.find(self.tokens, self.names)
            if aged.isdisjoint(match.places)
            and not danger.is_undone(match, undone)
            and not self._is_denied(match)
            and not danger.is_of_office(match, self.tokens)
        ]

    def _is_denied(self, match: Match) -> bool:
        """A danger denied is not a situation: « n'est pas violent »."""
        if match.target not in self.vocabulary.dangerous:
            return False
        return danger.is_denied(match, self.tokens) or not danger.agrees(match, self.tokens)

    def _mentions(self, undone: Sequence[Match]) -> list[Mention]:
        """The communes named, outside idioms: « à côté » is no La Côte."""
        is_known = [
            bool(names) or token.word in STOP or token.is_number
            for token, names in zip(self.tokens, self.names, strict=True)
        ]
        finder = Finder(self.lexicon.towns, self.departement, self.text, is_known)
        found = [*finder.code_mentions(), *finder.named()]
        return [m for m in found if not any(i.start <= m.start < m.end <= i.end for i in undone)]

    def _share(
        self, needs: Sequence[Match], mentions: Sequence[Mention]
    ) -> tuple[list[Match], list[Mention]]:
        """Who has which words: the longest first, a situation before a commune."""
        kept_needs: list[Match] = []
        kept_mentions: list[Mention] = []
        seen: set[tuple[int, ...]] = set()
        items: list[Match | Mention] = [*needs, *mentions]
        for item in sorted(items, key=lambda item: item.weight, reverse=True):
            is_shared = isinstance(item, Match) and item.places in seen
            if not is_shared and not self.taken.isdisjoint(item.places):
                self._stretch(item, kept_needs)
                continue
            self.taken.update(range(item.start, item.end))
            if isinstance(item, Match):
                seen.add(item.places)
                kept_needs.append(item)
                if self.vocabulary.is_precise(item, self.tokens):
                    self.searched.update(range(item.start, item.end))
            else:
                kept_mentions.append(item)
        return kept_needs, kept_mentions

    def _stretch(self, item: Match | Mention, kept: Sequence[Match]) -> None:
        """A shorter phrase of the same situation has its words too: « victime de violences », then
        « violences conjugales »."""
        if isinstance(item, Match) and any(
            need.target == item.target and need.overlaps(item) for need in kept
        ):
            self.taken.update(item.places)

    def _situations(self, needs: Sequence[Match], found_ages: Sequence[Age]) -> list[str]:
        """In the order of the topics. A phrase of several situations means the one that another
        phrase says, else them all."""
        by_place: dict[tuple[int, ...], set[str]] = {}
        for need in self._meant(needs, found_ages):
            by_place.setdefault(need.places, set()).add(need.target)
        said = {target for targets in by_place.values() if len(targets) == 1 for target in targets}
        said |= self._begun()
        sure = said | {age.situation for age in found_ages}
        for targets in by_place.values():
            if said.isdisjoint(targets):
                sure |= targets
        return [topic.slug for topic in self.vocabulary.topics if topic.slug in sure]

    def _meant(self, needs: Sequence[Match], found_ages: Sequence[Age]) -> list[Match]:
        """Without those of a word that tells a situation only when nothing else does: « sdf avec
        son chien » is no matter of neighbours."""
        strong = [need for need in needs if not self._is_faint(need)]
        is_told = strong or any(age.situation for age in found_ages)
        return strong if is_told else list(needs)

    def _is_faint(self, need: Match) -> bool:
        return len(need.places) == 1 and self.tokens[need.start].word in FAINT

    def _begun(self) -> set[str]:
        """What words cut short say when it is one situation: « addic », « surend »."""
        found: set[str] = set()
        is_alone = not self.taken and len(self.text.pieces) == 1
        for at, token in enumerate(self.tokens):
            if at in self.taken or not (is_alone or self._is_unknown(at)):
                continue
            word = fold(self.text.pieces[token.piece])
            if slug := self.vocabulary.begun(word, is_alone=is_alone):
                found.add(slug)
                self.taken.add(at)
        return found

    def _is_unknown(self, at: int) -> bool:
        return not self.names[at] and self.vocabulary.is_open(self.tokens[at])

    def _audience(self, found_ages: Sequence[Age], undone: Sequence[Match]) -> str:
        """The public, when the text tells one and only one."""
        said = [
            match
            for match in longest(self.vocabulary.audiences.find(self.tokens, self.names))
            if not danger.is_undone(match, undone)
        ]
        for match in said:
            self.taken.update(match.places)
        found = {match.target for match in said} | {age.audience for age in found_ages}
        found.discard("")
        if STUDENTS in found:
            found.discard(YOUTH)
        return found.pop() if len(found) == 1 else ""

    def _dangers(self, undone: Sequence[Match]) -> list[str]:
        found = list(self.vocabulary.dangers.find(self.tokens, self.names))
        return danger.signs(found, undone, self.tokens)

    def _words(self, *, is_alone: bool) -> list[str]:
        """The pieces that nothing consumed. Alone, a word that is dropped elsewhere stays."""
        dropped = SKIPPED | NEGATIONS if is_alone else STOP
        kept = {
            token.piece
            for at, token in enumerate(self.tokens)
            if at in self.searched or (at not in self.taken and self._is_said(at, dropped))
        }
        return [piece for at, piece in enumerate(self.text.pieces) if at in kept]

    def _is_said(self, at: int, dropped: frozenset[str]) -> bool:
        token = self.tokens[at]
        if token.is_number:
            return False
        piece = self.text.pieces[token.piece]
        is_acronym = len(piece) > 1 and piece.isupper() and not self.text.is_shouted
        return token.word not in dropped or (is_acronym and token.word in self.vocabulary.terms)


def is_word(age: Age, read: Sequence[Token]) -> bool:
    """Whether an age is told by a word, « octogénaire », and not by a number."""
    return not read[age.start].is_number


def longest(matches: Iterable[Match]) -> list[Match]:
    """The longest phrases first, each word in one of them only."""
    taken: set[int] = set()
    kept = []
    for match in sorted(matches, key=lambda match: match.weight, reverse=True):
        if taken.isdisjoint(match.places):
            taken.update(match.places)
            kept.append(match)
    return kept
