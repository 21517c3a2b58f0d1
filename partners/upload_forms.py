"""What a manager sends about an import: the file, its columns, what doubtful rows are."""

from django import forms
from django.conf import settings

from partners.imports import cells, guessing, labels, mapping
from partners.imports.columns import BY_HEADER
from partners.imports.errors import ImportRefused, quote
from partners.models import (
    Fees,
    Listing,
    SavedMapping,
    Situation,
    StructureType,
    Territory,
    UploadRow,
)
from partners.uploads.doubts import LEFT_OUT, NEW, record_of
from partners.uploads.handler import MAX_BYTES
from partners.uploads.receiving import signature

TOO_BIG = f"Le fichier est trop gros\u00a0: {MAX_BYTES // 1024 // 1024} Mo au plus."
SAMPLES = 4
SAMPLE_LENGTH = 60
LEFT = ("", "Ne pas reprendre")
EMPTY = "-"
CHOICES_OF = {
    "type_structure": StructureType,
    "nature": Listing.Kind,
    "rendez_vous": Listing.Appointment,
    "frais": Fees,
}
DEFAULTS = {
    "zone_eligibilite": "Zone desservie",
    "situations_coeur": "Situation",
    "type_structure": "Type de structure",
    "statut": "Une fois importées",
}
"""{our column: the question} of the value given to the rows that say nothing."""


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Fichier CSV ou XLSX",
        max_length=500,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        error_messages={
            "required": "Choisissez un fichier.",
            "missing": "Choisissez un fichier.",
            "invalid": "Choisissez un fichier.",
            "empty": "Le fichier est vide.",
            "max_length": "Le nom du fichier est trop long.",
        },
    )

    is_too_big = False
    """Set by the view: the file was left out while it arrived (`uploads.handler`)."""

    def clean(self):
        if self.is_too_big:
            self.errors.pop("file", None)
            self.add_error("file", TOO_BIG)


class ColumnsForm(forms.Form):
    """One list of choices per column of the file; what rows that say nothing are given; a name.

    `content` is the mapping as it stands ({section: {key: value}}); `result()` the one asked for.
    """

    source = forms.CharField(
        label="Source",
        max_length=60,
        help_text=(
            "D'où viennent ces fiches\u00a0: «\u00a0Recensement 2026\u00a0», un partenaire, "
            "un forum."
        ),
        error_messages={"required": "Dites d'où viennent ces fiches."},
    )
    zone_eligibilite = forms.ChoiceField(label=DEFAULTS["zone_eligibilite"], required=False)
    situations_coeur = forms.ChoiceField(label=DEFAULTS["situations_coeur"], required=False)
    type_structure = forms.ChoiceField(
        label=DEFAULTS["type_structure"],
        required=False,
        choices=[("", "Ne rien mettre"), *StructureType.choices],
    )
    statut = forms.ChoiceField(
        label=DEFAULTS["statut"],
        required=False,
        choices=[
            ("", "Publiées si elles sont complètes"),
            (Listing.Status.TO_CHECK, "Toutes «\u00a0à vérifier\u00a0»"),
            (Listing.Status.DRAFT, "Toutes en brouillon"),
        ],
    )
    name = forms.CharField(
        label="Garder ces choix sous le nom",
        max_length=80,
        required=False,
        help_text="Facultatif. Ils seront proposés pour un fichier qui a les mêmes colonnes.",
    )

    def __init__(self, *args, table, content, **kwargs):
        self.table, self.content = table, content
        targets = {theirs: ours for ours, theirs in content.get("columns", {}).items()}
        targets |= {
            theirs: guessing.HOURS_OF + day for day, theirs in content.get("hours", {}).items()
        }
        given = content.get("constants", {})
        initial = {name: cells.written(given.get(name, "")) for name in DEFAULTS}
        initial["source"] = content.get("options", {}).get("source", "")
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.fields["zone_eligibilite"].choices = _zones()
        self.fields["situations_coeur"].choices = _situations()
        for index, theirs in enumerate(table.headers):
            self.fields[f"col-{index}"] = forms.ChoiceField(
                label=theirs, choices=CHOICES, required=False, initial=targets.get(theirs, "")
            )

        self._add_words()

    def _add_words(self):
        """One list of choices per word of the file that a closed list does not have."""
        sections = self.content
        sign = sections.get("options", {}).get("separator", cells.SEPARATOR)
        given, self.words = sections.get("values", {}), {}
        found = guessing.unknown_words(self.table, sections.get("columns", {}), sign, given)
        for ours, theirs in ((ours, word) for ours, several in found.items() for word in several):
            name = f"mot-{len(self.words)}"
            self.words[name] = ours, theirs
            initial = given.get(ours, {}).get(theirs)
            self.fields[name] = forms.ChoiceField(
                label=theirs,
                choices=[
                    ("", "Refuser la ligne"),
                    (EMPTY, "Laisser vide"),
                    *_meanings(ours, initial),
                ],
                required=False,
                initial=EMPTY if initial == "" else initial,
            )

    def clean(self):
        seen = {}
        for index in range(len(self.table.headers)):
            target = self.cleaned_data.get(f"col-{index}")
            if target and target in seen:
                other = quote(self.table.headers[seen[target]])
                self.add_error(f"col-{index}", f"Déjà prise par la colonne {other}.")
            elif target:
                seen[target] = index
        if not self.errors:
            self._check_mapping()

    def _check_mapping(self):
        if not {"nom", "id"} & set(self.result()["columns"]):
            raise forms.ValidationError(
                "Dites quelle colonne est le nom de la structure ou du dispositif."
            )
        try:
            mapping.of(self.result(), self.table)
        except ImportRefused as error:
            raise forms.ValidationError(str(error)) from None

    def result(self):
        """The sections of the mapping that was asked for."""
        chosen = {
            theirs: self.cleaned_data.get(f"col-{index}", "")
            for index, theirs in enumerate(self.table.headers)
        }
        hours = {
            target.removeprefix(guessing.HOURS_OF): theirs
            for theirs, target in chosen.items()
            if target.startswith(guessing.HOURS_OF)
        }
        columns = {ours: theirs for theirs, ours in chosen.items() if ours in BY_HEADER}
        ignored = [theirs for theirs, target in chosen.items() if not target]
        kept = self.content.get("options", {})
        options = {name: kept[name] for name in ("separator", "date_format") if name in kept}
        situations = columns.get("situations_coeur")
        if situations and situations != self.content.get("columns", {}).get("situations_coeur"):
            options["separator"] = guessing.separator(self.table, situations)
        options["source"] = self.cleaned_data["source"]
        constants = {name: self.cleaned_data[name] for name in DEFAULTS if self.cleaned_data[name]}
        return {
            "options": options | ({"ignored": ignored} if ignored else {}),
            "columns": columns,
            "hours": hours,
            "constants": constants,
            "values": self._values(),
        }

    def _values(self):
        """{our column: {their word: ours}}: what was said before, and what is said now."""
        values = {ours: dict(said) for ours, said in self.content.get("values", {}).items()}
        for name, (ours, theirs) in self.words.items():
            chosen = self.cleaned_data.get(name, "")
            values.setdefault(ours, {}).pop(theirs, None)
            if chosen:
                values[ours][theirs] = "" if chosen == EMPTY else chosen
        return {ours: said for ours, said in values.items() if said}

    def lines(self):
        """(field, samples) of each column of the file."""
        for index, theirs in enumerate(self.table.headers):
            yield self[f"col-{index}"], _samples(self.table, theirs)

    def word_lines(self):
        """(field, the name of our column) of each word to translate."""
        return [(self[name], labels.label(ours)) for name, (ours, _) in self.words.items()]

    @property
    def signature(self):
        return signature(self.table.headers)


def _meanings(ours, proposed):
    """What a word of one of our closed columns may mean: (value, words); several situations only
    as they are `proposed`."""
    if ours in mapping.SITUATIONS:
        situations = _situations()[1:]
        several = (proposed or "").split(cells.SEPARATOR)
        named = [label for slug in several for known, label in situations if known == slug]
        return [*([(proposed, " + ".join(named))] if len(named) > 1 else []), *situations]
    if ours in CHOICES_OF:
        return CHOICES_OF[ours].choices
    return [("oui", "oui"), ("non", "non")]


def _samples(table, header):
    cells_ = (" ".join(row.cells[header].split()) for row in table.rows)
    distinct = dict.fromkeys(cell for cell in cells_ if cell and cell.isprintable())
    return [_cut(cell) for cell in list(distinct)[:SAMPLES]]


def _cut(text):
    return text if len(text) <= SAMPLE_LENGTH else f"{text[:SAMPLE_LENGTH]}…"


def _targets():
    """The choices of a column, in groups."""
    days = [(guessing.HOURS_OF + day, f"horaires du {day}") for day in mapping.DAYS]
    for words, columns in labels.GROUPS.items():
        choices = [(column.header, labels.label(column.header)) for column in columns]
        yield words, choices + (days if words == "Comment le joindre" else [])


CHOICES = [LEFT, *_targets()]


def _zones():
    found = Territory.objects.filter(
        kind=Territory.Kind.DEPARTEMENT, code=settings.DEFAULT_DEPARTEMENT
    )
    return [
        ("", "Ne rien mettre\u00a0: la fiche restera à vérifier"),
        (cells.NO_ZONE, "Zone non précisée, à demander"),
        *((t.code, t.name) for t in found),
        ("france", "France entière"),
    ]


def _situations():
    rows = Situation.objects.order_by("order", "pk").values_list("slug", "label")
    return [("", "Ne rien mettre"), *rows]


class DecisionsForm(forms.Form):
    """What the rows of a page are: « same record », a new one, or left out; and all the others."""

    ALL = [
        ("", "Décider ligne par ligne"),
        (NEW, "Toutes sont de nouvelles fiches"),
        (LEFT_OUT, "Toutes sont laissées de côté"),
    ]
    others = forms.ChoiceField(
        label="Les lignes à décider, ici et sur les autres pages", choices=ALL, required=False
    )

    def __init__(self, *args, upload, **kwargs):
        super().__init__(*args, **kwargs)
        self.upload = upload

    def decisions(self):
        """{line: choice} once this form is taken into account; what makes no sense is left."""
        rows = {str(row.line): row for row in self.upload.lines.exclude(alike=[])}
        asked = {line: self.data.get(f"ligne-{line}", "") for line in rows}
        made = {line: c for line, c in asked.items() if _makes_sense(rows[line], c)}
        others = self.cleaned_data["others"]
        doubtful = [k for k, r in rows.items() if r.outcome == UploadRow.Outcome.DOUBTFUL]
        rest = {line: others for line in doubtful if others and line not in made}
        return self.upload.decisions | rest | made


def _makes_sense(row, choice):
    known = {one["pk"] for one in row.alike}
    return choice in (NEW, LEFT_OUT) or record_of(choice) in known


class MappingNameForm(forms.ModelForm):
    """The name of choices of columns that are kept."""

    class Meta:
        model = SavedMapping
        fields = ("name",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["id"] = f"nom-{self.instance.pk}"
        self.fields["name"].error_messages["required"] = "Donnez un nom à ces choix."
