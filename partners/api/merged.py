"""A record that another absorbed answers by the address of that one, for ever."""

from functools import wraps

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse
from rest_framework.response import Response

from partners.models import Merge

LEADS = "La fiche a été fusionnée\u00a0: l'en-tête Location donne celle qui a été gardée."
MOVED = {301: OpenApiResponse(description=LEADS)}
MOVED_TOO = {308: OpenApiResponse(description=LEADS)}


def follows_merges(handler):
    """When there is no record `pk`, the permanent address of the one that absorbed it, if any.

    301 to read; 308, which sends the same request there, to write.
    """

    @wraps(handler)
    def followed(self, request, pk):
        try:
            return handler(self, request, pk)
        except Http404:
            kept = Merge.objects.kept_for([pk]).get(pk)
            if kept is None:
                raise
        address = reverse(request.resolver_match.view_name, args=[kept])
        status = 301 if request.method in {"GET", "HEAD"} else 308
        return Response(status=status, headers={"Location": request.build_absolute_uri(address)})

    return followed
