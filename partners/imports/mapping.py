"""Somebody else's file, read as a census: a TOML file says which of their columns is which of ours.

    [options]
    source = "ANCT, France services"  # « source » of rows that have none
    date_format = "%d/%m/%Y"          # beside AAAA-MM-JJ and JJ/MM/AAAA
    separator = ","                   # of their lists, « | » otherwise
    ignored = ["type_fs"]             # their columns left out on purpose, so not warned about

    [columns]                         # ours = theirs; one of theirs may serve several of ours
    nom = "lib_fs"
    code_insee = "insee_com"
    zone_eligibilite = "insee_com"

    [constants]                       # ours = value where their cell is empty or there is none
    type_structure = "france-services"
    generaliste = true
    situations_aide = ["impayes", "energie"]

    [values.rendez_vous]              # their values of one of our columns = ours
    Oui = "sur-rendez-vous"
    Non = "sans"

    [values.situations_coeur]         # of a list of situations: of a whole cell, or of each part
    Solitude = "isolement"
    "Papiers et dettes" = ["demarches", "impayes"]

    [hours]                           # day = theirs; together they make « horaires_accueil »
    lundi = "h_lundi"

A key that means nothing here is an error. A value that a table of values does not name goes on as
it is; `"" = …` names the empty one.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from partners import words
from partners.imports import cells
from partners.imports.columns import BY_HEADER
from partners.imports.errors import NBSP, ImportRefused, quote
from partners.imports.reader import Table

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
OPTIONS = {"source": str, "date_format": str, "separator": str, "ignored": list}
SECTIONS = ("options", "columns", "constants", "values", "hours")
HOURS = "horaires_accueil"
SITUATIONS = ("situations_coeur", "situations_aide")


@dataclass(frozen=True)
class Mapping:
    """All keys of `columns`, `constants` and `values` are headers of ours."""

    columns: dict[str, str]
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    hours: dict[int, str] = field(default_factory=dict)  # 0 is Monday
    source: str = ""
    date_format: str = ""
    separator: str = cells.SEPARATOR
    unknown: tuple[str, ...] = ()  # their columns that nothing uses

    @property
    def present(self) -> set[str]:
        """Our columns that the file fills, maybe with nothing: the others leave records alone."""
        return {*self.columns, *self.constants, *([HOURS] if self.hours else [])}

    def origin(self, header: str) -> str:
        """What to call one of our columns for the person who has their file under her eyes."""
        theirs = self.columns.get(header, header)
        return header if words.fold(theirs) == words.fold(header) else f"{header} ({theirs})"

    def value(self, header: str, row: dict[str, str]) -> str:
        """The raw cell of one of our columns (not of the hours by day)."""
        raw = row[self.columns[header]] if header in self.columns else ""
        raw = self._translated(header, raw)
        return raw if raw.strip() else self.constants.get(header, raw)

    def _translated(self, header: str, raw: str) -> str:
        told = self.values.get(header, {})
        if not told or raw.strip() in told or header not in SITUATIONS:
            return told.get(raw.strip(), raw)
        parts = (part.strip() for part in raw.split(self.separator))
        return cells.SEPARATOR.join(told.get(part, part) for part in parts)

    def days(self, row: dict[str, str]) -> dict[int, str]:
        """The raw cells of the hours by day."""
        return {number: row[theirs] for number, theirs in self.hours.items()}


def native(table: Table) -> Mapping:
    """The mapping of a file that has our own columns, whatever their case and accents."""
    ours = {words.fold(header): header for header in BY_HEADER}
    columns = {
        ours[words.fold(theirs)]: theirs for theirs in table.headers if words.fold(theirs) in ours
    }
    unknown = tuple(header for header in table.headers if header not in columns.values())
    mapping = Mapping(columns=columns, unknown=unknown)
    _check_identity(mapping)
    return mapping


def read(path: Path, table: Table) -> Mapping:
    """The mapping of a TOML file, checked against the table it is for. Raises `ImportRefused`."""
    return of(_content(path), table)


def of(content: dict[str, Any], table: Table) -> Mapping:
    """As `read`, of the sections that such a file has ({section: {key: value}})."""
    _refuse_unknown("section", set(content) - set(SECTIONS), SECTIONS)
    sections = {name: _section(content, name) for name in SECTIONS}
    options = _options(sections["options"])
    mapping = Mapping(
        columns=_columns(sections["columns"], table),
        constants={key: _constant(key, value) for key, value in sections["constants"].items()},
        values=_values(sections["values"]),
        hours=_hours(sections["hours"], table),
        source=options.get("source", ""),
        date_format=options.get("date_format", ""),
        separator=options.get("separator", cells.SEPARATOR),
        unknown=_unused(sections, table, options.get("ignored", [])),
    )
    _check_identity(mapping)
    return mapping


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        reason = "ne peut pas être lu"
    except UnicodeDecodeError:
        reason = "n'est pas un texte UTF-8"
    except tomllib.TOMLDecodeError as error:
        reason = f"n'est pas du TOML{NBSP}: {error}"
    raise ImportRefused(f"Le fichier de correspondance {quote(str(path))} {reason}.")


def _section(content: dict[str, Any], name: str) -> dict[str, Any]:
    section = content.get(name, {})
    if not isinstance(section, dict):
        raise ImportRefused(f"Correspondance{NBSP}: [{name}] doit être une section.")
    return section


def _options(section: dict[str, Any]) -> dict[str, Any]:
    _refuse_unknown("option", set(section) - set(OPTIONS), OPTIONS)
    for name, value in section.items():
        if not isinstance(value, OPTIONS[name]) or not value:
            raise ImportRefused(f"Correspondance{NBSP}: l'option {quote(name)} est mal écrite.")
    return section


def _columns(section: dict[str, Any], table: Table) -> dict[str, str]:
    _refuse_unknown("colonne", set(section) - set(BY_HEADER))
    return {ours: _theirs(theirs, table) for ours, theirs in section.items()}


def _theirs(name: Any, table: Table) -> str:
    header = " ".join(str(name).split())
    if header not in table.headers:
        raise ImportRefused(
            f"Correspondance{NBSP}: la colonne {quote(header)} n'est pas dans le fichier. "
            f"Il a{NBSP}: {', '.join(table.headers)}."
        )
    return header


def _constant(header: str, value: Any) -> str:
    _refuse_unknown("colonne", {header} - set(BY_HEADER))
    match value:
        case bool() | str() | int() | float():
            return cells.written(value)
        case list() if all(isinstance(item, str) for item in value):
            return cells.written(value)
    raise ImportRefused(f"Correspondance{NBSP}: la constante {quote(header)} est mal écrite.")


def _values(section: dict[str, Any]) -> dict[str, dict[str, str]]:
    _refuse_unknown("colonne", set(section) - set(BY_HEADER))
    for header, table in section.items():
        if not isinstance(table, dict):
            raise ImportRefused(f"Correspondance{NBSP}: [values.{header}] doit être une section.")
    return {
        header: {theirs: _constant(header, ours) for theirs, ours in table.items()}
        for header, table in section.items()
    }


def _hours(section: dict[str, Any], table: Table) -> dict[int, str]:
    _refuse_unknown("jour", set(section) - set(DAYS), DAYS)
    return {DAYS.index(day): _theirs(theirs, table) for day, theirs in section.items()}


def _unused(
    sections: dict[str, dict[str, Any]], table: Table, ignored: list[str]
) -> tuple[str, ...]:
    used = {*sections["columns"].values(), *sections["hours"].values(), *ignored}
    return tuple(header for header in table.headers if header not in used)


def _refuse_unknown(kind: str, unknown: set[str], known: Any = ()) -> None:
    if unknown:
        hint = f" On attend{NBSP}: {', '.join(known)}." if known else ""
        raise ImportRefused(
            f"Correspondance{NBSP}: {kind} inconnue {quote(min(unknown))}.{hint}".replace(
                "jour inconnue", "jour inconnu"
            )
        )


def _check_identity(mapping: Mapping) -> None:
    if not mapping.present & {"nom", "id"}:
        raise ImportRefused(
            f"Aucune colonne {quote('nom')} ni {quote('id')} dans la première ligne du fichier. "
            "La commande census_template donne un modèle."
        )
