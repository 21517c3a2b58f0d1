"""The printed directory of a sector, for those who keep it and for the agency that serves it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners import permissions
from partners.exports import directory
from partners.models import Territory


@require_safe
@never_cache
def sector(request, pk):
    """A PDF to keep; its name tells the sector and the day, no situation (rule R7)."""
    if not permissions.can_print_sector(request.user, pk):
        raise PermissionDenied
    found = get_object_or_404(Territory, pk=pk, kind=Territory.Kind.SECTOR)
    name = f"annuaire-{slugify(found.name)[:60]}-{timezone.localdate()}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(directory.pdf(found), content_type="application/pdf", headers=headers)
