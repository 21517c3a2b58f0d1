"""What a manager announces of a partner for a time."""

from django import forms
from django.utils import timezone

from partners import announcing, privacy
from partners.announcing import CLOSURE, MESSAGE
from partners.models.fields import NO_TENANT
from partners.records.fields import day_field, text_field

KINDS = [
    (MESSAGE, "un message\u00a0: il reste ouvert («\u00a0déménage le 3\u00a0»)"),
    (CLOSURE, "une fermeture\u00a0: la carte le dit et passe après les autres"),
]


class AnnouncementForm(forms.Form):
    """An end is asked for, or that it is not known: what is forgotten would stay for ever."""

    kind = forms.ChoiceField(
        choices=KINDS,
        initial=MESSAGE,
        widget=forms.RadioSelect,
        label="quoi",
        error_messages={
            "required": "Dites si c'est une fermeture ou un message.",
            "invalid_choice": "Dites si c'est une fermeture ou un message.",
        },
    )
    text = text_field("ce que liront les conseillères", 200, NO_TENANT)
    first = day_field("du", "Vide\u00a0: dès aujourd'hui.")
    last = day_field("jusqu'au", "Ce jour compris. L'annonce part d'elle-même le lendemain.")
    has_no_end = forms.BooleanField(required=False, label="La date de fin n'est pas connue")
    confirme = forms.BooleanField(required=False)

    def clean(self):
        said = super().clean()
        if said.get("kind") == MESSAGE and not said.get("text") and "text" not in self.errors:
            self.add_error("text", "Écrivez le message.")
        if "last" not in self.errors:
            self._clean_end(said)
        return said

    def _clean_end(self, said):
        first, last = said.get("first") or timezone.localdate(), said.get("last")
        if not last and not said.get("has_no_end"):
            self.add_error("last", "Donnez le dernier jour, ou cochez que la fin n'est pas connue.")
        elif last and said.get("has_no_end"):
            self.add_error("last", "Retirez cette date, ou décochez «\u00a0pas connue\u00a0».")
        elif last and last < first:
            self.add_error("last", "Le dernier jour vient avant le premier.")
        elif last and last < timezone.localdate():
            self.add_error("last", "Ce jour est passé\u00a0: personne ne lirait l'annonce.")

    def needs_confirmation(self):
        """Whether the words seem to name somebody, and it was not asked yet (rule R2)."""
        facts = self.cleaned_data
        return bool(privacy.suspicions(facts["text"] or "")) and not facts["confirme"]

    def save(self, listing):
        facts = self.cleaned_data
        announcing.announce(
            listing,
            facts["kind"],
            text=facts["text"] or "",
            first=facts["first"] or timezone.localdate(),
            last=facts["last"],
        )
