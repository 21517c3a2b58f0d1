"""The register of gaps: from the empty cell of the board, or a report, to what closes it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import gaps, permissions
from partners.gap_forms import KEY, GapForm
from partners.models import Gap
from partners.views.decorators import permission
from partners.views.manage.sections import page

ROWS = 50
SHOWN_UNREGISTERED = 10
OPEN = "en-cours"


@require_safe
@never_cache
@permission(permissions.can_manage)
def register(request):
    """The gaps by state, those that wait first; what people reported and nobody wrote down."""
    state = request.GET.get("etat", OPEN)
    rows = _whole()
    rows = rows.open() if state not in Gap.Status.values else rows.filter(status=state)
    found = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    counts = gaps.count_reports(list(found))
    waiting = gaps.unregistered()
    context = {
        "page": found,
        "rows": [(gap, counts[gap.pk]) for gap in found],
        "state": state if state in Gap.Status.values else OPEN,
        "states": [(OPEN, "En cours"), *Gap.Status.choices],
        "unregistered": waiting[:SHOWN_UNREGISTERED],
        "more": max(0, len(waiting) - SHOWN_UNREGISTERED),
    }
    return page(request, "gaps.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def add(request):
    """Opened from a cell of the board or from a report: need and place are already there."""
    asked = {"situation": request.GET.get("situation"), "territory": request.GET.get("territoire")}
    known = _registered(**asked) if request.method != "POST" else None
    if known:
        return redirect(known)
    form = GapForm(request.POST or None, initial=asked | {"status": Gap.Status.REPORTED})
    if request.method == "POST" and _is_sure(form):
        form.instance.created_by = request.user
        gap = form.save()
        messages.success(request, "Le manque est inscrit au registre.")
        return redirect(gap)
    return _form_page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def edit(request, pk):
    gap = get_object_or_404(_whole(), pk=pk)
    form = GapForm(request.POST or None, instance=gap)
    if request.method == "POST" and _is_sure(form):
        form.save()
        messages.success(request, "Le registre est à jour.")
        return redirect("manage_gaps")
    return _form_page(request, form, gap=_whole().get(pk=pk))


@require_POST
@permission(permissions.can_manage)
def remove(request, pk):
    """A gap written by mistake; its history stays, and the form to write it again is one away."""
    gap = get_object_or_404(Gap, pk=pk)
    gap.delete()
    messages.success(request, f"«\u00a0{gap}\u00a0» est retiré du registre.")
    return redirect("manage_gaps")


def _whole():
    return Gap.objects.select_related("situation", "territory", "closed_by")


def _is_sure(form):
    return form.is_valid() and not form.needs_confirmation()


def _registered(situation, territory):
    """The gap already written for this need and place, if both are given."""
    if not (situation and KEY.fullmatch(territory or "")) or "\0" in situation:
        return None
    return Gap.objects.filter(situation__slug=situation, territory=int(territory)).first()


def _form_page(request, form, gap=None):
    is_doubtful = form.is_bound and form.is_valid() and form.needs_confirmation()
    context = {
        "form": form,
        "gap": gap,
        "is_doubtful": is_doubtful,
        "reports": gaps.count_reports([gap])[gap.pk] if gap else 0,
        "steps": gaps.steps(gap) if gap else [],
    }
    is_refused = form.is_bound and not form.is_valid()
    return page(request, "gap_form.html", context, status=422 if is_refused else 200)
