"""The zone that is being chosen on a map: what a drawing takes in, what a choice becomes.

Both answer in JSON to what is posted, and write nothing.
"""

from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from partners import drawing, permissions
from partners.views.decorators import permission


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
