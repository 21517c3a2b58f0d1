"""Signs of danger in a text: the phrases of the vocabulary, unless denied or part of an idiom."""

from collections.abc import Sequence

from partners.words import inflection
from partners.words.folding import fold
from partners.words.french import listed
from partners.words.phrases import Match, split
from partners.words.tokens import Token

DENIALS = listed("pas jamais ni")
NONE_OF = listed("pas aucun aucune sans jamais ni")
BETWEEN = listed("de d se s la le l les me m t te lui leur un une")
PAST = listed("ete eu fait")
OFFICES = listed(
    """
    caf cpam msa mairie prefecture curateur curatrice tuteur tutrice sociale service services
    secretariat secretaire medecin docteur syndic agence bailleur gardien gardienne conseiller
    conseillere standard numero edf engie travail emploi mdph udaf proprietaire plombier artisan
    entreprise technicien banque assurance avocat huissier accueil administration mdsf ccas
    referent referente travailleur tribunal impots ameli fournisseur employeur patron
    mandataire notaire educateur educatrice assistante psy psychiatre infirmiere kine dentiste
    orthophoniste garage assureur mutuelle carsat urssaf greffe prof
    """
)
LOOK_BACK = 3


def signs(matches: Sequence[Match], undone: Sequence[Match], tokens: Sequence[Token]) -> list[str]:
    """The signs (slugs) of `matches` that stand, each once; `undone` are the idioms found."""
    kept = [
        match.target
        for match in matches
        if not is_undone(match, undone)
        and not is_denied(match, tokens)
        and agrees(match, tokens)
        and not is_of_office(match, tokens)
    ]
    return list(dict.fromkeys(kept))


def is_undone(match: Match, undone: Sequence[Match]) -> bool:
    """Whether an idiom at least as long has a word of it."""
    return any(match.overlaps(idiom) and idiom.weight[0] >= match.weight[0] for idiom in undone)


def is_denied(match: Match, tokens: Sequence[Token]) -> bool:
    """« pas d'idées noires », « n'a jamais frappé », « ne frappe pas »."""
    if any(tokens[place].word in NONE_OF | {"plus"} for place in match.places):
        return False
    first = tokens[match.start]
    before = [
        token.word
        for token in tokens[max(0, match.start - LOOK_BACK) : match.start]
        if token.clause == first.clause
    ]
    if _is_denied_before(before, first):
        return True
    after = match.places[0] + 1
    return (
        inflection.is_verb(first.spelled)
        and after < len(tokens)
        and tokens[after].word in DENIALS
        and tokens[after].clause == first.clause
    )


def _is_denied_before(before: list[str], first: Token) -> bool:
    has_of = False
    is_verbal = inflection.is_verb(first.spelled) or first.spelled.endswith(inflection.PARTICIPLE)
    while before and before[-1] in BETWEEN | PAST:
        word = before.pop()
        has_of |= word in ("de", "d")
        is_verbal |= word in ("se", "s") or word in PAST
    if not before:
        return False
    if before[-1] in ("aucun", "aucune", "sans") or (before[-1] in NONE_OF and has_of):
        return True
    is_said_of = len(before) > 1 and before[-2] in ("est", "sont", "etait", "suis")
    return before[-1] in DENIALS and (is_verbal or is_said_of)


def is_of_office(match: Match, tokens: Sequence[Token]) -> bool:
    """« la CAF ne répond plus »: that an office is silent tells nothing of a person."""
    if not tokens[match.places[0]].word.startswith("repond"):
        return False
    before = [
        token for token in tokens[: match.start] if token.word not in ("ne", "n", "me", "nous")
    ]
    is_near = bool(before) and before[-1].clause == tokens[match.start].clause
    return is_near and before[-1].word in OFFICES


def agrees(match: Match, tokens: Sequence[Token]) -> bool:
    """« enfants seuls » are alone; « élève ses enfants seule » is about their mother, and
    « maltraitée par son fils » about his."""
    between = {token.word for token in tokens[match.start : match.end]}
    if "par" in between and "par" not in split(match.text):
        return False
    typed = [tokens[place].word for place in match.places]
    wanted = fold(match.text).split()
    if len(typed) != 2 or len(wanted) != 2 or not all(word.endswith("s") for word in wanted):
        return True
    is_plural = [word.endswith(("s", "x")) for word in typed]
    return is_plural[0] == is_plural[1] and typed[1].rstrip("s") == wanted[1].rstrip("s")
