"""« Signalements »: what advisers report, who deals with it, and the answer they get."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import permissions, reports, review
from partners.models import LocalNote, Report, Situation, Territory
from partners.report_forms import CloseForm
from partners.views.decorators import permission
from partners.views.manage.sections import page
from partners.views.returning import page_of

PAGE = 40
MOST_DIGITS = 10  # of a primary key
STATES = {
    "ouverts": "À traiter",
    Report.Status.DONE: "Traités",
    Report.Status.DROPPED: "Sans suite",
}
UNDO = (
    '{} <button type="submit" class="button--link" form="gestes" formaction="{}">Annuler</button>'
)


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    state = request.GET.get("etat", "ouverts")
    if state not in STATES:
        raise Http404
    found = reports.open_queue() if state == "ouverts" else reports.closed_queue(state)
    listing = request.GET.get("fiche", "")
    if listing.isdecimal() and len(listing) < MOST_DIGITS:
        found = found.filter(listing=listing)
    context = {
        "state": state,
        "query": f"etat={state}&",
        "states": STATES,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "delay": reports.delay(),
        "gap_count": Report.objects.gaps().open().count(),
        "note_count": LocalNote.objects.waiting().count(),
    }
    return page(request, "reports.html", context)


@require_safe
@never_cache
@permission(permissions.can_manage)
def gaps(request):
    """Needs that nobody answers, by situation and territory."""
    found = Paginator(reports.gaps(), PAGE).get_page(request.GET.get("page"))
    return page(request, "report_gaps.html", {"page": found, "states": STATES})


@require_safe
@never_cache
@permission(permissions.can_manage)
def gap(request):
    """The reports behind one line of the gaps."""
    situation = request.GET.get("situation", "")
    code = request.GET.get("commune", "")
    if "\0" in situation or (code and not (code.isdecimal() and len(code) < MOST_DIGITS)):
        raise Http404
    context = {
        "situation": get_object_or_404(Situation, slug=situation) if situation else None,
        "territory": get_object_or_404(Territory, pk=code) if code else None,
        "query": urlencode({"situation": situation, "commune": code}) + "&",
    }
    found = reports.gap_reports(situation, context["territory"] and context["territory"].pk)
    context["page"] = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return page(request, "report_gap.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def detail(request, pk):
    """One report; a POST ends it, with an answer to who reported it."""
    report = get_object_or_404(_all(), pk=pk)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and not form.needs_confirmation():
        return _close(request, report, form.cleaned_data)
    return _detail(request, report, form)


@require_POST
@permission(permissions.can_manage)
def take(request, pk):
    """« Je m'en occupe »; from a colleague too."""
    return _do(request, pk, lambda report: reports.take(report, request.user), "C'est pour vous.")


@require_POST
@permission(permissions.can_manage)
def release(request, pk):
    return _do(request, pk, reports.release, "Le signalement est de nouveau à prendre.")


@require_POST
@permission(permissions.can_manage)
def reopen(request, pk):
    return _do(request, pk, reports.reopen, "Le signalement est rouvert.")


def _all():
    found = Report.objects.select_related(
        "listing__commune", "created_by__agency", "taken_by", "territory"
    )
    return found.prefetch_related("situations")


def _detail(request, report, form):
    is_doubtful = form.is_bound and form.is_valid() and form.needs_confirmation()
    context = {
        "report": report,
        "form": form,
        "is_doubtful": is_doubtful,
        "others": reports.others(report).select_related("created_by__agency")
        if report.listing_id
        else [],
        "parts": review.parts_of(report.listing) if report.listing_id else [],
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return page(request, "report.html", context, status=status)


def _close(request, report, facts):
    try:
        count = reports.close(
            report,
            by=request.user,
            status=facts["status"],
            answer=facts["answer"],
            with_others=facts["with_others"],
        )
    except reports.Gone as gone:
        messages.error(request, str(gone))
        return redirect("manage_reports_detail", report.pk)
    told = "Signalement terminé." if count == 1 else f"{count} signalements terminés."
    undo = reverse("manage_reports_reopen", args=[report.pk])
    messages.success(request, format_html(UNDO, told, undo) if count == 1 else told)
    return redirect(
        "manage_reports_gaps" if report.kind == Report.Kind.MISSING else "manage_reports"
    )


def _do(request, pk, act, told):
    report = get_object_or_404(Report, pk=pk)
    try:
        act(report)
        messages.success(request, told)
    except reports.Gone as gone:
        messages.error(request, str(gone))
    return redirect(page_of(request, "manage_reports"))
