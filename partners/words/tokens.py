"""A text cut into words, with what was typed kept beside what is meant."""

import re
import unicodedata
from dataclasses import dataclass

from partners.words.folding import fold
from partners.words.french import SHORTHAND

LONGEST_TEXT = 2_000  # characters read; a box holds 120, an interface may send more
MOST_TOKENS = 200

CHUNK = re.compile(
    r"(?P<acronym>(?:[^\W\d_]\.){2,}[^\W\d_]?(?!\w))"
    r"|(?P<insee>\b2[AaBb]\d{3}\b)"
    r"|(?P<word>[^\W_]+)"
    r"|(?P<stop>[.,;:!?/+()\n])"
)
PIECE = re.compile(r"\d+|\D+")
# « La Roche s/ Yon », as mail writes it, and « roche/yon »
SUR = re.compile(
    r"\bs/\s*(?=\S)|(?<=\w)/(?=(?:yon|vie|mer|s[eè]vre|lay|loire|seine|autise)\b)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word: folded, as spelled (lower case, accents), and where it stands in what was typed."""

    word: str
    spelled: str
    piece: int
    clause: int
    is_capital: bool = False

    @property
    def is_number(self) -> bool:
        return self.word.isdigit()


@dataclass(frozen=True, slots=True)
class Text:
    """What was typed, in pieces, and its words. A shorthand piece may be several words."""

    pieces: tuple[str, ...]
    tokens: tuple[Token, ...]

    @property
    def is_shouted(self) -> bool:
        """Typed in capitals, so that a capital says nothing."""
        letters = [piece for piece in self.pieces if piece.isalpha() and len(piece) > 1]
        return bool(letters) and all(piece.isupper() for piece in letters)


def read(text: str) -> Text:
    """The words of `text`, its first characters if it is very long. Never raises."""
    typed = SUR.sub(" sur ", unicodedata.normalize("NFC", text[:LONGEST_TEXT]))
    typed = typed.replace("€", " euros ")
    pieces: list[str] = []
    tokens: list[Token] = []
    clause = 0
    for found in CHUNK.finditer(typed):
        if found["stop"]:
            clause += 1
            continue
        for piece in _pieces(found):
            tokens += _tokens(piece, len(pieces), clause)
            pieces.append(piece)
        if len(tokens) >= MOST_TOKENS:
            break
    return Text(tuple(pieces), tuple(tokens))


def _pieces(found: re.Match[str]) -> list[str]:
    whole = found[0]
    if found["word"] is None or fold(whole) in SHORTHAND:
        return [whole]
    return [piece for piece in PIECE.findall(whole) if piece]


def _tokens(piece: str, index: int, clause: int) -> list[Token]:
    spelled = piece.replace(".", "").lower()
    word = fold(spelled).replace(" ", "") or spelled
    is_capital = piece[:1].isupper()
    if word in SHORTHAND and not (piece.isupper() and len(piece) == 1):
        return [Token(meant, meant, index, clause) for meant in SHORTHAND[word]]
    return [Token(word, spelled, index, clause, is_capital)]
