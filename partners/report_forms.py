"""What people send about reports: a tap, a few words, a gap, the end of one."""

from django import forms
from django.conf import settings

from partners import places
from partners.forms import CommuneField, MessageForm, SituationField
from partners.models import Report, Situation

ERRORS = [choice for choice in Report.Kind.choices if choice[0] != Report.Kind.MISSING]
MANY_COMMUNES = 12


class ReportForm(MessageForm):
    """« Signaler une erreur » on a record: what, and a few words if one wants."""

    class Meta:
        model = Report
        fields = ["kind", "message"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = ERRORS


class WordsForm(MessageForm):
    """A few words added to a report that was just filed."""

    class Meta:
        model = Report
        fields = ["message"]
        widgets = {"message": forms.Textarea(attrs={"rows": 2})}


class ChosenSituationField(SituationField):
    """Of a list whose first line chooses nothing."""

    def clean(self, value):
        return super().clean([slug for slug in value or [] if slug])


class GapForm(MessageForm):
    """« Signaler un manque »: a situation that nobody answers in a place.

    `commune` is a code, as the addresses of results have it; `lieu` what one types instead.
    """

    situation = ChosenSituationField(required=False)
    commune = CommuneField(required=False)
    lieu = forms.CharField(
        label="commune",
        required=False,
        max_length=places.LONGEST,
        help_text="Son nom ou son code postal.",
    )

    class Meta:
        model = Report
        fields = ["message"]
        widgets = {"message": forms.Textarea(attrs={"rows": 3})}

    def clean_lieu(self):
        """The commune (`Territory`) that was typed, None for nothing."""
        typed = self.cleaned_data["lieu"]
        if not typed.strip():
            return None
        found = places.resolve(typed, departement=settings.DEFAULT_DEPARTEMENT)
        if len(found) == 1:
            return found[0]
        raise forms.ValidationError(_which(found))

    @property
    def territory(self):
        """The commune that the gap concerns, or None."""
        communes = self.cleaned_data["commune"]
        return self.cleaned_data["lieu"] or (communes[0] if communes else None)

    def says_something(self):
        """Whether there is a gap to record; an error is added when there is none."""
        facts = self.cleaned_data
        if facts["situation"] or self.territory or facts["message"].strip():
            return True
        self.add_error("message", "Dites ce qui manque, par exemple un service et un lieu.")
        return False

    @staticmethod
    def situations():
        """What one may choose from."""
        return Situation.objects.order_by("order", "pk")


class CloseForm(MessageForm):
    """The end of a report: treated or dropped, and the answer to who reported it."""

    free_text = "answer"
    with_others = forms.BooleanField(
        required=False, initial=True, label="Terminer aussi les autres signalements de la fiche"
    )

    class Meta:
        model = Report
        fields = ["status", "answer"]
        widgets = {"answer": forms.Textarea(attrs={"rows": 2}), "status": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [(status, status.label) for status in Report.CLOSED]
        self.fields["status"].label = "Comment cela finit-il\u00a0?"
        self.initial["status"] = Report.Status.DONE


def _which(found):
    if not found:
        return "Cette commune est inconnue. Écrivez son nom, ou son code postal."
    names = ", ".join(commune.name for commune in found[:MANY_COMMUNES])
    return f"Plusieurs communes répondent\u00a0: {names}. Écrivez le nom de l'une."
