"""What people send about reports: a tap, a few words, a gap, the end of one."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.utils import timezone

from partners import permissions, places, review
from partners.forms import CommuneField, MessageForm, SituationField
from partners.models import Listing, Merge, Report, Situation, Verification

ERRORS = [choice for choice in Report.Kind.choices if choice[0] != Report.Kind.MISSING]
MANY_COMMUNES = 12
LONG_AGO = timedelta(days=5 * 366)
UNREADABLE = "Ce signalement ne se lit plus\u00a0: refaites-le."


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


class DeviceReportForm(forms.Form):
    """A report that a device made without a network: facts alone, words would have waited on it.

    Of a record (`fiche`, its key), or of a gap (`situation` slugs, `commune` codes).
    """

    cle = forms.UUIDField(error_messages={"invalid": UNREADABLE, "required": UNREADABLE})
    quoi = forms.ChoiceField(
        choices=Report.Kind,
        error_messages={"invalid_choice": "Ce motif n'existe plus.", "required": UNREADABLE},
    )
    fiche = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    situation = ChosenSituationField(required=False)
    commune = CommuneField(required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    @property
    def is_gap(self):
        return self.cleaned_data["quoi"] == Report.Kind.MISSING

    def clean_fiche(self):
        """The record (`Listing`), or the one that absorbed it; None for no key."""
        pk = self.cleaned_data["fiche"]
        if pk is None:
            return None
        kept = Merge.objects.kept_for([pk]).get(pk, pk)
        found = permissions.visible(Listing.objects.filter(pk=kept), self.user).first()
        if found is None:
            raise forms.ValidationError("Cette fiche n'est plus dans l'annuaire.")
        return found

    def clean(self):
        facts = super().clean()
        if self.errors:
            return facts
        says = facts["situation"] or facts["commune"] if self.is_gap else facts["fiche"]
        if not says:
            raise forms.ValidationError(UNREADABLE)
        return facts


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


class VerifyForm(forms.Form):
    """« Vérifié, rien à changer »: how, of which parts (all by default), on which day (today)."""

    method = forms.ChoiceField(
        label="comment", choices=Verification.Method, widget=forms.RadioSelect
    )
    scopes = forms.MultipleChoiceField(
        label="quoi",
        required=False,
        choices=[(scope, scope.label) for scope in review.PARTS],
        widget=forms.CheckboxSelectMultiple,
    )
    on = forms.DateField(
        label="le",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_on(self):
        day, today = self.cleaned_data["on"], timezone.localdate()
        if day and not today - LONG_AGO <= day <= today:
            raise forms.ValidationError("Donnez un jour passé, depuis cinq ans au plus.")
        return day


class UndoForm(forms.Form):
    """What « Annuler » takes back: primary keys of verifications."""

    verifications = forms.RegexField(r"\A[0-9]{1,9}(?:,[0-9]{1,9}){0,3}\Z")

    def pks(self):
        return [int(pk) for pk in self.cleaned_data["verifications"].split(",")]


def _which(found):
    if not found:
        return "Cette commune est inconnue. Écrivez son nom, ou son code postal."
    names = ", ".join(commune.name for commune in found[:MANY_COMMUNES])
    return f"Plusieurs communes répondent\u00a0: {names}. Écrivez le nom de l'une."
