"""What the coverage board is asked: which partners count, which situation is drawn."""

import csv
import io
from urllib.parse import urlencode

from django import forms

from partners.board import View
from partners.models import Situation

VIEWS = {
    "apres_17h": ("is_open_late", "Ouvert après 17\u00a0h"),
    "sans_rdv": ("is_without_appointment", "Sans rendez-vous"),
    "coeur": ("is_core", "Cœur de métier"),
    "local": ("is_local", "Zone locale"),
}
"""Parameters of the address: the attribute of `board.View`, the words of the screen."""

HEADERS = [
    "situation", "territoire", "code", "habitants", "habitants_sans_partenaire",
    "part_desservie_pour_cent", "partenaires_par_habitant_au_moins",
    "partenaires_en_tout_ou_partie", "zone_non_precisee", "manque_inscrit",
]  # fmt: skip
GENERALISTS = "généralistes"


class BoardForm(forms.Form):
    """The address of the board: views that add up."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, (_, label) in VIEWS.items():
            self.fields[name] = forms.BooleanField(required=False, label=label)

    def view(self):
        """The `View` of a valid form."""
        return View(**{attr: self.cleaned_data[name] for name, (attr, _) in VIEWS.items()})

    def query(self, **changes):
        """The address of this choice (str), of what was cleaned and nothing else."""
        facts = {name: "1" for name in VIEWS if self.cleaned_data[name]}
        return urlencode({k: v for k, v in (facts | changes).items() if v})

    def toggles(self):
        """(label, whether it is on, the address that turns it) of each view."""
        return [
            (label, self.cleaned_data[name], self.query(**{name: self._turned(name)}))
            for name, (_, label) in VIEWS.items()
        ]

    def _turned(self, name):
        return "" if self.cleaned_data[name] else "1"


class BoardMapForm(BoardForm):
    """The same, of one situation, drawn commune by commune."""

    situation = forms.ModelChoiceField(
        Situation.objects.order_by("order", "pk"),
        to_field_name="slug",
        empty_label=None,
        error_messages={"invalid_choice": "Cette situation n'existe pas ou plus."},
    )

    def query(self, **changes):
        return super().query(**{"situation": self.cleaned_data["situation"].slug} | changes)


def spreadsheet(rows, gaps):
    """The board as CSV (bytes), as a French spreadsheet opens it: one line a cell.

    `rows` are lists of `board.Cell`, `gaps` {(situation key, territory key): `Gap`}.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADERS)
    writer.writerows(_line(cell, gaps) for row in rows for cell in row)
    return text.getvalue().encode("utf-8-sig")


def _line(cell, gaps):
    situation, area = cell.situation, cell.area
    gap = situation and gaps.get((situation.pk, area.territory.pk))
    return [
        situation.label if situation else GENERALISTS,
        area.territory.name,
        area.territory.code,
        area.population,
        cell.missing,
        cell.share,
        cell.least,
        cell.partners,
        cell.unspecified,
        gap.get_status_display() if gap else "",
    ]
