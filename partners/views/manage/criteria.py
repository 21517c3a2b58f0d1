"""The criteria of a scheme: its groups, each with a form, and the questions that they make."""

import copy
import hashlib

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import criteria, permissions
from partners.criterion_forms import GroupEditor
from partners.models import CriterionGroup, Listing
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page

PREVIEW = "apercu"
UNDO = (
    '«\u00a0{}\u00a0» est retiré, avec ses critères. <button type="submit" class="button--link" '
    'form="gestes" formaction="{}">Annuler</button>'
)


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request, pk):
    """The groups in their order, and the panel as an adviser gets it."""
    listing = _scheme_or_404(request, pk)
    groups = criteria.groups_of(listing)
    context = {"listing": listing, "groups": groups, "panel": _panel(listing, groups)}
    return page(request, "criteria.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
@transaction.atomic
def create(request, pk):
    listing = _scheme_or_404(request, pk)
    groups = criteria.groups_of(listing)
    order = max((group.order for group in groups), default=-1) + 1
    return _written(request, listing, CriterionGroup(scheme=listing, order=order), groups)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
@transaction.atomic
def edit(request, pk, group):
    listing = _scheme_or_404(request, pk)
    groups = {found.pk: found for found in criteria.groups_of(listing)}
    if group not in groups:
        raise Http404
    chosen = groups.pop(group)
    return _written(request, listing, chosen, list(groups.values()))


@require_POST
@permission(permissions.can_manage)
@transaction.atomic
def move(request, pk, group):
    """One step up or down among the groups."""
    listing = _scheme_or_404(request, pk)
    keys = [found.pk for found in criteria.groups_of(listing)]
    if group not in keys:
        raise Http404
    at = keys.index(group)
    to = at - 1 if request.POST.get("sens") == "monter" else at + 1
    if 0 <= to < len(keys):
        keys[at], keys[to] = keys[to], keys[at]
    for order, key in enumerate(keys):
        CriterionGroup.objects.filter(pk=key).exclude(order=order).update(order=order)
    return redirect(f"{reverse('manage_records_criteria', args=[pk])}#groupe-{group}")


@require_POST
@permission(permissions.can_manage)
@transaction.atomic
def remove(request, pk, group):
    listing = _scheme_or_404(request, pk)
    if not CriterionGroup.objects.filter(pk=group).exists():  # a second click
        messages.info(request, "Ce groupe est déjà retiré.")
        return redirect("manage_records_criteria", pk)
    found = get_object_or_404(CriterionGroup, pk=group, scheme=listing)
    name = str(found)
    found.delete()
    undo = reverse("manage_records_criteria_restore", args=[pk, group])
    messages.success(request, format_html(UNDO, name, undo))
    return redirect("manage_records_criteria", pk)


@require_POST
@permission(permissions.can_manage)
@transaction.atomic
def restore(request, pk, group):
    """A group removed comes back as its history tells it."""
    listing = _scheme_or_404(request, pk)
    if criteria.restore(listing, group):
        messages.success(request, "Le groupe est revenu, avec ses critères.")
    else:
        messages.info(request, "Il n'y avait plus rien à annuler.")
    return redirect("manage_records_criteria", pk)


# The form of a group


def _scheme_or_404(request, pk):
    """The scheme, locked when something is sent: two people at once write one after the other."""
    found = permissions.visible(Listing.objects.filter(kind=Listing.Kind.SCHEME), request.user)
    if request.method == "POST":
        found = found.select_for_update(of=("self",))
    return get_object_or_404(found, pk=pk)


def _written(request, listing, group, others):
    """The form opened, looked at as an adviser would, or saved."""
    now = _version(group)
    if request.method != "POST":
        return _page(request, listing, GroupEditor(group, others), {"version": now})
    before = [str(row) for row in getattr(group, "rows", [])]
    editor = GroupEditor(group, others, request.POST)
    if not editor.is_valid():
        sent = request.POST.get("version", now)
        return _page(request, listing, editor, {"version": sent}, status=422)
    if request.POST.get("action") == PREVIEW:
        shown = {"version": request.POST.get("version", now), "panel": _preview(listing, editor)}
        return _page(request, listing, editor, shown)
    if group.pk and request.POST.get("version") != now:
        return _page(request, listing, editor, {"version": now, "theirs": before}, status=409)
    if editor.needs_confirmation():
        return _page(request, listing, editor, {"version": now, "is_doubtful": True}, status=422)
    editor.save()
    messages.success(request, "Critères enregistrés. Les conseillères ont ces questions.")
    return redirect("manage_records_criteria", listing.pk)


def _page(request, listing, editor, shown, *, status=200):
    context = {
        "listing": listing,
        "group": editor.group,
        "form": editor.form,
        "rows": editor.rows,
        "is_new": editor.group.pk is None,
        "address": request.path,
    }
    return page(request, "criteria_group.html", context | shown, status=status)


def _version(group):
    """What stands for a group and its criteria as the database has them."""
    if group.pk is None:
        return ""
    rows = [group, *group.rows]
    said = [
        [str(getattr(row, field.attname)) for field in row._meta.concrete_fields] for row in rows
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:24]


def _panel(listing, groups):
    sheet = criteria.sheet_of(listing, groups)
    return criteria.panel_of([sheet], [row for group in groups for row in group.rows])


def _preview(listing, editor):
    """The panel of what is typed, made of copies: the form keeps its own."""
    groups = [copy.copy(group) for group in editor.made()]
    for group in groups:
        group.rows = [copy.copy(row) for row in group.rows]
        for row in group.rows:
            row.group = group
    return _panel(listing, groups)
