"""The communes that a text means: every mention is weighed, then they are put together."""

from collections.abc import Iterable, Iterator, KeysView, Sequence
from dataclasses import dataclass
from itertools import islice

from partners.words.common import COMMON
from partners.words.folding import fold
from partners.words.french import (
    ARTICLES,
    BUILDINGS,
    ELSEWHERE,
    LIVES,
    MONEY,
    NOUNED,
    RELATIVES,
    STOP,
    STREETS,
    STRONG_HINTS,
    TITLES,
    WEAK_HINTS,
)
from partners.words.tokens import Text
from partners.words.towns import (
    GREAT_CITIES,
    KNOWN_POPULATION,
    LINKS,
    MOST_TOWNS,
    Former,
    Found,
    Towns,
    bare,
    place_word,
    typos,
)

LONGEST_CUT = 5  # words of a name cut short or mistyped
STRONG, WEAK, NONE = 2, 1, 0
HERE, UNTOLD, AWAY = 1, 0, -1
UNCOMMON = 3_000  # inhabitants of a commune of elsewhere that is named without « à »
NEAR = 5  # words before a name that tell who is there


@dataclass(frozen=True, slots=True)
class Mention:
    """Communes that the words from `start` to `end` (excluded) mean."""

    start: int
    end: int
    found: Found
    hint: int = NONE
    is_code: bool = False
    where: int = UNTOLD
    """Whether the tenant is said to live there (HERE), or somebody to be there (AWAY)."""
    is_doubtful: bool = False
    """Common words that are a commune of elsewhere: « la terrasse »."""

    @property
    def weight(self) -> tuple[int, int, int]:
        """As the weight of a phrase; of two as long, the phrase comes first: « quand il a bu »."""
        length = self.end - self.start
        return length, length, -length - 1

    @property
    def places(self) -> tuple[int, ...]:
        return tuple(range(self.start, self.end))


class Finder:
    """Finds mentions in one text, for a landlord of one département."""

    def __init__(
        self, towns: Towns, departement: str, text: Text, is_known: Sequence[bool]
    ) -> None:
        self.towns, self.departement = towns, departement
        self.text, self.tokens, self.is_known = text, text.tokens, is_known
        self.words = [place_word(token.word) for token in self.tokens]
        self.home = towns.home(departement)
        self.codes = {key for mention in self.code_mentions() for key in mention.found}
        self.mended: dict[str, Found] = {}  # a text may repeat itself
        self.numbers = {token.word for token in self.tokens if len(token.word) == 2}

    def code_mentions(self) -> Iterator[Mention]:
        """Postal and INSEE codes; « 85 700 » too. « 12000 € » is none."""
        for at, token in enumerate(self.tokens):
            if self._is_money(at + 1):
                continue
            if len(token.word) == 5 and (found := self.towns.of_code(token.word)):
                yield Mention(at, at + 1, found, STRONG, True)
            elif token.is_number and len(token.word) == 2 and at + 1 < len(self.tokens):
                code = token.word + self.tokens[at + 1].word
                if self._is_money(at + 2):
                    continue
                if len(code) == 5 and code.isdigit() and (found := self.towns.of_code(code)):
                    yield Mention(at, at + 2, found, STRONG, True)

    def _is_money(self, at: int) -> bool:
        return at < len(self.words) and self.words[at] in MONEY

    def named(self) -> Iterator[Mention]:
        """Names, whole, cut short or mistyped; several readings may overlap."""
        for start in range(len(self.tokens)):
            for end in range(start + 1, min(start + self.towns.longest, len(self.tokens)) + 1):
                if self.tokens[end - 1].clause != self.tokens[start].clause:
                    break
                if found := self._read(start, end):
                    end = self._with_district(end, found)
                    yield Mention(
                        *(start, end, found, self._hint(start)),
                        where=self._where(start),
                        is_doubtful=self._is_doubtful(start, end, found),
                    )

    def _read(self, start: int, end: int) -> Found:
        words = self.words[start:end]
        if words[0] in LINKS or words[-1] in LINKS or self._is_titled(start):
            return {}
        said = self._before(start)
        if said in STREETS:
            return {}
        found = self._whole(words, start)
        if not found and said not in BUILDINGS:
            found = self._short(words, start, end)
        return dict(islice(found.items(), MOST_TOWNS))

    def _whole(self, words: Sequence[str], start: int) -> Found:
        if words[0] not in self.towns.starts:
            return {}
        name = " ".join(bare(words))
        exact = self.towns.bearing(name)
        if at_code := {key: name for key in exact if key in self.codes}:
            return at_code
        towns = self.towns.by_key
        if at_number := {k: name for k in exact if towns[k].departement in self.numbers}:
            return at_number
        found = self._of_article(words, start, self.towns.named(name, self.departement))
        return found if found and self._is_likely(words, start, found) else {}

    def _of_article(self, words: Sequence[str], start: int, found: Found) -> Found:
        """« la baule » is La Baule-Escoublac before Baule; at home a former name counts as well."""
        first = words[0] if words[0] in ARTICLES else self.words[start - 1] if start else ""
        towns = [self.towns.by_key[key] for key in found]
        is_home = any(town.departement == self.departement for town in towns)
        if first not in ARTICLES or is_home:
            return found
        own = [town.key for town in towns if fold(town.name).split()[0] == first]
        return {key: found[key] for key in own} or found

    def _is_likely(self, words: Sequence[str], start: int, found: Found) -> bool:
        """Whether these words mean the communes of that name, and not what they say."""
        towns = [self.towns.by_key[key] for key in found]
        is_home = any(town.departement == self.departement for town in towns)
        is_known = is_home or any(town.population >= KNOWN_POPULATION for town in towns)
        is_said = self._hint(start) == STRONG
        if all(word in COMMON or word in STOP or word.isdigit() for word in words):
            is_named = self._is_capital(start) or self._is_all(start, start + len(words), LINKS)
            is_named |= is_home and self._has_article(words, start, found)
            is_said &= self._has_article(words, start, found) or self._is_bare(start)
            return (is_said and not STOP.issuperset(words)) or (is_named and is_known)
        is_known |= any(town.population >= UNCOMMON for town in towns)  # its words say nothing else
        return is_known or is_said or len(words) > 2 or self._is_all(start, start + len(words))

    def _is_capital(self, start: int) -> bool:
        return self.tokens[start].is_capital and start > 0 and not self.text.is_shouted

    def _has_article(self, words: Sequence[str], start: int, keys: Iterable[int]) -> bool:
        """« la roche », « l'oie », « la faute »: the article that their name has, or had."""
        article, name = self.words[start - 1] if start else "", " ".join(bare(words))
        names = [self.towns.name_of(key, name) for key in keys]
        return article in ARTICLES and any(fold(name).split()[0] == article for name in names)

    def _is_bare(self, start: int) -> bool:
        """« à Mars », not « à la place »."""
        return start == 0 or self.words[start - 1] not in ARTICLES

    def _is_all(self, start: int, end: int, small: frozenset[str] = STOP) -> bool:
        """Whether nothing else was typed but `small` words."""
        others = [*self.words[:start], *self.words[end:]]
        return all(word in small or word.isdigit() for word in others)

    def _short(self, words: Sequence[str], start: int, end: int) -> Found:
        if len(words) > LONGEST_CUT or all(self.is_known[start:end]):
            return {}
        if len(words) == 1:
            return self._one_word(words[0], start)
        if found := self.home.other_saint(words) or self.home.cut_short(words):
            return found
        return self._mistyped(words, start, end)

    def _one_word(self, word: str, start: int) -> Found:
        if word in COMMON and start == len(self.words) - 1:
            return self._great(word)
        if word in COMMON or word in STOP or word.isdigit():
            return {}
        found = self.home.cut_short([word]) or (self.home.holding(word) if len(word) > 2 else {})
        return found or (self.home.mistyped(word) if typos(word) else {})

    def _great(self, word: str) -> Found:
        """The only large commune at home whose name begins with a word that is also another:
        « cherche hébergement sables »."""
        begun, known = self.home.begun(word), self.towns.by_key
        found = {k: name for k, name in begun.items() if known[k].population >= KNOWN_POPULATION}
        return found if len(found) == 1 else {}

    def _mistyped(self, words: Sequence[str], start: int, end: int) -> Found:
        """Names of several words with a typo in one that is not French."""
        is_odd = [
            not known and word not in COMMON
            for known, word in zip(self.is_known[start:end], words, strict=True)
        ]
        name = " ".join(words)
        if not any(is_odd) or len(name) < 8:
            return {}
        if name not in self.mended:
            self.mended[name] = self.home.mistyped(name)
        return self.mended[name]

    def _hint(self, start: int) -> int:
        """Whether the word before says « at »: 2 surely, 1 perhaps."""
        before = self._last(start, ARTICLES)
        if before < 0 or self.tokens[before].clause != self.tokens[start].clause:
            return NONE
        word = self.words[before]
        if word in WEAK_HINTS and before > 0 and self.words[before - 1] in STRONG_HINTS:
            return STRONG
        return STRONG if word in STRONG_HINTS else WEAK if word in WEAK_HINTS else NONE

    def _where(self, start: int) -> int:
        """Whether the words before say who is there: « habite à », « sa fille habite à »."""
        clause = self.tokens[start].clause
        for at in range(start - 1, max(-1, start - 1 - NEAR), -1):
            if self.tokens[at].clause != clause:
                break
            if self.words[at] in LIVES:
                whose = self.words[max(0, at - 2) : at]
                return HERE if RELATIVES.isdisjoint(whose) else AWAY
            if self.words[at] in ELSEWHERE and self._hint(start):
                return AWAY
        return UNTOLD

    def _is_doubtful(self, start: int, end: int, keys: Iterable[int]) -> bool:
        is_home = any(self.towns.by_key[key].departement == self.departement for key in keys)
        return not is_home and all(word in COMMON or word in STOP for word in self.words[start:end])

    def _before(self, start: int) -> str:
        """The word a name belongs to: « rue de la Roche », « résidence X », not « à la rue »."""
        at = self._last(start, ARTICLES | WEAK_HINTS)
        is_same = at >= 0 and self.tokens[at].clause == self.tokens[start].clause
        is_near = at == start - 1 or (at == start - 2 and self.words[start - 1] in ARTICLES)
        is_outside = is_near and self.words[max(0, at - 2) : at] == ["a", "la"]
        return self.words[at] if is_same and not is_outside else ""

    def _last(self, start: int, small: frozenset[str]) -> int:
        """Where the last word before `start` stands that is not one of `small`, -1 for none."""
        before = start - 1
        while before >= 0 and self.words[before] in small:
            before -= 1
        return before

    def _is_titled(self, start: int) -> bool:
        """« monsieur Talmont », not « un vieux monsieur Talmont »."""
        before = self.words[start - 2 : start - 1] if start > 1 else []
        return start > 0 and self.words[start - 1] in TITLES and NOUNED.isdisjoint(before)

    def _with_district(self, end: int, keys: Iterable[int]) -> int:
        """« paris 15 », « lyon 3e » : the number goes with the city."""
        codes = {self.towns.by_key[key].code for key in keys}
        if codes.isdisjoint(GREAT_CITIES) or end >= len(self.tokens):
            return end
        if not (self.tokens[end].is_number and 1 <= int(self.words[end][:3]) <= 20):
            return end
        end += 1
        ordinals = {"e", "er", "eme", "ieme", "arrondissement"}
        while end < len(self.words) and self.words[end] in ordinals:
            end += 1
        return end


def combine(towns: Towns, mentions: Sequence[Mention]) -> dict[int, Former | None]:
    """The communes of all mentions (keys), the most populated first; a code narrows the names
    beside it, and where the tenant lives leaves out where somebody is. Each with the former
    commune that was named, if that is the only name it was given.
    """
    coded = [mention for mention in mentions if mention.is_code]
    named = [mention for mention in mentions if not mention.is_code]
    named = [mention for mention in named if not mention.is_doubtful] or named
    told = max((mention.where for mention in named), default=UNTOLD)
    named = [mention for mention in named if mention.where == told]
    sure = [m for m in named if m.hint == STRONG] or named
    codes, kept = _keys(coded), _keys(sure)
    if codes and kept.isdisjoint(codes):
        kept, sure = codes, coded
    found = [key for key in kept if key in codes or not codes]
    found.sort(key=lambda key: -towns.by_key[key].population)
    return {key: _only_former(towns, sure, key) for key in found[:MOST_TOWNS]}


def _keys(mentions: Iterable[Mention]) -> KeysView[int]:
    """The communes of mentions, in their order."""
    return dict.fromkeys(key for mention in mentions for key in mention.found).keys()


def _only_former(towns: Towns, mentions: Sequence[Mention], key: int) -> Former | None:
    """The former commune that is the only name these mentions give to a commune."""
    said = {towns.former.get((m.found[key], key)) for m in mentions if key in m.found}
    return said.pop() if len(said) == 1 else None
