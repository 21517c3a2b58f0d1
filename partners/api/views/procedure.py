"""Whom a record is for, who instructs it for a commune, what to bring and what happens next."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from partners import places
from partners.api import fiches, procedure
from partners.api.examples import PROCEDURE
from partners.api.merged import MOVED, follows_merges
from partners.api.view import ApiView, danger

UNKNOWN = "Cette commune n'existe pas\u00a0: donnez son code INSEE."


class Procedure(ApiView):
    @extend_schema(
        parameters=[procedure.ProcedureParameters],
        responses={200: procedure.ProcedureSerializer, **MOVED},
        examples=[PROCEDURE],
    )
    @follows_merges
    def get(self, request, pk):
        """La démarche d'une fiche : à qui elle s'adresse, qui instruit ici, papiers, étapes.

        Une structure n'a que ses papiers et ses documents. `fiches?modifie_depuis=` donne aussi les
        fiches dont seul ce qui est ici a changé.
        """
        commune = _commune(procedure.ProcedureParameters.of(request).get("commune"))
        listing = get_object_or_404(fiches.visible(request), pk=pk)
        data = procedure.data(listing, commune, request, timezone.localdate())
        response = Response(data)
        return danger(response) if fiches.is_dangerous(listing) else response


def _commune(code):
    if code is None:
        return None
    found = places.resolve_commune_code(code)
    if found is None:
        raise ValidationError({"commune": [UNKNOWN]})
    return found
