"""A record against a place at a moment: how near, whether it serves it, what it offers now.

Works on rows of `SearchEntry` alone, hundreds for one search: no listing is loaded here.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from heapq import nsmallest
from struct import unpack_from

from django.utils import timezone

from cartographie.postgresql.rows import fetch
from partners import geo, hours, rounds
from partners.coverage import OUTSIDE_RANK, UNSPECIFIED_RANK, Place, Site
from partners.models import UNSPECIFIED_ZONE, among, derived, facets

FRESH = timedelta(days=365)
FAR_AWAY_KM = float("inf")
METRES = 1000
"""In a km. Distances are whole metres: below, the order would hang on how a sine is rounded."""

SITE = 5
"""Numbers that make one place, in `SearchEntry.sites`."""

NO_TEXT = 9
"""The rank of a record that the words typed did not find: after all that they found."""

COLUMNS = """
    listing_id AS pk, {bits} AS bits,
    facets | CASE WHEN convention_until >= {day} THEN {convention} ELSE 0 END
        | CASE WHEN phone_checked_on >= {fresh} THEN {verified} ELSE 0 END AS mask,
    {metres} AS metres, structure_type, opening_hours, departement, search_key,
    CASE WHEN sites <> '{{}}' THEN array_send(sites) END AS sent,
    CASE WHEN permanences IS NOT NULL THEN permanences::text END AS permanences
"""
"""Of a row of `SearchEntry`: few columns, and as few lists and dates as can be, which take longer
to read than to find. `bits`: see below; `metres` are to the first place; `sent` is `sites` as
PostgreSQL sends a list, read when somebody asks for it."""

ZONE_RANK, GENERALIST, SUSPENDED, REACHABLE, SEVERAL = 0b111, 1 << 3, 1 << 4, 1 << 5, 1 << 6
"""In `bits`: the rank of the zone, and flags; `SEVERAL` is that of a record of several places."""

MOST_NEEDS = 6
MET, CORE, FIRST, NEEDS = 8, 14, 20, (1 << MOST_NEEDS) - 1
"""Where `bits` have the needs, a bit each in the order asked."""

LIVE = ("is_verified", "is_open_now", "has_convention")
"""What passes with time, the weightiest for the order of an answer last: its bit is the highest."""

BITS = {facet: 1 << bit for bit, facet in enumerate([*facets.STORED, *((n, "") for n in LIVE)])}
"""{(filter, value): its bit} of `Match.mask`; value is "" for a filter that is on or off."""

IS_VERIFIED, IS_OPEN, HAS_CONVENTION = (BITS[name, ""] for name in LIVE)
FIRST_LIVE, ALL_LIVE = IS_VERIFIED.bit_length() - 1, 0b111

SUSPENDED_AT, TEXT_AT, CORE_AT, OTHERS_AT, ZONE_AT, BAND_AT, LIVE_AT = 44, 40, 37, 34, 31, 28, 25
"""Where the number of `Match.rank` has what sorts first, the weightiest first: in service; found by
the words; core trades; other needs met; local zone; near, in bands; `LIVE`; then the metres."""
FURTHEST = geo.FAR_BAND << BAND_AT | (1 << LIVE_AT) - 1
LIST_HEAD, LIST_ITEM = 20, 12
"""Bytes that PostgreSQL sends before the numbers of a list, and for each: its length, itself."""


@dataclass(slots=True, eq=False)
class Match:
    """A record seen from `place` at a moment; `km` is to `site`, its nearest place, if any.

    `bits` say how it stands towards the place and the needs, `mask` has the bits of the filters
    that it passes. `sent` and `told` are its places and its permanences, not read yet. `rank` sorts
    block 1 (README): a number, then the name and the key.
    """

    pk: int
    bits: int
    mask: int
    km: float | None
    text_rank: int
    structure_type: str
    departement: str
    sent: bytes | None
    told: str | None
    nearest: int
    rank: tuple = ()
    number: int | None = None

    @property
    def met(self):
        """Of the needs asked for, in their order, a bit for each that it meets."""
        return self.bits >> MET & NEEDS

    @property
    def core(self):
        """Those that it meets as its trade."""
        return self.bits >> CORE & NEEDS

    @property
    def zone_rank(self):
        return self.bits & ZONE_RANK

    @property
    def is_generalist(self):
        return bool(self.bits & GENERALIST)

    @property
    def is_suspended(self):
        return bool(self.bits & SUSPENDED)

    @property
    def is_reachable(self):
        return bool(self.bits & REACHABLE)

    @property
    def permanences(self):
        """What a card tells of each of its permanences (list of dictionaries)."""
        return json.loads(self.told) if self.told else []

    @property
    def sites(self):
        """Every place where it receives (list of `Site`)."""
        numbers = _numbers(self.sent)
        return [_site(numbers, start) for start in range(0, len(numbers), SITE)]

    @property
    def site(self):
        """Its nearest place, those one can drive to first."""
        return _site(_numbers(self.sent), self.nearest) if self.sent else None

    @property
    def first(self):
        """Those for which a manager pinned it « à faire en premier »."""
        return self.bits >> FIRST

    @property
    def covers(self):
        return self.bits & ZONE_RANK < UNSPECIFIED_RANK

    @property
    def is_outside(self):
        return self.bits & ZONE_RANK == OUTSIDE_RANK

    @property
    def serves(self):
        return self.bits & ZONE_RANK < UNSPECIFIED_RANK and not self.bits & SUSPENDED

    @property
    def is_first(self):
        """Whether a manager pinned it « à faire en premier » for one of the needs."""
        return self.bits >> FIRST > 0

    @property
    def is_open(self):
        return bool(self.mask & IS_OPEN)

    def is_within(self, radius_km):
        """Whether one can drive to it, within a radius, and its zone is not elsewhere."""
        if not self.bits & REACHABLE or self.sent is None or self.is_outside:
            return False
        return self.km is None or self.km <= radius_km


class OpenNow(dict):
    """{(expression, département): whether it is open at an instant}, each worked out once."""

    def __init__(self, at):
        super().__init__()
        self._at = at

    def __missing__(self, key):
        osm, departement = key
        found = hours.state(osm, self._at, departement=departement).kind == "open"
        self[key] = found
        return found


@lru_cache(maxsize=2)
def _open_now(instant: datetime) -> OpenNow:
    """Kept for the five minutes during which the hours say the same."""
    return OpenNow(instant)


class Moment:
    """What a search knows once for all its rows: the place, the needs, the day, what is open.

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

    def columns(self):
        """`COLUMNS` for this place and these needs (SQL), whose numbers are primary keys."""
        return COLUMNS.format(
            bits=self._bits(),
            metres=_metres_sql(self.place.points),
            day=self._day,
            fresh=f"'{self.day - FRESH}'::date",
            convention=HAS_CONVENTION,
            verified=IS_VERIFIED,
        )

    @cached_property
    def _day(self):
        return f"'{self.day}'::date"

    def _bits(self):
        """`Match.bits` (SQL): a sum of numbers that are nothing or one bit, but for the zone's."""
        suspended = f"""(suspended_from IS NOT NULL OR suspended_until IS NOT NULL)
            AND COALESCE(suspended_from <= {self._day}, true)
            AND COALESCE(suspended_until >= {self._day}, true)"""
        bits = {
            "is_generalist": GENERALIST,
            suspended: SUSPENDED,
            _reachable_sql(self.place): REACHABLE,
            f"cardinality(sites) > {SITE}": SEVERAL,
        }
        for column, start in (("situation_ids", MET), ("core_ids", CORE), ("first_ids", FIRST)):
            for place, need in enumerate(self.needs):
                bits[f"{need:d} = ANY({column})"] = 1 << start + place
        cases = (f"CASE WHEN {condition} THEN {bit} ELSE 0 END" for condition, bit in bits.items())
        return " + ".join([self._zone_rank(), *cases])

    def _zone_rank(self):
        """The rank of the most local zone; most records have one zone only, and lists are slow."""
        groups = {}
        for pk, rank in self.place.zone_ranks.items():
            groups.setdefault(rank, []).append(pk)
        zones = [(among(groups[rank]), rank) for rank in sorted(groups)]
        alone = (f"WHEN zone_ids[1] = ANY({keys}) THEN {rank}" for keys, rank in zones)
        several = (f"WHEN zone_ids && {keys} THEN {rank}" for keys, rank in zones)
        return f"""CASE
            WHEN zone_ids[1] = {UNSPECIFIED_ZONE} THEN {UNSPECIFIED_RANK}
            WHEN cardinality(zone_ids) = 1 THEN
                CASE {" ".join(alone)} WHEN true THEN {OUTSIDE_RANK} END
            {" ".join(several)}
            WHEN {UNSPECIFIED_ZONE} = ANY(zone_ids) THEN {UNSPECIFIED_RANK}
            ELSE {OUTSIDE_RANK}
        END"""


def _metres_sql(points):
    """`Place.km_to` the first place of a row, in metres (SQL)."""
    if not points:
        return "NULL::int"
    found = ", ".join(geo.distance_sql(*point, "sites[1]", "sites[2]") for point in points)
    return f"CASE WHEN sites <> '{{}}' THEN ({METRES} * LEAST({found}))::int END"


def _reachable_sql(place):
    """`Place.is_reachable` of the first place of a row (SQL)."""
    communes = f"sites[3] = ANY({among(place.commune_ids)}::float8[])"
    if not place.is_exact:
        return f"COALESCE({communes}, false)"
    return f"COALESCE({communes} OR sites[4] = ANY({among(place.near_ids)}::float8[]), false)"


def select(moment, condition, parameters=None, *, generalists=None):
    """The matches (list) of the search's entries that meet an SQL condition, in one query.

    `generalists`: of each type, how many can be shown; the others are left out. None keeps all.
    """
    sql = f"SELECT {moment.columns()} FROM partners_searchentry WHERE {condition}"
    rows = fetch(sql, parameters)
    if generalists is not None:
        rows = _without_the_others(rows, moment, generalists)
    return [_match(row, moment) for row in rows]


def of_listings(pks, moment):
    """{primary key: match} of records of any status, whatever their entries say."""
    sql = f"SELECT {moment.columns()} FROM ({derived.EXPECTED} WHERE l.id = ANY(%s)) entry"
    return {row[0]: _match(row, moment) for row in fetch(sql, [list(pks)])}


def _without_the_others(rows, moment, most):
    """Of the generalists of one place each that no word found, the most local and nearest: many
    serve a whole département, and few are shown."""
    kept, types = [], defaultdict(list)
    for row in rows:
        pk, bits, _, metres, kind, _, _, search_key, _, _ = row
        if bits & (GENERALIST | SEVERAL) != GENERALIST or pk in moment.text_ranks:
            kept.append(row)
        elif bits & ZONE_RANK < UNSPECIFIED_RANK or bits & REACHABLE:
            distance = FAR_AWAY_KM if metres is None else metres
            order = bits & ZONE_RANK, bits & SUSPENDED, distance, search_key, pk
            types[kind].append((order, row))
    for found in types.values():
        kept += [row for _, row in nsmallest(most, found)]
    return kept


def _match(row, moment):
    """Hundreds of times in one search: plain and without detours."""
    pk, bits, mask, metres, kind, osm, departement, search_key, sent, told = row
    nearest = 0
    if bits & SEVERAL:
        nearest, metres, is_reachable = _nearest(_numbers(sent), moment.place)
        bits = bits & ~REACHABLE | is_reachable * REACHABLE
    if osm and not bits & SUSPENDED and moment.open_now[osm, departement]:
        mask |= IS_OPEN
    if metres is None:
        km, order = None, FURTHEST
    else:
        km = metres / METRES
        order = geo.distance_band(km) << BAND_AT | metres
    text_rank = moment.text_ranks.get(pk, NO_TEXT)
    match = Match(pk, bits, mask, km, text_rank, kind, departement, sent, told, nearest)
    if told and not bits & SUSPENDED and rounds.is_on(match, moment):
        match.mask = mask = mask | IS_OPEN
    order |= text_rank << TEXT_AT | ALL_LIVE - (mask >> FIRST_LIVE) << LIVE_AT
    match.rank = _trade(bits) | order, search_key, pk
    return match


@lru_cache(maxsize=4096)
def _trade(bits):
    core, met = (bits >> CORE & NEEDS).bit_count(), (bits >> MET & NEEDS).bit_count()
    return (
        bool(bits & SUSPENDED) << SUSPENDED_AT
        | (MOST_NEEDS - core) << CORE_AT
        | (MOST_NEEDS - (met - core)) << OTHERS_AT
        | (bits & ZONE_RANK) << ZONE_AT
    )


def _numbers(sent):
    """`SearchEntry.sites` (tuple of floats) as PostgreSQL sends it; None is none."""
    if sent is None:
        return ()
    return unpack_from(">" + "4xd" * ((len(sent) - LIST_HEAD) // LIST_ITEM), sent, LIST_HEAD)


def _site(numbers, start):
    latitude, longitude, commune, near, permanence = numbers[start : start + SITE]
    return Site(latitude, longitude, int(commune), int(near), int(permanence))


def _nearest(numbers, place):
    """(start in `numbers`, metres, reachable) of the nearest site, those one can drive to first."""
    found = []
    for start in range(0, len(numbers), SITE):
        latitude, longitude, commune, near, _ = numbers[start : start + SITE]
        is_reachable = place.is_reachable(commune, near)
        km = place.km_to(latitude, longitude)
        found.append((not is_reachable, km is None, km or 0, start, km))
    is_far, _, _, start, km = min(found)
    return start, None if km is None else round(METRES * km), not is_far
