"""Outlines and frames for maps, as GeoJSON."""

import hashlib

from django.conf import settings
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import TextField
from django.db.models.functions import MD5, Cast, Concat
from django.urls import reverse

from partners import geo
from partners.models import Outline


def features(communes):
    """The outlines of these communes, as GeoJSON features; a commune without one is left out."""
    outlines = Outline.objects.filter(territory__in=communes).select_related("territory")
    return [_feature(outline) for outline in outlines.order_by("territory__code")]


def collection(departement):
    """Every commune outline of a département, with its name and town centre."""
    outlines = Outline.objects.filter(territory__departement=departement)
    ordered = outlines.select_related("territory").order_by("territory__code")
    return geo.feature_collection([_feature(outline) for outline in ordered])


def etag(code):
    """Changes when an outline or a name of the département `code` does (str); None without any."""
    drawn = MD5(Concat(Cast("geometry", TextField()), "territory__name"))
    rows = Outline.objects.filter(territory__departement__code=code)
    marks = rows.aggregate(marks=StringAgg(drawn, delimiter="", order_by="pk"))["marks"]
    if marks is None:
        return None
    return f'"{hashlib.sha256(marks.encode()).hexdigest()[:32]}"'


def url(departement):
    """Where a page's map finds the outlines of a département (or of the landlord's own)."""
    return url_of(departement.code if departement else "")


def url_of(code):
    """As `url`, by the code of the département."""
    return reverse("outlines", args=[code or settings.DEFAULT_DEPARTEMENT])


def bounds(place, points):
    """[[south, west], [north, east]] of points (lat, lon) and of the tenant's town centre."""
    return bounds_of([*points, *place.points])


def bounds_of(points, features=()):
    """[[south, west], [north, east]] of points (lat, lon in degrees) and GeoJSON features.

    None without any.
    """
    boxes = [geo.geometry_bounds(feature["geometry"]) for feature in features]
    boxes += [(*point, *point) for point in points]
    if not boxes:
        return None
    south, west, north, east = zip(*boxes, strict=True)
    return [[min(south), min(west)], [max(north), max(east)]]


def _feature(outline):
    territory = outline.territory
    centre = [territory.latitude, territory.longitude] if territory.has_point else None
    return geo.feature(
        outline.geometry,
        {
            "code": territory.code,
            "nom": territory.name,
            "centre": centre,
            "population": territory.population,
        },
    )
