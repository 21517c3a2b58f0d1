"""The address of a record that another absorbed leads to that one, for ever."""

from functools import wraps

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse

from partners.models import Listing, Merge
from partners.views.returning import with_criteria


def follows_merges(view):
    """When `view` (of `pk`) finds no record, send to the same view of the one that absorbed it.

    Permanently; what a form holds is sent again there. Of the address, the criteria alone follow.
    """

    @wraps(view)
    def followed(request, pk, **kwargs):
        try:
            return view(request, pk, **kwargs)
        except Http404:
            kept = Merge.objects.kept_for([pk]).get(pk)
            if kept is None:
                raise
        is_read = request.method in {"GET", "HEAD"}
        return redirect(_address(request, kept), permanent=True, preserve_request=not is_read)

    return followed


def _address(request, kept):
    name = request.resolver_match.url_name
    found = Listing.objects.get(pk=kept) if name in {"listing", "listing_short"} else None
    path = found.get_absolute_url() if found else reverse(name, args=[kept])
    return with_criteria(path, request)
