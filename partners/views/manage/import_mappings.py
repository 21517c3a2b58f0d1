"""The choices of columns that were kept under a name: listed, renamed, deleted."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners import permissions
from partners.imports import labels
from partners.imports.columns import BY_HEADER
from partners.models import SavedMapping
from partners.upload_forms import MappingNameForm
from partners.views.decorators import permission
from partners.views.manage.sections import page

ROWS = 25


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    return _page(request)


@require_POST
@permission(permissions.can_manage)
def rename(request, pk):
    mapping = get_object_or_404(SavedMapping, pk=pk)
    form = MappingNameForm(request.POST, instance=mapping)
    if not form.is_valid():
        return _page(request, bound={pk: form}, status=422)
    if form.has_changed():
        form.save()
        messages.success(request, f"Ces choix s'appellent maintenant «\u00a0{mapping}\u00a0».")
    return redirect("manage_imports_mappings")


@require_POST
@permission(permissions.can_manage)
def delete(request, pk):
    """Twice is once: what is no longer there was deleted."""
    mapping = SavedMapping.objects.filter(pk=pk).first()
    if mapping:
        mapping.delete()
        messages.success(request, f"Les choix «\u00a0{mapping}\u00a0» sont supprimés.")
    return redirect("manage_imports_mappings")


def _page(request, *, bound=None, status=200):
    shown = Paginator(SavedMapping.objects.all(), ROWS).get_page(request.GET.get("page"))
    context = {"page": shown, "lines": [_line(mapping, bound or {}) for mapping in shown]}
    return page(request, "import_mappings.html", context, status=status)


def _line(mapping, bound):
    """A mapping, its form, and (theirs, ours) of its columns."""
    form = bound.get(mapping.pk) or MappingNameForm(instance=mapping, prefix=None)
    columns = mapping.content.get("columns", {})
    pairs = [(theirs, labels.label(ours)) for ours, theirs in columns.items() if ours in BY_HEADER]
    hours = mapping.content.get("hours", {})
    return mapping, form, pairs + [(theirs, f"horaires du {day}") for day, theirs in hours.items()]
