"""What the worker does of an upload: the plan, then its writing. Each may run twice.

A job does nothing when its upload no longer waits for it, and its last act, in the transaction that
did the rest, is to change the upload's state: killed before, it has done nothing at all.
"""

import re
import uuid
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from partners.imports import bulk, load, mapping
from partners.imports import plan as plans
from partners.imports.errors import ImportRefused
from partners.imports.outcome import Outcome
from partners.models import Upload, UploadRow
from partners.uploads import progress, receiving
from partners.uploads.doubts import Judge

Status = Upload.Status
OUTCOMES = {
    Outcome.CREATED: UploadRow.Outcome.CREATED,
    Outcome.CHANGED: UploadRow.Outcome.CHANGED,
    Outcome.UNCHANGED: UploadRow.Outcome.UNCHANGED,
    Outcome.REFUSED: UploadRow.Outcome.REFUSED,
}
SUSPECT = "ligne suspecte"
QUOTED = re.compile("«\u00a0(.*?)…?\u00a0»")
ELLIPSIS = "«\u00a0…\u00a0»"
READ, WRITTEN = 70, 95  # out of 100, where the bar is


UNEXPECTED = (
    "Un problème inattendu a tout arrêté, et rien n'a été écrit. Recommencez\u00a0; si cela se "
    "reproduit, prévenez l'informatique."
)


class Moved(Exception):
    """Somebody else changed the state of the upload meanwhile."""


def read(pk):
    """Read the sheets of a large workbook; one that is no census is abandoned, and why is said."""
    with attempt(pk, Status.READING, back=Status.ABANDONED) as told:
        upload = waiting(pk, Status.READING)
        if upload is None:
            return
        try:
            known = receiving.read_sheets(upload, told.counting)
        except ImportRefused as error:
            known = receiving.FORGOTTEN | {"status": Status.ABANDONED, "problem": str(error)}
        settle(upload, Status.READING, **known)


def plan(pk):
    """Say what applying an upload would do; writes the rows of its plan, and no record."""
    with attempt(pk, Status.PLANNING, back=Status.RECEIVED) as told:
        _plan(pk, told)


def apply(pk):
    """Write an upload: the records, the report, the end of the file, all or nothing."""
    with attempt(pk, Status.APPLYING, back=Status.PLANNED) as told:
        _apply(pk, told)


@contextmanager
def attempt(pk, was, *, back):
    """One transaction, and how far it is (`Progress`).

    What stops it is said to the person, whose upload is then again as before: `back`.
    """
    with progress.of(pk) as told:
        try:
            with transaction.atomic():
                yield told
        except ImportRefused as error:
            _give_back(pk, was, Status.RECEIVED, str(error))
        except Moved:
            return  # abandoned meanwhile: nothing was written, and there is nobody to tell
        except Exception:
            _give_back(pk, was, back, UNEXPECTED)
            raise


def waiting(pk, status):
    """The upload of this key if it waits for this work, None otherwise."""
    return Upload.objects.filter(pk=pk, status=status).first()


def settle(upload, was, **values):
    """Change the state of an upload, which nobody else may have changed. Raises `Moved`."""
    if not Upload.objects.filter(pk=upload.pk, status=was).update(progress=0, **values):
        raise Moved


def _give_back(pk, was, status, problem):
    found = Upload.objects.filter(pk=pk, status=was)
    forgotten = receiving.FORGOTTEN if status == Status.ABANDONED else {}
    found.update(**forgotten | {"status": status, "problem": problem, "progress": 0})


def _plan(pk, told):
    upload = waiting(pk, Status.PLANNING)
    if upload is None:
        return
    found, judge = _built(upload, lambda rows: told.part(rows, 0, READ))
    rows = [_row(upload, row, judge) for row in found.rows]
    upload.lines.all().delete()
    bulk.insert(rows)
    settle(
        upload,
        Status.PLANNING,
        status=Status.PLANNED,
        plan=uuid.uuid4(),
        problem="",
        remarks=found.remarks,
        counts=counts(rows),
    )


def _apply(pk, told):
    load.one_at_a_time()
    upload = waiting(pk, Status.APPLYING)
    if upload is None:
        return
    found, judge = _built(upload, lambda rows: told.part(rows, 0, READ), for_update=True)
    who = {"user": upload.applied_by_id} if upload.applied_by_id else {}
    context = load.apply(
        found,
        label=upload.file_name,
        track=lambda steps, _: told.part(steps, READ, WRITTEN),
        envoi=upload.pk,
        **who,
    )
    rows = _report(upload, found, judge)
    settle(
        upload,
        Status.APPLYING,
        status=Status.APPLIED,
        applied_at=timezone.now(),
        context=context,
        counts=counts(rows),
        **receiving.FORGOTTEN,
    )
    upload.sheets.all().delete()


def _built(upload, track, *, for_update=False):
    table = receiving.table(upload)
    judge = Judge(upload.decisions)
    columns = mapping.of(upload.mapping, table)
    found = plans.build(table, columns, for_update=for_update, track=track, judge=judge)
    return found, judge


def counts(rows):
    """{outcome: number of rows}, with those that are suspect and those that were not foreseen."""
    found = {outcome: sum(row.outcome == outcome for row in rows) for outcome in OUTCOME_VALUES}
    found["suspectes"] = sum(row.is_suspect for row in rows)
    found["autres"] = sum(row.is_replanned for row in rows)
    return found


OUTCOME_VALUES = UploadRow.Outcome.values


def _row(upload, row, judge):
    warnings = [vars(remark) for remark in row.draft.warnings]
    return UploadRow(
        upload=upload,
        line=row.line,
        name=row.name[:200],
        outcome=_outcome(row, judge),
        is_suspect=any(remark["reason"].startswith(SUSPECT) for remark in warnings),
        listing_id=row.record.pk,
        changes=[vars(change) for change in row.changes],
        refusals=[vars(remark) for remark in row.draft.refusals],
        warnings=warnings,
        alike=judge.of(row.line),
        choice=judge.decisions.get(row.line, ""),
    )


def _outcome(row, judge):
    if row.line in judge.left_out:
        return UploadRow.Outcome.LEFT_OUT
    if row.line in judge.undecided:
        return UploadRow.Outcome.DOUBTFUL
    return OUTCOMES[row.outcome]


# The report: what was done, without what the file said (rule R8; values are in the history)


def _report(upload, found, judge):
    planned = {row.line: _gist(row) for row in upload.lines.all()}
    rows = [_row(upload, row, judge) for row in found.rows]
    for row in rows:
        row.is_replanned = planned.get(row.line, ()) != _gist(row)
        _forget_values(row)
    upload.lines.all().delete()
    bulk.insert(rows)
    return rows


def _gist(row):
    """What of a row, were it to differ, the person who read the plan has to be told."""
    record = row.listing_id if row.outcome != UploadRow.Outcome.CREATED else None
    return row.outcome, record, [(c["column"], c["old"], c["new"]) for c in row.changes]


def _forget_values(row):
    row.changes = [change | {"old": "", "new": ""} for change in row.changes]
    row.refusals = [_without_value(remark) for remark in row.refusals]
    row.warnings = [_without_value(remark) for remark in row.warnings]


def _without_value(remark):
    """The same remark; its reason no longer repeats what the cell said."""
    cell = " ".join(remark["value"].split())
    reason = QUOTED.sub(lambda found: ELLIPSIS if found[1] in cell else found[0], remark["reason"])
    reason = SUSPECT if reason.startswith(SUSPECT) else reason
    return remark | {"value": "", "reason": reason}
