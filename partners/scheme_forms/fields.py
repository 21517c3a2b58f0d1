"""Fields that name a place, a record or an amount in words, and back."""

import re

from django import forms

from partners.imports.errors import NBSP
from partners.models import Document
from partners.models.fields import check_day
from partners.records import naming

PDF_BYTES = 5 * 1024 * 1024
START, END, TAIL = b"%PDF-", b"%%EOF", 2048


class NamedField(forms.CharField):
    """A name to the row that it designates; None when empty. `suggest` is proposed meanwhile."""

    find, label_of, suggest = None, None, ""

    def __init__(self, *, required=False, **options):
        super().__init__(max_length=300, required=required, **options)

    def prepare_value(self, value):
        return value if value is None or isinstance(value, str) else type(self).label_of(value)

    def clean(self, value):
        text = super().clean(value).strip()
        try:
            return type(self).find(text) if text else None
        except naming.Unclear as error:
            raise forms.ValidationError(str(error)) from None

    def has_changed(self, initial, data):
        return (data or "").strip() != (self.prepare_value(initial) or "")


class ZoneField(NamedField):
    find, label_of, suggest = naming.zone, naming.zone_label, "zone"


class StructureField(NamedField):
    find, label_of, suggest = naming.structure, naming.structure_label, "structure"


class RecordField(NamedField):
    find, label_of, suggest = naming.record, naming.structure_label, "fiche"


class NumberField(forms.DecimalField):
    """A number; « sNaN », which cannot even be compared, is none."""

    def to_python(self, value):
        found = super().to_python(value)
        if found is not None and not found.is_finite():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class EuroField(NumberField):
    """« 1 200,50 » as people write it."""

    def __init__(self, **options):
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(
            min_value=0, max_digits=9, decimal_places=2, required=False, widget=widget, **options
        )

    def to_python(self, value):
        text = re.sub(r"[\s€]", "", str(value or "")).replace(",", ".")
        return super().to_python(text)

    def prepare_value(self, value):
        if value is None or isinstance(value, str):
            return value
        return f"{value.normalize():f}".replace(".", ",")

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except forms.ValidationError:
            return True


class DayField(forms.DateField):
    """A day of our times, refused beside its field before the form compares it."""

    default_validators = [check_day]


class PdfField(forms.FileField):
    """A PDF, by what it holds and not by its name: (name to keep, content) or None."""

    def __init__(self, **options):
        widget = forms.FileInput(attrs={"accept": "application/pdf,.pdf"})
        super().__init__(required=False, widget=widget, **options)
        self.error_messages |= {"empty": f"Ce fichier est vide{NBSP}: choisissez-en un autre."}

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size > PDF_BYTES:
            most = PDF_BYTES // 1024 // 1024
            raise forms.ValidationError(f"Ce fichier dépasse {most}{NBSP}Mo{NBSP}: allégez-le.")
        content = file.read()
        if not content.startswith(START) or END not in content[-TAIL:]:
            raise forms.ValidationError(
                f"Ce fichier n'est pas un PDF entier{NBSP}: enregistrez le document en PDF."
            )
        return pdf_name(file.name), content


def pdf_name(name):
    """A name of a file that is only a name, and says what it is."""
    stem = re.sub(r"(?i)\.pdf$", "", re.split(r"[\\/]", name)[-1])
    stem = re.sub(r"[^\w .()’'-]", "", stem).strip(" .") or "document"
    return f"{stem[: Document._meta.get_field('file_name').max_length - 4]}.pdf"
