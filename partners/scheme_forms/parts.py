"""The parts of a record that have a page: their words, their rows, their forms."""

from dataclasses import dataclass

from django import forms

from partners import privacy
from partners.agency_forms import PhoneField
from partners.models import (
    Alternative,
    Ceiling,
    Document,
    DocumentFile,
    EntryPoint,
    Listing,
    Paper,
    SchemeDetails,
    Step,
)
from partners.models.ceiling import LARGEST
from partners.scheme_forms.fields import (
    DayField,
    EuroField,
    PdfField,
    RecordField,
    StructureField,
    ZoneField,
)
from partners.vocabulary_forms import WordsForm

DAY = {"attrs": {"type": "date"}, "format": "%Y-%m-%d"}


def day_widgets(*names):
    return {name: forms.DateInput(**DAY) for name in names}


def long_widgets(*names, rows=2):
    return dict.fromkeys(names, forms.Textarea(attrs={"rows": rows}))


class DetailsForm(WordsForm):
    """What only a scheme says of itself."""

    free = (
        "objective", "use_order", "duration", "renewal", "capacity", "after_yes", "after_no",
        "to_check",
    )  # fmt: skip

    money = forms.MultipleChoiceField(
        label=SchemeDetails._meta.get_field("money").verbose_name,
        choices=SchemeDetails.Money,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = SchemeDetails
        exclude = ["listing"]
        field_classes = {"starts_on": DayField, "ends_on": DayField}
        widgets = day_widgets("starts_on", "ends_on", "legal_date") | long_widgets(
            "objective", "use_order", "after_yes", "after_no", "to_check"
        )


class RowForm(forms.ModelForm):
    """A row; its owner stays what it is, and its number says where it stands."""

    free = ()
    id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.place_was = self.instance.order if "order" in self.fields else None
        if "order" in self.fields:
            self.fields["order"].required = False
            self.fields["order"].label = "rang"
            self.fields["order"].widget.attrs |= {"min": 1, "max": 999}
            if not self.instance.pk:
                self.initial["order"] = None

    def suspicions(self):
        texts = (self.cleaned_data.get(name) or "" for name in self.free)
        return [found for text in texts for found in privacy.suspicions(text)]

    def write(self):
        self.instance.save()

    def _post_clean(self):
        super()._post_clean()
        if "order" in self.fields and self.cleaned_data.get("order") is None:
            self.instance.order = self.place_was or 0


class PaperForm(RowForm):
    free = ("name", "note")

    class Meta:
        model = Paper
        fields = ["order", "name", "note", "is_required"]


class StepForm(RowForm):
    free = ("title", "aim")

    class Meta:
        model = Step
        fields = ["order", "title", "actor", "aim", "delay", "place", "document"]
        widgets = long_widgets("aim")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        own = Document.objects.filter(listing=self.instance.scheme_id).defer("text")
        self.fields["document"].queryset = own
        self.fields["document"].empty_label = "aucune"


class EntryPointForm(RowForm):
    free = ("note",)
    territory = ZoneField(label="pour", required=True, help_text="Commune, intercommunalité…")
    structure = StructureField(label="qui instruit", help_text="Une structure de l'annuaire.")
    phone = PhoneField(label="téléphone", help_text="Vide\u00a0: celui de la structure.")

    class Meta:
        model = EntryPoint
        fields = ["territory", "structure", "label", "phone", "email", "website", "note"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial |= {
                "territory": self.instance.territory,
                "structure": self.instance.structure,
            }

    def clean(self):
        said = super().clean()
        if not said.get("structure") and not said.get("label") and "structure" not in self.errors:
            self.add_error("structure", "Dites qui instruit\u00a0: une structure, ou un nom.")
        return said


class AlternativeForm(RowForm):
    free = ("reason",)
    other = RecordField(label="voir plutôt", required=True, help_text="Le nom d'une fiche.")

    class Meta:
        model = Alternative
        fields = ["order", "other", "reason"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["other"] = self.instance.other


class CeilingForm(RowForm):
    """The amounts stand one by one, from one person on, without a hole."""

    class Meta:
        model = Ceiling
        fields = ["label", "extra_person", "valid_from", "valid_until", "source", "source_url"]
        field_classes = {"valid_from": DayField, "valid_until": DayField}
        widgets = day_widgets("valid_from", "valid_until")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        own = {name: self.fields.pop(name) for name in list(self.fields)}
        self.fields["id"], self.fields["label"] = own.pop("id"), own.pop("label")
        for size in range(1, LARGEST + 1):
            field = EuroField(label=f"{size} personne{'s' if size > 1 else ''}")
            self.fields[f"montant_{size}"] = field
        self.fields["extra_person"] = EuroField(label="par personne en plus")
        self.fields |= {name: field for name, field in own.items() if name != "extra_person"}
        for size, amount in enumerate(self.instance.amounts, start=1):
            self.initial[f"montant_{size}"] = amount

    def clean(self):
        said = super().clean()
        amounts = [said.get(f"montant_{size}") for size in range(1, LARGEST + 1)]
        while amounts and amounts[-1] is None:
            amounts.pop()
        if not amounts and "montant_1" not in self.errors:
            self.add_error("montant_1", "Donnez au moins le montant d'une personne seule.")
        for size, amount in enumerate(amounts, start=1):
            if amount is None and f"montant_{size}" not in self.errors:
                self.add_error(f"montant_{size}", "Ce montant manque.")
        self.instance.amounts = amounts
        first, last = said.get("valid_from"), said.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", "La validité finit après son début.")
        return said


class DocumentForm(RowForm):
    """A text, a PDF or a link: one of the three."""

    free = ("title", "text")
    fichier = PdfField(label="fichier PDF", help_text="5\u00a0Mo au plus.")
    sans_fichier = forms.BooleanField(label="retirer le fichier", required=False)

    class Meta:
        model = Document
        fields = ["order", "title", "kind", "audience", "version", "dated_on", "text", "url"]
        field_classes = {"dated_on": DayField}
        widgets = day_widgets("dated_on") | long_widgets("text", rows=6)
        help_texts = {
            "text": "Titres avec #, listes avec - ou 1., **gras**, *italique*, [lien](adresse). "
            + Document._meta.get_field("text").help_text
        }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.instance.file_name:
            self.fields["fichier"].label = "autre fichier PDF"
            self.fields["sans_fichier"].label = f"retirer «\u00a0{self.instance.file_name}\u00a0»"
        else:
            del self.fields["sans_fichier"]

    def clean(self):
        said = super().clean()
        if {"fichier", "text", "url"} & set(self.errors):
            return said
        keeps = self.instance.file_name and not said.get("sans_fichier")
        forms_given = [said.get("text"), said.get("url"), said.get("fichier") or keeps]
        if sum(map(bool, forms_given)) != 1:
            self.add_error(
                "text",
                "Un document est un texte, un fichier PDF ou un lien\u00a0: l'un des trois.",
            )
            return said
        self._describe_file(said, keeps)
        return said

    def _describe_file(self, said, keeps):
        if said.get("fichier"):
            name, content = said["fichier"]
            self.instance.file_name, self.instance.file_size = name, len(content)
        elif not keeps:
            self.instance.file_name, self.instance.file_size = "", 0

    def _get_validation_exclusions(self):
        """`clean` has said which form it has."""
        return super()._get_validation_exclusions() | {"file_name"}

    def write(self):
        super().write()
        files = DocumentFile.objects.filter(document=self.instance)
        if self.cleaned_data.get("fichier"):
            content = self.cleaned_data["fichier"][1]
            files.update_or_create(document=self.instance, defaults={"content": content})
        elif not self.instance.file_name:
            files.delete()


@dataclass(frozen=True)
class Part:
    """A part that has a page; `owner`: how its rows call the record."""

    title: str
    lead: str
    model: type
    form: type
    add: str
    owner: str = "scheme"
    is_of_schemes: bool = True


PARTS = {
    "qui-instruit": Part(
        "Qui instruit ici",
        "Pour une commune, la fiche montre le point d'entrée le plus local\u00a0: la commune, "
        "sinon l'intercommunalité, sinon le département.",
        EntryPoint,
        EntryPointForm,
        "Ajouter un point d'entrée",
    ),
    "papiers": Part(
        "Papiers à apporter",
        "Dans l'ordre où on les demande au téléphone.",
        Paper,
        PaperForm,
        "Ajouter un papier",
        "listing",
        is_of_schemes=False,
    ),
    "etapes": Part(
        "Étapes",
        "De la première demande au bilan\u00a0: qui fait quoi, en combien de temps.",
        Step,
        StepForm,
        "Ajouter une étape",
    ),
    "documents": Part(
        "Documents",
        "Fiches outil, plaquettes et formulaires\u00a0: écrits ici, en PDF, ou par un lien.",
        Document,
        DocumentForm,
        "Ajouter un document",
        "listing",
        is_of_schemes=False,
    ),
    "voir-plutot": Part(
        "Voir plutôt",
        "Vers qui se tourner quand ce n'est pas pour cette personne.",
        Alternative,
        AlternativeForm,
        "Ajouter une fiche",
    ),
    "plafonds": Part(
        "Plafonds",
        "Tels qu'ils sont publiés, avec leur source\u00a0: un repère, jamais un droit calculé.",
        Ceiling,
        CeilingForm,
        "Ajouter un tableau",
    ),
}


def parts_of(listing):
    """{slug: part} of a record: a structure has papers and documents."""
    is_scheme = listing.kind == Listing.Kind.SCHEME
    return {slug: part for slug, part in PARTS.items() if is_scheme or not part.is_of_schemes}
