"""An adviser reports an error or a gap, undoes it, adds a word, and reads what became of it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import permissions, reports
from partners.models import Listing
from partners.report_forms import ERRORS, GapForm, ReportForm, WordsForm
from partners.views.decorators import permission
from partners.views.merged import follows_merges
from partners.views.returning import page_of, with_criteria

UNDO = (
    '{} <button type="submit" class="button--link" form="gestes" formaction="{}">Annuler</button>'
)


@require_http_methods(["GET", "HEAD", "POST"])
@permission(permissions.can_report)
@never_cache
@follows_merges
def report(request, pk):
    """« Signaler une erreur »: a page of buttons, each of which is enough.

    `reports.js` shows the same buttons in the card, and asks for the answer alone.
    """
    listing = get_object_or_404(permissions.visible(Listing.objects.all(), request.user), pk=pk)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and not form.needs_confirmation():
        facts = form.cleaned_data
        made = reports.file(listing, facts["kind"], by=request.user, message=facts["message"])
        then = with_criteria(reverse("reported", args=[made.pk]), request)
        return _reported(request, made) if request.htmx else redirect(then)
    context = {
        "form": form,
        "listing": listing,
        "kinds": ERRORS,
        "is_doubtful": _is_doubtful(form),
        "back_url": with_criteria(listing.get_absolute_url(), request),
        "here": with_criteria(request.path, request),
    }
    return render(request, "partners/report.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@permission(permissions.can_report)
@never_cache
def reported(request, pk):
    """What was just noted, with a way to undo it and to add a word."""
    found = get_object_or_404(reports.own(request.user), pk=pk)
    form = WordsForm(request.POST if request.method == "POST" else None, initial=_words(found))
    if form.is_bound and form.is_valid() and not form.needs_confirmation():
        return _say_more(request, found, form.cleaned_data["message"])
    return _reported(request, found, form=form)


@require_POST
@permission(permissions.can_report)
def withdraw(request, pk):
    """« Annuler »; a second tap finds nothing left, which is what was asked for."""
    found = reports.own(request.user).filter(pk=pk).first()
    try:
        if found:
            reports.withdraw(found)
    except reports.Gone as gone:
        return _refusal(request, gone, found)
    if request.htmx:
        return render(request, "partners/_report_withdrawn.html")
    messages.success(request, "Signalement annulé.")
    return redirect(_page_behind(request, found))


@require_http_methods(["GET", "HEAD", "POST"])
@permission(permissions.can_report)
@never_cache
def report_gap(request):
    """« Signaler un manque », with the situation and the commune of the search."""
    form = GapForm(request.POST or request.GET or {})
    is_sent = form.is_valid() and request.method == "POST" and form.says_something()
    if is_sent and not form.needs_confirmation():
        return _gap_noted(request, form)
    context = {
        "form": form,
        "is_doubtful": is_sent and _is_doubtful(form),
        "situations": form.situations(),
        "back_url": _results(form),
    }
    return render(request, "partners/report_gap.html", context, status=_gap_status(form, request))


@require_safe
@permission(permissions.can_report)
@never_cache
def mine(request):
    """What became of an account's own reports."""
    found = reports.own(request.user).order_by("-created_at", "-pk")[: reports.OWN_SHOWN]
    return render(request, "partners/reports.html", {"reports": found})


@require_POST
@permission(permissions.can_report)
def mark_seen(request):
    """« Vu »: these answers need not be shown again."""
    reports.mark_seen(request.user)
    return redirect(page_of(request, "home"))


def _reported(request, found, *, form=None):
    form = form or WordsForm(initial=_words(found))
    page = found.listing.get_absolute_url() if found.listing else ""
    context = {
        "report": found,
        "form": form,
        "is_doubtful": _is_doubtful(form),
        "back_url": page and with_criteria(page, request),
        "here": with_criteria(reverse("reported", args=[found.pk]), request),
    }
    template = "_reported.html" if request.htmx else "reported.html"
    return render(request, f"partners/{template}", context, status=_status(form))


def _say_more(request, found, message):
    try:
        reports.add_words(found, message)
    except reports.Gone as gone:
        return _refusal(request, gone, found)
    if request.htmx:
        found.message = message
        return render(request, "partners/_reported.html", {"report": found, "is_said": True})
    messages.success(request, "Merci\u00a0: c'est ajouté.")
    return redirect(_page_behind(request, found))


def _gap_noted(request, form):
    made = reports.file_gap(
        form.cleaned_data["situation"],
        form.territory,
        by=request.user,
        message=form.cleaned_data["message"],
    )
    told = "Merci\u00a0: ce manque est noté pour la responsable du lien social."
    messages.success(request, format_html(UNDO, told, reverse("withdraw_report", args=[made.pk])))
    return redirect(_results(form) or "home")


def _results(form):
    """The results one came from: their situations and communes; "" for none."""
    facts = form.cleaned_data
    situations, communes = facts.get("situation", []), facts.get("commune", [])
    query = {"situation": [s.slug for s in situations], "commune": [c.asked_code for c in communes]}
    return f"{reverse('results')}?{urlencode(query, True)}" if situations else ""


def _page_behind(request, found):
    default = found.listing.get_absolute_url() if found and found.listing else reverse("home")
    return page_of(request, "home") if "suite" in request.POST else default


def _refusal(request, gone, found):
    if request.htmx:
        return HttpResponse(str(gone), status=422, content_type="text/plain; charset=utf-8")
    messages.error(request, str(gone))
    return redirect(_page_behind(request, found))


def _words(found):
    return {"message": found.message}


def _is_doubtful(form):
    return form.is_bound and form.is_valid() and form.needs_confirmation()


def _status(form):
    return 422 if form.is_bound and not form.is_valid() else 200


def _gap_status(form, request):
    """404 for a page opened with criteria that do not exist, 422 for a form that is refused."""
    if form.is_valid() or not (form.errors.keys() & {"situation", "commune"} or request.POST):
        return 200
    return 422 if request.method == "POST" else 404
