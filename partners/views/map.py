"""The whole territory on a map, by situation and sector, for agencies."""

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_response_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_safe

from partners import outlines, permissions
from partners.forms import MapForm
from partners.models import Territory
from partners.places import home_departement
from partners.search import on_map


@require_safe
@never_cache
def overview(request):
    """The list is the truth, the map the same data drawn (rule R12)."""
    form = _form(request)
    is_valid = form.is_valid()
    context = {
        "form": form,
        "rows": _rows(form) if is_valid else [],
        "query": form.query() if is_valid else "",
        "outlines_url": outlines.url(home_departement()),
        "tiles": settings.TILE_LAYER,
        "can_report": permissions.can_report(request.user),
    }
    return render(request, "partners/map.html", context, status=200 if is_valid else 404)


@require_safe
@never_cache
def points(request):
    form = _form(request)
    if not form.is_valid():
        return JsonResponse({"erreur": "Ce choix n'existe pas."}, status=404)
    found = [outlines.point(row.listing, site) for row in _rows(form) for site in row.sites]
    return JsonResponse({"communes": [], "points": found, "bornes": outlines.bounds_of(found)})


@require_safe
@condition(etag_func=lambda request, code: outlines.etag(code))
def departement_outlines(request, code):
    """Commune outlines and names of a département, for a map that needs no tiles (rule R13)."""
    departement = get_object_or_404(Territory, kind=Territory.Kind.DEPARTEMENT, code=code)
    response = JsonResponse(outlines.collection(departement))
    patch_response_headers(response, cache_timeout=24 * 3600)
    return response


def _form(request):
    return MapForm(request.GET, departement=home_departement())


def _rows(form):
    facts = form.cleaned_data
    return on_map(
        territory=facts["secteur"] or home_departement(),
        at=timezone.localtime(),
        situation=facts["situation"],
        structure_type=facts["type"],
    )
