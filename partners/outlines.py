"""Outlines and frames for maps, as GeoJSON."""

import hashlib

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
    """Changes when an outline of the département `code` does (str)."""
    rows = Outline.objects.filter(territory__departement__code=code).order_by("pk")
    text = repr(list(rows.values_list("pk", "geometry", "territory__name")))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def bounds(place, points):
    """[[south, west], [north, east]] of the tenant's communes and the points; None without any."""
    if place.is_exact:
        centres = [{"lat": c.latitude, "lon": c.longitude} for c in place.communes if c.has_point]
        return bounds_of(centres + points)
    return bounds_of(points)


def bounds_of(points):
    """[[south, west], [north, east]] in degrees of dicts with `lat` and `lon`; None without any."""
    if not points:
        return None
    latitudes = [point["lat"] for point in points]
    longitudes = [point["lon"] for point in points]
    return [[min(latitudes), min(longitudes)], [max(latitudes), max(longitudes)]]


def _feature(outline):
    territory = outline.territory
    centre = [territory.latitude, territory.longitude] if territory.has_point else None
    return geo.feature(
        outline.geometry, {"code": territory.code, "nom": territory.name, "centre": centre}
    )
