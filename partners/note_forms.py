"""What an agency writes of a partner of its sector, and what a manager decides of it."""

from django import forms

from partners import privacy
from partners.forms import MessageForm
from partners.models import LocalNote

APPROVE, REFUSE = "approuver", "refuser"


class OneLineField(forms.CharField):
    """Ends of line and runs of spaces count for one space: what is counted is what is shown."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value):
        return " ".join(super().to_python(value).split())


class NoteForm(MessageForm):
    """The agency's own words."""

    free_text = "text"

    class Meta:
        model = LocalNote
        fields = ["text"]
        field_classes = {"text": OneLineField}
        widgets = {"text": OneLineField.widget}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].error_messages |= {
            "required": "Écrivez la note, en une phrase.",
            "max_length": "%(limit_value)d caractères au plus\u00a0: il y en a %(show_value)d.",
        }

    def _get_validation_exclusions(self):
        """The fields have said all; whether one waits already is `notes.write`'s business."""
        return {field.name for field in LocalNote._meta.fields}


class DecideForm(NoteForm):
    """Approve, in these words or others; or refuse, and tell why. `vu` is what was read."""

    decision = forms.ChoiceField(choices=[(APPROVE, "approuver"), (REFUSE, "refuser")])
    vu = forms.CharField(widget=forms.HiddenInput, max_length=40)

    class Meta(NoteForm.Meta):
        fields = ["text", "answer"]
        field_classes = {"text": OneLineField, "answer": OneLineField}
        widgets = {
            "text": OneLineField.widget,
            "answer": forms.Textarea(attrs={"rows": 2}),
        }

    def clean(self):
        facts = super().clean()
        if facts.get("decision") == REFUSE:
            self.errors.pop("text", None)
            if "answer" not in self.errors and not facts.get("answer"):
                self.add_error("answer", "Dites en un mot pourquoi\u00a0: l'agence le lira.")
        elif facts.get("decision") == APPROVE:
            self.errors.pop("answer", None)
        return facts

    @property
    def is_refusal(self):
        return self.cleaned_data["decision"] == REFUSE

    def suspicions(self):
        return privacy.suspicions(self.cleaned_data["answer" if self.is_refusal else "text"])
