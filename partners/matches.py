"""A record against a place at a moment: how near, whether it serves it, what it offers now.

Works on rows of `SearchEntry` alone, hundreds for one search: no listing is loaded here.
"""

import json
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from partners import geo, hours
from partners.coverage import OUTSIDE_RANK, UNSPECIFIED_RANK, Place, Site
from partners.models import UNSPECIFIED_ZONE, derived, facets

FRESH = timedelta(days=365)
PERMANENCE_KM = 40
"""A permanence further away than this is no news for the tenant."""

FAR_AWAY_KM = float("inf")
SITE = 5
"""Numbers that make one place, in `SearchEntry.sites`."""

NO_TEXT = 9
"""The rank of a record that the words typed did not find: after all that they found."""

COLUMNS = """
    listing_id, {met} AS met, {core} AS core, {first} AS first, {zone_rank} AS zone_rank,
    sites[1], sites[2], sites[3], sites[4], sites[5],
    CASE WHEN cardinality(sites) > 5 THEN sites END, permanences, facets, structure_type,
    is_generalist, is_zone_strict, opening_hours, departement, convention_until, suspended_from,
    suspended_until, phone_checked_on, search_key
"""
"""Of a row of `SearchEntry`: numbers rather than lists, which take longer to read than to find."""

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
    is_zone_strict: bool
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


class Moment:
    """What a search knows once for all its rows: the place, the needs, the day, what is open.

    `needs` are primary keys of situations, `text_ranks` {primary key: rank of the words}.
    """

    def __init__(self, place: Place, at, *, needs=(), text_ranks=None):
        self.place, self.at, self.day = place, at, timezone.localdate(at)
        self.needs = tuple(needs)
        self.text_ranks = text_ranks or {}
        self._open = {}

    def is_open(self, osm, departement):
        """Whether an expression is open now; each is evaluated once."""
        key = osm, departement
        if key not in self._open:
            self._open[key] = hours.state(osm, self.at, departement=departement).kind == "open"
        return self._open[key]

    def columns(self):
        """`COLUMNS` for this place and these needs (SQL), whose numbers are primary keys."""
        return COLUMNS.format(
            met=self._bits("situation_ids"),
            core=self._bits("core_ids"),
            first=self._bits("first_ids"),
            zone_rank=self._zone_rank(),
        )

    def _bits(self, column):
        bits = (
            f"CASE WHEN {need:d} = ANY({column}) THEN {1 << place} ELSE 0 END"
            for place, need in enumerate(self.needs)
        )
        return " + ".join(bits) or "0"

    def _zone_rank(self):
        groups = {}
        for pk, rank in self.place.zone_ranks.items():
            groups.setdefault(rank, []).append(f"{pk:d}")
        ranks = (
            f"WHEN zone_ids && '{{{','.join(groups[rank])}}}' THEN {rank}"
            for rank in sorted(groups)
        )
        unspecified = f"WHEN {UNSPECIFIED_ZONE} = ANY(zone_ids) THEN {UNSPECIFIED_RANK}"
        return f"CASE {' '.join(ranks)} {unspecified} ELSE {OUTSIDE_RANK} END"


def select(moment, condition, parameters):
    """The matches (list) of the search's entries that meet an SQL condition, in one query."""
    sql = f"SELECT {moment.columns()} FROM partners_searchentry WHERE {condition}"
    return _evaluate(sql, parameters, moment)


def of_listings(pks, moment):
    """{primary key: match} of records of any status, whatever their entries say."""
    sql = f"SELECT {moment.columns()} FROM ({derived.EXPECTED} WHERE l.id = ANY(%s)) entry"
    return {match.pk: match for match in _evaluate(sql, [list(pks)], moment)}


def _evaluate(sql, parameters, moment):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [_match(row, moment) for row in cursor.fetchall()]


def _match(row, moment):
    """Hundreds of times in one search: plain and without detours."""
    (pk, met, core, first, zone_rank, latitude, longitude, commune, near, permanence, numbers, held,
     mask, structure_type, is_generalist, is_zone_strict, osm, departement, convention_until,
     suspended_from, suspended_until, checked_on, search_key) = row  # fmt: skip
    place, day = moment.place, moment.day
    nearest, km, is_reachable = 0, None, False
    if numbers:
        nearest, km, is_reachable = _nearest(numbers, place)
    elif latitude is None:
        numbers = ()
    else:
        numbers = (latitude, longitude, commune, near, permanence)
        km, is_reachable = place.km_to(latitude, longitude), place.is_reachable(commune, near)
    is_suspended = is_suspended_on(day, suspended_from, suspended_until)
    if convention_until and convention_until >= day:
        mask |= HAS_CONVENTION
    if checked_on and day - checked_on <= FRESH:
        mask |= IS_VERIFIED
    text_rank = moment.text_ranks.get(pk, NO_TEXT)
    permanences = json.loads(held) if held else ()
    match = Match(
        pk, met, core, first, mask, structure_type, is_generalist, is_zone_strict, zone_rank,
        numbers, nearest, km, is_reachable, is_suspended, departement, text_rank, permanences,
    )  # fmt: skip
    if not is_suspended and (
        (osm and moment.is_open(osm, departement))
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


def is_suspended_on(day, first, last):
    """Whether dates of suspension, of which one may be missing, hold a day."""
    if first is None and last is None:
        return False
    return (first is None or first <= day) and (last is None or day <= last)


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
