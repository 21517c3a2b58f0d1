"""The place of a record: what its address gives."""

import re

from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from partners import permissions
from partners.records import naming, place
from partners.views.decorators import permission

KEY = re.compile(r"\d{1,9}", re.ASCII)


@require_POST
@never_cache
@permission(permissions.can_manage)
def locate(request):
    """Places to choose from, for the address that is being typed; nothing is written.

    Sent: `adresse`, `code_postal`, `commune`, `confidentielle`, `fiche` (key, if it exists).
    Answered: {"lieux": [{"nom", "latitude", "longitude", "precision"}…], "commune": {"nom",
    "latitude", "longitude"} or null, "dit": a sentence}; 422 {"erreur": a sentence}.
    """
    post = request.POST
    key = post.get("fiche", "")
    try:
        place.refuse_secret(
            is_confidential=bool(post.get("confidentielle")),
            listing_id=int(key) if KEY.fullmatch(key) else None,
        )
        found = place.locate(**{name: _text(post, sent) for name, sent in SENT.items()})
    except (place.Secret, naming.Unclear) as error:
        return JsonResponse({"erreur": str(error)}, status=422)
    return JsonResponse(
        {
            "lieux": [
                {
                    "nom": each.label,
                    "latitude": each.latitude,
                    "longitude": each.longitude,
                    "precision": each.precision,
                }
                for each in found.places
            ],
            "commune": _point(found.commune),
            "dit": found.said,
        }
    )


SENT = {"address": "adresse", "postal_code": "code_postal", "commune": "commune"}


def _text(post, name):
    return post.get(name, "")[:250].replace("\0", " ")


def _point(commune):
    if commune is None or not commune.has_point:
        return None
    return {
        "nom": commune.name,
        "latitude": commune.latitude,
        "longitude": commune.longitude,
    }
