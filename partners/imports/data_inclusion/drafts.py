"""A checked row of data·inclusion as a draft, which any import plans.

What the schema takes and a record does not (a telephone that is none, hours that are not
OpenStreetMap's, a code of nowhere) is left out and said; the row stays.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from partners import geo, hours, privacy
from partners.imports import cells
from partners.imports.data_inclusion.purpose import (
    GENERALISTS,
    HELP,
    Themes,
    structure_situations,
    structure_type,
)
from partners.imports.draft import Draft, Reference
from partners.imports.errors import NBSP, Dropped, Refused
from partners.imports.lookups import Commune, Lookups
from partners.imports.notes import Remark
from partners.models import Listing, SchemeRole

FAR_KM, FAR_OVERSEAS_KM = 45, 250
"""From the town centre: Arles reaches 40 km; Maripasoula, in Guyane, 200."""

FRANCE, COUNTRY = "99100", "france"
SENTENCES = re.compile(r"(?<=[.!?…])\s+(?=[«\"(]?\s?[A-ZÀ-Þ0-9])")
SUMMARY = Listing._meta.get_field("summary").max_length
FREE = {
    "description": "description",
    "publics_precisions": "audience_details",
    "conditions_acces": "access_conditions",
    "mobilisation_precisions": "mobilisation_details",
    "frais_precisions": "fees_details",
}
FREE = {key: (attr, Listing._meta.get_field(attr).max_length) for key, attr in FREE.items()}
"""Sentences, by key: attribute and longest size."""

Row = dict[str, Any]


class Drafter:
    """Drafts of one import. `themes` is the table of situations by theme."""

    def __init__(self, lookups: Lookups, themes: Themes) -> None:
        self.lookups, self.themes = lookups, themes
        self._hours: dict[str, tuple[str, str, str]] = {}

    def structure(self, line: int, row: Row) -> Draft:
        """The draft of a structure from its checked values."""
        draft = _Drafting(self, Listing.Kind.STRUCTURE, line, row)
        draft.common()
        draft.structure()
        return draft.draft

    def service(self, line: int, row: Row, structure: Reference | None) -> Draft:
        """The draft of a service that `structure` runs, None when it stands for its own."""
        draft = _Drafting(self, Listing.Kind.SCHEME, line, row)
        draft.common()
        draft.service(structure)
        return draft.draft

    def hours(self, text: str) -> tuple[str, str, str]:
        """(OpenStreetMap expression, note, remark in French): files repeat their hours."""
        if text not in self._hours:
            self._hours[text] = _hours(text)
        return self._hours[text]


class _Drafting:
    def __init__(self, drafter: Drafter, kind: str, line: int, row: Row) -> None:
        self.drafter, self.lookups, self.row = drafter, drafter.lookups, row
        self.draft = Draft(line)
        self.fields = self.draft.fields
        self.fields["kind"] = kind
        self.commune: Commune | None = None
        self.reading = cells.Reading()

    def common(self) -> None:
        row, fields = self.row, self.fields
        fields["source"], fields["source_id"] = row["source"], local_id(fields["kind"], row)
        fields["source_updated_on"] = row["date_maj"]
        fields["name"] = " ".join(row["nom"].split())
        self.place()
        self.free_texts()
        fields["summary"] = summary(fields["description"])
        self.put("phone", "telephone", cells.phone)
        fields["email"] = cells.domain_lowered(row["courriel"] or "")
        self.put("source_url", "lien_source", cells.url)
        self.put("website", "site_web", cells.url)
        self.opening_hours()

    def structure(self) -> None:
        row, fields = self.row, self.fields
        self.put("siret", "siret", cells.siret)
        self.put("accessibility_url", "accessibilite_lieu", cells.url)
        networks = row["reseaux_porteurs"] or []
        fields["networks"] = networks
        kind = structure_type(fields["name"], networks)
        fields["structure_type"], fields["is_generalist"] = kind, kind in GENERALISTS
        fields["summary"] = fields["summary"] or GENERALISTS.get(kind, "")
        self.draft.core = structure_situations(networks, self.lookups.situations)
        self.draft.helps = []
        self.draft.zones, fields["is_zone_unspecified"] = {}, True

    def service(self, structure: Reference | None) -> None:
        row, fields = self.row, self.fields
        fields["themes"] = row["thematiques"] or []
        self.draft.core, self.draft.helps = self.drafter.themes.situations(fields["themes"])
        fields["help_kinds"] = [HELP[row["type"]]] if row["type"] in HELP else []
        fields["fees"] = row["frais"] or ""
        fields["audiences"] = row["publics"] or []
        fields["reception_modes"] = row["modes_accueil"] or []
        fields["mobilisation_modes"] = row["modes_mobilisation"] or []
        fields["mobilisable_by"] = row["mobilisable_par"] or []
        self.put("mobilisation_url", "lien_mobilisation", cells.url)
        self.duration()
        self.zones()
        self.draft.roles = [(SchemeRole.Role.OPERATOR.value, structure)] if structure else None
        name = cut(row["contact_nom_prenom"] or "", 120)
        self.draft.contact = {"nom": name} if name else {}

    # Facts

    def put(self, attr: str, key: str, read: cells.Reader) -> None:
        """A value that is left out, with a word, when a record does not take it."""
        text = self.row.get(key)
        self.fields[attr] = value = ""
        if not text:
            return
        self.reading.remarks = []
        try:
            value = read(text, self.reading)
        except (Dropped, Refused) as error:
            self.say(key, f"{error}{NBSP}: valeur laissée de côté", text)
        for remark in self.reading.remarks:
            self.say(key, remark, text)
        self.fields[attr] = value

    def free_texts(self) -> None:
        for key, (attr, limit) in FREE.items():
            text = self.row.get(key)
            if text:
                self.fields[attr] = self.within(key, text, limit) if limit else lines(text)
                for suspicion in privacy.suspicions(text):
                    self.say(key, f"ligne suspecte{NBSP}: {suspicion}")
            elif key in self.row:
                self.fields[attr] = ""

    def within(self, key: str, text: str, limit: int) -> str:
        found = cut(text, limit)
        if found.endswith("…") and not text.endswith("…"):
            self.say(key, f"texte raccourci à {limit} caractères")
        return found

    def opening_hours(self) -> None:
        text = self.row["horaires_accueil"]
        osm, note, remark = self.drafter.hours(text) if text else ("", "", "")
        self.fields["opening_hours"], self.fields["opening_hours_note"] = osm, note
        if remark:
            self.say("horaires_accueil", remark, text)

    def duration(self) -> None:
        row, fields = self.row, self.fields
        a_week, weeks = row["volume_horaire_hebdomadaire"], row["nombre_semaines"]
        hours = None if a_week is None else Decimal(str(round(a_week, 1)))
        fields["weekly_hours"] = hours if hours is not None and hours < 10_000 else None
        fields["weeks"] = weeks if weeks and weeks <= 32_767 else None

    def zones(self) -> None:
        found: dict[int, str] = {}
        for code in self.row["zone_eligibilite"] or ():
            try:
                pk, canonical = self.lookups.zone(COUNTRY if code == FRANCE else code)
                found[pk] = canonical
            except Refused:
                self.say("zone_eligibilite", "territoire inconnu, laissé de côté", code)
        self.draft.zones = found
        self.fields["is_zone_unspecified"] = not found

    # Place

    def place(self) -> None:
        row, fields = self.row, self.fields
        self.commune = self.found_commune()
        fields["commune_id"] = self.commune.pk if self.commune else None
        self.draft.commune_code = self.commune.code if self.commune else ""
        self.reading.departement = self.commune.departement if self.commune else ""
        for attr, key in (("address", "adresse"), ("address_extra", "complement_adresse")):
            fields[attr] = self.within(key, row[key] or "", 250)
        fields["postal_code"] = row["code_postal"] or ""
        fields["latitude"], fields["longitude"] = self.point() or (None, None)

    def found_commune(self) -> Commune | None:
        code, name = self.row["code_insee"], self.row["commune"]
        searches: list[tuple[str, str, Callable[[], Commune]]] = []
        if code:
            searches.append(("code_insee", code, lambda: self.lookups.commune(code.upper())))
        if name:
            postal_code = self.row["code_postal"] or ""
            found = lambda: self.lookups.commune_named(name, postal_code)  # noqa: E731
            searches.append(("commune", name, found))
        for key, value, search in searches:
            try:
                return search()
            except Refused as error:
                self.say(key, str(error), value)
        return None

    def point(self) -> tuple[float, float] | None:
        """The point, when it is near the town centre of the commune; turned when it was swapped."""
        lat, lon = self.row["latitude"], self.row["longitude"]
        if lat is None or lon is None:
            return None
        if self.is_near(lat, lon):
            return lat, lon
        if self.is_near(lon, lat):
            self.say("latitude", "latitude et longitude étaient échangées, remises en ordre")
            return lon, lat
        where = f"loin de {self.commune.name}" if self.commune else "dans une commune inconnue"
        reason = f"le point est {where}{NBSP}: laissé de côté, le centre de la commune sert"
        self.say("latitude", reason, f"{lat}, {lon}")
        return None

    def is_near(self, lat: float, lon: float) -> bool:
        commune = self.commune
        if commune is None or not geo.valid_point(lat, lon):
            return False
        if commune.latitude is None or commune.longitude is None:
            return True
        limit = FAR_OVERSEAS_KM if len(commune.departement) > 2 else FAR_KM
        return geo.distance_km(lat, lon, commune.latitude, commune.longitude) <= limit

    def say(self, key: str, reason: str, value: str = "") -> None:
        self.draft.warnings.append(Remark(key, " ".join(value.split())[:200], reason))


def local_id(kind: str, row: Row) -> str:
    """« Identifiant dans la source », told apart: a structure and a service may have one id."""
    found = str(row["id"]).removeprefix(f"{row['source']}--")
    return f"service/{found}" if kind == Listing.Kind.SCHEME else found


def summary(description: str) -> str:
    """The first sentences that fit in a summary, else the first words; one line."""
    text = " ".join(description.split())
    if len(text) <= SUMMARY:
        return text
    kept = ""
    for sentence in SENTENCES.split(text[: SUMMARY + 1]):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > SUMMARY or longer[-1] not in ".!?…":
            break
        kept = longer
    return kept or cut(text, SUMMARY)


def cut(text: str, limit: int) -> str:
    """`text` on one line, cut at a word when it is longer than `limit` characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    whole, _, _ = line[:limit].rpartition(" ")
    return f"{(whole or line[: limit - 1]).rstrip(' ,;:–-')}…"


def lines(text: str) -> str:
    """Several lines, at most one blank one between two."""
    kept = (" ".join(line.split()) for line in text.splitlines())
    text = "\n".join(kept).strip()
    return re.sub(r"\n{3,}", "\n\n", text) if "\n" in text else text


def _hours(text: str) -> tuple[str, str, str]:
    try:
        osm = hours.validate(text)
    except hours.HoursError:
        osm = ""
    if osm and len(osm) <= 500:
        return osm, "", ""
    return "", cut(text, 300), "ce n'est pas la syntaxe d'OpenStreetMap, gardé comme texte"
