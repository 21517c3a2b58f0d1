"""« Notes d'agence »: what agencies know of partners, read before their people do."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import notes, permissions
from partners.models import LocalNote, Report
from partners.note_forms import DecideForm
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.reports import STATES as REPORT_STATES
from partners.views.manage.reports import UNDO
from partners.views.manage.sections import page

PAGE = 40
WAITING = "a-relire"
STATES = {
    WAITING: "À relire",
    LocalNote.Status.APPROVED: "Approuvées",
    LocalNote.Status.REFUSED: "Refusées",
}


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    state = request.GET.get("etat", WAITING)
    if state not in STATES:
        raise Http404
    found = notes.queue() if state == WAITING else notes.decided(state)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "query": f"etat={state}&",
        "note_state": state,
        "note_states": STATES,
        "state": "notes",
        "states": REPORT_STATES,
        "gap_count": Report.objects.gaps().open().count(),
        "note_count": LocalNote.objects.waiting().count(),
    }
    return page(request, "notes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
def decide(request, pk):
    """Read a note, mend it if need be, and approve or refuse it."""
    note = get_object_or_404(_whole(), pk=pk)
    form = DecideForm(request.POST if request.method == "POST" else None, initial=_words(note))
    is_sound = form.is_bound and form.is_valid()
    if is_sound and not form.needs_confirmation():
        return _decided(request, note, form)
    return _page(request, note, form, is_doubtful=is_sound)


@require_POST
@permission(permissions.can_manage)
def reopen(request, pk):
    note = get_object_or_404(LocalNote, pk=pk)
    try:
        notes.reopen(note)
        messages.success(request, "La note est de nouveau à relire.")
    except notes.Gone as gone:
        messages.error(request, str(gone))
    return redirect("manage_reports_notes")


def _whole():
    return LocalNote.objects.select_related(
        "listing__commune", "agency", "written_by__agency", "decided_by__agency"
    )


def _words(note):
    return {"text": note.text}


def _page(request, note, form, *, is_doubtful=False, gone=""):
    """What she typed stays in its field, even when the note has changed meanwhile (`gone`)."""
    context = {"note": note, "form": form, "is_doubtful": is_doubtful, "gone": gone}
    is_refused = gone or (form.is_bound and not form.is_valid())
    return page(request, "note.html", context, status=422 if is_refused else 200)


def _decided(request, note, form):
    facts = form.cleaned_data
    try:
        if form.is_refusal:
            notes.refuse(note, facts["answer"], version=facts["vu"], by=request.user)
            told = "Note refusée\u00a0: l'agence lira pourquoi."
        else:
            notes.approve(note, facts["text"], version=facts["vu"], by=request.user)
            told = "Note approuvée\u00a0: l'agence la lit sur la fiche, pour un an."
    except notes.Gone as gone:
        return _page(request, _whole().get(pk=note.pk), form, gone=str(gone))
    undo = reverse("manage_reports_note_reopen", args=[note.pk])
    messages.success(request, format_html(UNDO, told, undo))
    return redirect("manage_reports_notes")
