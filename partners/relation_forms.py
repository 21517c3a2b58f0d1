"""What a manager writes of the relation with a partner."""

from django import forms
from django.utils import timezone

from partners import privacy
from partners.forms import MessageForm
from partners.models import Relation
from partners.relations import months_after

NEVER, ON_A_DAY = "aucun", "date"
DELAYS = [("3", "dans 3 mois"), ("6", "dans 6 mois"), ("12", "dans un an")]
LONGEST = 60
"""Months: a day further off is a slip of the keyboard."""
EARLIEST = 1990


class DayField(forms.DateField):
    def __init__(self, label, help_text=""):
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=False, label=label, help_text=help_text, widget=widget)


class RelationForm(MessageForm):
    """The two contacts, the two expectations; nobody is named in them (rule R2)."""

    TEXTS = ("expected_of_us", "we_expect")
    last_contact_on = DayField("dernier contact le", "Un appel, une visite, une réunion.")
    rappel = forms.ChoiceField(
        choices=[(NEVER, "pas de date"), *DELAYS, (ON_A_DAY, "le jour ci-dessous")],
        widget=forms.RadioSelect,
        label="les recontacter",
        error_messages={
            "required": "Dites quand les recontacter, ou «\u00a0pas de date\u00a0».",
            "invalid_choice": "Choisissez dans la liste.",
        },
    )
    next_contact_on = DayField("ce jour-là")

    class Meta:
        model = Relation
        fields = ["last_contact_on", "rappel", "next_contact_on", "expected_of_us", "we_expect"]
        widgets = dict.fromkeys(
            ["expected_of_us", "we_expect"], forms.Textarea(attrs={"rows": 4, "maxlength": 2000})
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["rappel"] = ON_A_DAY if self.instance.next_contact_on else NEVER

    def clean_last_contact_on(self):
        day = self.cleaned_data["last_contact_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("Ce jour n'est pas encore venu.")
        if day and day.year < EARLIEST:
            raise forms.ValidationError("Vérifiez l'année.")
        return day

    def clean(self):
        said = super().clean()
        if not {"rappel", "next_contact_on"} & set(self.errors):
            said["next_contact_on"] = self._next(said["rappel"], said["next_contact_on"])
        return said

    def suspicions(self):
        texts = (self.cleaned_data.get(name, "") for name in self.TEXTS)
        return [said for text in texts for said in privacy.suspicions(text)]

    def says_nothing(self):
        """Whether there is nothing to keep: no relation yet, and none written."""
        return not self.instance.pk and self.instance.is_empty

    def _next(self, choice, day):
        """The day that was chosen; an error is added when two were, or none.

        A day that is typed while « pas de date » stays as it was is the day.
        """
        was = self.instance.next_contact_on
        is_untouched = choice == NEVER == self.initial["rappel"]
        if choice == ON_A_DAY or (is_untouched and day):
            return self._checked(day, was)
        if day and day != self.initial.get("next_contact_on"):
            self.add_error(
                "next_contact_on",
                "Choisissez «\u00a0le jour ci-dessous\u00a0», ou retirez cette date.",
            )
        return months_after(timezone.localdate(), int(choice)) if choice != NEVER else None

    def _checked(self, day, was):
        today = timezone.localdate()
        if not day:
            self.add_error("next_contact_on", "Donnez le jour, ou choisissez un délai.")
        elif day < today and day != was:
            self.add_error("next_contact_on", "Ce jour est passé.")
        elif day > months_after(today, LONGEST):
            self.add_error("next_contact_on", "Vérifiez l'année\u00a0: cinq ans au plus.")
        return day


class ContactedForm(forms.Form):
    """« Contact pris aujourd'hui »: in how many months to call again; nothing said is as usual."""

    dans = forms.TypedChoiceField(
        choices=[("0", "pas de date"), *DELAYS], coerce=int, empty_value=None, required=False
    )
