"""What people send: criteria of a search, reports."""

from urllib.parse import urlencode

from django import forms
from django.db.models import Q

from partners import places, privacy
from partners.models import Audience, HelpKind, Report, Situation, StructureType, Territory

MAX_SITUATIONS = 6
MAX_COMMUNES = 20
YES_OR_NO = ("ouvert", "domicile", "sans_rdv")


class CommuneField(forms.Field):
    """Commune codes (INSEE, former ones too), as repeated parameters, to territories."""

    widget = forms.SelectMultiple

    def clean(self, value):
        codes = list(dict.fromkeys(value or []))[: MAX_COMMUNES + 1]
        found = places.communes_by_code(codes)
        if unknown := [code for code in codes if code not in found]:
            raise forms.ValidationError(
                "La commune de code « %(code)s » n'existe pas. Choisissez-la par son nom.",
                params={"code": unknown[0][:12]},
            )
        if len(codes) > MAX_COMMUNES:
            raise forms.ValidationError("Vingt communes au plus à la fois : choisissez-en moins.")
        return list({found[code].pk: found[code] for code in codes}.values())


class SituationField(forms.Field):
    """Situation slugs, as repeated parameters, to situations in their fixed order."""

    widget = forms.SelectMultiple

    def clean(self, value):
        slugs = list(dict.fromkeys(value or []))[: MAX_SITUATIONS + 1]
        known = Situation.objects.filter(slug__in=[slug for slug in slugs if "\0" not in slug])
        found = {situation.slug: situation for situation in known.order_by("order")}
        if unknown := [slug for slug in slugs if slug not in found]:
            raise forms.ValidationError(
                "La situation « %(slug)s » n'existe pas ou plus. Choisissez-la dans la liste.",
                params={"slug": unknown[0][:40]},
            )
        if len(slugs) > MAX_SITUATIONS:
            raise forms.ValidationError(
                "Six situations au plus à la fois : retirez-en pour continuer."
            )
        return list(found.values())


class CriteriaForm(forms.Form):
    """The address of a result page: slugs and codes only, never what was typed (rule R3)."""

    situation = SituationField(required=False)
    commune = CommuneField(required=False)
    ouvert = forms.BooleanField(required=False)
    domicile = forms.BooleanField(required=False)
    sans_rdv = forms.BooleanField(required=False)
    aide = forms.ChoiceField(required=False, choices=[("", ""), *HelpKind.choices])
    public = forms.ChoiceField(required=False, choices=[("", ""), *Audience.choices])

    def query(self, **changes):
        """The address of what was cleaned and nothing else (str), with `changes`."""
        facts = self.cleaned_data
        values = {
            "situation": [situation.slug for situation in facts["situation"]],
            "commune": [commune.code for commune in facts["commune"]],
            **{name: ["1"] for name in YES_OR_NO if facts[name]},
            **{name: [facts[name]] for name in ("aide", "public") if facts[name]},
        }
        return urlencode(values | changes, doseq=True)


class MapForm(forms.Form):
    """What the map of the whole territory shows: a situation, a sector, a kind of structure."""

    situation = forms.ModelChoiceField(
        Situation.objects.order_by("order"),
        to_field_name="slug",
        required=False,
        empty_label="Toutes les situations",
    )
    secteur = forms.ModelChoiceField(
        Territory.objects.filter(kind__in=[Territory.Kind.SECTOR, Territory.Kind.EPCI]),
        to_field_name="code",
        required=False,
        empty_label="Tout le territoire",
    )
    type = forms.ChoiceField(
        required=False, choices=[("", "Tous les types"), *StructureType.choices]
    )

    def query(self):
        """The address of this choice (str), of what was cleaned and nothing else."""
        facts = self.cleaned_data
        values = {
            "situation": facts["situation"] and facts["situation"].slug,
            "secteur": facts["secteur"] and facts["secteur"].code,
            "type": facts["type"],
        }
        return urlencode({name: value for name, value in values.items() if value})

    def __init__(self, data, *, departement):
        super().__init__(data)
        self.fields["secteur"].queryset = Territory.objects.filter(
            Q(kind=Territory.Kind.SECTOR) | Q(kind=Territory.Kind.EPCI, departement=departement)
        ).order_by("-kind", "search_key", "pk")


class MessageForm(forms.ModelForm):
    """A report's free text; what looks like a tenant warns once and never blocks (rule R2)."""

    confirme = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def needs_confirmation(self):
        """Whether the message seems to name somebody, and its author was not asked yet."""
        return bool(self.suspicions()) and not self.cleaned_data["confirme"]

    def suspicions(self):
        return privacy.suspicions(self.cleaned_data.get("message", ""))


class ReportForm(MessageForm):
    """« Signaler une erreur » on a record."""

    class Meta:
        model = Report
        fields = ["kind", "message"]
        widgets = {"kind": forms.RadioSelect, "message": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = [choice for choice in Report.Kind.choices if choice[0] != Report.Kind.MISSING]
        self.fields["kind"].choices = kinds


class GapForm(MessageForm):
    """« Signaler un manque »: a situation that nobody answers in a place."""

    situation = SituationField(required=False)
    commune = CommuneField(required=False)

    class Meta:
        model = Report
        fields = ["message"]
        widgets = {"message": forms.Textarea(attrs={"rows": 3})}

    def says_something(self):
        """Whether there is a gap to record; an error is added when there is none."""
        facts = self.cleaned_data
        if facts["situation"] or facts["commune"] or facts["message"].strip():
            return True
        self.add_error("message", "Dites ce qui manque, par exemple un service et un lieu.")
        return False
