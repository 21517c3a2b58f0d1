"""What a manager sends to redact a value: which one, how far, and that she is sure."""

from django import forms

from partners.redaction import candidates
from partners.redaction.pattern import is_long_enough

OTHER = "autre"
CHOSEN_TEXT = "texte choisi"
GONE = "Cette valeur n'est plus dans la fiche ni dans son historique."


class RedactionForm(forms.Form):
    """`choix`: a value of the record, or « autre » and `texte`, in a body alone (rule R3)."""

    choix = forms.CharField(
        max_length=16, error_messages={"required": "Choisissez ce qui doit disparaître."}
    )
    texte = forms.CharField(required=False, max_length=4000)
    partout = forms.BooleanField(required=False)
    certaine = forms.BooleanField(required=False)

    def __init__(self, *args, listing, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = {candidate.key: candidate for candidate in candidates.of(listing)}

    def clean_choix(self):
        chosen = self.cleaned_data["choix"]
        if chosen != OTHER and chosen not in self.known:
            raise forms.ValidationError(GONE)
        return chosen

    def clean(self):
        facts = super().clean()
        is_other = facts.get("choix") == OTHER
        if is_other and not is_long_enough(facts.get("texte", "")):
            self.add_error("texte", "Écrivez au moins quatre lettres ou chiffres.")
        return facts

    @property
    def candidate(self):
        """What was chosen (`candidates.Candidate`)."""
        facts = self.cleaned_data
        if facts["choix"] != OTHER:
            return self.known[facts["choix"]]
        text = facts["texte"].strip()
        return candidates.Candidate(CHOSEN_TEXT, text, False, text)
