"""« À vérifier »: the work list of the month, « rien à changer » in one click, and the figures."""

import csv
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import freshness, permissions, review
from partners.models import Helpline, Listing, Report, Verification
from partners.report_forms import UndoForm, VerifyForm
from partners.views.decorators import permission
from partners.views.manage.sections import page
from partners.views.pages import bad_request
from partners.views.returning import page_of

PAGE = 40
SELECTIONS = {
    "mois": "Ce mois-ci",
    "jamais": "Jamais vérifiés",
    "toutes": "Tout",
}
KINDS = {"": "Fiches et numéros", review.LISTING: "Fiches", review.HELPLINE: "Numéros utiles"}
UNDO = (
    '«\u00a0{}\u00a0»\u00a0: vérifié ({}). <button type="submit" class="button--link" '
    'form="gestes" formaction="{}" name="verifications" value="{}">Annuler</button>{}'
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    chosen = _chosen(request)
    counts = review.counts(chosen["quoi"])
    work = review.WorkList(chosen["liste"], chosen["quoi"], counts[chosen["liste"]])
    context = {
        "chosen": chosen,
        "query": urlencode(chosen) + "&",
        "selections": [(slug, label, counts[slug]) for slug, label in SELECTIONS.items()],
        "kinds": KINDS,
        "methods": Verification.Method.choices,
        "method": Verification.Method(chosen["par"]),
        "month": timezone.localdate(),
        "page": Paginator(work, PAGE).get_page(request.GET.get("page")),
    }
    return page(request, "review.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def listing(request, pk):
    """One record, part by part; a POST says that nothing is to be changed."""
    found = get_object_or_404(permissions.in_service(Listing.objects.all()), pk=pk)
    form = VerifyForm(_body(request), initial={"method": Verification.Method.CALL})
    if form.is_bound and form.is_valid():
        return _verified(request, found, form.cleaned_data)
    context = {
        "listing": found,
        "form": form,
        "parts": review.parts_of(found),
        "reports": Report.objects.open().filter(listing=found).select_related("created_by"),
        "today": timezone.localdate(),
    }
    status = 422 if form.is_bound else 200
    return page(request, "review_listing.html", context, status=status)


@require_POST
@permission(permissions.can_manage)
def helpline(request, pk):
    found = get_object_or_404(Helpline.objects.active(), pk=pk)
    form = VerifyForm(request.POST)
    if not form.is_valid():
        return bad_request(request)
    return _verified(request, found, form.cleaned_data | {"scopes": []})


@require_POST
@permission(permissions.can_manage)
def undo(request):
    """« Annuler »: only what this account has just verified; a second tap finds nothing."""
    form = UndoForm(request.POST)
    if not form.is_valid():
        return bad_request(request)
    if review.undo(form.pks(), by=request.user):
        messages.success(request, "Vérification annulée.")
    else:
        messages.info(request, "Il n'y avait plus rien à annuler.")
    return redirect(page_of(request, "manage_review"))


@require_safe
@never_cache
@permission(permissions.can_manage)
def figures(request):
    context = {
        "groups": [
            ("Par nature", freshness.by_kind()),
            ("Par secteur", freshness.by_sector()),
            ("Par type de structure", freshness.by_type()),
        ],
        "months": freshness.by_month(),
    }
    return page(request, "review_figures.html", context)


@require_safe
@never_cache
@permission(permissions.can_manage)
def figures_csv(request):
    """For a spreadsheet: UTF-8 with its mark, semicolons, no cell that would be a formula."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="fraicheur.csv"'
    rows = csv.writer(answer, delimiter=";", lineterminator="\r\n")
    rows.writerows([_plain(cell) for cell in row] for row in freshness.table())
    return answer


def _chosen(request):
    """What the address chooses. Raises `Http404` for what does not exist."""
    asked = {
        "liste": ("mois", SELECTIONS),
        "quoi": ("", KINDS),
        "par": (Verification.Method.CALL, Verification.Method.values),
    }
    chosen = {name: request.GET.get(name, usual) for name, (usual, _) in asked.items()}
    if any(chosen[name] not in known for name, (_, known) in asked.items()):
        raise Http404
    return chosen


def _verified(request, thing, facts):
    made = review.verify(
        thing,
        by=request.user,
        method=facts["method"],
        scopes=facts["scopes"] or [Verification.Scope.RECORD],
        on=facts["on"],
    )
    if made:
        messages.success(request, _told(thing, made))
    else:
        messages.info(request, f"«\u00a0{thing}\u00a0» était déjà vérifié ainsi.")
    return redirect(page_of(request, "manage_review"))


def _told(thing, made):
    keys = ",".join(str(row.pk) for row in made)
    method = made[0].get_method_display()
    return format_html(UNDO, thing, method, reverse("manage_review_undo"), keys, _remaining(thing))


def _remaining(thing):
    """Checking a record ends none of its reports: who reported waits for an answer."""
    count = Report.objects.open().filter(listing=thing).count() if _is_listing(thing) else 0
    return f" Signalements encore ouverts sur cette fiche\u00a0: {count}." if count else ""


def _is_listing(thing):
    return isinstance(thing, Listing)


def _plain(cell):
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _body(request):
    return request.POST if request.method == "POST" else None
