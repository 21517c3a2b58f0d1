"""Rows around a record in one form: what is there, what is added, what is taken away."""

import hashlib

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.forms import BaseFormSet, formset_factory

MOST = 60
MOST_READ = MOST + 20
"""Rows of a form that are read at all: those above `MOST` come back to be thinned out."""
TOLD = {
    "missing_management_form": (
        "Cette page est arrivée incomplète\u00a0: rechargez-la, puis recommencez."
    ),
    "too_many_forms": "%(num)d lignes au plus\u00a0: retirez-en.",
}


class Rows(BaseFormSet):
    """The rows (`known`) of a record by a form each; a row that somebody else took away is new.

    `make` gives a new row, whose owner is set. `version` is what the rows were (str) before
    anything sent was read: whoever sends the form tells on which she wrote.
    """

    default_error_messages = TOLD

    def __init__(self, *args, known, make, **options):
        self.known, self.make = {str(row.pk): row for row in known}, make
        self.version = _version(known)
        super().__init__(*args, initial=[{"id": row.pk} for row in known], **options)

    def get_form_kwargs(self, index):
        options = super().get_form_kwargs(index)
        return options | {"instance": self._instance(index)}

    def _instance(self, index):
        if index is None:
            return self.make()
        if self.is_bound:
            key = self.data.get(f"{self.add_prefix(index)}-id", "")
        else:
            key = str((self.initial[index : index + 1] or [{}])[0].get("id", ""))
        return self.known.get(key) or self.make()

    def clean(self):
        """A page that lost rows on its way would take them away."""
        if self.total_form_count() < self.initial_form_count():
            raise ValidationError(TOLD["missing_management_form"])

    def suspicions(self):
        return [found for form in self._kept() for found in form.suspicions()]

    def save(self):
        """How many rows changed. False is what the rules of the database refuse, said in the form.

        All or nothing.
        """
        try:
            with transaction.atomic():
                return self._save()
        except _Refused as refused:
            for name, messages in refused.messages.items():
                place = name if name in refused.form.fields else None
                refused.form.add_error(place, messages)
            return None

    def _kept(self):
        gone = set(map(id, self.deleted_forms))
        return [
            form
            for form in self.forms
            if id(form) not in gone and (form.instance.pk or form.has_changed())
        ]

    def _save(self):
        kept = sorted(self._kept(), key=_place)
        kept_keys = {form.instance.pk for form in kept}
        gone = [row for row in self.known.values() if row.pk not in kept_keys]
        for row in gone:
            row.delete()
        return len(gone) + sum(_saved(form, place) for place, form in enumerate(kept, start=1))


class _Refused(Exception):
    def __init__(self, form, messages):
        super().__init__()
        self.form, self.messages = form, messages


def rows_of(form, *, extra=1):
    """The class of `Rows` of a form."""
    return formset_factory(
        form,
        formset=Rows,
        extra=extra,
        can_delete=True,
        max_num=MOST,
        absolute_max=MOST_READ,
        validate_max=True,
    )


def _version(rows):
    said = [f"{row.pk} {_facts(row)}" for row in rows]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:24]


def _facts(row):
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]


def _place(form):
    """Rows without a number come last, as they stand."""
    said = form.cleaned_data.get("order")
    return (said is None, said or 0)


def _saved(form, place):
    """Whether a row was written: it is new, it changed, or it moved."""
    row = form.instance
    is_moved = hasattr(row, "order") and row.order != place
    if is_moved or "order" in form.fields:
        row.order, is_moved = place, form.place_was != place
    if row.pk and not is_moved and not form.has_changed():
        return False
    try:
        row.full_clean(exclude=[f.name for f in row._meta.concrete_fields if f.name in form.errors])
    except ValidationError as error:
        raise _Refused(form, _messages(error)) from None
    form.write()
    return True


def _messages(error):
    found = getattr(error, "error_dict", None)
    return found or {NON_FIELD_ERRORS: error.messages}
