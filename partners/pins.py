"""Points of a map as compact columns (pure Python): thousands in one answer, few bytes each.

Sorted by key, so that keys are small differences; positions are whole steps of 0.00001 degree
(about one metre) from the least of each axis: a number of five digits where JSON would write
"lat":46.78123. What repeats stands once, in a legend. `static/js/map-points.js` reads it back.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

STEPS = 100_000
"""Steps in a degree."""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Pin(NamedTuple):
    """A place where the listing `pk` receives, in degrees; `block` is why it is on the map."""

    pk: int
    lat: float
    lon: float
    block: str
    is_permanence: bool = False

    @property
    def point(self) -> tuple[float, float]:
        return self.lat, self.lon


def encode(pins: Iterable[Pin]) -> dict[str, Any]:
    """Columns of the same length, ready for JSON.

    `ids`: differences between sorted keys; `lat`, `lon`: steps from `origine`; `genre`: one digit
    (base 36) a pin, the rank in `genres` of its [block, is a permanence]. Raises `ValueError` for
    more than 36 genres.
    """
    ordered = sorted(pins)
    lats = [round(pin.lat * STEPS) for pin in ordered]
    lons = [round(pin.lon * STEPS) for pin in ordered]
    south, west = min(lats, default=0), min(lons, default=0)
    genres = sorted({pin[3:] for pin in ordered})
    if len(genres) > len(DIGITS):
        raise ValueError(f"{len(genres)} genres of pins, {len(DIGITS)} at most")
    digits = dict(zip(genres, DIGITS, strict=False))
    return {
        "ids": [after - before for before, after in pairwise([0, *(pin.pk for pin in ordered)])],
        "origine": [south, west],
        "lat": [lat - south for lat in lats],
        "lon": [lon - west for lon in lons],
        "genres": [list(genre) for genre in genres],
        "genre": "".join(digits[pin[3:]] for pin in ordered),
    }


def decode(columns: dict[str, Any]) -> list[Pin]:
    """The pins that `encode` wrote, sorted, positions rounded to 5 decimals."""
    south, west = columns["origine"]
    pins, pk = [], 0
    for step, lat, lon, digit in zip(
        columns["ids"], columns["lat"], columns["lon"], columns["genre"], strict=True
    ):
        pk += step
        block, is_permanence = columns["genres"][DIGITS.index(digit)]
        pins.append(Pin(pk, (lat + south) / STEPS, (lon + west) / STEPS, block, is_permanence))
    return pins
