"""The form of a record kept while it is typed; nothing of a record changes here."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from partners import permissions
from partners.models import FormDraft
from partners.records import drafts
from partners.views.decorators import permission


@require_POST
@never_cache
@permission(permissions.can_manage)
def keep(request):
    """Sent: the whole form, `brouillon` its key. Answered: {"dit": when}; 422 {"erreur": why}."""
    try:
        draft = drafts.keep(request.user, request.POST)
    except drafts.Refused as error:
        return JsonResponse({"erreur": str(error)}, status=422)
    at = timezone.localtime(draft.saved_at)
    return JsonResponse({"dit": f"Saisie gardée à {at.hour}\u00a0h\u00a0{at.minute:02d}."})


@require_POST
@permission(permissions.can_manage)
def discard(request, pk):
    """One's own only."""
    draft = get_object_or_404(FormDraft, pk=pk, owner=request.user)
    listing = draft.listing_id
    draft.delete()
    messages.success(request, "La saisie en cours est effacée. La fiche est comme avant.")
    if listing:
        return redirect("manage_records_edit", listing)
    return redirect("manage_records_new")
