"""The landlord's agencies, and the EPCI that count as neighbours."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import agencies, permissions
from partners.agency_forms import AgencyForm, CloseForm, NeighbourForm
from partners.models import Agency, Neighbour, Territory
from partners.places import home_departement
from partners.records import maps
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page
from partners.views.manage.writing import has_changed, objections, version

ROWS = 50
PARTED = (
    'Elles ne sont plus voisines. <button type="submit" class="button--link" form="gestes" '
    'formaction="{}">Annuler</button>'
)


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    counted = Agency.objects.select_related("sector").annotate(
        communes=Count("sector__sector_members", distinct=True),
        accounts=Count("users", filter=Q(users__is_active=True), distinct=True),
        known_referents=Count("referents", distinct=True),
    )
    found = Paginator(counted.order_by("name", "pk"), ROWS).get_page(request.GET.get("page"))
    return page(request, "agencies.html", {"page": found})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
def write(request, pk=None):
    """A new agency, or one to change."""
    if request.method != "POST":
        return _page(request, AgencyForm(instance=_agency(Agency.objects, pk)))
    with transaction.atomic():
        form = AgencyForm(
            request.POST, instance=_agency(Agency.objects.select_for_update(of=("self",)), pk)
        )
        if refusal := objections(request, form):
            status, context = refusal
            return _page(request, form, status=status, **context)
        if has_changed(form):
            form.save()
            messages.success(request, f"«\u00a0{form.instance.name}\u00a0» est enregistrée.")
        else:
            messages.info(request, "Rien n'a changé.")
    return redirect("manage_agencies")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def close(request, pk):
    """Asks first where its accounts go."""
    agency = get_object_or_404(Agency.objects.select_related("sector"), pk=pk)
    form = CloseForm(request.POST or None, agency=agency)
    if request.method == "POST" and form.is_valid() and _closed(form, agency):
        messages.success(request, f"«\u00a0{agency.name}\u00a0» est fermée.")
        return redirect("manage_agencies")
    context = {"agency": agency, "form": form, "ties": agencies.ties(agency)}
    return page(request, "agency_close.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def neighbours(request):
    """The EPCI of the département with their neighbours; a pair may be added."""
    form = NeighbourForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        agencies.link_neighbours(facts["one"], facts["other"], facts["link"])
        messages.success(request, f"{facts['one']} et {facts['other']} sont voisines.")
        return redirect("manage_agencies_neighbours")
    context = {"form": form, "rows": _neighbours()}
    return page(request, "neighbours.html", context, status=422 if form.is_bound else 200)


@require_POST
@permission(permissions.can_manage)
def part(request, pk, other):
    if agencies.part_neighbours(pk, other):
        undo = reverse("manage_agencies_rejoin", args=[pk, other])
        messages.success(request, format_html(PARTED, undo))
    return redirect("manage_agencies_neighbours")


@require_POST
@permission(permissions.can_manage)
def rejoin(request, pk, other):
    if agencies.rejoin_neighbours(pk, other):
        messages.success(request, "Elles sont de nouveau voisines.")
    return redirect("manage_agencies_neighbours")


def _agency(rows, pk):
    return get_object_or_404(rows.select_related("sector", "commune"), pk=pk) if pk else Agency()


def _closed(form, agency):
    try:
        agencies.close(agency, into=form.cleaned_data["into"])
    except agencies.Refused as refused:
        form.add_error("into", str(refused))
        return False
    return True


def _neighbours():
    """[(EPCI, its pairs)] of the département at home."""
    home = Territory.objects.filter(kind=Territory.Kind.EPCI, departement=home_departement())
    pairs = Neighbour.objects.filter(territory__in=home).select_related("other")
    by_key = {}
    for pair in pairs.order_by("other__search_key", "pk"):
        by_key.setdefault(pair.territory_id, []).append(pair)
    return [(epci, by_key.get(epci.pk, [])) for epci in home.order_by("search_key", "pk")]


def _page(request, form, *, status=200, theirs=(), **context):
    agency = form.instance
    known = {
        "form": form,
        "agency": agency,
        "is_new": not agency.pk,
        "name": form.initial.get("name", ""),
        "version": version(request, form, is_seen=bool(theirs)) if agency.pk else "",
        "theirs": theirs,
        "address": request.path,
        "maps": _maps(agency),
    }
    return page(request, "agency.html", known | context, status=status)


def _maps(agency):
    departement = agency.commune.departement if agency.commune_id else None
    return maps.Maps(departement.code if departement else settings.DEFAULT_DEPARTEMENT)
