"""Imports: the files brought, a new one, and which of its columns is which of ours."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from partners import permissions, tasks
from partners.imports.errors import ImportRefused
from partners.models import SavedMapping, Upload
from partners.upload_forms import ColumnsForm, UploadForm
from partners.uploads import receiving
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page

ROWS = 25
Status = Upload.Status
CHANGEABLE = (Status.RECEIVED, Status.PLANNED)
NOT_NOW = "Cet import n'en est plus là\u00a0: voici où il en est."
TO_TRANSLATE = (
    "Encore un point\u00a0: des mots de ce fichier ne sont pas ceux de l'annuaire. "
    "Relisez, plus bas, ce qu'ils veulent dire, puis simulez."
)


def uploads():
    """Without their files, which may be long."""
    return Upload.objects.select_related("created_by", "applied_by", "undone_by").defer("content")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def overview(request):
    """The imports, the last first, and the form that brings one more."""
    form = UploadForm()
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        form.is_too_big = getattr(request, "is_file_too_big", False)  # known once it is all read
        upload = _received(request, form)
        if upload:
            return redirect("manage_imports_columns", pk=upload.pk)
    shown = Paginator(uploads(), ROWS).get_page(request.GET.get("page"))
    context = {"form": form, "page": shown}
    return page(request, "imports.html", context, status=422 if form.errors else 200)


def _received(request, form):
    if not form.is_valid():
        return None
    try:
        with transaction.atomic():
            upload = receiving.receive(form.cleaned_data["file"], by=request.user)
            if upload.status == Status.READING:
                tasks.read_upload.defer(pk=upload.pk)
            return upload
    except ImportRefused as error:
        form.add_error("file", str(error))
        return None


@keeps_what_was_typed
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def columns(request, pk):
    """What each column of the file is; saving asks for the plan."""
    upload = get_object_or_404(Upload, pk=pk)
    if upload.status not in CHANGEABLE:
        return redirect(upload)
    if request.method == "POST" and "feuille" in request.POST:
        return _other_sheet(request, upload)
    try:
        table = receiving.head(upload)
    except ImportRefused as error:  # read once already: the rules have changed since
        return page(request, "import_columns.html", {"upload": upload, "refusal": error})
    form = ColumnsForm(request.POST or None, table=table, content=upload.mapping)
    if request.method == "POST" and form.is_valid():
        return _asked(request, upload, table, form)
    context = {
        "upload": upload,
        "form": form,
        "lines": list(form.lines()),
        "words": form.word_lines(),
        "sheets": receiving.sheets(upload),
        "earlier": receiving.earlier(upload),
        "saved": SavedMapping.objects.filter(signature=form.signature).first(),
    }
    return page(request, "import_columns.html", context, status=422 if form.errors else 200)


def _other_sheet(request, upload):
    try:
        receiving.choose_sheet(upload, request.POST["feuille"])
    except ImportRefused as error:
        messages.error(request, str(error))
    return redirect("manage_imports_columns", pk=upload.pk)


def _asked(request, upload, table, form):
    told = set(form.words.values())
    if receiving.words_of(form.result(), table) - told:
        return _to_translate(request, upload, receiving.translated(form.result(), table, but=told))
    name = form.cleaned_data["name"].strip()
    values = {"mapping": form.result()}
    if upload.mapping.get("columns") != form.result()["columns"]:
        values["decisions"] = {}
    if ask(upload.pk, CHANGEABLE, Status.PLANNING, tasks.plan_upload, **values):
        upload.mapping = form.result()
        if name:
            receiving.keep_mapping(upload, table, name)
            messages.success(request, f"Ces choix sont gardés sous le nom «\u00a0{name}\u00a0».")
    else:
        messages.warning(request, NOT_NOW)
    return redirect(upload)


def _to_translate(request, upload, content):
    """A column that was just named holds words that nobody has told yet."""
    if Upload.objects.filter(pk=upload.pk, status__in=CHANGEABLE).update(mapping=content):
        messages.info(request, TO_TRANSLATE)
    else:
        messages.warning(request, NOT_NOW)
    return redirect("manage_imports_columns", pk=upload.pk)


def ask(pk, was, status, task, *, plan=None, **values):
    """Put a job in the queue if the upload is still as the page showed it (bool)."""
    found = Upload.objects.filter(pk=pk, status__in=was)
    found = found.filter(plan=plan) if plan else found
    with transaction.atomic():
        values |= {"status": status, "progress": 0, "problem": "", "asked_at": timezone.now()}
        if not found.update(**values):
            return False
        task.defer(pk=pk)
    return True


@require_POST
@permission(permissions.can_manage)
def abandon(request, pk):
    upload = get_object_or_404(uploads(), pk=pk)
    if receiving.abandon(upload):
        messages.success(
            request, f"L'import de «\u00a0{upload}\u00a0» est abandonné, son fichier est effacé."
        )
        return redirect("manage_imports")
    messages.warning(request, NOT_NOW)
    return redirect(upload)
