"""What a search knows once for all its rows: the place, the needs, the day, what is open."""

from datetime import datetime
from functools import lru_cache

from django.utils import timezone

from partners import hours
from partners.coverage import Place
from partners.matches.bits import (
    CORE,
    FIRST,
    MET,
    MOST_NEEDS,
)


class OpenNow(dict):
    """{"departement hours": whether it is open at an instant}, each worked out once."""

    def __init__(self, at):
        super().__init__()
        self._at = at

    def __missing__(self, key):
        departement, _, osm = key.partition(" ")
        is_open = bool(osm) and hours.state(osm, self._at, departement=departement).kind == "open"
        self[key] = is_open
        return is_open


@lru_cache(maxsize=2)
def _open_now(instant: datetime) -> OpenNow:
    """Kept for the five minutes during which the hours say the same."""
    return OpenNow(instant)


class Moment:
    """Where, what for and when one searches.

    `needs` are primary keys of situations, `text_ranks` {primary key: rank of the words}. Raises
    `ValueError` for more than `MOST_NEEDS`.
    """

    def __init__(self, place: Place, at, *, needs=(), text_ranks=None):
        self.place, self.at, self.day = place, at, timezone.localdate(at)
        self.needs = tuple(needs)
        if len(self.needs) > MOST_NEEDS:
            raise ValueError(f"{len(self.needs)} needs, {MOST_NEEDS} at most")
        self.text_ranks = text_ranks or {}
        self.open_now = _open_now(hours.rounded(at))

    def needs_sql(self):
        """Of a row of `SearchEntry`: which needs it meets, from bit `MET` of `Match.bits` (SQL)."""
        bits = [
            f"CASE WHEN {need:d} = ANY({column}) THEN {1 << start - MET + place} ELSE 0 END"
            for column, start in (("situation_ids", MET), ("core_ids", CORE), ("first_ids", FIRST))
            for place, need in enumerate(self.needs)
        ]
        return " + ".join(bits) or "0"
