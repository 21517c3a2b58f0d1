"""Telephone numbers: as people write them, as they are stored, as they are shown (pure Python).

Stored in E.164 (« +33251946046 »), or as bare digits for a short number (« 115 », « 3919 »):
libphonenumber would make a wrong number of those. The plan of French numbers is that of Arcep:
https://www.arcep.fr/demarches-et-services/professionnels/base-numerotation.html
"""

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

NBSP = "\N{NO-BREAK SPACE}"

REGIONS = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "977": "BL",
    "978": "MF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
"""Where libphonenumber wants another region than France: INSEE code to region."""

DIALLED_AS_FRENCH = {33, 262, 590, 594, 596}
"""Country codes whose numbers are dialled from the mainland as any ten-digit number."""

TEN_DIGIT_REGIONS = ("FR", "GP", "GF", "MQ", "RE", "YT")
SHORT = re.compile(r"15|17|18|11[234579]|19[167]|10\d{2}|3\d{3}|116\d{3}|118\d{3}")
SEPARATORS = re.compile(r"\s*(?:[/;,|\n]|\bou\b|\bet\b| - )\s*", re.IGNORECASE)
IN_PAIRS = re.compile(r"\+33([1-79])(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII)
PLAIN_FRENCH = re.compile(r"\+33[1-9]\d{8}", re.ASCII)
LABELS = re.compile(r"\([^\d)]*\)|[^\W\d_]+\.?\s*:?", re.UNICODE)
NOISE = re.compile(r"[\s.\-_()\u2010-\u2015]")


class PhoneError(ValueError):
    """The text is not a telephone number; the message is in French, for who typed it."""


def candidates(text: str) -> list[str]:
    """The numbers written in one cell, in order, as texts: « 02 … / 06 … » gives two.

    A single number written with slashes (« 02/51/94/60/46 ») stays one. Raises nothing.
    """
    if text.count("/") > 2 and len(_digits(text)) == 10:
        return [_digits(text)]
    pieces = (LABELS.sub(" ", piece).strip() for piece in SEPARATORS.split(text))
    return [piece for piece in pieces if _digits(piece)]


def normalise(text: str, *, departement: str = "") -> str:
    """The stored form of the first number in `text`; "" when blank.

    `departement`: INSEE code (« 85 », « 974 ») of where the number is, for overseas plans.
    Raises `PhoneError`.
    """
    if not text.strip():
        return ""
    if PLAIN_FRENCH.fullmatch(text) and phonenumbers.is_valid_number(
        PhoneNumber(country_code=33, national_number=int(text[3:]))
    ):
        return text  # as open data has them: no need to look any further
    found = candidates(_in_our_digits(text))
    if not found:
        raise PhoneError(f"{_quote(text)} n'est pas un numéro de téléphone.")
    return _normalise_one(found[0], region=REGIONS.get(departement.upper(), "FR"))


def display(stored: str) -> str:
    """The number as it is said: « 02 51 94 60 46 », « 39 19 », « 0 800 47 47 88 ».

    Overseas départements as they write it (« 0590 20 92 00 »); what is not dialled from the
    mainland as a ten-digit number shows its country code (« +687 … »). Anything that is not a
    stored number comes back unchanged.
    """
    if SHORT.fullmatch(stored):
        return _display_short(stored)
    if pairs := IN_PAIRS.fullmatch(stored):
        return "0" + " ".join(pairs.groups())  # nearly all: as the library, which takes longer
    number = _parse(stored, None)
    if number is None:
        return stored
    is_french = number.country_code in DIALLED_AS_FRENCH
    form = PhoneNumberFormat.NATIONAL if is_french else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))


def href(stored: str) -> str:
    """The link that calls it: « tel:+33251946046 », « tel:115 »; "" when there is no number."""
    return f"tel:{stored}" if stored else ""


def _normalise_one(text: str, *, region: str) -> str:
    bare = NOISE.sub("", text)
    if SHORT.fullmatch(bare):
        return bare
    regions = dict.fromkeys([region, *TEN_DIGIT_REGIONS])
    numbers = (_parse(_with_code(text, bare), region) for region in regions)
    for number in numbers:
        if number is not None and phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
    raise PhoneError(f"{_quote(text)} n'est pas un numéro de téléphone valable en France.")


def _with_code(text: str, bare: str) -> str:
    """Saint-Pierre-et-Miquelon is dialled 05 08 from the mainland: say its country code."""
    return f"+508{bare[4:]}" if re.fullmatch(r"0508\d{6}", bare) else text


def _parse(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


def _in_our_digits(text: str) -> str:
    """Digits of other scripts as ours, so that every rule below sees them."""
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _display_short(number: str) -> str:
    if len(number) == 6:
        return f"{number[:3]} {number[3:]}"
    return f"{number[:2]} {number[2:]}" if len(number) == 4 else number


def _quote(text: str) -> str:
    return f"«{NBSP}{text.strip()}{NBSP}»"
