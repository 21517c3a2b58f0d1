"""Records as GeoJSON (RFC 7946), for a map elsewhere: a point each, confidential ones nowhere."""

import json

from django.db.models import QuerySet

from partners.exports.census import AT_ONCE, SECRET, cell_of
from partners.imports import writing
from partners.imports.columns import BY_HEADER
from partners.models import Listing

PROPERTIES = [
    "nature", "statut", "nom", "sigle", "resume", "type_structure", "situations_coeur",
    "situations_aide", "generaliste", "publics", "zone_eligibilite", "adresse", "code_postal",
    "code_insee", "commune", "telephone", "consigne_telephone", "courriel", "site_web",
    "horaires_accueil", "a_domicile", "convention",
]  # fmt: skip
PRECISE, ROUGH = "adresse", "commune"


def as_geojson(listings: QuerySet[Listing]) -> bytes:
    """A FeatureCollection: longitude then latitude, in degrees (WGS 84)."""
    found = writing.with_relations(listings).iterator(chunk_size=AT_ONCE)
    collection = {"type": "FeatureCollection", "features": [_feature(row) for row in found]}
    return json.dumps(collection, ensure_ascii=False).encode()


def _feature(listing: Listing) -> dict[str, object]:
    point, precision = _point(listing)
    hidden = SECRET if listing.is_confidential else set()
    told = {name: cell_of(BY_HEADER[name], listing) for name in PROPERTIES if name not in hidden}
    return {
        "type": "Feature",
        "id": listing.pk,
        "geometry": point and {"type": "Point", "coordinates": point},
        "properties": told | {"precision": precision, "lieu_confidentiel": listing.is_confidential},
    }


def _point(listing: Listing) -> tuple[list[float] | None, str]:
    """Where it is, else the centre of its commune; nowhere when that is nobody's business."""
    if listing.is_confidential:
        return None, ""
    if listing.longitude is not None and listing.latitude is not None:
        return [listing.longitude, listing.latitude], PRECISE
    commune = listing.commune
    if commune is not None and commune.has_point:
        return [commune.longitude, commune.latitude], ROUGH
    return None, ""
