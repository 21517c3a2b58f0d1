"""Every table that points at a record, and what becomes of its rows when the record is absorbed.

`RULES` names them all: a test compares it with the models, so that a new relation is thought of.
"""

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import connection, models
from django.db.models import Max, Q

from partners.models import (
    Alternative,
    Ceiling,
    Contact,
    ContactNotice,
    CoverageZone,
    Criterion,
    CriterionGroup,
    Distinction,
    Document,
    DocumentFile,
    EntryPoint,
    Favourite,
    FormDraft,
    Gap,
    Instance,
    InstanceScheme,
    Listing,
    ListingSituation,
    LocalNote,
    Merge,
    Paper,
    Permanence,
    Proposal,
    Redaction,
    Relation,
    Reply,
    Report,
    SchemeDetails,
    SchemeRole,
    SearchEntry,
    SourceRecord,
    Step,
    UploadRow,
    Verification,
    WayThere,
)

UNITED = "united"
"""Part of the record itself: `uniting` makes one list of the two."""
MOVED = "moved"
"""Points at the kept record from now on; a row that this one has already goes."""
STAYS = "stays"
"""As `MOVED`, but a row that cannot follow is left as it is."""
TOGETHER = "together"
"""All of them follow, when the kept record has none: half of the steps of each mean nothing."""
LEFT = "left"
"""Follows by itself, or tells of the past."""

FOLLOWING = (MOVED, STAYS, TOGETHER)

RULES = {
    (ListingSituation, "listing"): UNITED,
    (CoverageZone, "listing"): UNITED,
    (Permanence, "listing"): UNITED,
    (Contact, "listing"): UNITED,
    (SchemeRole, "scheme"): UNITED,
    (SchemeRole, "structure"): MOVED,
    (CriterionGroup, "scheme"): TOGETHER,
    (Criterion, "redirect"): MOVED,
    (Verification, "listing"): MOVED,
    (Report, "listing"): MOVED,
    (Favourite, "listing"): MOVED,
    (Gap, "closed_by"): MOVED,
    (Proposal, "listing"): MOVED,
    (Redaction, "listing"): MOVED,
    (LocalNote, "listing"): MOVED,
    (Relation, "listing"): STAYS,
    (SchemeDetails, "listing"): STAYS,
    (WayThere, "listing"): STAYS,
    (EntryPoint, "scheme"): MOVED,
    (EntryPoint, "structure"): MOVED,
    (Step, "scheme"): TOGETHER,
    (Alternative, "scheme"): MOVED,
    (Alternative, "other"): MOVED,
    (Ceiling, "scheme"): STAYS,
    (Document, "listing"): MOVED,
    (Paper, "listing"): MOVED,
    (InstanceScheme, "scheme"): MOVED,
    (Instance, "secretariat"): MOVED,
    (Reply, "listing"): STAYS,
    (Listing, "parent"): STAYS,
    (Distinction, "first"): MOVED,
    (Distinction, "second"): MOVED,
    (SourceRecord, "listing"): STAYS,
    (SearchEntry, "listing"): LEFT,
    (UploadRow, "listing"): LEFT,
    (FormDraft, "listing"): LEFT,
    (Merge, "absorbed"): LEFT,
    (Merge, "kept"): LEFT,
}
ROWS = {
    (ContactNotice, "contact"),
    (Criterion, "group"),
    (DocumentFile, "document"),
    (Step, "document"),
}
"""What points at a row of the record itself, which keeps its key and so what points at it."""
REWRITTEN = (
    Verification, Relation, WayThere, SchemeDetails, EntryPoint, Paper, Document, Step, Alternative,
    Ceiling, CriterionGroup,
)  # fmt: skip
"""Moved as deleted and inserted: the history of each record then tells its own rows."""
OWNER = {"scheme", "listing"}
"""How rows call the record whose they are; other names only mention it."""
CREATORS, EXCHANGED, LOOSED = "creators", "exchanged", "loosed"


def relations():
    """The (model, field name) that point at a record, history apart, by introspection."""
    return _pointing_at({Listing})


def relations_of_rows():
    """As `relations`, what points at the rows of `UNITED` and `REWRITTEN`."""
    return _pointing_at(
        {model for (model, _), rule in RULES.items() if rule == UNITED} | {*REWRITTEN}
    )


def _pointing_at(models_):
    for model in apps.get_models():
        if model._meta.proxy or hasattr(model, "pgh_tracked_model"):
            continue
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model._meta.concrete_model in models_:
                yield model, field.name


def hand_over(rows, name, listing):
    """Rows of one model to a record by the field `name`, each with its key: deleted, then inserted.

    By the table, since what points at them must not be deleted with them.
    """
    if not rows:
        return
    model = type(rows[0])
    _take_out(rows)
    last = _last_rank(model, name, listing)
    for row in rows:
        setattr(row, model._meta.get_field(name).attname, listing.pk)
        if last:
            row.order += last
    model.objects.bulk_create(rows)


def exchange(model, name, kept, absorbed):
    """The rows of each of two records become the other's, each with its key, as by `hand_over`."""
    ours, theirs = (list(model.objects.filter(**{name: one.pk})) for one in (kept, absorbed))
    _take_out(ours + theirs)
    for rows, owner in ((ours, absorbed), (theirs, kept)):
        for row in rows:
            setattr(row, model._meta.get_field(name).attname, owner.pk)
    model.objects.bulk_create(ours + theirs)


def _take_out(rows):
    table = connection.ops.quote_name(rows[0]._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [[row.pk for row in rows]])


def _last_rank(model, name, listing):
    """The rank of the last row that a record has, after which others come; 0 without ranks."""
    is_ranked = "order" in {field.name for field in model._meta.concrete_fields}
    if not is_ranked or name not in OWNER:
        return 0
    return model.objects.filter(**{name: listing.pk}).aggregate(last=Max("order"))["last"] or 0


def move(kept, absorbed, exchanged=()):
    """Hand the rows of `FOLLOWING` over; what `give_back` needs, as keys (dict).

    `exchanged`: the relations whose rows change owners first, where both have some.
    """
    notes = {}
    for (model, name), rule in RULES.items():
        if rule in FOLLOWING:
            is_exchanged = (model, name) in exchanged
            if is_exchanged:
                exchange(model, name, kept, absorbed)
            noted = _move(model, name, rule, kept, absorbed)
            notes[label(model, name)] = noted | ({EXCHANGED: True} if is_exchanged else {})
    notes[LOOSED] = _loose(kept)
    records = SourceRecord.objects.filter(listing=kept, is_creator=True)
    if notes[label(SourceRecord, "listing")]["moved"]:
        notes[CREATORS] = list(records.values_list("pk", flat=True))
        records.update(is_creator=False)  # what it said becomes ours: it only proposes now
    return notes


def give_back(kept, absorbed, notes):
    """Undo `move`: what is still where it was put goes back, what went comes back."""
    loosed = Criterion.objects.filter(pk__in=notes.get(LOOSED, []), redirect=None)
    loosed.update(redirect=kept)
    SourceRecord.objects.filter(pk__in=notes.get(CREATORS, []), listing=kept).update(
        is_creator=True
    )
    for (model, name), rule in RULES.items():
        noted = notes.get(label(model, name))
        if noted and rule in FOLLOWING:
            still = model.objects.filter(pk__in=noted["moved"], **{name: kept.pk})
            _set(model, name, list(still), absorbed)
            _write_again(model, noted["gone"])
            if noted.get(EXCHANGED):
                exchange(model, name, kept, absorbed)


def _loose(kept):
    """The criteria of a record that say « sinon, voir plutôt » of itself say it no more (keys)."""
    loops = Criterion.objects.filter(group__scheme=kept.pk, redirect=kept.pk)
    keys = list(loops.values_list("pk", flat=True))
    Criterion.objects.filter(pk__in=keys).update(redirect=None)
    return keys


def give_rows_back(kept, absorbed, notes):
    """What was handed over of the record itself and is still there, with its keys."""
    for (model, name), rule in RULES.items():
        keys = notes.get(label(model, name), {}).get("moved", [])
        if rule == UNITED and keys:
            hand_over(list(model.objects.filter(pk__in=keys, **{name: kept.pk})), name, absorbed)


def label(model, name):
    """What stands for a relation in the notes."""
    return f"{model._meta.label}.{name}"


def _move(model, name, rule, kept, absorbed):
    rows = list(model.objects.filter(**{name: absorbed.pk}).order_by("pk"))
    if rule == TOGETHER and model.objects.filter(**{name: kept.pk}).exists():
        return {"moved": [], "gone": []}
    known = {key for other in _of(model, name, kept) for key in _keys(model, name, other, kept)}
    moved = [
        row
        for row in rows
        if known.isdisjoint(_keys(model, name, row, absorbed)) and not _names(row, name, kept)
    ]
    gone = [row for row in rows if row not in moved] if rule == MOVED else []
    model.objects.filter(pk__in=[row.pk for row in gone]).delete()
    _set(model, name, moved, kept)
    return {"moved": [row.pk for row in moved], "gone": [row.pk for row in gone]}


def _of(model, name, listing):
    asked = Q(first=listing.pk) | Q(second=listing.pk) if model is Distinction else None
    return model.objects.filter(asked or Q(**{name: listing.pk}))


def _names(row, name, kept):
    """Whether a row would name one record twice, or is that record itself."""
    others = [f for f in row._meta.concrete_fields if f.related_model is Listing and f.name != name]
    is_itself = isinstance(row, Listing) and row.pk == kept.pk
    return is_itself or any(getattr(row, f.attname) == kept.pk for f in others)


def _keys(model, name, row, listing):
    """What may be had once only of a record (set): the other columns of its constraints."""
    if model is Distinction:
        return {row.first_id + row.second_id - listing.pk}
    if model is Document:
        return _words_of_document(row)
    if model._meta.get_field(name).unique:
        return {()}
    groups = [
        [other for other in constraint.fields if other != name]
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        and name in constraint.fields
        and _is_under(constraint.condition, row)
    ]
    groups += [
        [other for other in equal if other != name]
        for constraint in model._meta.constraints
        if isinstance(constraint, ExclusionConstraint)
        and name in (equal := _equal_columns(constraint))
    ]
    return {tuple(str(getattr(row, other)) for other in group) for group in groups}


def _words_of_document(row):
    """What a document says, as a key: one that says the same goes, unless something needs it.

    The bytes of a PDF are not in the history, which could not give them back.
    """
    is_needed = bool(row.file_name) or row.steps.exists()
    own = (row.title, row.kind, row.audience, row.version, row.dated_on, row.text, row.url)
    return set() if is_needed else {own}


def _equal_columns(constraint):
    """The columns that an exclusion compares whole: two rows alike there may overlap."""
    return [name for name, operator in constraint.expressions if operator == RangeOperators.EQUAL]


def _is_under(condition, row):
    """Whether a constraint that has a condition, or none, is about this row."""
    return condition is None or type(row).objects.filter(condition, pk=row.pk).exists()


def _set(model, name, rows, listing):
    attname = model._meta.get_field(name).attname
    if model in REWRITTEN:
        hand_over(rows, name, listing)
    else:
        model.objects.filter(pk__in=[row.pk for row in rows]).update(**{attname: listing.pk})


def _write_again(model, keys):
    """Rows that went, from the events that tell them; what they designate may be gone since."""
    events = getattr(model, "pgh_event_model", None)
    if not keys or events is None:
        return
    told = events.objects.filter(pgh_obj_id__in=keys, pgh_label="delete").order_by("pgh_id")
    last = {event.pgh_obj_id: event for event in told}
    columns = [field.attname for field in model._meta.concrete_fields]
    rows = [model(**{name: getattr(event, name) for name in columns}) for event in last.values()]
    model.objects.bulk_create([row for row in rows if _still_stands(row)], ignore_conflicts=True)


def _still_stands(row):
    """Whether all that a row designates exists today."""
    fields = [field for field in row._meta.concrete_fields if field.is_relation]
    asked = ((f.related_model, getattr(row, f.attname)) for f in fields)
    return all(model.objects.filter(Q(pk=key)).exists() for model, key in asked if key is not None)
