"""Form fields made from the columns of the census: what a cell may hold, a field may hold.

`partners.imports.columns` says each column once; here a column that is a field of `Listing` becomes
a field of a form, read by the same reader, refused with the same words.
"""

import re

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from partners import phones
from partners.hours import french
from partners.imports import cells
from partners.imports.columns import COLUMNS
from partners.imports.errors import Dropped, Refused
from partners.models import Listing

BY_ATTR = {column.attr: column for column in COLUMNS if column.attr}
PHONES = {"phone", "professional_phone"}
SAID_BY_LABEL = {
    "acronym",
    "structure_type",
    "email",
    "website",
    "appointment",
    "home_visits",
    "fees",
    "convention_until",
    "siret",
}
"""Fields whose help would only say their label in other words."""
ARTICLE = re.compile(r"^(les? |la |l')", re.I)
EMPTY_CHOICE = ("", "non précisé")


class CellField(forms.Field):
    """A text that a reader of cells reads; what the reader would change or drop is refused.

    `departement` (a code), set by the form, gives the plan that telephones follow. `keep` tells
    what is stored: left as it is shown, it stays as it is, even if it could not be typed today.
    """

    def __init__(self, read, *, is_text=True, **options):
        super().__init__(required=False, **options)
        self.read, self.is_text, self.departement = read, is_text, ""
        self.shown, self.stored = None, None

    def keep(self, shown, stored):
        self.shown, self.stored = str(shown), stored

    def clean(self, value):
        raw, reading = (value or "").replace("\r\n", "\n"), cells.Reading(self.departement)
        if raw and raw == self.shown:
            return self.stored
        try:
            if self.is_text:
                cells.check_formula(raw)
            found = self.read(cells.check(raw), reading)
        except (Refused, Dropped) as error:
            raise ValidationError(sentence(error)) from None
        if reading.remarks:
            raise ValidationError(sentence("; ".join(reading.remarks)))
        return found


def sentence(text):
    """« Texte trop long. » from what a reader says of a cell."""
    return f"{french.capitalise(str(text)).removesuffix('.')}."


def field_of(column):
    """The form field of a column that is a field of `Listing`."""
    known = Listing._meta.get_field(column.attr)
    about = known.help_text or column.help
    if column.attr in SAID_BY_LABEL or _only_says(about, known.verbose_name):
        about = ""
    options = {"label": known.verbose_name, "help_text": about}
    if isinstance(known, models.BooleanField):
        return forms.BooleanField(required=False, **options)
    if isinstance(known, ArrayField) and known.base_field.choices:
        widget = forms.CheckboxSelectMultiple
        choices = known.base_field.choices
        return forms.MultipleChoiceField(choices=choices, widget=widget, required=False, **options)
    if known.choices:
        return forms.ChoiceField(choices=[EMPTY_CHOICE, *known.choices], required=False, **options)
    return CellField(column.read, is_text=column.is_text, widget=_widget(known, column), **options)


def _only_says(about, label):
    """Whether a help (« La page de la source. ») is a label over again."""
    return ARTICLE.sub("", about).removesuffix(".").casefold() == label.casefold()


def text_field(label, limit, help_text="", *, widget=None, read=None):
    """A line of at most `limit` characters that is no column of the census."""
    widget = widget or forms.TextInput(attrs={"maxlength": limit})
    return CellField(read or cells.text(limit), label=label, help_text=help_text, widget=widget)


def day_field(label, help_text="", *, read=cells.day):
    widget = forms.DateInput(attrs={"type": "date"})
    return CellField(read, is_text=False, label=label, help_text=help_text, widget=widget)


def shown(attr, listing):
    """What stands in the field of a record that is opened."""
    value = getattr(listing, attr)
    if attr in PHONES:
        return phones.display(value)
    if isinstance(value, bool | list) and isinstance(field_of(BY_ATTR[attr]), SHOWN_AS_THEY_ARE):
        return value
    return cells.written(value)


SHOWN_AS_THEY_ARE = (forms.BooleanField, forms.MultipleChoiceField)


def _widget(known, column):
    if isinstance(known, models.TextField):
        return forms.Textarea(attrs={"rows": 3, "maxlength": cells.MAX_LINES})
    if isinstance(known, models.DateField):
        return forms.DateInput(attrs={"type": "date"})
    attrs = {"autocomplete": "off"}
    if known.max_length and column.attr not in PHONES | {"website", "siret"}:
        attrs["maxlength"] = known.max_length
    if column.attr in PHONES:
        attrs |= {"type": "tel", "inputmode": "tel"}
    return forms.TextInput(attrs=attrs)
