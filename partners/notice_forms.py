"""What a manager sends about telling people: whom, how, when; and the letter itself."""

from django import forms
from django.utils import timezone

from partners import notices
from partners.models import Contact, ContactNotice, NoticeText

BY_HAND = [choice for choice in ContactNotice.Way.choices if choice[0] != ContactNotice.Way.MAIL]
MOST = 50
GONE = "Une de ces personnes n'est plus dans la liste\u00a0: rechargez-la."


class PeopleForm(forms.Form):
    """The people chosen, among those not told yet; one at least."""

    contact = forms.ModelMultipleChoiceField(
        Contact.objects.none(),
        error_messages={
            "required": "Cochez au moins une personne.",
            "invalid_choice": GONE,
            "invalid_pk_value": GONE,
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = notices.to_tell()

    def clean_contact(self):
        if len(self.cleaned_data["contact"]) > MOST:
            raise forms.ValidationError("Cinquante personnes au plus à la fois.")
        return self.cleaned_data["contact"]


class ByHandForm(PeopleForm):
    """Told by telephone or otherwise, on a day that has come."""

    comment = forms.ChoiceField(
        choices=BY_HAND, error_messages={"required": "Dites comment la personne a été informée."}
    )
    le = forms.DateField(
        error_messages={
            "required": "Écrivez le jour où la personne a été informée.",
            "invalid": "Écrivez un jour, comme 24/11/2026.",
        }
    )

    def clean_le(self):
        day = self.cleaned_data["le"]
        if day > timezone.localdate():
            raise forms.ValidationError("Ce jour n'est pas encore venu.")
        if day.year < 2000:
            raise forms.ValidationError("Écrivez un jour, comme 24/11/2026.")
        return day


class TextForm(forms.ModelForm):
    """The letter; a word in braces that means nothing is refused before it is sent to anyone."""

    class Meta:
        model = NoticeText
        fields = ["subject", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 22})}

    def clean_subject(self):
        subject = " ".join(self.cleaned_data["subject"].split())
        self._refuse(notices.unknown_tokens(subject, notices.IN_SUBJECT))
        return subject

    def clean_body(self):
        self._refuse(notices.unknown_tokens(self.cleaned_data["body"]))
        return self.cleaned_data["body"]

    def _refuse(self, unknown):
        if unknown:
            raise forms.ValidationError(
                f"«\u00a0{{{unknown[0][:40]}}}\u00a0» ne peut pas être remplacé ici. "
                "Gardez les mots entre accolades de la liste, ou ôtez les accolades."
            )
