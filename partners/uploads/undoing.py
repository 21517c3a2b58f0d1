"""Taking back an import as one: what it wrote goes back, what was changed since is left and told.

A record that it created is removed when nobody has touched it since; archived when something is
attached to it (a report, a favourite, another record); left as it is when somebody edited it.
A record that it changed takes back, part by part, what it said before, but for the parts that say
something else since.
"""

import pghistory
from django.apps import apps
from django.utils import timezone

from partners.imports import bulk, load
from partners.models import (
    Listing,
    Merge,
    SchemeRole,
    SearchEntry,
    Upload,
    UploadRow,
    User,
    Verification,
    derived,
)
from partners.past import together, versions, wording
from partners.past.versions import OWNERS, RELATIONS
from partners.uploads.work import attempt, settle, waiting

Status, Undone = Upload.Status, UploadRow.Undone
CREATED, CHANGED = UploadRow.Outcome.CREATED, UploadRow.Outcome.CHANGED
OWN = {*RELATIONS.values(), SearchEntry, UploadRow}
"""What belongs to a record alone, or only tells of it."""

TOGETHER = 200
"""Records read and written at a time."""

EDITED = "modifiée depuis l'import\u00a0: à archiver vous-même si elle est de trop"
ATTACHED = "un signalement, un favori ou une autre fiche s'y rattache"
GONE = "la fiche n'existe plus"
SINCE = "modifié depuis\u00a0: "


def undo(pk):
    """Take back an applied upload, all of it or nothing; for the worker, and may run twice."""
    with attempt(pk, Status.UNDOING, back=Status.APPLIED) as told:
        load.one_at_a_time()
        upload = waiting(pk, Status.UNDOING)
        if upload is None:
            return
        who = {"user": upload.undone_by_id} if upload.undone_by_id else {}
        with pghistory.context(annulation=upload.file_name, retrait=upload.pk, **who):
            bulk.check_links_at_once()
            bulk.open_context()
            _undo(upload, told)
        settle(upload, Status.UNDOING, status=Status.UNDONE, undone_at=timezone.now())


def later_edits(upload):
    """Keys of the records of an applied upload that were changed since."""
    pks = set(_written(upload, CREATED, CHANGED).values_list("listing", flat=True))
    return _touched(pks, upload)


def _undo(upload, told):
    created = {row.listing_id: row for row in _written(upload, CREATED)}
    changed = {row.listing_id: row for row in _written(upload, CHANGED)}
    records = Listing.objects.select_for_update().order_by("pk")
    records = records.in_bulk([*created, *changed])
    linked = _linked(records)
    _take_back(changed, records, upload, told)
    _remove(created, upload)
    told.tell(90)
    derived.refresh(Listing.objects.filter(pk__in=linked | set(records)))
    for row in _gone(upload):
        row.undone, row.undo_notes = Undone.KEPT, [GONE]
        row.save(update_fields=["undone", "undo_notes"])
    bulk.update([*created.values(), *changed.values()], ["undone", "undo_notes"])


def _written(upload, *outcomes):
    return upload.lines.filter(outcome__in=outcomes, listing__isnull=False)


def _gone(upload):
    """Rows whose record was deleted since by somebody else."""
    return upload.lines.filter(outcome__in=[CREATED, CHANGED], listing=None, undone="")


def _linked(pks):
    """Keys of the records whose words hold the names of these."""
    rows = SchemeRole.objects.all()
    return {
        *rows.filter(structure__in=pks).values_list("scheme", flat=True),
        *rows.filter(scheme__in=pks).values_list("structure", flat=True),
    }


# What it created


def _remove(created, upload):
    edited = _touched(set(created), upload)
    attached = _attached(set(created) - edited, keeping=edited)
    for pk, row in created.items():
        if pk in edited:
            row.undone, row.undo_notes = Undone.KEPT, [EDITED]
        elif pk in attached:
            row.undone, row.undo_notes = Undone.ARCHIVED, [ATTACHED]
        else:
            row.undone = Undone.REMOVED
    archived = Listing.objects.filter(pk__in=attached)
    archived.update(status=Listing.Status.ARCHIVED, updated_at=timezone.now())
    removed = set(created) - edited - attached
    for row in created.values():
        row.listing_id = None if row.listing_id in removed else row.listing_id
    Listing.objects.filter(pk__in=removed).delete()


def _touched(pks, upload):
    """Those of these records (keys) that somebody else wrote in since the import."""
    began = _began(upload)
    first, *others = (_later(model, pks, upload, began) for model in (Listing, *RELATIONS.values()))
    return {pk for (pk,) in first.union(*others)} | _merged(pks)


def _merged(pks):
    """To unite two records is an edit of both."""
    kept = Merge.objects.filter(kept__in=pks).values_list("kept", flat=True)
    return {*kept, *Merge.objects.filter(absorbed__in=pks).values_list("absorbed", flat=True)}


def _later(model, pks, upload, began):
    owner = "pgh_obj_id" if model is Listing else OWNERS[model]
    events = apps.get_model(f"partners.{model.__name__}Event").objects.order_by()
    events = events.filter(**{f"{owner}__in": pks}, pgh_created_at__gte=began)
    return events.exclude(pgh_context_id=upload.context).values_list(owner)


def _began(upload):
    """When the transaction of the import began, which is the time of its events."""
    event = pghistory.models.Context.objects.filter(pk=upload.context).first()
    return event.created_at if event else upload.applied_at


def _attached(pks, *, keeping):
    """Those of these records to which something of others is attached.

    `keeping`: records that stay; what is attached to those that go together does not count.
    """
    going, found = set(pks), set()
    while True:
        more = {pk for relation in _relations() for pk in _holders(relation, going, found)}
        if not more:
            return found
        found |= more
        going -= more


def _relations():
    return [
        relation
        for relation in Listing._meta.get_fields(include_hidden=True)
        if (relation.one_to_many or relation.one_to_one)
        and relation.auto_created
        and relation.related_model not in OWN - {SchemeRole}
        and not hasattr(relation.related_model, "pgh_tracked_model")
        and relation.field.name != "scheme"
    ]


def _holders(relation, going, stays):
    """Records of `going` that a row of this relation needs; rows of records that go do not."""
    rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": going})
    if relation.related_model is SchemeRole:
        rows = rows.exclude(scheme__in=going)
    elif relation.related_model is Listing:
        rows = rows.exclude(pk__in=going)
    return set(rows.values_list(relation.field.attname, flat=True))


# What it changed


def _take_back(changed, records, upload, told):
    _forget_checks(changed, upload)
    rows = list(changed.values())
    for chunk in told.part(list(batched(rows, TOGETHER)), 0, 85):
        _restore({row.listing_id: row for row in chunk}, records, upload)
    _believe_again([pk for pk, row in changed.items() if row.undone == Undone.RESTORED], upload)


def _forget_checks(changed, upload):
    """The verifications that the file told: they are no more true than the rest of it."""
    told = _checks(changed, upload, "insert")
    Verification.objects.filter(pk__in=told.values("pgh_obj_id")).delete()


def _believe_again(restored, upload):
    """The verifications of the numbers that the file replaced."""
    names = [field.attname for field in Verification._meta.concrete_fields if field.attname != "id"]
    rows = list(_checks(restored, upload, "delete").order_by("pk").values(*names))
    people = User.objects.in_bulk({row["checked_by_id"] for row in rows} - {None})
    for row in rows:
        row["checked_by_id"] = row["checked_by_id"] if row["checked_by_id"] in people else None
    Verification.objects.bulk_create(Verification(**row) for row in rows)


def _checks(listings, upload, label):
    events = apps.get_model("partners.VerificationEvent").objects
    return events.filter(pgh_context_id=upload.context, pgh_label=label, listing_id__in=listings)


def _restore(rows, records, upload):
    """`rows`: {key of a record: its row}."""
    found = versions.read_all([records[pk] for pk in rows])
    asked = []
    for pk, row in rows.items():
        version = next((v for v in found[pk] if v.context.get("envoi") == upload.pk), None)
        if version is None or version.before is None:
            row.undone, row.undo_notes = Undone.KEPT, [EDITED]
            continue
        since = set(version.after.differences(found[pk][-1].after))
        parts = [part for part in version.changed if part != wording.REPEATED]
        row.undo_notes = [f"{SINCE}{wording.label(part)}" for part in parts if part in since]
        row.undone = Undone.PARTLY if row.undo_notes else Undone.RESTORED
        mine = [part for part in parts if part not in since]
        asked.append((records[pk], version.before, mine))
    for pk, reason in together.write_all(asked).items():
        rows[pk].undone, rows[pk].undo_notes = Undone.KEPT, [reason]


def batched(rows, size):
    """Lists of `size` rows at most (itertools has it from Python 3.12 on)."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
