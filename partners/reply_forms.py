"""What a partner sends of its own record, from the page that its link opens."""

from django import forms
from django.core import signing

from partners import privacy
from partners.campaigns import replies
from partners.models import Reply
from partners.models.fields import NO_TENANT
from partners.records import week
from partners.records.fields import text_field
from partners.records.form import RecordForm

SALT = "partners.reply_forms"
FREE = (
    "summary", "phone_instructions", "opening_hours_note", "audience_details",
    "access_conditions", "zone_words", "message",
)  # fmt: skip
MOST_MESSAGE = 1000


class ReplyForm(RecordForm):
    """The fields of a record that its partner may correct, its week, and words for the rest.

    `vu` holds what the page showed, signed: a field left as it was proposes nothing, even when the
    record has changed meanwhile.
    """

    def __init__(self, data=None, *, listing):
        super().__init__(data, listing=listing)
        facts = replies.facts_of(listing)
        kept = [name for fact in facts for name in _fields_of(fact)]
        self.fields = {name: self.fields[name] for name in kept}
        self.fields |= _words(with_zone=not listing.is_confidential)
        for name, (label, about) in LABELS.items():
            if name in self.fields:
                self.fields[name].label, self.fields[name].help_text = label, about

    def seen(self):
        """What the page shows, for the form to carry."""
        return signing.dumps(replies.told(self.listing), salt=SALT, compress=True)

    def values(self):
        """{field of `Listing`: its value} of a valid form."""
        return {fact: self.cleaned_data[fact] for fact in replies.facts_of(self.listing)}

    def shown(self):
        """What the page showed when it was opened; {} when nothing of ours says it."""
        try:
            return signing.loads(self.data.get("vu", ""), salt=SALT)
        except signing.BadSignature:
            return {}

    def doubts(self):
        """Sentences on what looks like a person's name (rule R2)."""
        texts = [str(self.cleaned_data.get(name) or "") for name in FREE if name in self.fields]
        before = {getattr(self.listing, name, "") for name in FREE}
        changed = [text for text in texts if text not in before]
        return list(dict.fromkeys(said for text in changed for said in privacy.suspicions(text)))

    def needs_confirmation(self):
        return bool(self.doubts()) and not self.cleaned_data["confirme"]

    def has_hours_errors(self):
        return any(name in self.errors for name in week.NAMES)


class LeaveForm(forms.Form):
    """« Nous n'existons plus », « ce n'est plus moi »: which, and a word."""

    motif = forms.ChoiceField(
        choices=[(k.value, k.label) for k in (Reply.Kind.GONE, Reply.Kind.NOT_ME)]
    )
    mot = forms.CharField(
        required=False,
        max_length=MOST_MESSAGE,
        label="Un mot",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "Mille caractères au plus\u00a0: abrégez."},
    )
    confirme = forms.BooleanField(required=False)

    def doubts(self):
        return privacy.suspicions(self.cleaned_data["mot"])

    def needs_confirmation(self):
        return bool(self.doubts()) and not self.cleaned_data["confirme"]


def _fields_of(fact):
    return week.NAMES if fact == "opening_hours" else [fact]


def _words(*, with_zone):
    zone = {
        "zone_words": text_field(
            "la zone que vous desservez, si elle n'est pas exacte",
            300,
            "Avec vos mots\u00a0: «\u00a0tout le canton, et Pouzauges le mardi\u00a0».",
        )
    }
    message = forms.CharField(
        required=False,
        max_length=MOST_MESSAGE,
        label="autre chose à nous dire",
        help_text="Une permanence qui change, une fermeture à venir… " + NO_TENANT,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MOST_MESSAGE}),
        error_messages={"max_length": "Mille caractères au plus\u00a0: abrégez."},
    )
    return (zone if with_zone else {}) | {
        "message": message,
        "confirme": forms.BooleanField(required=False, widget=forms.HiddenInput),
    }


LABELS = {
    "phone": ("téléphone", "Celui que l'on peut donner aux personnes que nous orientons."),
    "phone_instructions": ("pour passer le standard", "«\u00a0taper 2\u00a0»"),
    "summary": ("ce que vous faites, en une phrase", "140 caractères au plus."),
    "opening_hours_note": ("horaires, précisions", ""),
    "audiences": ("pour qui", ""),
    "audience_details": ("pour qui, en précisant", NO_TENANT),
    "access_conditions": ("les conditions pour être reçu ou aidé", NO_TENANT),
    "horaires_texte": (
        "horaires plus compliqués",
        "Écrits comme sur OpenStreetMap. Laissez ce texte tel quel s'il ne vous parle pas, et "
        "dites-nous vos horaires plus bas, dans «\u00a0autre chose\u00a0».",
    ),
}
"""Words for who is not of the house, in place of those of the workspace."""
