"""What maps ask: a territory, the part in sight, the partners of one point."""

import re
from urllib.parse import urlencode

from django import forms
from django.db.models import Case, Exists, Q, When

from partners import atlas, geo
from partners.forms import CriteriaForm
from partners.models import Listing, Situation, StructureType, Territory

MAX_KEYS = 50
KEY = re.compile(r"[0-9]{1,9}")


class BoxField(forms.CharField):
    """« ouest,sud,est,nord » in degrees, to (south, west, north, east); None when empty."""

    def clean(self, value):
        text = super().clean(value)
        try:
            return geo.parse_box(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class KeysField(forms.Field):
    """Primary keys, as repeated parameters, in their order."""

    widget = forms.SelectMultiple

    def clean(self, value):
        keys = list(dict.fromkeys(super().clean(value)))
        if not all(KEY.fullmatch(key) for key in keys):
            raise forms.ValidationError("Une fiche se désigne par son numéro.")
        if len(keys) > MAX_KEYS:
            raise forms.ValidationError("Cinquante fiches au plus à la fois.")
        return [int(key) for key in keys]


class ViewForm(forms.Form):
    """The part of a map in sight, and how finely it is asked."""

    vue = BoxField(required=False)
    niveau = forms.ChoiceField(
        required=False, choices=[(n, n) for n in (*atlas.LEVELS, atlas.PINS)]
    )

    def view(self):
        return atlas.View(self.cleaned_data["vue"], self.cleaned_data["niveau"])


class PopupForm(CriteriaForm):
    """The listings of one point of a map, and the criteria that put them there."""

    fiche = KeysField()


class MapForm(forms.Form):
    """What the map of the whole territory shows: a situation, a sector, a kind of structure."""

    situation = forms.ModelChoiceField(
        Situation.objects.order_by("order"),
        to_field_name="slug",
        required=False,
        empty_label="Toutes les situations",
    )
    secteur = forms.ModelChoiceField(
        Territory.objects.none(),
        to_field_name="code",
        required=False,
        empty_label="Tout le territoire",
    )
    type = forms.ChoiceField(
        required=False, choices=[("", "Tous les types"), *StructureType.choices]
    )
    bbox = BoxField(required=False, widget=forms.HiddenInput)
    page = forms.IntegerField(required=False, min_value=1, max_value=99_999)

    def __init__(self, data, *, departement):
        super().__init__(data)
        self.departement = departement
        self.fields["secteur"].queryset = _territories(departement)

    def query(self, **changes):
        """The address of this choice (str), of what was cleaned and nothing else."""
        facts = self.cleaned_data
        values = {
            "situation": facts["situation"] and facts["situation"].slug,
            "secteur": facts["secteur"] and facts["secteur"].code,
            "type": facts["type"],
            "bbox": facts["bbox"] and geo.format_box(facts["bbox"]),
        }
        return urlencode({name: value for name, value in (values | changes).items() if value})

    def what(self):
        """The kind of partner asked for, as `atlas` takes it."""
        facts = self.cleaned_data
        return {"situation": facts["situation"], "structure_type": facts["type"]}

    def where(self):
        """The territory and the box asked for, as `atlas` takes them."""
        facts = self.cleaned_data
        return {"territory": facts["secteur"] or self.departement, "box": facts["bbox"]}


def _territories(departement):
    """Sectors and EPCI at home; other départements and all France, once partners are there whose
    place is no secret (rule R7)."""
    kinds = Territory.Kind
    away = Listing.objects.published().filter(is_confidential=False)
    away = away.exclude(commune__departement=departement)
    mapped = Q(kind=kinds.SECTOR) | Q(kind=kinds.EPCI, departement=departement)
    mapped |= Q(kind__in=[kinds.COUNTRY, kinds.DEPARTEMENT]) & Exists(
        away.filter(commune__isnull=False)
    )
    rows = Territory.objects.filter(mapped)
    country_first = Case(When(kind=kinds.COUNTRY, then=0), default=1)
    return rows.order_by(country_first, "-kind", "search_key", "pk")
