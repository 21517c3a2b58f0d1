"""What a record has several of: permanences, named contacts, roles in a scheme."""

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone

from partners import hours, phones, words
from partners.hours import french
from partners.imports import cells
from partners.models import Contact, SchemeRole
from partners.records import naming, week
from partners.records.fields import CellField, day_field, text_field

MOST_ROWS = 150
DAYS = [("", "jour"), *((str(day), name) for day, name in enumerate(french.DAYS))]
BY_HAND = "saisie en gestion"


class RowForm(forms.Form):
    """A row left blank is no row; one that is not has `values`, as `facts` compare them."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    typed = ()
    values = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.initial.get("stored", {}):
            self.fields[name].keep(self.initial[name], self.initial["stored"][name])

    @property
    def is_blank(self):
        return not any(self[name].value() for name in self.typed)

    @property
    def is_kept(self):
        return self.values is not None and not self.cleaned_data.get("DELETE")

    def clean(self):
        facts = super().clean()
        if not self.is_blank and not facts.get("DELETE"):
            self.check(facts)
            self.values = None if self.errors else self.read(facts)
        elif facts.get("DELETE"):
            self._errors.clear()
        return facts

    def require(self, facts, name, message):
        if not facts.get(name) and name not in self.errors:
            self.add_error(name, message)

    def free_texts(self):
        """What is written freely in the row (rule R2)."""
        return []


class PermanenceForm(RowForm):
    place = text_field("lieu", 160, "«\u00a0mairie\u00a0», «\u00a0maison de santé\u00a0»")
    commune = text_field("commune", 120)
    address = text_field("adresse", 250)
    day = forms.ChoiceField(choices=DAYS, required=False, label="jour")
    ranks = week.ranks_field("lesquels du mois")
    slots = text_field("heures", 100, "14h-17h, ou 9h-12h / 14h-17h")
    is_closed_in_august = forms.BooleanField(required=False, label="pas en août")
    is_closed_on_holidays = forms.BooleanField(required=False, label="pas les jours fériés")
    is_by_appointment = forms.BooleanField(required=False, label="sur rendez-vous")
    hours_text = text_field(
        "un rythme plus compliqué",
        300,
        "Dans la syntaxe d'OpenStreetMap, à la place du jour et des heures.",
        read=cells.opening_hours(300),
    )
    typed = ("place", "commune", "address", "day", "slots", "hours_text")

    def check(self, facts):
        self.require(facts, "place", "Dites où, par exemple «\u00a0mairie\u00a0».")
        self.require(facts, "commune", "Dites dans quelle commune.")
        if facts.get("commune"):
            self._find_commune(facts)
        if facts.get("hours_text"):
            facts["hours"] = facts["hours_text"]
            if facts.get("day") or facts.get("slots"):
                self.add_error("hours_text", "Videz ce texte, ou le jour et les heures.")
        elif "hours_text" not in self.errors:
            self._write_hours(facts)

    def read(self, facts):
        return {
            "commune": facts["territory"].code,
            "place": facts["place"],
            "address": facts["address"],
            "hours": facts["hours"],
            "is_by_appointment": facts["is_by_appointment"],
        }

    def free_texts(self):
        return [self.cleaned_data.get("place") or ""]

    def next_dates(self):
        """The next dates (French) of a permanence already recorded, [] when it has none."""
        osm = self.initial.get("osm", "")
        found = hours.next_dates(osm, timezone.localtime(), departement=self.initial["departement"])
        today = timezone.localdate()
        return [hours.format_day(start.date(), today) for start, _ in found]

    def _find_commune(self, facts):
        try:
            facts["territory"] = naming.commune(facts["commune"])
        except naming.Unclear as error:
            self.add_error("commune", str(error))

    def _write_hours(self, facts):
        self.require(facts, "day", "Choisissez le jour.")
        if "slots" in self.errors or not facts.get("day"):
            return
        rhythm = hours.Rhythm(
            int(facts["day"]),
            facts["slots"],
            tuple(map(int, facts["ranks"])),
            is_closed_in_august=facts["is_closed_in_august"],
            is_closed_on_holidays=facts["is_closed_on_holidays"],
        )
        try:
            facts["hours"] = hours.write_rhythm(rhythm)
        except hours.RhythmError as error:
            self.add_error("slots", str(error))


class ContactForm(RowForm):
    name = text_field("nom", 120)
    function = text_field("fonction", 120)
    phone = CellField(cells.phone, is_text=False, label="téléphone")
    email = CellField(cells.email, is_text=False, label="courriel")
    visibility = forms.ChoiceField(
        choices=Contact.Visibility.choices,
        required=False,
        initial=Contact.Visibility.MANAGERS,
        label="visible par",
    )
    source = text_field("qui l'a donné", 120, "La personne elle-même, le site du partenaire…")
    recorded_on = day_field("relevé le", "Vide\u00a0: aujourd'hui.", read=cells.past_day)
    typed = ("name", "function", "phone", "email")

    def check(self, facts):
        self.require(facts, "name", "Donnez son nom, ou retirez la ligne.")

    def read(self, facts):
        names = ("name", "function", "phone", "email")
        return {name: facts[name] for name in names} | {
            "visibility": facts["visibility"] or Contact.Visibility.MANAGERS.value,
            "source": facts["source"] or BY_HAND,
            "recorded_on": (facts["recorded_on"] or timezone.localdate()).isoformat(),
        }


class RoleForm(RowForm):
    role = forms.ChoiceField(choices=SchemeRole.Role.choices, required=False, label="rôle")
    structure = text_field("structure", 260, "Son nom, tel qu'il est dans l'annuaire.")
    typed = ("structure",)

    def check(self, facts):
        self.require(facts, "role", "Choisissez son rôle.")
        if facts.get("structure"):
            try:
                facts["listing"] = naming.structure(facts["structure"])
            except naming.Unclear as error:
                self.add_error("structure", str(error))

    def read(self, facts):
        return {"role": facts["role"], "structure": facts["listing"].pk}


class Rows(BaseFormSet):
    """Rows of one kind. Those typed twice count once."""

    def kept(self):
        return [form for form in self.forms if form.is_kept]

    def values(self):
        """[{…}] of the rows to keep, in a fixed order."""
        return in_order([form.values for form in self.kept()])


def in_order(rows):
    """The same rows in an order that two people's pages share, each once."""
    unique = {tuple(sorted(row.items())): row for row in rows}
    return [unique[key] for key in sorted(unique, key=str)]


def _rows(form):
    limits = {"max_num": MOST_ROWS, "absolute_max": MOST_ROWS, "validate_max": True}
    return formset_factory(form, formset=Rows, extra=1, can_delete=True, **limits)


PermanenceRows, ContactRows, RoleRows = map(_rows, (PermanenceForm, ContactForm, RoleForm))


def initial_permanence(permanence):
    rhythm = hours.read_rhythm(permanence.hours)
    initial = {
        "id": permanence.pk,
        "place": permanence.place,
        "commune": naming.commune_label(permanence.commune),
        "address": permanence.address,
        "is_by_appointment": permanence.is_by_appointment,
        "osm": permanence.hours,
        "departement": words.departement_code(permanence.commune.code),
    }
    if rhythm is None:
        stored = {"hours_text": permanence.hours}
        return initial | stored | {"stored": stored}
    return initial | {
        "day": str(rhythm.day),
        "ranks": [str(rank) for rank in rhythm.ranks],
        "slots": rhythm.slots,
        "is_closed_in_august": rhythm.is_closed_in_august,
        "is_closed_on_holidays": rhythm.is_closed_on_holidays,
    }


def initial_contact(contact):
    names = ("name", "function", "email", "visibility", "source")
    return {name: getattr(contact, name) for name in names} | {
        "id": contact.pk,
        "phone": phones.display(contact.phone),
        "recorded_on": contact.recorded_on.isoformat(),
        "stored": {"phone": contact.phone, "email": contact.email},
    }


def initial_role(link):
    label = naming.structure_label(link.structure)
    return {"id": link.pk, "role": link.role, "structure": label}
