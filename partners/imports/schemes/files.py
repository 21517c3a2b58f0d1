"""The TOML files of schemes: what they say, checked before anything is written."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from partners.imports.errors import NBSP, ImportRefused, french, quote

SOURCE = "textes publics"
"""Of the records written from these files; their identifier there is the name of the file."""

LISTS = ("steps", "papers", "documents", "alternatives", "ceilings", "entry_points")
SECTIONS = {"fiche", "details", *LISTS}


@dataclass(frozen=True)
class SchemeFile:
    """What a file says of a scheme.

    `slug` is what other files name it by. `cells` are columns of the census with their text, none
    when the scheme is about a record that another import writes; (`source`, `identifier`) is that
    of its record. `parts` maps each section beside it to its rows.
    """

    slug: str
    source: str
    identifier: str
    cells: dict[str, str] = field(default_factory=dict)
    parts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def key(self):
        return self.source, self.identifier


def read(folder: Path) -> list[SchemeFile]:
    """The schemes of a folder, one a file, by name. Raises `ImportRefused`."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise ImportRefused(f"Le dossier {quote(str(folder))} n'a aucun dispositif (.toml).")
    return [_scheme(path) for path in paths]


def read_demo(path: Path, schemes: list[SchemeFile]) -> list[SchemeFile]:
    """What a census's own records take from `schemes`: `like` one, with entry points of theirs."""
    by_slug = {scheme.slug: scheme for scheme in schemes}
    found = content(path)
    return [_like(row, found["source"], by_slug, path.name) for row in found["scheme"]]


def content(path: Path) -> dict[str, Any]:
    """What a TOML file says. Raises `ImportRefused`."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ImportRefused(f"Le fichier {quote(str(path))} ne peut pas être lu.") from error
    except ValueError as error:
        raise ImportRefused(f"{quote(path.name)} n'est pas un fichier TOML lisible.") from error


def _scheme(path):
    found = content(path)
    unknown = sorted(set(found) - SECTIONS)
    if unknown:
        names = ", ".join(map(quote, unknown))
        raise ImportRefused(f"{quote(path.name)}{NBSP}: sections inconnues, {names}.")
    if not isinstance(found.get("fiche"), dict):
        raise ImportRefused(f"{quote(path.name)}{NBSP}: la section {quote('fiche')} manque.")
    parts = {name: _rows(found[name], name, path.name) for name in found if name != "fiche"}
    cells = {column: _cell(value) for column, value in found["fiche"].items()}
    return SchemeFile(path.stem, SOURCE, path.stem, cells, parts)


def _rows(said, name, file):
    rows = [said] if name == "details" else said
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        return rows
    raise ImportRefused(f"{quote(file)}{NBSP}: la section {quote(name)} n'est pas bien écrite.")


def _cell(value):
    """Text as a cell of the census has it."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "|".join(value) if isinstance(value, list) else french(str(value).strip())


def _like(row, source, by_slug, file):
    model = by_slug.get(row["like"])
    if model is None:
        raise ImportRefused(f"{quote(file)}{NBSP}: aucun dispositif {quote(row['like'])}.")
    own = {name: row[name] for name in LISTS if name in row}
    return SchemeFile(model.slug, source, row["id"], {}, model.parts | own)
