"""One row of a file, read: values by field, what goes to other tables, and what was wrong."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from partners import hours, privacy
from partners.imports import cells, marks
from partners.imports.column import Column
from partners.imports.columns import BY_HEADER, PERMANENCES
from partners.imports.errors import NBSP, Dropped, Refused, quote
from partners.imports.lookups import Commune, Lookups
from partners.imports.mapping import HOURS, Mapping
from partners.imports.notes import Remark
from partners.imports.reader import Row

PLACE_COLUMNS = ("code_postal", "code_insee", "commune")
CONTACT_COLUMNS = ("nom", "fonction", "telephone", "courriel", "visibilite")
Reference = tuple[str, str]
"""(source, identifier in that source) of a record."""


@dataclass(frozen=True)
class PermanenceDraft:
    commune: int
    code: str
    place: str
    hours: str
    is_by_appointment: bool

    @property
    def key(self) -> tuple[int, str, str]:
        """What is unique among the permanences of a listing."""
        return self.commune, self.place, self.hours


@dataclass
class Draft:
    """A file that lacks the columns of a fact leaves it None, and the record is left alone."""

    line: int
    own_key: int | None = None  # of the record that the row says it is
    fields: dict[str, Any] = field(default_factory=dict)  # attribute of Listing: value
    commune_code: str = ""
    status: str = ""
    core: list[str] | None = None
    helps: list[str] | None = None
    first: list[str] | None = None
    zones: dict[int, str] | None = None  # primary key: code
    parent: Reference | tuple[()] | None = None  # () removes the parent
    roles: list[tuple[str, Reference]] | None = None
    permanences: list[PermanenceDraft] | None = None
    contact: dict[str, str] | None = None  # empty removes the contact
    phone_check: tuple[date, str] | None = None
    papers: list[str] | None = None  # as cells say them
    without_car: str | None = None  # empty removes it
    refusals: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    @property
    def reference(self) -> Reference | None:
        identifier = self.fields.get("source_id")
        return (self.fields.get("source", ""), identifier) if identifier else None


class RowReader:
    """Reads the rows of one file. `source`: that of rows that name none.

    What a column reads in a text is kept: files repeat themselves, and constants do in each row.
    """

    def __init__(self, *, mapping: Mapping, lookups: Lookups, source: str) -> None:
        self.mapping, self.lookups, self.source = mapping, lookups, source
        self.known: dict[tuple[str, str, str], tuple[Any, list[str]]] = {}

    def read(self, row: Row) -> Draft:
        """The draft of a row. Raises nothing: it is all said in the draft."""
        return _Reading(row, self).draft

    def cell(self, column: Column, raw: str, departement: str) -> tuple[Any, list[str]]:
        """The value of a cell, and remarks in French. Raises `Refused` and `Dropped`."""
        key = column.header, raw, departement
        if key not in self.known:
            self.known[key] = self._cell(column, raw, departement)
        return self.known[key]

    def _cell(self, column: Column, raw: str, departement: str) -> tuple[Any, list[str]]:
        text = cells.check(marks.plain(raw))
        if column.is_text and not marks.is_neutral(raw):
            cells.check_formula(raw)
        reading = cells.Reading(departement, self.mapping.date_format, self.mapping.separator)
        value = column.read(text, reading)
        suspicions = privacy.suspicions(text) if column.is_free else []
        said = [f"ligne suspecte{NBSP}: {suspicion}" for suspicion in suspicions]
        return value, reading.remarks + said


class _Reading:
    """The cells of one row, place first: the region of a telephone follows from it."""

    def __init__(self, row: Row, reader: RowReader) -> None:
        self.row, self.reader = row, reader
        self.mapping, self.lookups, self.source = reader.mapping, reader.lookups, reader.source
        self.draft = Draft(row.line)
        self.values: dict[str, Any] = {}
        self.kept: set[str] = set()  # columns of which the record keeps its own value
        self.departement = ""
        self.read()

    def read(self) -> None:
        for fault in self.row.faults:
            self.refuse("", fault)
        self.read_columns(BY_HEADER[header] for header in PLACE_COLUMNS)
        self.guarded(
            "code_insee" if self.values.get("code_insee") else "commune", self.read_commune
        )
        self.read_columns(
            column for header, column in BY_HEADER.items() if header not in PLACE_COLUMNS
        )
        if self.mapping.hours:
            self.guarded(HOURS, self.read_days)
        self.fill_fields()
        self.guarded("zone_eligibilite", self.read_zones)
        self.read_situations()
        self.read_references()
        self.read_permanences()
        self.read_contact()
        self.read_phone_check()
        self.draft.papers = self.values.get("papiers")
        self.draft.without_car = self.values.get("venir_sans_voiture")
        self.check_place()

    # Cells

    def read_columns(self, columns: Iterable[Column]) -> None:
        for column in columns:
            if column.header in self.mapping.columns or column.header in self.mapping.constants:
                self.guarded(column.header, lambda column=column: self.read_cell(column))

    def read_cell(self, column: Column) -> None:
        raw = self.raw(column.header)
        if raw.strip() == marks.CONFIDENTIAL:
            self.kept.add(column.header)
            return
        value, remarks = self.reader.cell(column, raw, self.departement)
        self.values[column.header] = value
        for remark in remarks:
            self.warn(column.header, remark)

    def raw(self, header: str) -> str:
        return self.mapping.value(header, self.row.cells) if header in BY_HEADER else ""

    def guarded(self, header: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Refused as error:
            self.refuse(header, str(error))
        except Dropped as error:
            self.warn(header, f"{error}{NBSP}: valeur laissée de côté")

    def refuse(self, header: str, reason: str) -> None:
        self.draft.refusals.append(self.remark(header, reason))

    def warn(self, header: str, reason: str) -> None:
        self.draft.warnings.append(self.remark(header, reason))

    def remark(self, header: str, reason: str) -> Remark:
        value = " ".join(self.raw(header).replace("\0", "").split())[:200] if header else ""
        return Remark(self.mapping.origin(header) if header else "", value, reason)

    # Fields of the listing

    def fill_fields(self) -> None:
        fields = self.draft.fields
        for header, value in self.values.items():
            if attr := BY_HEADER[header].attr:
                fields[attr] = value
        self.read_own_key()
        if self.source and not fields.get("source") and not self.draft.own_key:
            fields["source"] = self.source
        self.draft.status = self.values.get("statut", "")
        if "nom" in self.values and not fields["name"]:
            self.refuse("nom", "le nom manque")

    def read_own_key(self) -> None:
        """« fiche:123 », in a file that came from here, is no identifier in a source."""
        self.draft.own_key = marks.own_key(self.values.get("id", ""))
        if self.draft.own_key:
            del self.draft.fields["source_id"]

    def read_commune(self) -> None:
        told = self.mapping.present & {"code_insee", "commune"}
        if not told or told & self.kept or self.draft.refusals:
            return
        code, name = self.values.get("code_insee", ""), self.values.get("commune", "")
        found = None
        if code:
            found = self.lookups.commune(code)
            self.say_former(found)
        elif name:
            found = self.lookups.commune_named(name, self.values.get("code_postal", ""))
        self.draft.fields["commune_id"] = found.pk if found else None
        self.draft.commune_code = found.code if found else ""
        self.departement = found.departement if found else ""

    def say_former(self, commune: Commune) -> None:
        if commune.former:
            reason = f"ancien code, devenu {commune.code} ({commune.name})"
            self.warn("code_insee", reason)

    def read_days(self) -> None:
        texts = {day: cells.check(raw) for day, raw in self.mapping.days(self.row.cells).items()}
        result = hours.from_slots(texts)
        self.values[HOURS] = cells.opening_hours(500)(result.osm, cells.Reading())
        self.draft.warnings += [Remark(HOURS, "", note) for note in result.notes]

    def check_place(self) -> None:
        fields = self.draft.fields
        point = [attr for attr in ("latitude", "longitude") if attr in self.mapping.present]
        is_read = all(attr in fields for attr in point)
        if is_read and (fields.get("latitude") is None) != (fields.get("longitude") is None):
            self.refuse("latitude", "la latitude et la longitude vont ensemble")
        if not fields.get("is_confidential"):
            return
        for header, attr in (("latitude", "latitude"), ("siret", "siret")):
            if fields.get(attr):
                self.refuse(header, "une adresse confidentielle ne garde ni point ni SIRET")

    # Facts of several columns

    def read_zones(self) -> None:
        codes = self.values.get("zone_eligibilite")
        if codes is None:
            return
        is_unspecified = codes == [cells.NO_ZONE]
        self.draft.fields["is_zone_unspecified"] = is_unspecified
        self.draft.zones = {}
        if not is_unspecified:
            self.draft.zones = dict(zone for code in codes for zone in self.lookups.zones(code))

    def read_situations(self) -> None:
        draft = self.draft
        draft.core = self.situations("situations_coeur")
        draft.helps = self.situations("situations_aide")
        draft.first = self.situations("en_premier")
        both = [slug for slug in draft.helps or () if slug in (draft.core or ())]
        for slug in both:
            self.warn("situations_aide", f"{quote(slug)} est déjà dans situations_coeur, gardé là")
        if both:
            draft.helps = [slug for slug in draft.helps or () if slug not in both]

    def situations(self, header: str) -> list[str] | None:
        written = self.values.get(header)
        if written is None:
            return None
        slugs: list[str] = []
        for name in written:
            self.guarded(header, lambda name=name: slugs.append(self.lookups.slug(name)))
        return list(dict.fromkeys(slugs))

    def read_references(self) -> None:
        source = self.draft.fields.get("source", "")
        identifier = self.values.get("structure_parente")
        if identifier is not None:
            self.draft.parent = (source, identifier) if identifier else ()
        roles = self.values.get("roles")
        if roles is not None:
            self.draft.roles = [(role, (source, identifier)) for role, identifier in roles]

    def read_permanences(self) -> None:
        starts = [f"permanence_{number}" for number in PERMANENCES]
        if not any(header.startswith(tuple(starts)) for header in self.mapping.present):
            return
        if any(header.startswith(tuple(starts)) for header in self.kept):
            return
        self.draft.permanences = []
        for start in starts:
            self.guarded(f"{start}_horaires", lambda start=start: self.read_permanence(start))

    def read_permanence(self, start: str) -> None:
        names = ("code_insee", "lieu", "horaires")
        found = {name: self.values.get(f"{start}_{name}", "") for name in names}
        if not any(self.raw(f"{start}_{name}").strip() for name in names):
            return
        missing = [name for name, value in found.items() if not value]
        if missing:
            raise Refused(f"permanence incomplète, il manque{NBSP}: {', '.join(missing)}")
        commune = self.lookups.commune(found["code_insee"])
        is_by_appointment = self.values.get(f"{start}_sur_rendez_vous", False)
        draft = PermanenceDraft(
            commune.pk, commune.code, found["lieu"], found["horaires"], is_by_appointment
        )
        self.draft.permanences.append(draft)

    def read_contact(self) -> None:
        if "contact_nom" not in self.values:
            return
        headers = ((name, f"contact_{name}") for name in CONTACT_COLUMNS)
        found = {name: self.values[header] for name, header in headers if header in self.values}
        found["nom"] = found["nom"] or found.get("fonction", "")
        if not found["nom"] and (found.get("telephone") or found.get("courriel")):
            self.warn("contact_nom", "contact sans nom ni fonction, laissé de côté")
        self.draft.contact = found if found["nom"] else {}

    def read_phone_check(self) -> None:
        day = self.values.get("telephone_verifie_le")
        method = self.values.get("telephone_verifie_par", "")
        if day and method:
            self.draft.phone_check = (day, method)
        elif day or method:
            header = "telephone_verifie_le" if method else "telephone_verifie_par"
            self.warn(header, "une vérification a une date et un moyen, laissée de côté")
