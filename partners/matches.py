"""A record against a place at a moment: how near, whether it serves it, what it offers now.

Works on rows of `SearchEntry` alone, hundreds for one search: no listing is loaded here.
"""

import json
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from cartographie.postgresql.rows import fetch
from partners import geo, hours
from partners.coverage import OUTSIDE_RANK, UNSPECIFIED_RANK, Place, Site
from partners.models import UNSPECIFIED_ZONE, derived, facets

FRESH = timedelta(days=365)
PERMANENCE_KM = 40
"""A permanence further away than this is no news for the tenant."""

FAR_AWAY_KM = float("inf")
METRES = 3
"""Decimals of a distance in km: below a metre, the order would hang on how a sine is rounded."""

SITE = 5
"""Numbers that make one place, in `SearchEntry.sites`."""

NO_TEXT = 9
"""The rank of a record that the words typed did not find: after all that they found."""

COLUMNS = """
    listing_id AS pk, {met} AS met, {core} AS core, {first} AS first, {zone_rank} AS zone_rank,
    facets | CASE WHEN convention_until >= {day} THEN {convention} ELSE 0 END
        | CASE WHEN phone_checked_on >= {fresh} THEN {verified} ELSE 0 END AS mask,
    structure_type, is_generalist,
    (suspended_from IS NOT NULL OR suspended_until IS NOT NULL)
        AND COALESCE(suspended_from <= {day}, true) AND COALESCE(suspended_until >= {day}, true)
        AS is_suspended,
    opening_hours, departement, permanences::text AS permanences, search_key,
    sites[1] AS latitude, sites[2] AS longitude, sites[3]::int AS commune, sites[4]::int AS near,
    sites[5]::int AS permanence, {km} AS km, {is_reachable} AS is_reachable,
    CASE WHEN cardinality(sites) > 5 THEN sites END AS sites
"""
"""Of a row of `SearchEntry`: numbers rather than lists and dates, which take longer to read than to
find. What concerns a place holds for the first one; records with several are few (`sites`)."""

LIVE = ("is_open_now", "has_convention", "is_verified")
BITS = {facet: 1 << bit for bit, facet in enumerate([*facets.STORED, *((n, "") for n in LIVE)])}
"""{(filter, value): its bit} of `Match.mask`; value is "" for a filter that is on or off."""

IS_OPEN, HAS_CONVENTION, IS_VERIFIED = (BITS[name, ""] for name in LIVE)


@dataclass(slots=True, eq=False)
class Match:
    """A record seen from `place` at a moment; `km` is to `site`, its nearest place, if any.

    `met`, `core`, `first`: of the needs asked for, in their order, a bit for each that it meets,
    meets as its trade, and is to be called first for. `mask` has the bits of the filters that it
    passes; `numbers` five numbers a place, and `permanences`, as in `SearchEntry`; `rank` sorts
    block 1 (README).
    """

    pk: int
    met: int
    core: int
    first: int
    mask: int
    structure_type: str
    is_generalist: bool
    zone_rank: int
    numbers: list
    nearest: int
    km: float | None
    is_reachable: bool
    is_suspended: bool
    departement: str
    text_rank: int
    permanences: tuple = ()
    rank: tuple = ()
    number: int | None = None

    @property
    def sites(self):
        """Every place where it receives (list of `Site`)."""
        return [_site(self.numbers, start) for start in range(0, len(self.numbers), SITE)]

    @property
    def site(self):
        """Its nearest place, those one can drive to first."""
        return _site(self.numbers, self.nearest) if self.numbers else None

    @property
    def covers(self):
        return self.zone_rank < UNSPECIFIED_RANK

    @property
    def is_outside(self):
        return self.zone_rank == OUTSIDE_RANK

    @property
    def is_first(self):
        """Whether a manager pinned it « à faire en premier » for one of the needs."""
        return bool(self.first)

    @property
    def serves(self):
        return self.covers and not self.is_suspended

    @property
    def is_open(self):
        return bool(self.mask & IS_OPEN)

    def is_within(self, radius_km):
        """Whether one can drive to it, within a radius, and its zone is not elsewhere."""
        if not self.numbers or not self.is_reachable or self.is_outside:
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


class Moment:
    """What a search knows once for all its rows: the place, the needs, the day, what is open.

    `needs` are primary keys of situations, `text_ranks` {primary key: rank of the words}.
    """

    def __init__(self, place: Place, at, *, needs=(), text_ranks=None):
        self.place, self.at, self.day = place, at, timezone.localdate(at)
        self.needs = tuple(needs)
        self.text_ranks = text_ranks or {}
        self.open_now = OpenNow(at)

    def columns(self):
        """`COLUMNS` for this place and these needs (SQL), whose numbers are primary keys."""
        place = self.place
        return COLUMNS.format(
            met=self._bits("situation_ids"),
            core=self._bits("core_ids"),
            first=self._bits("first_ids"),
            zone_rank=self._zone_rank(),
            km=_km_sql(place.points),
            is_reachable=_reachable_sql(place),
            day=f"'{self.day}'::date",
            fresh=f"'{self.day - FRESH}'::date",
            convention=HAS_CONVENTION,
            verified=IS_VERIFIED,
        )

    def _bits(self, column):
        bits = (
            f"CASE WHEN {need:d} = ANY({column}) THEN {1 << place} ELSE 0 END"
            for place, need in enumerate(self.needs)
        )
        return " + ".join(bits) or "0"

    def _zone_rank(self):
        """The rank of the most local zone; most records have one zone only, and lists are slow."""
        groups = {}
        for pk, rank in self.place.zone_ranks.items():
            groups.setdefault(rank, []).append(pk)
        zones = [(_literal(groups[rank]), rank) for rank in sorted(groups)]
        alone = (f"WHEN zone_ids[1] = ANY('{keys}'::int[]) THEN {rank}" for keys, rank in zones)
        among = (f"WHEN zone_ids && '{keys}' THEN {rank}" for keys, rank in zones)
        return f"""CASE
            WHEN zone_ids[1] = {UNSPECIFIED_ZONE} THEN {UNSPECIFIED_RANK}
            WHEN cardinality(zone_ids) = 1 THEN
                CASE {" ".join(alone)} WHEN true THEN {OUTSIDE_RANK} END
            {" ".join(among)}
            WHEN {UNSPECIFIED_ZONE} = ANY(zone_ids) THEN {UNSPECIFIED_RANK}
            ELSE {OUTSIDE_RANK}
        END"""


def _km_sql(points):
    """`Place.km_to` the first place of a row (SQL)."""
    if not points:
        return "NULL::float8"
    found = ", ".join(geo.distance_sql(*point, "sites[1]", "sites[2]") for point in points)
    return f"CASE WHEN sites[1] IS NOT NULL THEN LEAST({found}) END"


def _reachable_sql(place):
    """`Place.is_reachable` of the first place of a row (SQL)."""
    communes = f"sites[3] = ANY('{_literal(place.commune_ids)}'::float8[])"
    if not place.is_exact:
        return f"COALESCE({communes}, false)"
    return f"COALESCE({communes} OR sites[4] = ANY('{_literal(place.near_ids)}'::float8[]), false)"


def _literal(keys):
    return f"{{{','.join(map(str, keys))}}}"


def select(moment, condition, parameters, *, around="{rows}"):
    """The matches (list) of the search's entries that meet an SQL condition, in one query.

    `around` is a query around these rows, which keeps some of them, whole.
    """
    rows = f"SELECT {moment.columns()} FROM partners_searchentry WHERE {condition}"
    return _evaluate(around.format(rows=rows), parameters, moment)


def of_listings(pks, moment):
    """{primary key: match} of records of any status, whatever their entries say."""
    sql = f"SELECT {moment.columns()} FROM ({derived.EXPECTED} WHERE l.id = ANY(%s)) entry"
    return {match.pk: match for match in _evaluate(sql, [list(pks)], moment)}


def _evaluate(sql, parameters, moment):
    return [_match(row, moment) for row in fetch(sql, parameters)]


def _match(row, moment):
    """Hundreds of times in one search: plain and without detours."""
    (pk, met, core, first, zone_rank, mask, structure_type, is_generalist, is_suspended, osm,
     departement, permanences, search_key, latitude, longitude, commune, near, permanence,
     km, is_reachable, sites) = row  # fmt: skip
    nearest, numbers = 0, ()
    if sites:
        numbers = sites
        nearest, km, is_reachable = _nearest(sites, moment.place)
    elif latitude is not None:
        numbers = (latitude, longitude, commune, near, permanence)
    if km is not None:
        km = round(km, METRES)
    text_rank = moment.text_ranks.get(pk, NO_TEXT)
    match = Match(
        pk, met, core, first, mask, structure_type, is_generalist, zone_rank, numbers, nearest, km,
        is_reachable, is_suspended, departement, text_rank,
    )  # fmt: skip
    if permanences:
        match.permanences = json.loads(permanences)
    if not is_suspended and (
        (osm and moment.open_now[osm, departement])
        or (permanences and is_permanence_on(match, moment))
    ):
        match.mask = mask = mask | IS_OPEN
    distance = FAR_AWAY_KM if km is None else km
    match.rank = (
        is_suspended,
        text_rank,
        -core.bit_count(),
        core.bit_count() - met.bit_count(),
        zone_rank,
        geo.distance_band(distance),
        not mask & HAS_CONVENTION,
        not mask & IS_OPEN,
        not mask & IS_VERIFIED,
        distance,
        search_key,
        pk,
    )
    return match


def _site(numbers, start):
    latitude, longitude, commune, near, permanence = numbers[start : start + SITE]
    return Site(latitude, longitude, int(commune), int(near), int(permanence))


def _nearest(numbers, place):
    """(start in `numbers`, km, reachable) of the nearest site, those one can drive to first."""
    found = []
    for start in range(0, len(numbers), SITE):
        latitude, longitude, commune, near, _ = numbers[start : start + SITE]
        is_reachable = place.is_reachable(commune, near)
        km = place.km_to(latitude, longitude)
        found.append((not is_reachable, km is None, km or 0, start, km, is_reachable))
    return min(found)[3:]


# Permanences


def nearer_permanences(match, place):
    """Those to tell of: in the tenant's commune, or in reach and nearer than the office."""
    office = next((site for site in match.sites if not site.permanence_id), None)
    office_km = place.km_to(office.latitude, office.longitude) if office else None
    at = {site.permanence_id: site for site in match.sites}
    return [
        permanence
        for permanence in match.permanences
        if permanence["commune"] in place.commune_ids
        or (permanence["id"] in at and _is_nearer(at[permanence["id"]], place, office_km))
    ]


def _is_nearer(site, place, office_km):
    km = place.km_to(site.latitude, site.longitude)
    is_reachable = place.is_reachable(site.commune_id, site.near_id)
    if km is None or km > PERMANENCE_KM or not is_reachable:
        return False
    return office_km is None or km < office_km


def is_permanence_on(match, moment):
    """Whether one of the permanences to tell of is held now."""
    return any(
        hours.state(held["hours"], moment.at, departement=held["departement"]).kind
        in ("open", "by-appointment")
        for held in nearer_permanences(match, moment.place)
    )


def next_permanence(match, moment):
    """(start, end, permanence) of the next permanence to tell of, or None."""
    dates = [
        (start, end, permanence)
        for permanence in nearer_permanences(match, moment.place)
        for start, end in hours.next_dates(
            permanence["hours"], moment.at, count=1, departement=permanence["departement"]
        )
    ]
    return min(dates, key=lambda found: found[:2], default=None)
