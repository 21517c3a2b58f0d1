"""« Usage »: what is asked, what nobody answers, and how fresh the directory is (rule R4)."""

from django.http import Http404, HttpResponse
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners import charts, freshness, gaps, permissions
from partners.exports import sheets
from partners.places import home_departement
from partners.usage import figures, tables
from partners.views.decorators import permission
from partners.views.manage.sections import page

MOST_UNANSWERED = 15


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    known = figures.years()
    year = _year(request, known)
    registered = gaps.by_cell()
    context = {
        "year": year,
        "years": known,
        "columns": charts.columns(
            [date_format(day, "N") for day, _ in year.by_month],
            [number for _, number in year.by_month],
        ),
        "groups": [
            ("situations", "Par situation", _barred(year.by_situation)),
            ("territoires", "Par territoire", _barred(year.by_area)),
        ],
        "unanswered": [
            (cell, registered.get((cell.situation.pk, cell.area.pk)))
            for cell in year.without_answer()[:MOST_UNANSWERED]
        ],
        "courses": [
            ("Par nature", _drawn(freshness.kinds_over_time())),
            ("Par secteur", _drawn(freshness.sectors_over_time())),
        ],
    }
    return page(request, "usage.html", context)


@require_safe
@never_cache
@permission(permissions.can_manage)
def export(request, table):
    if table not in tables.TABLES:
        raise Http404
    year = _year(request, figures.years())
    name = table if table == "fraicheur" else f"{table}-{year.year}"
    headers = {"Content-Disposition": f'attachment; filename="usage-{name}.csv"'}
    content = sheets.as_csv(tables.TABLES[table](year))
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _year(request, known):
    """The year of the address, the last one by default. Raises `Http404` for an unknown one."""
    asked = request.GET.get("annee", str(known[0]))
    if asked not in map(str, known):
        raise Http404
    return figures.Year(int(asked), home_departement())


def _barred(lines):
    """(line, length of its bar in percent)."""
    return list(zip(lines, charts.shares([line.demands for line in lines]), strict=True))


def _drawn(courses):
    """(course, the points of its line) of those that have something."""
    return [(course, charts.spark(course.percents)) for course in courses if course.months]
