"""What a manager writes in the register of gaps."""

import re

from django import forms
from django.db.models import Q

from partners.forms import MessageForm
from partners.models import Gap, Listing, Situation, Territory
from partners.places import home_departement

KEY = re.compile(r"[0-9]{1,9}")


class ListingNumberField(forms.CharField):
    """A record by its number or by the address of its page, to the record; None when empty."""

    def clean(self, value):
        text = super().clean(value).strip()
        if not text:
            return None
        number = text.rstrip("/").rpartition("fiches/")[2].partition("-")[0]
        is_number = KEY.fullmatch(number)
        found = Listing.objects.filter(pk=int(number)).first() if is_number else None
        if found is None:
            raise forms.ValidationError(
                "Aucune fiche n'a ce numéro. Copiez l'adresse de la page de la fiche."
            )
        return found


class GapForm(MessageForm):
    """A gap: what is needed, where, how far the answer is; its notes name nobody (rule R2)."""

    free_text = "note"
    situation = forms.ModelChoiceField(
        Situation.objects.order_by("order", "pk"),
        to_field_name="slug",
        label="Besoin",
        empty_label="Choisissez une situation",
        error_messages={"invalid_choice": "Cette situation n'existe pas ou plus."},
    )
    territory = forms.ModelChoiceField(
        Territory.objects.none(),
        label="Territoire",
        empty_label="Choisissez un territoire",
        error_messages={"invalid_choice": "Ce territoire n'est pas l'un des vôtres."},
    )
    closed_by = ListingNumberField(
        label="Fiche qui y répond",
        required=False,
        help_text="Pour un manque comblé\u00a0: l'adresse de sa page, ou son numéro.",
    )

    class Meta:
        model = Gap
        fields = ["situation", "territory", "status", "closed_by", "note"]
        widgets = {
            "status": forms.RadioSelect,
            "note": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = str(self["territory"].value() or "")
        self.fields["territory"].queryset = _territories(chosen)
        if self.instance.pk:
            for name in ("situation", "territory"):
                del self.fields[name]
            closer = self.instance.closed_by
            self.initial["closed_by"] = closer.get_absolute_url() if closer else ""

    def clean(self):
        facts = super().clean()
        is_closed = facts.get("status") == Gap.Status.CLOSED
        if is_closed and facts.get("closed_by") is None and "closed_by" not in self.errors:
            self.add_error("closed_by", "Un manque comblé dit quelle fiche y répond.")
        if not is_closed:
            facts["closed_by"] = None
        return facts


def _territories(chosen):
    """EPCI, sectors and the département at home, communes without EPCI, and the one asked for."""
    departement = home_departement()
    kinds = Territory.Kind
    known = Q(kind=kinds.SECTOR) | Q(pk=departement and departement.pk)
    known |= Q(kind=kinds.EPCI, departement=departement)
    known |= Q(kind=kinds.COMMUNE, departement=departement, epci=None)
    if KEY.fullmatch(chosen):
        known |= Q(kind=kinds.COMMUNE, departement=departement, pk=int(chosen))
    return Territory.objects.filter(known).order_by("-kind", "search_key", "pk")
