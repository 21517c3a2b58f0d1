"""Where a record is: what an address gives, and the commune's point otherwise; never blocking."""

from dataclasses import dataclass, replace

from partners import geo, geocoder
from partners.geocoder import Found
from partners.models import Listing, Territory
from partners.records import naming

CONFIDENTIAL = (
    "Une adresse confidentielle n'est cherchée nulle part et n'est sur aucune carte. "
    "La commune suffit."
)
NOTHING_ASKED = "Écrivez d'abord l'adresse, ou la commune."
OFF = "La recherche d'adresse est désactivée ici."
UNREACHABLE = "La Base Adresse Nationale ne répond pas."
UNKNOWN = "La Base Adresse Nationale ne connaît pas cette adresse."
BY_HAND = "Le centre de la commune sert en attendant\u00a0; vous pouvez placer le point à la main."

NO_POINT = "Point de la commune\u00a0: aucun n'est placé, son centre sert à la recherche."
OF_COMMUNE = (
    "Point de la commune, pas de l'adresse\u00a0: cherchez-la, ou placez le point à la main."
)
PLACED = "Un point est placé."
SAME_KM = 0.015
"""A point as near as that to the commune's own was not placed by anybody."""


class Secret(ValueError):
    """The record is confidential: nothing is looked for (rule R7)."""


@dataclass(frozen=True)
class Located:
    """`places`: what the address may be. `commune`: the one that was named, if any."""

    places: list[Found]
    commune: Territory | None
    said: str


def refuse_secret(*, is_confidential: bool, listing_id: int | None) -> None:
    """Raise `Secret` when the form says so, or the record as it is in the database."""
    known = Listing.objects.filter(pk=listing_id, is_confidential=True)
    if is_confidential or (listing_id is not None and known.exists()):
        raise Secret(CONFIDENTIAL)


def locate(*, address: str, postal_code: str, commune: str) -> Located:
    """Where this may be. Raises `naming.Unclear` for a commune that is none or several."""
    territory = naming.commune(commune) if commune.strip() else None
    if not address.strip():
        return Located([], territory, BY_HAND if territory else NOTHING_ASKED)
    if not geocoder.is_on():
        return Located([], territory, f"{OFF} {BY_HAND}")
    words = f"{address} {postal_code} {territory.name if territory else ''}"
    try:
        found = geocoder.find(
            " ".join(words.split()), insee_code=territory.code if territory else ""
        )
    except geocoder.Unreachable:
        return Located([], territory, f"{UNREACHABLE} {BY_HAND}")
    found = [_as_ours(place, territory) for place in found]
    said = "Choisissez le bon lieu." if found else f"{UNKNOWN} {BY_HAND}"
    return Located(found, territory, said)


def _as_ours(found: Found, commune: Territory | None) -> Found:
    """What is exact to the commune only stands at the commune's own point: `told` knows it."""
    if found.precision != geocoder.OF_COMMUNE or commune is None or not commune.has_point:
        return found
    return replace(found, latitude=commune.latitude, longitude=commune.longitude)


def told(latitude: float | None, longitude: float | None, commune: Territory | None) -> str:
    """What a point (degrees) is of, in French; None without one."""
    if latitude is None or longitude is None:
        return NO_POINT
    if commune is None or not commune.has_point or not geo.valid_point(latitude, longitude):
        return PLACED
    km = geo.distance_km(latitude, longitude, commune.latitude, commune.longitude)
    return OF_COMMUNE if km <= SAME_KM else PLACED
