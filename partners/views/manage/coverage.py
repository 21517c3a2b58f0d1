"""The coverage board: who really covers what, where nobody does, on a table and on a map."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners import board, gaps, outlines, permissions
from partners.board import Board, Cell
from partners.board_forms import BoardForm, BoardMapForm, spreadsheet
from partners.coverage import place_of_territory
from partners.models import Gap, Listing, Situation
from partners.places import home_departement
from partners.views.decorators import permission
from partners.views.manage.sections import page

GENERALISTS = "generalistes"
"""Stands for a situation in addresses: the partners who receive everything."""


@dataclass(frozen=True)
class Row:
    """A line of the table: a situation (None: generalists) and its cells."""

    situation: Situation | None
    cells: list[Cell]

    @property
    def slug(self):
        return self.situation.slug if self.situation else GENERALISTS

    @property
    def label(self):
        return self.situation.label if self.situation else "Généralistes"

    @cached_property
    def missing(self):
        """Inhabitants of the whole territory without any partner."""
        return sum(cell.missing for cell in self.cells)


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    form = BoardForm(request.GET)
    made = _board(form)
    rows = _rows(made)
    known = gaps.by_cell()
    context = {
        "form": form,
        "board": made,
        "rows": [(row, _marked(row, known)) for row in rows],
        "query": form.query(),
        "inhabitants": board.population(made.place.communes),
        "empty": sum(c.level == board.NONE for row in rows[:-1] for c in row.cells),
        "part": sum(c.level == board.PART for row in rows[:-1] for c in row.cells),
    }
    return page(request, "coverage.html", context)


@require_safe
@never_cache
@permission(permissions.can_manage)
def export(request):
    form = BoardForm(request.GET)
    made = _board(form)
    content = spreadsheet([row.cells for row in _rows(made)], gaps.by_cell())
    headers = {"Content-Disposition": 'attachment; filename="couverture.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@never_cache
@permission(permissions.can_manage)
def cell(request, slug, code):
    """Commune by commune: who covers all of it, a part of it, and who should be asked."""
    form = BoardForm(request.GET)
    made = _board(form)
    situation = None if slug == GENERALISTS else get_object_or_404(Situation, slug=slug)
    area = made.area(code)
    if area is None:
        raise Http404
    partners = made.of(situation)
    whole, parts = made.covering(partners, area)
    asked = made.unspecified(partners, area)
    listings = Listing.objects.in_bulk([*whole, *parts, *asked])
    context = {
        "form": form,
        "query": form.query(),
        "row": Row(situation, []),
        "cell": made.cell(situation, area),
        "communes": _communes(made, partners, area),
        "whole": _sorted(listings[pk] for pk in whole),
        "parts": [(listing, parts[listing.pk]) for listing in _sorted(map(listings.get, parts))],
        "asked": _sorted(listings[pk] for pk in asked),
        "gap": Gap.objects.filter(situation=situation, territory=area.territory).first(),
    }
    return page(request, "coverage_cell.html", context)


@require_safe
@never_cache
@permission(permissions.can_manage)
def drawn(request):
    """One situation on the map, and the same communes as a list (rule R12)."""
    form = BoardMapForm(_with_situation(request.GET))
    if not form.is_valid():
        return page(request, "coverage_map.html", {"form": form}, status=404)
    made = _board(form)
    situation = form.cleaned_data["situation"]
    mine = made.of(situation)
    counts = made.counts(mine)
    cells = made.row(situation)
    context = {
        "form": form,
        "query": form.query(),
        "board_query": form.query(situation=""),
        "row": Row(situation, cells),
        "areas": [(cell, _told(cell.area.communes, counts)) for cell in cells],
        "data_url": f"{reverse('manage_coverage_points')}?{form.query()}",
        "outlines_url": outlines.url(made.place.territory),
        "tiles": settings.TILE_LAYER,
    }
    return page(request, "coverage_map.html", context)


@require_safe
@never_cache
@permission(permissions.can_manage)
def points(request):
    """{"communes": {INSEE code: how many partners cover it}} of one situation."""
    form = BoardMapForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"erreur": "Cette situation n'existe pas ou plus."}, status=404)
    made = _board(form)
    counts = made.counts(made.of(form.cleaned_data["situation"]))
    return JsonResponse({"communes": {c.code: counts[c.pk] for c in made.place.communes}})


def _board(form):
    """The board of the landlord's département, for a form that may be asked for its view."""
    departement = home_departement()
    if departement is None or not form.is_valid():
        raise Http404
    return Board(place_of_territory(departement), timezone.localtime(), form.view())


def _rows(made):
    """Every situation in the order of the home page, then the generalists."""
    situations = [*Situation.objects.order_by("order", "pk"), None]
    return [Row(situation, made.row(situation)) for situation in situations]


def _marked(row, known):
    """(cell, its gap of the register or None)."""
    situation = row.situation
    return [
        (cell, situation and known.get((situation.pk, cell.area.territory.pk)))
        for cell in row.cells
    ]


def _communes(made, partners, area):
    return _told(area.communes, made.counts(partners))


def _told(communes, counts):
    """(commune, number of partners), the most peopled first."""
    ordered = sorted(communes, key=lambda c: (-(c.population or 0), c.search_key))
    return [(commune, counts[commune.pk]) for commune in ordered]


def _sorted(listings):
    return sorted(listings, key=lambda listing: (listing.search_key, listing.pk))


def _with_situation(query):
    """The first situation, for who opens the map without choosing."""
    asked = query.copy()
    if not asked.get("situation"):
        first = Situation.objects.order_by("order", "pk").first()
        asked["situation"] = first.slug if first else ""
    return asked
