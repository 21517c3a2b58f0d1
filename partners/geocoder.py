"""Where an address is, asked of the Base Adresse Nationale; never in the path of a search.

The address of a partner only, never a tenant's (rule R1), never a confidential one (rule R7: the
caller does not ask). Whatever happens on the network, an answer or `Unreachable` within `LIMIT`.
https://geoservices.ign.fr/documentation/services/services-geoplateforme/geocodage
"""

import http.client
import json
import queue
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings

from partners import geo

LIMIT = 2.0
"""Seconds, names of machines included: nobody waits longer."""
MOST_BYTES = 200_000
MOST_FOUND = 6
OF_COMMUNE = "à la commune"
PRECISIONS = {
    "housenumber": "au numéro",
    "street": "à la rue",
    "locality": "au lieu-dit",
    "municipality": OF_COMMUNE,
}
"""What the service calls a type, as a screen says it."""


class Unreachable(Exception):
    """No network, no service, or an answer that is none."""


@dataclass(frozen=True)
class Found:
    """A place of the service: degrees, and to what it is exact (a value of `PRECISIONS`)."""

    label: str
    latitude: float
    longitude: float
    precision: str


def is_on() -> bool:
    return bool(settings.GEOCODER_URL)


def find(text: str, *, insee_code: str = "") -> list[Found]:
    """Places for an address, the likeliest first, in a commune when its code is given.

    Raises `Unreachable`.
    """
    query = {"q": text[:200], "limit": MOST_FOUND, "autocomplete": 0}
    if insee_code:
        query["citycode"] = insee_code
    address = f"{settings.GEOCODER_URL.rstrip('/')}/search?{urlencode(query)}"
    return _read(_within(LIMIT, _download, address))


def _within(seconds, work, *arguments):
    """What `work` returns, if it does in time; it is left behind otherwise, as it may be deaf."""
    answers = queue.SimpleQueue()

    def run():
        try:
            answers.put(work(*arguments))
        except (OSError, ValueError, http.client.HTTPException):
            answers.put(None)

    threading.Thread(target=run, daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except queue.Empty:
        found = None
    if found is None:
        raise Unreachable
    return found


def _download(address):
    headers = {"User-Agent": "cartographie"}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - the operator's
    try:
        with urllib.request.urlopen(request, timeout=LIMIT) as answer:  # noqa: S310
            return answer.read(MOST_BYTES)
    except urllib.error.HTTPError as error:
        error.close()
        raise


def _read(data):
    try:
        features = json.loads(data)["features"]
        found = [_found(feature) for feature in features[:MOST_FOUND]]
    except (ValueError, TypeError, LookupError, RecursionError):
        raise Unreachable from None
    return [place for place in found if geo.valid_point(place.latitude, place.longitude)]


def _found(feature):
    longitude, latitude = map(float, feature["geometry"]["coordinates"][:2])
    properties = feature["properties"]
    precision = PRECISIONS.get(properties["type"], "à peu près")
    return Found(str(properties["label"])[:200], latitude, longitude, precision)
