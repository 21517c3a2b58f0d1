"""What a manager writes of a campaign: which records, which message, which reminders."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from partners.campaigns import wording
from partners.models import Campaign, Listing, OptOut, Situation, Territory
from partners.places import home_departement

MOST_LETTERS = 5000
"""Addresses of one campaign, at most: more is a mistake in the choice."""


class CampaignForm(forms.ModelForm):
    """Name, choice of records, message, link and reminders; the message names nobody (rule R2)."""

    situation = forms.ModelChoiceField(
        Situation.objects.order_by("order", "pk"),
        to_field_name="slug",
        required=False,
        label="situation",
        empty_label="Toutes",
        error_messages={"invalid_choice": "Cette situation n'existe pas ou plus."},
    )
    place = forms.ModelChoiceField(
        Territory.objects.none(),
        required=False,
        label="secteur ou intercommunalité",
        empty_label="Partout",
        error_messages={"invalid_choice": "Ce lieu n'est pas l'un des vôtres."},
    )
    confirme = forms.BooleanField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Campaign
        fields = [
            "name", "selection", "situation", "place", "structure_type", "subject", "body",
            "link_days", "reminders", "reminder_days",
        ]  # fmt: skip
        widgets = {
            "selection": forms.RadioSelect,
            "body": forms.Textarea(attrs={"rows": 14}),
        }
        help_texts = {
            "name": "Pour vous seulement\u00a0: «\u00a0Vérification de printemps\u00a0».",
            "subject": "Il se lit sur un écran verrouillé\u00a0: il ne dit aucune situation.",
            "link_days": "Entre 7 et 180.",
            "reminders": "À qui n'a pas répondu. Vous pourrez les arrêter.",
            "reminder_days": "Entre 3 et 60.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["place"].queryset = _places()
        self.fields["structure_type"].choices = [
            ("", "Tous"),
            *(c for c in self.fields["structure_type"].choices if c[0]),
        ]
        if self.instance.situation_id:
            self.initial["situation"] = self.instance.situation.slug

    def clean_name(self):
        return _one_line(self.cleaned_data["name"])

    def clean_subject(self):
        subject = _one_line(self.cleaned_data["subject"])
        if told := wording.situations_of(subject):
            names = ", ".join(f"«\u00a0{label}\u00a0»" for label in told)
            raise ValidationError(
                f"L'objet laisse deviner une situation ({names})\u00a0: dites-le autrement."
            )
        if wording.WORD.search(subject):
            raise ValidationError("Pas de mot entre crochets dans l'objet.")
        return subject

    def clean_body(self):
        body = self.cleaned_data["body"].replace("\r\n", "\n")
        if unknown := wording.unknown_words(body):
            raise ValidationError(f"{unknown[0]} ne veut rien dire ici\u00a0: voyez la liste.")
        if "[lien]" not in body:
            raise ValidationError("Il manque [lien]\u00a0: sans lui, personne ne peut répondre.")
        return body

    def needs_confirmation(self):
        """Whether the text seems to name somebody, and its author was not asked yet."""
        facts = self.cleaned_data
        names = wording.suspicions(facts["name"], facts["subject"], facts["body"])
        return bool(names) and not facts["confirme"]


class RemindersForm(forms.ModelForm):
    """What may still change once the letters have left."""

    class Meta:
        model = Campaign
        fields = ["reminders", "reminder_days"]


class LeftOutForm(forms.Form):
    """A record set aside by hand, or taken back."""

    fiche = forms.ModelChoiceField(Listing.objects.all())
    garder = forms.BooleanField(required=False)


class OptOutForm(forms.ModelForm):
    """An address that asked by telephone to be left alone."""

    class Meta:
        model = OptOut
        fields = ["email"]

    def clean_email(self):
        email = self.cleaned_data["email"]
        if OptOut.objects.filter(email__iexact=email).exists():
            raise ValidationError("Cette adresse est déjà dans la liste.")
        return email


def _places():
    """Sectors of agencies, and EPCI of the département at home."""
    kinds = Territory.Kind
    mine = Q(kind=kinds.SECTOR) | Q(kind=kinds.EPCI, departement=home_departement())
    return Territory.objects.filter(mine).order_by("-kind", "search_key", "pk")


def _one_line(text):
    """A header of a message holds no line end; spaces that do not break stay."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()
