"""What people send: criteria of a search, reports."""

import re
from functools import cached_property
from urllib.parse import urlencode

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils import timezone

from partners import handbook, permissions, places, privacy, words
from partners.coverage import communes_by_code, place_of_communes, place_of_territory
from partners.models import (
    Audience,
    DangerSign,
    Folder,
    HelpKind,
    Listing,
    Mobiliser,
)
from partners.search import Criteria

MAX_SITUATIONS = 6
MAX_COMMUNES = 20
MAX_SIGNS = 10
MAX_TEXT = 200
FOLDER_IDS = re.compile(r"(?:[0-9]{1,9}(?:,[0-9]{1,9}){0,99})?")
YES_OR_NO = {
    "ouvert": ("is_open_now", "Ouvert maintenant"),
    "domicile": ("is_at_home", "Se déplace à domicile"),
    "sans_rdv": ("is_without_appointment", "Sans rendez-vous"),
    "apres_17h": ("is_open_late", "Ouvert après 17 h"),
    "telephone": ("is_by_phone", "Joignable par téléphone"),
    "sur_place": ("is_on_site", "Reçoit sur place"),
    "distance": ("is_remote", "Aide à distance, sans se déplacer"),
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


NO_FILTER = "Un filtre de cette adresse n'existe pas, ou plus. Cherchez de nouveau, sans lui."
FILTERS = {name: forms.BooleanField(required=False) for name in YES_OR_NO} | {
    name: forms.ChoiceField(
        required=False, choices=[("", ""), *choices], error_messages={"invalid_choice": NO_FILTER}
    )
    for name, (_, choices) in CHOICES.items()
}
"""The fields of both, which no form changes: made once, for every search reads them."""


class CommuneField(forms.Field):
    """Commune codes (INSEE, former ones too), as repeated parameters, to territories."""

    widget = forms.SelectMultiple

    def clean(self, value):
        codes = list(dict.fromkeys(value or []))[: MAX_COMMUNES + 1]
        found = communes_by_code(codes)
        if unknown := [code for code in codes if code not in found]:
            raise forms.ValidationError(
                "La commune de code «\u00a0%(code)s\u00a0» n'existe pas. "
                "Choisissez-la par son nom.",
                params={"code": unknown[0][:12]},
            )
        if len(codes) > MAX_COMMUNES:
            raise forms.ValidationError(
                "Vingt communes au plus à la fois\u00a0: choisissez-en moins."
            )
        return places.each_once(found[code] for code in codes)


class SituationField(forms.Field):
    """Situation slugs, as repeated parameters, to situations in their fixed order."""

    widget = forms.SelectMultiple

    def clean(self, value):
        slugs = list(dict.fromkeys(value or []))[: MAX_SITUATIONS + 1]
        found = handbook.situations(slugs)
        if unknown := [slug for slug in slugs if slug not in found]:
            raise forms.ValidationError(
                "La situation «\u00a0%(slug)s\u00a0» n'existe pas ou plus. "
                "Choisissez-la dans la liste.",
                params={"slug": unknown[0][:40]},
            )
        if len(slugs) > MAX_SITUATIONS:
            raise forms.ValidationError(
                "Six situations au plus à la fois\u00a0: retirez-en pour continuer."
            )
        return list(dict.fromkeys(found.values()))


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
        self.fields.update(FILTERS)

    def query(self, **changes):
        """The address of what was cleaned and nothing else (str), with `changes`."""
        return urlencode(self._facts | changes, doseq=True) if changes else self._query

    @cached_property
    def _query(self):
        return urlencode(self._facts, doseq=True)

    @cached_property
    def _facts(self):
        facts = self.cleaned_data
        return {
            "situation": [situation.slug for situation in facts["situation"]],
            "commune": [commune.asked_code for commune in facts["commune"]],
            "signe": [sign.slug for sign in facts["signe"]],
            **{name: ["1"] for name in YES_OR_NO if facts[name]},
            **{name: [facts[name]] for name in CHOICES if facts[name]},
        }

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


def name_blanks(form, label="non précisé"):
    """The dashes that Django proposes first for a choice that may be blank, in a word."""
    for field in form.fields.values():
        known = list(field.choices) if isinstance(field, forms.TypedChoiceField) else []
        if known[:1] == BLANK_CHOICE_DASH:
            field.choices = [("", label), *known[1:]]


class MessageForm(forms.ModelForm):
    """A free text; what looks like a tenant warns once and never blocks (rule R2)."""

    free_text = "message"
    confirme = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def needs_confirmation(self):
        """Whether the message seems to name somebody, and its author was not asked yet."""
        return bool(self.suspicions()) and not self.cleaned_data["confirme"]

    def suspicions(self):
        return privacy.suspicions(self.cleaned_data.get(self.free_text, ""))


class FolderForm(MessageForm):
    """A folder of favourites: its name, and whether the agency shares it.

    `fiche` is the listing that a new folder is made for, if any.
    """

    free_text = "name"
    is_shared = forms.BooleanField(required=False)
    fiche = forms.ModelChoiceField(None, required=False, widget=forms.HiddenInput)

    class Meta:
        model = Folder
        fields = ["name"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        agency = self.instance.shared_with or user.agency
        self.fields["fiche"].queryset = permissions.visible(Listing.objects.all(), user)
        self.fields["is_shared"].label = f"Partager avec mes collègues de «\u00a0{agency}\u00a0»"
        self.initial["is_shared"] = self.instance.shared_with_id is not None
        if not (self.initial["is_shared"] or permissions.can_share_folders(user)):
            del self.fields["is_shared"]

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if not words.fold(name):
            raise forms.ValidationError("Donnez un nom avec des lettres ou des chiffres.")
        return name


class GestureForm(forms.Form):
    """A listing kept (`garder`) or removed (`retirer`): ids of folders, none for the account's own.

    Exactly one of the two is sent.
    """

    garder = forms.CharField(required=False, max_length=500)
    retirer = forms.CharField(required=False, max_length=500)

    def clean(self):
        sent = [name for name in ("garder", "retirer") if name in self.data]
        if len(sent) != 1 or not FOLDER_IDS.fullmatch(self.cleaned_data.get(sent[0], "?")):
            raise forms.ValidationError("Ce geste n'existe pas.")
        ids = self.cleaned_data[sent[0]]
        return {"keeps": sent == ["garder"], "folder_ids": [int(i) for i in ids.split(",") if i]}


class ArrangeForm(forms.Form):
    """The folders that hold a listing: those ticked, and those that were when the page was shown.

    What somebody else did meanwhile stays.
    """

    dossiers = forms.ModelMultipleChoiceField(
        None, required=False, widget=forms.CheckboxSelectMultiple
    )
    avant = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)

    def __init__(self, *args, folders, holding=(), **kwargs):
        before = ",".join(map(str, holding))
        initial = {"dossiers": list(holding), "avant": before}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["dossiers"].queryset = folders

    def clean_avant(self):
        if not FOLDER_IDS.fullmatch(self.cleaned_data["avant"]):
            raise forms.ValidationError("Cette page a changé\u00a0: rechargez-la.")
        return {int(i) for i in self.cleaned_data["avant"].split(",") if i}

    def changes(self):
        """(ids of folders to add to, ids of folders to remove from)."""
        after = {folder.pk for folder in self.cleaned_data["dossiers"]}
        before = self.cleaned_data["avant"]
        return after - before, before - after
