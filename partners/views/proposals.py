"""A manager takes or leaves what open data proposes."""

from django.contrib import messages
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from partners import permissions
from partners.imports import proposals
from partners.imports.errors import Refused
from partners.models import Proposal
from partners.views.decorators import permission


@require_POST
@permission(permissions.can_manage)
def decide(request, pk):
    """« Reprendre » writes the value, « Garder la nôtre » sets it aside."""
    found = Proposal.objects.filter(status=Proposal.Status.NEW, reply=None).select_related(
        "listing"
    )
    proposal = get_object_or_404(found, pk=pk)
    match request.POST.get("decision"):
        case "reprendre":
            _accept(request, proposal)
        case "garder":
            proposals.decline(proposal)
            messages.success(request, "La fiche garde sa valeur.")
        case _:
            return HttpResponseBadRequest("Décision inconnue.")
    return redirect(proposal.listing)


def _accept(request, proposal):
    try:
        proposals.accept(proposal)
    except Refused as error:
        messages.error(request, f"Cette valeur ne peut pas être reprise\u00a0: {error}.")
    else:
        messages.success(request, "La fiche a repris la valeur de la source.")
