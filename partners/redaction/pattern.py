"""Every way of writing a value: accents, capitals, spaces, numbers with or without dots."""

import re
import unicodedata

MARK = "[retiré]"
SHORTEST = 4
NUMBER = re.compile(r"\+?[\d\s.()-]{6,}")
E_MAIL = re.compile(r"\S+@\S+")
GAP = r"[\s'’.,-]+"
MOST_WORDS_TURNED = 4
VARIANTS = {
    "a": "àâäáã", "c": "ç", "e": "éèêë", "i": "îïíì", "n": "ñ", "o": "ôöóò", "u": "ùûüú", "y": "ÿ",
}  # fmt: skip


class Pattern:
    """What finds a value in a text, and takes it out."""

    def __init__(self, value: str) -> None:
        self.value = " ".join(value.split())
        self._compiled = re.compile(_expression(self.value))

    @property
    def hint(self) -> str:
        """An expression for the database that no text with the value escapes; others may pass."""
        if _is_number(self.value):
            return "[^0-9]*".join(_national(self.value)[-4:])
        return _letters(max(re.findall(r"[^\W_]+", self.value), key=len, default=""))

    def is_in(self, text: str) -> bool:
        return bool(self._compiled.search(text))

    def without(self, text: str) -> str:
        """The text without the value: empty when it was nothing else, marked where it stood."""
        if self._compiled.fullmatch(text.strip()):
            return ""
        return self._compiled.sub(MARK, text)


def is_long_enough(value: str) -> bool:
    """Four letters or digits at least: less would take pieces out of other words' sentences."""
    return sum(character.isalnum() for character in value) >= SHORTEST


def _expression(value: str) -> str:
    if _is_number(value):
        digits = r"[\s.()/-]*".join(_national(value)[1:])
        return rf"(?<![\d+])(?:\+33|0033|\(?0)[\s.()/-]*{digits}(?!\d)"
    if E_MAIL.fullmatch(value):
        return rf"(?<![\w.+-]){_letters(value)}(?![\w-])"
    words = [_letters(word) for word in _words(value)]
    turns = len(words) if len(words) <= MOST_WORDS_TURNED else 1  # « Dupont, Anne »
    orders = [words[turn:] + words[:turn] for turn in range(turns)]
    return rf"(?<!\w)(?:{'|'.join(GAP.join(order) for order in orders)})(?!\w)"


def _is_number(value: str) -> bool:
    return bool(NUMBER.fullmatch(value)) and _national(value).startswith("0")


def _national(value: str) -> str:
    """The digits of a French number as they are dialled here: « 0261910001 »."""
    digits = re.sub(r"\D", "", value)
    for prefix in ("0033", "33"):
        if digits.startswith(prefix) and len(digits) == len(prefix) + 9:
            return "0" + digits[len(prefix) :]
    return digits


def _words(value: str) -> list[str]:
    return [word for word in re.split(GAP, value) if word]


def _letters(text: str) -> str:
    """Each letter with its capitals and accents, whatever the rules of the database.

    A letter that Unicode writes otherwise once composed is looked for both ways.
    """
    ways = dict.fromkeys([text, unicodedata.normalize("NFC", text)])
    written = ["".join(map(_letter, way)) for way in ways]
    return written[0] if len(written) == 1 else f"(?:{'|'.join(written)})"


def _letter(character: str) -> str:
    plain = unicodedata.normalize("NFD", character)[0].lower()
    if not plain.isalpha():
        return re.escape(character)
    forms = {plain, plain.upper(), character.lower(), character.upper()}
    forms |= {v for known in VARIANTS.get(plain, "") for v in (known, known.upper())}
    single = sorted(form for form in forms if len(form) == 1)
    return f"[{''.join(single)}]"
