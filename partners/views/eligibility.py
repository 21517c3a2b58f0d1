"""« Est-ce pour ce locataire ? »: the criteria of schemes; the browser alone knows the answers."""

import re

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners import criteria, permissions
from partners.coverage import place_of_communes
from partners.forms import CriteriaForm
from partners.models import Listing
from partners.views.pages import bad_request

KEY = re.compile(r"[0-9]{1,9}")


@require_safe
@never_cache
def panel(request):
    """The schemes that `fiche` names, at most `MOST_SCHEMES`; asked by a script, the panel alone.

    The address holds records and a commune, as the results' own: never an answer (rule R5).
    """
    asked = list(dict.fromkeys(request.GET.getlist("fiche")))
    form = CriteriaForm(request.GET)
    if not form.is_valid() or not all(KEY.fullmatch(key) for key in asked):
        return bad_request(request)
    keys = [int(key) for key in asked[: criteria.MOST_SCHEMES]]
    context = {
        "panel": criteria.panel(_schemes(keys, request.user), place=_place(form)),
        "left_out": len(asked) - len(keys),
    }
    name = "_eligibility.html" if request.htmx else "eligibility.html"
    return render(request, f"partners/{name}", context)


def of_record(listing, place):
    """The `criteria.Panel` of the page of a record, None when it has no criteria.

    `listing` comes from a card (`has_criteria`); `place` None when no commune is known for sure.
    """
    if listing.kind != Listing.Kind.SCHEME or not listing.has_criteria:
        return None
    found = criteria.panel([listing], place=place)
    return found if found.sheets else None


def _schemes(keys, user):
    """The schemes of these keys that this account may open, in their order."""
    found = permissions.visible(Listing.objects.filter(kind=Listing.Kind.SCHEME), user)
    by_key = found.in_bulk(keys)
    return [by_key[key] for key in keys if key in by_key]


def _place(form):
    communes = form.cleaned_data["commune"] if form.is_valid() else []
    return place_of_communes(communes) if communes else None
