"""« Emporter »: the records as files, the directory to print, the yearly state of needs."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partners import permissions
from partners.exports import census, geojson
from partners.exports.needs import Needs
from partners.models import Territory
from partners.records.finding import FindingForm
from partners.usage import figures
from partners.views.decorators import permission
from partners.views.manage.sections import page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {
    "xlsx": (census.as_xlsx, XLSX),
    "csv": (census.as_csv, "text/csv; charset=utf-8"),
    "geojson": (geojson.as_geojson, "application/geo+json"),
}
"""{end of the file's name: (what makes it, its type)}."""

NEEDS = {"pdf": (Needs.pdf, "application/pdf"), "csv": (Needs.csv, "text/csv; charset=utf-8")}


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    return _page(request, FindingForm(), status=200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def records(request, form):
    """The records that the list of « Fiches » shows; what was typed comes in a body (rule R3)."""
    if form not in FORMS:
        raise Http404
    make, kind = FORMS[form]
    is_sent = request.method == "POST"
    asked = FindingForm(request.POST if is_sent else request.GET)
    if not asked.is_valid():
        return _page(request, asked, status=422)
    return attachment(make(asked.listings()), kind, f"fiches-{timezone.localdate()}.{form}")


@require_safe
@never_cache
@permission(permissions.can_manage)
def state_of_needs(request, year, form):
    """The yearly « état des besoins » of a year that has figures."""
    if year not in figures.years() or form not in NEEDS:
        raise Http404
    make, kind = NEEDS[form]
    return attachment(make(Needs(year)), kind, f"etat-des-besoins-{year}.{form}")


def _page(request, form, *, status):
    sectors = Territory.objects.filter(kind=Territory.Kind.SECTOR).order_by("search_key", "pk")
    context = {"form": form, "forms": FORMS, "sectors": sectors, "years": figures.years()}
    return page(request, "take.html", context, status=status)


def attachment(content, kind, name):
    """A file to keep. Its name tells no situation (rule R7)."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
