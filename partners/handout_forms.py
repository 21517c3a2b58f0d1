"""The address of a sheet of contacts: keys of records, slugs and codes, nothing else (rule R3)."""

import re
from functools import cached_property
from urllib.parse import urlencode

from django import forms

from partners.forms import CommuneField, SituationField

KEYS = re.compile(r"\s*\d{1,9}\s*(,\s*\d{1,9}\s*)*,?\s*", re.ASCII)
MOST_READ = 50
UNREADABLE = (
    "Cette adresse de feuille n'a pas pu être lue. Choisissez les fiches par "
    "«\u00a0Ajouter à la feuille\u00a0»."
)


class KeysField(forms.CharField):
    """Keys of records, separated by commas, to a list of int, in order."""

    def __init__(self):
        super().__init__(required=False, max_length=600, error_messages={"max_length": UNREADABLE})

    def clean(self, value):
        text = super().clean(value)
        if text and not KEYS.fullmatch(text):
            raise forms.ValidationError(UNREADABLE)
        keys = [int(part) for part in text.split(",") if part.strip()]
        return list(dict.fromkeys(keys))[:MOST_READ]


class PageForm(forms.Form):
    """What the address of a QR code says besides its token: where the tenant lives, as the sheet.

    It is in the address for nothing of it to be kept; one that cannot be read is no commune.
    """

    commune = CommuneField(required=False)

    @property
    def communes(self):
        """The commune that the sheet is seen from: a list of one, or of none."""
        return self.cleaned_data["commune"][:1] if self.is_valid() else []


def page_query(communes):
    """The same facts as an address has them: « ?commune=85051 », or ""."""
    codes = [commune.asked_code for commune in communes[:1]]
    return f"?{urlencode({'commune': codes}, doseq=True)}" if codes else ""


class HandOutForm(forms.Form):
    """`gros`: large print. `simple`: for machine translation. `discret`: what comes of a danger.

    `page`: the token of the page that its QR code leads to. `plus`: one more record.
    """

    fiches = KeysField()
    plus = KeysField()
    situation = SituationField(required=False)
    commune = CommuneField(required=False)
    gros = forms.BooleanField(required=False)
    simple = forms.BooleanField(required=False)
    discret = forms.BooleanField(required=False)
    page = forms.RegexField(
        r"^[\w-]{1,64}\Z", required=False, error_messages={"invalid": UNREADABLE}
    )

    @cached_property
    def keys(self):
        facts = self.cleaned_data
        return list(dict.fromkeys([*facts["fiches"], *facts["plus"]]))

    @property
    def names_danger(self):
        """Whether the address tells of a danger: a browser prints it at the foot of the sheet."""
        return any(situation.is_danger for situation in self.cleaned_data["situation"])

    def query(self, **changes):
        """The address (str) of what was cleaned, dangers left out, with `changes`.

        `fiches` takes keys.
        """
        facts = self._facts | changes
        keys = ",".join(map(str, facts.pop("fiches")))
        return urlencode(
            {"fiches": keys} | {k: v for k, v in facts.items() if v}, doseq=True, safe=","
        )

    @property
    def _facts(self):
        facts = self.cleaned_data
        is_discreet = facts["discret"] or self.names_danger
        needs = [one.slug for one in facts["situation"] if not one.is_danger]
        return {
            "fiches": self.keys,
            "situation": needs,
            "commune": [commune.asked_code for commune in facts["commune"]],
            "gros": "1" if facts["gros"] else "",
            "simple": "1" if facts["simple"] else "",
            "discret": "1" if is_discreet else "",
            "page": facts["page"],
        }
