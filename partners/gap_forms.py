"""What a manager writes in the register of gaps."""

import re

from django import forms
from django.db.models import Q

from partners.forms import MessageForm
from partners.models import Gap, Listing, Situation, Territory
from partners.places import home_departement
from partners.records import naming

KEY = re.compile(r"[0-9]{1,9}")


class ListingField(forms.CharField):
    """A record by its name, its number or the address of its page; None when empty."""

    def clean(self, value):
        text = super().clean(value).strip()
        if not text:
            return None
        number = text.rstrip("/").rpartition("fiches/")[2].partition("-")[0]
        if KEY.fullmatch(number) and (found := Listing.objects.filter(pk=int(number)).first()):
            return found
        try:
            return naming.record(text)
        except naming.Unclear as error:
            raise forms.ValidationError(str(error)) from None


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
    closed_by = ListingField(
        label="Fiche qui y répond",
        required=False,
        max_length=300,
        help_text="Pour un manque comblé\u00a0: son nom, ou l'adresse de sa page.",
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
            self.initial["closed_by"] = naming.structure_label(closer) if closer else ""

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
