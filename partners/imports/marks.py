"""What a file that came from here says beyond values, so that it comes back unchanged."""

import re

from partners.models import Listing

CONFIDENTIAL = "(confidentiel)"
"""In place of a value that no file carries (rule R7): the record keeps its own."""

OWN = re.compile(r"fiche:([0-9]{1,9})")
FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d{1,20})?")


def own(listing: Listing) -> str:
    """What designates a record that has no identifier in its source: « fiche:123 »."""
    return f"fiche:{listing.pk}"


def own_key(identifier: str) -> int | None:
    """The primary key in such a designation, None in an identifier of a source."""
    found = OWN.fullmatch(identifier)
    return int(found[1]) if found else None


def designation(listing: Listing, source: str) -> str:
    """How a row of `source` names a record: its identifier there, else our own."""
    is_known = listing.source_id and listing.source == source
    return listing.source_id if is_known else own(listing)


def neutral(text: str) -> str:
    """The text behind an apostrophe when a spreadsheet would run it: never a plain number.

    One that begins by apostrophes and such a sign gets one more, so that `plain` is its reverse.
    """
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def plain(text: str) -> str:
    """The text that `neutral` was given."""
    return text[1:] if is_neutral(text) else text


def is_neutral(text: str) -> bool:
    """Whether an apostrophe says that it is text, whatever it begins with."""
    return text.startswith("'") and bool(FORMULA.match(text))
