"""A record against a place at a moment: how near, whether it serves it, what it offers now.

Works on rows of `SearchEntry` alone, hundreds for one search: no listing is loaded here.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from partners import geo, hours, words
from partners.coverage import OUTSIDE_RANK, UNSPECIFIED_RANK, Place, Site
from partners.models import UNSPECIFIED_ZONE, Permanence, derived, facets

FRESH = timedelta(days=365)
PERMANENCE_KM = 40
"""A permanence further away than this is no news for the tenant."""

FAR_AWAY_KM = float("inf")
NO_TEXT = 9
"""The rank of a record that the words typed did not find: after all that they found."""

COLUMNS = (
    "listing_id, situation_ids, zone_ids, core_ids, first_ids, sites, facets, structure_type,"
    " is_generalist, is_zone_strict, opening_hours, departement, convention_until,"
    " suspended_from, suspended_until, phone_checked_on, search_key"
)
LIVE = ("is_open_now", "has_convention", "is_verified")
BITS = {facet: 1 << bit for bit, facet in enumerate([*facets.STORED, *((n, "") for n in LIVE)])}
"""{(filter, value): its bit} of `Match.mask`; value is "" for a filter that is on or off."""

IS_OPEN, HAS_CONVENTION, IS_VERIFIED = (BITS[name, ""] for name in LIVE)


@dataclass(slots=True, eq=False)
class Match:
    """A record seen from `place` at a moment; `km` is to `site`, its nearest place, if any.

    `mask` has the bits of the filters that it passes; `rank` sorts block 1 (README, « Règles »).
    """

    pk: int
    zone_ids: list
    needs: tuple
    core_ids: list
    first_ids: list
    mask: int
    structure_type: str
    is_generalist: bool
    is_zone_strict: bool
    zone_rank: int
    sites: list
    site: Site | None
    km: float | None
    is_reachable: bool
    is_suspended: bool
    departement: str
    text_rank: int
    rank: tuple = ()
    permanences: tuple = ()
    number: int | None = None

    @property
    def covers(self):
        return self.zone_rank < UNSPECIFIED_RANK

    @property
    def is_outside(self):
        return self.zone_rank == OUTSIDE_RANK

    @property
    def is_first(self):
        """Whether a manager pinned it « à faire en premier » for one of the needs."""
        return any(need in self.first_ids for need in self.needs)

    @property
    def serves(self):
        return self.covers and not self.is_suspended

    @property
    def is_open(self):
        return bool(self.mask & IS_OPEN)

    def is_within(self, radius_km):
        """Whether one can drive to it, within a radius, and its zone is not elsewhere."""
        if self.site is None or not self.is_reachable or self.is_outside:
            return False
        return self.km is None or self.km <= radius_km


class Moment:
    """What a search knows once for all its rows: the place, the needs, the day, what is open."""

    def __init__(self, place: Place, at, *, situation_ids=(), text_ranks=None):
        self.place, self.at, self.day = place, at, timezone.localdate(at)
        self.asked = tuple(situation_ids)
        self.text_ranks = text_ranks or {}
        self._open = {}

    def is_open(self, osm, departement):
        """Whether an expression is open now; each is evaluated once."""
        key = osm, departement
        if key not in self._open:
            self._open[key] = hours.state(osm, self.at, departement=departement).kind == "open"
        return self._open[key]


def select(condition, parameters):
    """The rows (`COLUMNS`) of the search's entries that meet an SQL condition."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM partners_searchentry WHERE {condition}", parameters)
        return cursor.fetchall()


def of_listings(pks, moment):
    """{primary key: match} of records of any status, whatever their entries say."""
    sql = f"SELECT {COLUMNS} FROM ({derived.EXPECTED} WHERE l.id = ANY(%s)) entry"
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(pks)])
        return {match.pk: match for match in evaluate(cursor.fetchall(), moment)}


def evaluate(rows, moment):
    """The matches of rows of `select`, in the same order; one query more when some hold
    permanences."""
    held = _permanences([row[0] for row in rows if any(row[5][4::5])])
    return [_match(row, moment, held.get(row[0], ())) for row in rows]


def _permanences(listing_ids):
    if not listing_ids:
        return {}
    found = {}
    rows = Permanence.objects.filter(listing__in=listing_ids).select_related("commune")
    for permanence in rows.order_by("pk"):
        found.setdefault(permanence.listing_id, []).append(permanence)
    return found


def _match(row, moment, permanences):
    (pk, needs, zone_ids, core_ids, first_ids, numbers, mask, structure_type, is_generalist,
     is_zone_strict, osm, departement, convention_until, suspended_from, suspended_until,
     checked_on, search_key) = row  # fmt: skip
    place, day = moment.place, moment.day
    asked = tuple([need for need in moment.asked if need in needs])
    core_count = sum([need in core_ids for need in asked])
    sites = _sites(numbers)
    km, site, is_reachable = _nearest(sites, place)
    is_suspended = is_suspended_on(day, suspended_from, suspended_until)
    zone_rank = _zone_rank(zone_ids, place.zone_ranks)
    if convention_until and convention_until >= day:
        mask |= HAS_CONVENTION
    if checked_on and day - checked_on <= FRESH:
        mask |= IS_VERIFIED
    match = Match(
        pk, zone_ids, asked, core_ids, first_ids, mask, structure_type, is_generalist,
        is_zone_strict, zone_rank, sites, site, km, is_reachable, is_suspended, departement,
        moment.text_ranks.get(pk, NO_TEXT), permanences=permanences,
    )  # fmt: skip
    if not is_suspended and (
        (osm and moment.is_open(osm, departement))
        or (permanences and is_permanence_on(match, moment))
    ):
        match.mask = mask = mask | IS_OPEN
    distance = FAR_AWAY_KM if km is None else km
    match.rank = (
        is_suspended,
        match.text_rank,
        -core_count,
        core_count - len(asked),
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


def _zone_rank(zone_ids, ranks):
    best = min([ranks[pk] for pk in zone_ids if pk in ranks], default=None)
    if best is not None:
        return best
    return UNSPECIFIED_RANK if UNSPECIFIED_ZONE in zone_ids else OUTSIDE_RANK


def _sites(numbers):
    return [
        Site(
            numbers[i],
            numbers[i + 1],
            int(numbers[i + 2]),
            int(numbers[i + 3]),
            int(numbers[i + 4]),
        )
        for i in range(0, len(numbers), 5)
    ]


def _nearest(sites, place):
    """(km, site, reachable) of the nearest site, those one can drive to first."""
    if len(sites) == 1:
        return place.km_to(sites[0]), sites[0], place.is_reachable(sites[0])
    candidates = [(place.km_to(site), site, place.is_reachable(site)) for site in sites]
    return min(
        candidates,
        key=lambda found: (not found[2], found[0] is None, found[0] or 0),
        default=(None, None, False),
    )


# Permanences


def nearer_permanences(match, place):
    """Those to tell of: in the tenant's commune, or in reach and nearer than the office."""
    office = next((site for site in match.sites if not site.permanence_id), None)
    office_km = place.km_to(office) if office else None
    at = {site.permanence_id: site for site in match.sites}
    return [
        permanence
        for permanence in match.permanences
        if permanence.commune_id in place.commune_ids
        or (permanence.pk in at and _is_nearer(at[permanence.pk], place, office_km))
    ]


def _is_nearer(site, place, office_km):
    km = place.km_to(site)
    if km is None or km > PERMANENCE_KM or not place.is_reachable(site):
        return False
    return office_km is None or km < office_km


def is_permanence_on(match, moment):
    """Whether one of the permanences to tell of is held now."""
    return any(
        hours.state(p.hours, moment.at, departement=_departement(p)).kind
        in ("open", "by-appointment")
        for p in nearer_permanences(match, moment.place)
    )


def next_permanence(match, moment):
    """(start, end, permanence) of the next permanence to tell of, or None."""
    dates = [
        (start, end, permanence)
        for permanence in nearer_permanences(match, moment.place)
        for start, end in hours.next_dates(
            permanence.hours, moment.at, count=1, departement=_departement(permanence)
        )
    ]
    return min(dates, key=lambda found: found[:2], default=None)


def _departement(permanence):
    return words.departement_code(permanence.commune.code)
