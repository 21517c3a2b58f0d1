"""What is known of a column of the census, and short ways to declare one."""

from dataclasses import dataclass
from typing import Any

from partners.imports import cells, writing
from partners.imports.errors import french
from partners.models import Listing

PERSON, PLACE = "personne", "lieu"


@dataclass(frozen=True)
class Column:
    """`help`: what the column is for. `expects`: what a cell may hold. Both in French.

    `attr` names the field of `Listing` that the column is, "" when several columns make one fact.
    `secrecy` is for whoever writes files: PERSON (rule R6: a named contact, the line for
    professionals) or PLACE (rule R7: what would show where a confidential shelter is).
    """

    header: str
    help: str
    example: str
    expects: str
    read: cells.Reader
    write: writing.Writer
    attr: str = ""
    is_text: bool = False  # written by hand: may not begin as a formula
    is_free: bool = False  # sentences: may name a tenant by mistake (rule R2)
    secrecy: str = ""


def field(
    header: str,
    attr: str,
    expects: str,
    read: cells.Reader,
    example: str,
    about: str,
    **options: Any,
) -> Column:
    """A column that is one field of `Listing`."""
    return link(header, expects, read, writing.field(attr), example, about, attr=attr, **options)


def line(header: str, attr: str, example: str, about: str, **options: Any) -> Column:
    limit = Listing._meta.get_field(attr).max_length
    options = {"is_text": True} | options
    return field(header, attr, at_most(limit), cells.text(limit), example, about, **options)


def sentence(header: str, attr: str, example: str, about: str) -> Column:
    return line(header, attr, example, about, is_free=True)


def paragraphs(header: str, attr: str, example: str, about: str) -> Column:
    expects = at_most(cells.MAX_LINES)
    return field(
        header, attr, expects, cells.paragraphs, example, about, is_text=True, is_free=True
    )


def one(
    header: str, attr: str, choices: Any, example: str, about: str, *, default: str = ""
) -> Column:
    read = cells.choice(choices, default=default)
    return field(header, attr, values(choices), read, example, about)


def several(
    header: str, attr: str, choices: Any, example: str, about: str, *, read: Any = None
) -> Column:
    expects = f"liste séparée par | parmi {values(choices)}"
    return field(header, attr, expects, read or cells.choices(choices), example, about)


def yes(header: str, attr: str, about: str) -> Column:
    return field(header, attr, "oui ou non", cells.boolean, "non", about)


def link(
    header: str,
    expects: str,
    read: cells.Reader,
    write: writing.Writer,
    example: str,
    about: str,
    **options: Any,
) -> Column:
    """A column that is part of a relation."""
    return Column(header, french(about), example, french(expects), read, write, **options)


def at_most(limit: int | None) -> str:
    return f"texte, {limit} caractères au plus"


def values(choices: Any) -> str:
    return ", ".join(filter(None, choices.values))
