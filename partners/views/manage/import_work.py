"""One import: its plan, what doubtful rows are, its writing, its report, its undoing."""

import csv
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import permissions, phones, tasks
from partners.imports.cells import FORMULA_STARTS
from partners.imports.labels import label
from partners.models import Listing, Upload, UploadRow
from partners.upload_forms import DecisionsForm
from partners.uploads import receiving, undoing
from partners.uploads.doubts import LEFT_OUT, NEW, same
from partners.views.decorators import permission
from partners.views.manage.imports import NOT_NOW, ask, uploads
from partners.views.manage.sections import page

ROWS = 50
EDITED_SHOWN = 20
LONGEST = 200
PHONES = {"telephone", "telephone_professionnels", "contact_telephone"}
SLOW = timedelta(seconds=45)
"""Beyond which a job that has not begun tells of a worker that is stopped."""

Status, Outcome = Upload.Status, UploadRow.Outcome
STATES = {
    Outcome.DOUBTFUL: "À décider",
    Outcome.REFUSED: "Refusées",
    Outcome.CREATED: "Nouvelles",
    Outcome.CHANGED: "Modifiées",
    Outcome.UNCHANGED: "Inchangées",
    Outcome.LEFT_OUT: "Laissées de côté",
}
MORE = {
    "suspectes": ("Lignes suspectes", {"is_suspect": True}),
    "autres": ("Autres qu'à la simulation", {"is_replanned": True}),
}
KEPT = "gardees"
NOT_GONE = {"undone__in": [UploadRow.Undone.KEPT, UploadRow.Undone.PARTLY]}
TEMPLATES = {
    Status.PLANNED: "import_plan.html",
    Status.APPLIED: "import_report.html",
    Status.UNDONE: "import_report.html",
    Status.ABANDONED: "import_report.html",
}


@require_safe
@never_cache
@permission(permissions.can_manage)
def detail(request, pk):
    """Where an import is: its columns, the work under way, its plan, its report."""
    upload = get_object_or_404(uploads(), pk=pk)
    if upload.status == Status.RECEIVED:
        return redirect("manage_imports_columns", pk=pk)
    if upload.is_working:
        return page(request, "import_working.html", {"upload": upload, "is_slow": _is_slow(upload)})
    return page(request, TEMPLATES[upload.status], _shown(request, upload))


def _is_slow(upload):
    return not upload.progress and upload.asked_at < timezone.now() - SLOW


def _shown(request, upload):
    state = request.GET.get("etat", "")
    rows = upload.lines.select_related("listing").filter(**_narrowed(state))
    found = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return {
        "upload": upload,
        "page": found,
        "rows": [_told(row) for row in found],
        "state": state,
        "filters": _filters(upload),
        "query": f"etat={quote(state)}&" if state else "",
        "earlier": receiving.earlier(upload),
        "decisions": DecisionsForm(upload=upload),
        "can_apply": upload.counts.get(Outcome.CREATED, 0) + upload.counts.get(Outcome.CHANGED, 0),
        "doubtful": upload.counts.get(Outcome.DOUBTFUL, 0),
        "refused": sum(upload.counts.get(name, 0) for name in (Outcome.REFUSED, Outcome.DOUBTFUL)),
        "has_choices": any(row.alike for row in found),
    }


def _narrowed(state):
    if state == KEPT:
        return NOT_GONE
    if state in MORE:
        return MORE[state][1]
    return {"outcome": state} if state in STATES else {}


def _filters(upload):
    """(value, words, number) of the states that have rows."""
    named = STATES | {name: words for name, (words, _) in MORE.items()}
    found = [(name, words, upload.counts.get(name, 0)) for name, words in named.items()]
    if upload.status == Status.UNDONE:
        kept = upload.lines.filter(**NOT_GONE).count()
        found.append((KEPT, "Pas tout à fait annulées", kept))
    return [("", "Toutes", upload.rows), *(one for one in found if one[2])]


def _told(row):
    """A row as the page reads it."""
    return {
        "row": row,
        "changes": [_change(**change) for change in row.changes],
        "remarks": [_remark(**remark) for remark in row.refusals + row.warnings],
        "options": _options(row) if row.alike else [],
    }


def _change(column, old, new):
    return {"label": label(column), "old": _words(column, old), "new": _words(column, new)}


def _remark(column, value, reason):
    """With the name that the column has in the file, or here when the file has none."""
    ours, bracket, theirs = column.partition(" (")
    name = theirs.removesuffix(")") if bracket else label(ours)
    return {"column": name, "value": value, "reason": reason}


def _words(column, cell):
    """A cell as a person reads it."""
    if column in PHONES:
        return phones.display(cell)
    text = cell.replace("|", ", ")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _options(row):
    """(value, words, is it chosen) of what a row that looks like a record may be."""
    default = (
        same(row.alike[0]["pk"]) if row.outcome in (Outcome.CHANGED, Outcome.UNCHANGED) else ""
    )
    chosen = row.choice or default
    records = [
        (same(one["pk"]), f"C'est «\u00a0{one['name']}\u00a0»{_because(one)}") for one in row.alike
    ]
    others = [(NEW, "C'est une nouvelle fiche"), (LEFT_OUT, "Laisser cette ligne de côté")]
    return [(value, words, value == chosen) for value, words in records + others]


def _because(one):
    doubts = "".join(f", mais {doubt}" for doubt in one.get("doubts", ()))
    return f" ({', '.join(one['reasons'])}{doubts})" if one["reasons"] else ""


@require_POST
@permission(permissions.can_manage)
def decide(request, pk):
    """What the doubtful rows are; the plan is then made again."""
    upload = get_object_or_404(uploads(), pk=pk)
    form = DecisionsForm(request.POST, upload=upload)
    if not form.is_valid():
        messages.error(request, "Cette décision n'existe pas.")
    elif not ask(
        pk,
        [Status.PLANNED],
        Status.PLANNING,
        tasks.plan_upload,
        plan=_plan(request),
        decisions=form.decisions(),
    ):
        messages.warning(request, NOT_NOW)
    return redirect(upload)


def _plan(request):
    """The plan that the page showed; one that none has when it is not said."""
    try:
        return UUID(request.POST.get("simulation", ""))
    except ValueError:
        return UUID(int=0)


@require_POST
@permission(permissions.can_manage)
def apply(request, pk):
    """Asks for the writing of the plan that was read, and no other."""
    upload = get_object_or_404(uploads(), pk=pk)
    is_asked = ask(
        pk,
        [Status.PLANNED],
        Status.APPLYING,
        tasks.apply_upload,
        plan=_plan(request),
        applied_by=request.user,
    )
    if not is_asked and upload.status == Status.PLANNED:
        messages.warning(request, "La simulation a été refaite entre-temps\u00a0: relisez-la.")
    return redirect(upload)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def undo(request, pk):
    """What undoing would leave, then undoing."""
    upload = get_object_or_404(uploads(), pk=pk)
    if upload.status != Status.APPLIED or not upload.context:
        return redirect(upload)
    if request.method == "POST":
        ask(pk, [Status.APPLIED], Status.UNDOING, tasks.undo_upload, undone_by=request.user)
        return redirect(upload)
    edited = undoing.later_edits(upload)
    records = Listing.objects.filter(pk__in=edited).order_by("search_key", "pk")
    context = {
        "upload": upload,
        "edited": records[:EDITED_SHOWN],
        "edited_count": len(edited),
        "more": max(0, len(edited) - EDITED_SHOWN),
    }
    return page(request, "import_undo.html", context)


@require_safe
@never_cache
@permission(permissions.can_manage)
def advance(request, pk):
    """How far the work is, for the page that waits: {"en_cours", "avancement" out of 100}."""
    upload = get_object_or_404(uploads(), pk=pk)
    return JsonResponse({"en_cours": upload.is_working, "avancement": upload.progress})


@require_safe
@never_cache
@permission(permissions.can_manage)
def refused(request, pk):
    """The rows refused or to decide, as they came, with the reason: to be corrected."""
    upload = get_object_or_404(Upload, pk=pk, status=Status.PLANNED)
    if upload.content is None:
        raise Http404
    reasons = {
        row.line: "\u00a0; ".join(_reason(remark) for remark in row.refusals)
        for row in upload.lines.filter(outcome__in=[Outcome.REFUSED, Outcome.DOUBTFUL])
    }
    table = receiving.table(upload)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="lignes-refusees.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow([*map(_safe, table.headers), receiving.REASON])
    for row in table.rows:
        if row.line in reasons:
            cells = [row.cells[header] for header in table.headers]
            writer.writerow(map(_safe, [*cells, reasons[row.line]]))
    return response


def _reason(remark):
    where = f"{remark['column']}\u00a0: " if remark["column"] else ""
    return f"{where}{remark['reason']}"


def _safe(cell):
    """Not to be run as a formula by the spreadsheet that opens the file."""
    return f"'{cell}" if cell.lstrip().startswith(FORMULA_STARTS) else cell
