"""The whole territory on a map, for agencies; and what every map of partners asks."""

from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import EmptyPage, Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_response_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    condition,
    conditional_page,
    require_http_methods,
    require_safe,
)

from partners import atlas, outlines, permissions
from partners.cards import cards_of
from partners.coverage import place_of_communes
from partners.forms import CriteriaForm
from partners.map_forms import MapForm, PopupForm, ViewForm
from partners.matches import Moment
from partners.models import Territory
from partners.places import home_departement
from partners.search import matches_of
from partners.views.map_answers import map_answer, refusal, refusal_status

ROWS = 50
"""Partners of the list on one page; the map has them all."""

NEAR_KM = 40
"""What stands further away does not widen the first frame of the map of a search."""


# The whole territory


@require_safe
@never_cache
def overview(request):
    """The list is the truth, the map the same data drawn (rule R12)."""
    form = MapForm(request.GET, departement=home_departement())
    page = _page(form) if form.is_valid() else None
    is_valid = form.is_valid()
    context = {
        "form": form,
        "page": page,
        "rows": [] if page is None else atlas.rows(page.object_list, **form.where()),
        "query": form.query() if is_valid else "",
        "everywhere": form.query(bbox="") if is_valid else "",
        "bbox": is_valid and form.cleaned_data["bbox"],
        "outlines_url": outlines.url(_departement(form) if is_valid else form.departement),
        "tiles": settings.TILE_LAYER,
        "can_report": permissions.can_report(request.user),
    }
    status = 200 if is_valid else refusal_status(form)
    return render(request, "partners/map.html", context, status=status)


@require_safe
@conditional_page
def points(request):
    """Every place of the list, whatever its page: pins, or bubbles that split as one zooms."""
    form = MapForm(request.GET, departement=home_departement())
    view_form = ViewForm(request.GET)
    if not form.is_valid() or not view_form.is_valid():
        return refusal(form, view_form)
    territory, box = form.where().values()
    found = atlas.candidates(**form.what()).inside(territory).within(box)
    answer = atlas.draw(found, view_form.view())
    answer["bornes"] = _frame(territory, box) or answer["bornes"]
    situation = form.cleaned_data["situation"]
    return map_answer(answer, is_danger=bool(situation and situation.is_danger))


def _page(form):
    """The page of the list, or None and an error of the form when there is no such page."""
    listings = atlas.listings(**form.what(), **form.where())
    try:
        return Paginator(listings, ROWS).page(form.cleaned_data["page"] or 1)
    except EmptyPage:
        form.add_error("page", "La liste n'a pas autant de pages.")
        return None


def _departement(form):
    """Whose outlines are drawn: the département that was chosen, else the landlord's."""
    chosen = form.cleaned_data["secteur"]
    is_one = chosen and chosen.kind == Territory.Kind.DEPARTEMENT
    return chosen if is_one else form.departement


def _frame(territory, box):
    """What the map shows first, when it is not simply all the places."""
    if box:
        south, west, north, east = box
        return [[south, west], [north, east]]
    is_country = territory and territory.kind == Territory.Kind.COUNTRY
    return atlas.METROPOLE if is_country else None


# A search


@require_http_methods(["GET", "HEAD", "POST"])
@conditional_page
def results_points(request):
    """Every match of the result page of the same address, and the tenant's commune.

    Words typed besides come in the body of a POST (rule R3).
    """
    form, view_form = CriteriaForm(request.GET), ViewForm(request.GET)
    if not form.is_valid() or not view_form.is_valid():
        return refusal(form, view_form)
    criteria = form.criteria(request.user, text=request.POST.get("texte", ""))
    found = matches_of(criteria, opened=request.GET.getlist("suite"))
    pins = [pin for block, match in found for pin in _pins(match, block, criteria.place)]
    answer = atlas.draw_pins(pins, view_form.view())
    answer["numeros"] = [[match.pk, match.number] for _, match in found if match.number]
    if not view_form.view().box:
        near = [match.site for _, match in found if _is_near(match)]
        points = [(site.latitude, site.longitude) for site in near] or [pin.point for pin in pins]
        answer["communes"] = outlines.features(criteria.communes)
        answer["bornes"] = outlines.bounds(criteria.place, points)
    return map_answer(answer, is_danger=criteria.is_danger or bool(criteria.text))


def _pins(match, block, place):
    """The place that its card tells of, the nearest; for a whole territory all that are in it."""
    sites = [match.site] if match.site else []
    if not place.is_exact:
        sites = [
            site for site in match.sites if place.is_reachable(site.commune_id, site.near_id)
        ] or sites
    return [atlas.pin_of(match.pk, site, block) for site in sites]


def _is_near(match):
    return not match.is_generalist and match.is_within(NEAR_KM)


# One point


@require_safe
@never_cache
def popup(request):
    """The partners who stand at one point, in the order asked for: names, numbers, verdicts."""
    form = PopupForm(request.GET)
    if not form.is_valid():
        return refusal(form)
    keys, communes = form.cleaned_data["fiche"], form.cleaned_data["commune"]
    moment = Moment(place_of_communes(communes), timezone.localtime())
    cards = [
        card
        for card in cards_of(keys, moment)
        if card.match.sites and permissions.can_open(card.listing, request.user)
    ]
    if not cards:
        raise Http404
    query = urlencode({"commune": moment.place.codes}, doseq=True)
    context = {"cards": cards, "has_place": bool(communes), "commune_query": query}
    return render(request, "partners/_map_popup.html", context)


@require_safe
@condition(etag_func=lambda request, code: outlines.etag(code))
def departement_outlines(request, code):
    """Commune outlines and names of a département, for a map that needs no tiles (rule R13)."""
    departement = get_object_or_404(Territory, kind=Territory.Kind.DEPARTEMENT, code=code)
    response = JsonResponse(outlines.collection(departement))
    patch_response_headers(response, cache_timeout=24 * 3600)
    return response
