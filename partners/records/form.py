"""The form of a record: the columns of the census, its situations, its zone, its week."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from partners import hours, privacy, words
from partners.imports import cells
from partners.imports.errors import Refused, quote
from partners.models import Listing, ListingSituation, Situation, WayThere
from partners.models.fields import NO_TENANT
from partners.models.way_there import without_car
from partners.records import naming, place, zones
from partners.records import week as weeks
from partners.records.fields import (
    BY_ATTR,
    PHONES,
    CellField,
    day_field,
    field_of,
    sentence,
    shown,
    text_field,
)

ASIDE = {"source_id", "opening_hours"}
"""Columns with no field of their own: the identity in the source, and hours, typed by the day."""
ROLES = [("", "–"), *ListingSituation.Role.choices]
MOST_FIRST = 2
WAY = WayThere._meta.get_field("without_car")
SIMPLE = [
    *(attr for attr in BY_ATTR if attr not in ASIDE),
    *("suspended_from", "suspended_until", "suspension_message"),
]
"""Fields of the form that are one field of the record."""
FREE = [attr for attr, column in BY_ATTR.items() if column.is_free]
FREE += ["suspension_message", "without_car"]


@dataclass(frozen=True)
class SituationRow:
    """A situation in the form: its two fields, and the names of who is to do first for it."""

    situation: Situation
    role: forms.BoundField
    first: forms.BoundField
    held_by: list[str]


class RepeatedField(forms.Field):
    """Several values under one name, as they were sent, « | » between those sent together."""

    widget = forms.SelectMultiple

    def clean(self, value):
        parts = (part.strip() for text in value or [] for part in text.split("|"))
        return list(dict.fromkeys(filter(None, parts)))


class RecordForm(forms.Form):
    """`listing` is the record as it is in the database, or a new one.

    `known_hours`: expressions that a week left as it was stands for, beside the record's own.
    """

    def __init__(self, data=None, *, listing, known_hours=()):
        self.listing = listing
        self.known_hours = [*known_hours, listing.opening_hours]
        super().__init__(data, initial=_initial(listing), use_required_attribute=False)
        self.fields |= {a: field_of(column) for a, column in BY_ATTR.items() if a not in ASIDE}
        self.fields |= _other_fields() | _closing_fields()
        for situation in self.situations:
            self.fields |= _situation_fields(situation)
        self.fields["kind"].choices = Listing.Kind.choices
        self.fields["kind"].widget = forms.RadioSelect(choices=Listing.Kind.choices)
        for name, about in POINT_HELP.items():
            self.fields[name].help_text = about
        self._tell_departement()
        for name in SIMPLE:
            if isinstance(self.fields[name], CellField):
                self.fields[name].keep(self.initial[name], getattr(listing, name))
        self.fields["horaires_texte"].keep(listing.opening_hours, listing.opening_hours)

    @cached_property
    def situations(self):
        return list(Situation.objects.order_by("order", "pk"))

    def situation_rows(self):
        """Each situation with its fields (list of `SituationRow`)."""
        held = _held(but=self.listing.pk)
        return [
            SituationRow(
                situation,
                self[f"situation-{situation.slug}"],
                self[f"premier-{situation.slug}"],
                held.get(situation.pk, []),
            )
            for situation in self.situations
        ]

    def shown_zones(self):
        """The territories that the form keeps, as `zones.Shown`."""
        known = self.listing.zone_links.all() if self.listing.pk else []
        codes = RepeatedField().clean(self["zones"].value())
        return zones.shown(codes, known=[link.territory for link in known])

    def zone_names(self):
        """What was typed to add territories, an empty one when nothing was."""
        return list(filter(None, self["zone_ajout"].value() or [])) or [""]

    def suspicions(self, names):
        """Sentences on what looks like a tenant's name, in these fields (rule R2)."""
        texts = (self.cleaned_data.get(name) or "" for name in FREE if name in names)
        return list(dict.fromkeys(said for text in texts for said in privacy.suspicions(text)))

    def clean_name(self):
        name = self.cleaned_data["name"]
        if not words.fold(name):
            raise ValidationError("Donnez au moins un nom\u00a0: la fiche se retrouve par lui.")
        return name

    def clean_audiences(self):
        try:
            return cells.of_everyone_alone(self.cleaned_data["audiences"])
        except Refused as error:
            raise ValidationError(sentence(error)) from None

    def clean_commune(self):
        return self._commune

    def clean_parent(self):
        text = self.cleaned_data["parent"]
        return _named(naming.structure, text, but=self.listing.pk) if text else None

    def clean_zones(self):
        codes = self.cleaned_data["zones"]
        found = naming.zones_by_code(codes)
        if unknown := [code for code in codes if code not in found]:
            raise ValidationError(f"Le territoire {quote(unknown[0])} n'existe pas.")
        return list(found)

    def clean_zone_ajout(self):
        typed = [part for text in self.cleaned_data["zone_ajout"] for part in text.split(";")]
        found = [_named(naming.zone, text) for text in map(str.strip, typed) if text]
        return [naming.zone_code(territory) for territory in found]

    def clean(self):
        facts = super().clean()
        self._clean_hours(facts)
        self._clean_zone(facts)
        self._clean_first(facts)
        self._clean_place(facts)
        return facts

    def remarks(self):
        """What was understood otherwise than typed, in French, to say once it is saved."""
        return list(self._remarks)

    def _tell_departement(self):
        """The plan of telephones follows from the commune, which is read first."""
        self._commune, self._commune_error = None, None
        text = str(self["commune"].value() or "").strip()
        if text:
            try:
                self._commune = self._find_commune(text)
            except naming.Unclear as error:
                self._commune_error = str(error)
        for name in PHONES:
            code = self._commune.code if self._commune else ""
            self.fields[name].departement = words.departement_code(code)

    def place_said(self):
        """What the point in the form is of, in French."""
        typed = (str(self[name].value() or "") for name in ("latitude", "longitude"))
        return place.told(*map(_degrees, typed), self._commune)

    def _find_commune(self, text):
        current = self.listing.commune if self.listing.commune_id else None
        if current and text == naming.commune_label(current):
            return current
        return naming.commune(text)

    def _clean_hours(self, facts):
        """`opening_hours`: what was there when the week says nothing else, so that none is lost."""
        self._remarks = []
        text = facts.get("horaires_texte") or ""
        week = weeks.said(facts)
        if text and weeks.says_days(week):
            self.add_error("horaires_texte", weeks.BOTH)
        elif text or "horaires_texte" in self.errors:
            facts["opening_hours"] = text
        else:
            same = [osm for osm in self.known_hours if hours.read_week(osm) == week]
            facts["opening_hours"] = same[0] if same else self._written(week)

    def _written(self, week):
        for name, message in weeks.without_hours(week).items():
            self.add_error(name, message)
        for day, text in enumerate(week.days):
            for note in hours.write_week(weeks.alone(day, text)).notes:
                is_lost = "écarté" in note or "ignoré" in note
                if is_lost:
                    self.add_error(f"jour_{day}", note.partition("\u00a0: ")[2].capitalize() + ".")
                else:
                    self._remarks.append(note)
        osm = hours.write_week(week).osm
        if len(osm) > Listing._meta.get_field("opening_hours").max_length:
            self.add_error("jour_0", "Ces horaires sont trop longs\u00a0: abrégez-les.")
        return osm

    def _clean_zone(self, facts):
        codes = list(dict.fromkeys([*facts.get("zones", []), *facts.get("zone_ajout", [])]))
        if codes and facts.get("is_zone_unspecified"):
            self.add_error(
                "is_zone_unspecified",
                "Retirez les territoires, ou décochez «\u00a0zone non précisée\u00a0».",
            )
        if len(codes) > zones.MOST_ZONES:
            self.add_error("zones", zones.TOO_MANY)
        facts["zone_codes"] = codes

    def _clean_first(self, facts):
        """« À faire en premier » is said of one's own situations, by two records at most."""
        asked = [s for s in self.situations if facts.get(f"premier-{s.slug}")]
        held = _held(but=self.listing.pk) if asked else {}
        for situation in asked:
            name = f"premier-{situation.slug}"
            if not facts.get(f"situation-{situation.slug}"):
                self.add_error(name, f"Dites d'abord ce qu'il fait pour {quote(situation.label)}.")
            elif len(held.get(situation.pk, [])) >= MOST_FIRST:
                names = " et ".join(map(quote, held[situation.pk]))
                self.add_error(name, f"Deux au plus\u00a0: {names} le sont déjà. Retirez-en une.")

    def _clean_place(self, facts):
        if self._commune_error:
            self.add_error("commune", self._commune_error)
        point = [facts.get("latitude"), facts.get("longitude")]
        if not self.errors.keys() & {"latitude", "longitude"} and point.count(None) == 1:
            self.add_error("latitude", "La latitude et la longitude vont ensemble.")
        if facts.get("is_confidential"):
            facts |= {"latitude": None, "longitude": None, "siret": ""}
        start, end = facts.get("suspended_from"), facts.get("suspended_until")
        if start and end and end < start:
            self.add_error("suspended_until", "La fermeture finit après son début.")


def situations_of(facts):
    """[[slug, role, is_first]…] of the cleaned form, in the order of slugs."""
    roles = {
        name.removeprefix("situation-"): value
        for name, value in facts.items()
        if name.startswith("situation-") and value
    }
    return sorted([slug, role, bool(facts.get(f"premier-{slug}"))] for slug, role in roles.items())


def _degrees(text):
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _named(find, text, **options):
    try:
        return find(text, **options)
    except naming.Unclear as error:
        raise ValidationError(str(error)) from None


def _held(*, but):
    """{situation's key: names of the records to do first for it}, without the record `but`."""
    links = ListingSituation.objects.filter(is_first=True).exclude(listing=but)
    held = {}
    for key, name in links.order_by("pk").values_list("situation", "listing__name"):
        held.setdefault(key, []).append(name)
    return held


def _other_fields():
    """Fields that are no column: relations, the week."""
    return weeks.day_fields() | {
        "horaires_texte": text_field(
            "Horaires plus compliqués", 500, weeks.HELP, read=cells.opening_hours(500)
        ),
        "commune": text_field("commune", 120, "Son nom, ou son code postal."),
        "parent": text_field(
            "structure dont elle dépend", 260, "Pour une antenne\u00a0: le nom de la structure."
        ),
        "without_car": text_field(WAY.verbose_name, WAY.max_length, WAY.help_text),
        "zones": RepeatedField(),
        "zone_ajout": RepeatedField(),
        "is_zone_unspecified": forms.BooleanField(
            required=False,
            label="Zone non précisée",
            help_text="À demander au partenaire. En attendant, il ne compte pas comme desservant.",
        ),
        "weekly_hours": forms.DecimalField(
            required=False, max_digits=5, decimal_places=1, min_value=0, label="heures par semaine"
        ),
        "weeks": forms.IntegerField(
            required=False, min_value=0, max_value=520, label="nombre de semaines"
        ),
    }


def _closing_fields():
    return {
        "suspended_from": day_field("fermé du"),
        "suspended_until": day_field("jusqu'au", "Ce jour compris. Le message part de lui-même."),
        "suspension_message": text_field(
            "message", 200, f"«\u00a0Fermé pour travaux.\u00a0» {NO_TENANT}"
        ),
    }


POINT_HELP = {
    "latitude": "En degrés, du sud au nord\u00a0: 46,782. Vide\u00a0: le centre de la commune.",
    "longitude": "En degrés, d'ouest en est\u00a0: -0,836.",
}


def _situation_fields(situation):
    return {
        f"situation-{situation.slug}": forms.ChoiceField(
            choices=ROLES, required=False, label=situation.label
        ),
        f"premier-{situation.slug}": forms.BooleanField(required=False, label="à faire en premier"),
    }


def _initial(listing):
    initial = {attr: shown(attr, listing) for attr in BY_ATTR if attr not in ASIDE}
    initial |= weeks.initial(listing.opening_hours) | {
        "commune": naming.commune_label(listing.commune) if listing.commune_id else "",
        "parent": naming.structure_label(listing.parent) if listing.parent_id else "",
        "is_zone_unspecified": listing.is_zone_unspecified,
        "suspended_from": cells.written(listing.suspended_from),
        "suspended_until": cells.written(listing.suspended_until),
        "suspension_message": listing.suspension_message,
        "weekly_hours": listing.weekly_hours,
        "weeks": listing.weeks,
        "without_car": without_car(listing),
    }
    if listing.pk:
        initial |= _initial_relations(listing)
    return initial


def _initial_relations(listing):
    links = listing.situation_links.all()
    roles = {f"situation-{link.situation.slug}": link.role for link in links}
    firsts = {f"premier-{link.situation.slug}": link.is_first for link in links}
    zones = sorted(naming.zone_code(link.territory) for link in listing.zone_links.all())
    return roles | firsts | {"zones": zones}
