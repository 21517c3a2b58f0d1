"""The zone that is being chosen on a map: what a drawing takes in, what a choice becomes.

Both answer in JSON to what is posted, and write nothing.
"""

from django.http import JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from partners import drawing, permissions
from partners.imports.writing import zone_code
from partners.models import Agency, Territory
from partners.records import naming, zones
from partners.views.decorators import permission

MOST_TYPED = 600


@require_POST
@never_cache
@permission(permissions.can_manage)
def drawn(request):
    """The communes of a drawing (`static/js/zone-draw.js`), by name.

    Sent: `dessin`, a GeoJSON Polygon (text). Answered: {"communes": [{"code": INSEE, "nom"}…],
    "dit": a sentence in French on what was taken, touched and unknown}; 422 {"erreur": a sentence}.
    """
    try:
        taken = drawing.take(drawing.read(request.POST.get("dessin", "")))
    except drawing.Unusable as error:
        return JsonResponse({"erreur": str(error)}, status=422)
    communes = [{"code": commune.code, "nom": commune.name} for commune in taken.communes]
    return JsonResponse({"communes": communes, "dit": drawing.describe(taken)})


@require_POST
@never_cache
@permission(permissions.can_manage)
def choose(request):
    """What a zone becomes by one touch of its map or its list.

    Sent: `zones` (codes, « | » between them), `departement` (of the map), and one change at most:
    `commune` (INSEE code, in or out), `nom` (names, « ; » between them), `agence` (the communes of
    its sector), `dessin` (as `drawn`). Answered: {"liste": HTML of the form, "communes": INSEE
    codes of the département to colour, "dit": what was done}; 422 {"erreur": a sentence}.
    """
    codes = request.POST.get("zones", "").split("|")
    try:
        chosen = _changed(zones.of_codes(codes), request.POST)
    except (drawing.Unusable, naming.Unclear) as error:
        return JsonResponse({"erreur": str(error)}, status=422)
    shown = zones.shown([zone_code(territory) for territory in chosen.zones])
    context = {"shown": shown}
    answer = {
        "liste": render_to_string("partners/manage/_record_zones.html", context, request),
        "communes": zones.covered(chosen.zones, request.POST.get("departement", "")),
        "dit": chosen.said,
    }
    return JsonResponse(answer)


def _changed(current, change):
    if "commune" in change:
        return zones.toggle(current, _commune(change["commune"]))
    if "nom" in change:
        return zones.add(current, _named(change["nom"]))
    if "agence" in change:
        return zones.add(current, zones.of_agency(_agency(change["agence"])))
    if "dessin" in change:
        taken = drawing.take(drawing.read(change["dessin"]))
        return zones.Chosen(zones.add(current, taken.communes).zones, drawing.describe(taken))
    return zones.Chosen(current, "")


def _commune(code):
    known = Territory.objects.communes().filter(code=code.replace("\0", ""))
    if found := known.first():
        return found
    raise naming.Unclear("Cette commune n'existe pas ou plus.")


def _named(text):
    return [naming.zone(name) for name in map(str.strip, text[:MOST_TYPED].split(";")) if name]


def _agency(slug):
    if found := Agency.objects.filter(slug=slug.replace("\0", "")).select_related("sector").first():
        return found
    raise naming.Unclear("Cette agence n'existe pas ou plus.")
