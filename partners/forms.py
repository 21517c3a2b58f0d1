"""What people send: criteria of a search, reports."""

from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils import timezone

from partners import places, privacy
from partners.coverage import place_of_communes, place_of_territory
from partners.models import (
    Audience,
    DangerSign,
    HelpKind,
    Mobiliser,
    Report,
    Situation,
    StructureType,
    Territory,
)
from partners.search import Criteria

MAX_SITUATIONS = 6
MAX_COMMUNES = 20
MAX_SIGNS = 10
MAX_TEXT = 200
YES_OR_NO = {
    "ouvert": ("is_open_now", "Ouvert maintenant"),
    "domicile": ("is_at_home", "Se déplace à domicile"),
    "sans_rdv": ("is_without_appointment", "Sans rendez-vous"),
    "apres_17h": ("is_open_late", "Ouvert après 17 h"),
    "telephone": ("is_by_phone", "Par téléphone"),
    "sur_place": ("is_on_site", "Sur place"),
    "distance": ("is_remote", "À distance"),
    "gratuit": ("is_free", "Gratuit"),
    "convention": ("has_convention", "Sous convention"),
    "verifie": ("is_verified", "Vérifié depuis moins d'un an"),
}
"""Parameters of the address: the attribute of `Criteria`, the words of the screen."""

CALLERS = (
    (Mobiliser.PERSON, "Le locataire peut appeler"),
    (Mobiliser.PROFESSIONAL, "Un professionnel peut appeler"),
)
CHOICES = {
    "qui": ("mobiliser", CALLERS),
    "aide": ("help_kind", HelpKind.choices),
    "public": ("audience", Audience.choices),
}
"""Parameters of one value among several: the attribute of `Criteria`, (value, words)."""


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


class SignField(forms.Field):
    """Slugs of signs of danger, as repeated parameters; an unknown one is left out."""

    widget = forms.SelectMultiple

    def clean(self, value):
        slugs = [slug for slug in (value or [])[:MAX_SIGNS] if "\0" not in slug]
        return list(DangerSign.objects.filter(slug__in=slugs).order_by("pk")) if slugs else []


class CriteriaForm(forms.Form):
    """The address of a result page: slugs and codes only, never what was typed (rule R3)."""

    situation = SituationField(required=False)
    commune = CommuneField(required=False)
    signe = SignField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in YES_OR_NO:
            self.fields[name] = forms.BooleanField(required=False)
        for name, (_, choices) in CHOICES.items():
            self.fields[name] = forms.ChoiceField(required=False, choices=[("", ""), *choices])

    def query(self, **changes):
        """The address of what was cleaned and nothing else (str), with `changes`."""
        facts = self.cleaned_data
        values = {
            "situation": [situation.slug for situation in facts["situation"]],
            "commune": [commune.code for commune in facts["commune"]],
            "signe": [sign.slug for sign in facts["signe"]],
            **{name: ["1"] for name in YES_OR_NO if facts[name]},
            **{name: [facts[name]] for name in CHOICES if facts[name]},
        }
        return urlencode(values | changes, doseq=True)

    def criteria(self, user, *, text=""):
        """The `Criteria` of a valid form; without a commune, the sector of the account's agency.

        `text` are the words left over, from the body of a request and nowhere else (rule R3).
        """
        facts = self.cleaned_data
        communes = facts["commune"]
        return Criteria(
            place=place_of_communes(communes) if communes else place_of_territory(sector_of(user)),
            at=timezone.localtime().replace(second=0, microsecond=0),
            situations=tuple(facts["situation"]),
            text=text[:MAX_TEXT].replace("\0", " ").strip(),
            dangers=tuple(facts["signe"]),
            **{attribute: facts[name] for name, (attribute, _) in YES_OR_NO.items()},
            **{attribute: facts[name] for name, (attribute, _) in CHOICES.items()},
        )


def sector_of(user):
    """The territory of a search without a commune: the agency's sector, else the département."""
    agency = getattr(user, "agency", None)
    return agency.sector if agency else places.home_departement()


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
