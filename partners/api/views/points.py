"""Where records receive, as GeoJSON."""

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from partners import geo
from partners.api import cursors, envelopes, query
from partners.api.examples import POINTS
from partners.api.renderers import GeoJSONRenderer
from partners.api.view import ApiView, danger
from partners.models import Listing, Permanence

PAGE = 500
MORE = (
    f"La zone est grande\u00a0: {PAGE} fiches par page. «\u00a0suivant\u00a0» donne la suite, une "
    "zone plus petite donne tout d'un coup."
)


class Points(ApiView):
    renderer_classes = [GeoJSONRenderer, *ApiView.renderer_classes]

    @extend_schema(
        parameters=[envelopes.MapParameters],
        responses={
            (200, "application/geo+json"): envelopes.FeatureCollection,
            (200, "application/json"): envelopes.FeatureCollection,
        },
        examples=[POINTS],
    )
    def get(self, request):
        """Les lieux où reçoivent les fiches publiées d'une zone de la carte, permanences comprises.

        Une adresse confidentielle n'y est jamais.
        """
        facts = envelopes.MapParameters.of(request)
        box = _box(facts["bbox"])
        form = query.criteria_form(
            {"situation": [facts["situation"]]} if "situation" in facts else {}
        )
        situations = form.cleaned_data["situation"]
        asked = [box, [situation.slug for situation in situations]]
        after = cursors.read(facts["curseur"], asked) if "curseur" in facts else 0
        rows = list(_receiving(box, situations).filter(pk__gt=after).order_by("pk")[: PAGE + 1])
        response = Response(_collection(rows, box, asked, request))
        return danger(response) if any(s.is_danger for s in situations) else response


def _box(text):
    """[west, south, east, north] in degrees, as the pages read it. Raises `ValidationError`."""
    try:
        south, west, north, east = geo.parse_box(text)
    except ValueError as error:
        raise ValidationError({"bbox": [str(error)]}) from None
    return [west, south, east, north]


def _receiving(box, situations):
    """The published records whose office or permanence may stand in the box."""
    held = Permanence.objects.filter(_inside(box)).values("listing_id")
    listings = Listing.objects.published().filter(is_confidential=False)
    listings = listings.filter(_inside(box) | Q(pk__in=held))
    if situations:
        listings = listings.for_situations([situation.pk for situation in situations])
    return listings.prefetch_related("commune", "permanences__commune")


def _inside(box):
    """Its own point in the box, else its commune's."""
    west, south, east, north = box
    own = Q(latitude__range=(south, north), longitude__range=(west, east))
    communes = Q(
        latitude__isnull=True,
        commune__latitude__range=(south, north),
        commune__longitude__range=(west, east),
    )
    return own | communes


def _collection(rows, box, asked, request):
    has_more = len(rows) > PAGE
    cursor = cursors.write(asked, rows[PAGE - 1].pk) if has_more else ""
    features = [
        _feature(listing, permanence, point, request)
        for listing in rows[:PAGE]
        for permanence in (None, *listing.permanences.all())
        if (point := _point(permanence or listing)) and _holds(box, point)
    ]
    return geo.feature_collection(features) | {
        "suivant": cursors.next_url(request, cursor) if has_more else None,
        "message": MORE if has_more else None,
    }


def _point(where):
    """(latitude, longitude) of an office or a permanence: its own, else its commune's."""
    held = where if where.latitude is not None else where.commune
    return (held.latitude, held.longitude) if held and held.latitude is not None else None


def _holds(box, point):
    west, south, east, north = box
    return west <= point[1] <= east and south <= point[0] <= north


def _feature(listing, permanence, point, request):
    facts = {
        "fiche": listing.pk,
        "nom": listing.name,
        "nature": listing.kind,
        "telephone": listing.phone or None,
        "commune": where.name if (where := (permanence or listing).commune) else None,
        "permanence": permanence.place if permanence else None,
        "lien": request.build_absolute_uri(listing.get_absolute_url()),
    }
    return geo.feature(geo.point(*point), facts)
