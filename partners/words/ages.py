"""Ages: « 82 ans », « âgée de 82 », « octogénaire » tell a public; « depuis 10 ans » does not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from partners.words.french import listed
from partners.words.tokens import Token

OLDEST = 115
SENIOR = 60  # years: the allocation personnalisée d'autonomie begins there
YOUNGEST, MAJORITY = 12, 18

SENIORS, YOUTH = "seniors", "jeunes"

# From this age to that one: the situation it says, the public it says
BANDS = (
    (YOUNGEST, MAJORITY - 1, "parents-ados", YOUTH),
    (MAJORITY, 25, "jeunes", YOUTH),
    (SENIOR, 64, "", SENIORS),
    (65, OLDEST, "personnes-agees", SENIORS),
)
NOUNS = {
    "sexagenaire": 66,
    "septuagenaire": 75,
    "octogenaire": 85,
    "nonagenaire": 95,
    "centenaire": 100,
    "mineur": 16,
    "mineure": 16,
    "mineurs": 16,
    "mineures": 16,
    "quinquagenaire": 55,
}
DURATIONS = listed(
    """
    depuis pendant durant bail contrat pret plan credit retard dette dettes dans apres
    en avant chaque tous dernier derniers dernieres prochains loyer moratoire arriere
    location
    """
)
SPELLS = listed("retard bail mariage anciennete attente loyer location vie procedure galere")
SMALL = listed("a de d du le la les plus moins pres environ au sur en il elle")
LOOK_BACK = 3


@dataclass(frozen=True, slots=True)
class Age:
    """Years, from token `start` to token `end` (excluded)."""

    start: int
    end: int
    years: int

    @property
    def situation(self) -> str:
        return next((band[2] for band in BANDS if band[0] <= self.years <= band[1]), "")

    @property
    def audience(self) -> str:
        return next((band[3] for band in BANDS if band[0] <= self.years <= band[1]), "")


def find(tokens: Sequence[Token]) -> Iterator[Age]:
    """The ages of people in a text."""
    for at, token in enumerate(tokens):
        if token.word in NOUNS:
            yield Age(at, at + 1, NOUNS[token.word])
        elif _is_age(tokens, at):
            yield Age(at, at + 1 + _is_unit(tokens, at + 1), int(token.word))


def _is_age(tokens: Sequence[Token], at: int) -> bool:
    word = tokens[at].word
    if not (word.isascii() and word.isdigit() and len(word) <= 3 and 1 <= int(word) <= OLDEST):
        return False
    unit = at + 1
    if unit < len(tokens) and tokens[unit].is_number:  # « 16/17 ans »
        unit += 1
    if _is_unit(tokens, unit):
        return not _is_duration(tokens, at, unit)
    return _follows_age(tokens, at)


def _is_unit(tokens: Sequence[Token], at: int) -> bool:
    """« 82 ans », « 82 a » before a comma or the end."""
    if at >= len(tokens):
        return False
    is_last = at + 1 == len(tokens) or tokens[at + 1].clause != tokens[at].clause
    return tokens[at].word in ("ans", "an") or (tokens[at].word == "a" and is_last)


def _is_duration(tokens: Sequence[Token], at: int, unit: int) -> bool:
    before = [token.word for token in tokens[max(0, at - LOOK_BACK) : at]]
    if before[-2:] == ["y", "a"] or before[-2:] == ["y", "avait"]:
        return True
    while before:
        word = before.pop()
        if word in DURATIONS:
            return True
        if word not in SMALL:
            break
    after = [token.word for token in tokens[unit + 1 : unit + 3]]
    is_of = len(after) == 2 and after[0] in ("de", "d") and after[1] in SPELLS
    return is_of or after[:1] == ["apres"] or after == ["plus", "tard"]


def _follows_age(tokens: Sequence[Token], at: int) -> bool:
    """« âgée de 82 », « agé 82 »."""
    before = [token.word for token in tokens[max(0, at - 2) : at] if token.word != "de"]
    return bool(before) and before[-1] in ("age", "agee", "ages", "agees")
