"""The columns where somebody's words may stand: all the text there is, but the vocabulary."""

from dataclasses import dataclass, replace

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.postgres.fields import ArrayField
from django.db import models
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.models import (
    Agency,
    ApiToken,
    CalendarKey,
    Criterion,
    DangerSign,
    GlossaryTerm,
    Helpline,
    InternalReferent,
    Invitation,
    Letter,
    Listing,
    NoticeText,
    OptOut,
    Outline,
    PurgeRun,
    Redaction,
    SavedMapping,
    SearchEntry,
    Session,
    Situation,
    Territory,
    TerritoryAlias,
    Upload,
    UploadRow,
    User,
)
from partners.models.fields import FoldedField

UNTOUCHED = {
    Territory, TerritoryAlias, Outline, Situation, DangerSign, GlossaryTerm, Agency,
    InternalReferent, User, Invitation, ApiToken, CalendarKey, Session, NoticeText, PurgeRun,
    Redaction, SearchEntry, OptOut, SavedMapping,
}  # fmt: skip
"""The landlord's own words and accounts; `SearchEntry` is filled again from the rest, and an
address that asked to be left alone stays known, or it would be written to again."""

ONLY = {
    Helpline: {"staff_note"},
    ProcrastinateJob: {"args"},
    Upload: {"file_name", "problem", "remarks"},
}
"""Where most of the columns are public vocabulary or machinery."""

OWNERS = ("listing", "scheme")
OF_GROUP = "group__scheme_id"
PATHS = {
    Listing: "pk",
    Letter: "replies__listing_id",
    Criterion: OF_GROUP,
    Criterion.pgh_event_model: OF_GROUP,
}

LOOSE = {UploadRow}
"""Their rows of no record are looked at for every record: lines that an import refused."""


@dataclass(frozen=True)
class Table:
    """A model, the names of its columns to look into, and that which says of which record."""

    model: type[models.Model]
    names: tuple[str, ...]
    owner: str

    @property
    def is_history(self):
        return hasattr(self.model, "pgh_tracked_model")

    def of_record(self):
        """The table as far as one record goes: rows of none in particular, for what tools wrote."""
        if self.owner or self.model is LogEntry:
            return self
        fields = map(self.model._meta.get_field, self.names)
        names = tuple(f.name for f in fields if isinstance(f, models.JSONField))
        return replace(self, names=names)

    @property
    def subject(self):
        """The model that it is, or tells the past of."""
        return getattr(self.model, "pgh_tracked_model", self.model)


def tables():
    """All of them (list of `Table`), rows of today before those of history.

    New models are in it without a word said here: what they are for is said in UNTOUCHED or ONLY.
    """
    known = [model for model in apps.get_models() if not model._meta.proxy and _is_asked(model)]
    found = [Table(model, _names(model), _owner(model)) for model in known]
    return sorted((t for t in found if t.names), key=lambda t: t.is_history)


def _is_asked(model):
    subject = getattr(model, "pgh_tracked_model", model)
    is_ours = model._meta.app_label == "partners" or model is LogEntry
    return (is_ours or model in ONLY) and subject not in UNTOUCHED


def _names(model):
    only = ONLY.get(getattr(model, "pgh_tracked_model", model))
    fields = [field for field in model._meta.concrete_fields if _is_words(field)]
    return tuple(f.name for f in fields if only is None or f.name in only)


def _is_words(field):
    base = field.base_field if isinstance(field, ArrayField) else field
    is_text = isinstance(base, models.CharField | models.TextField | models.JSONField)
    is_machinery = isinstance(base, models.SlugField | FoldedField)
    return is_text and not (is_machinery or base.choices or field.name.startswith("pgh_"))


def _owner(model):
    """The path to the key of the record, "" when it is of none in particular."""
    subject = getattr(model, "pgh_tracked_model", model)
    if model in PATHS:
        return PATHS[model]
    if subject is Listing:
        return "pgh_obj_id"
    names = {field.name: field for field in model._meta.concrete_fields}
    return next((names[name].attname for name in OWNERS if name in names), "")
