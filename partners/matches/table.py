"""The rows that a search found, as columns; some of them, in an order; one of them."""

import json
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from cartographie.postgresql.rows import fetch, numbers
from partners import geo, rounds
from partners.coverage import OUTSIDE_RANK, UNSPECIFIED_RANK, Site
from partners.matches.bits import (
    ALL_LIVE,
    FIRST_LIVE,
    GENERALIST,
    HAS_CONVENTION,
    IS_OPEN,
    IS_VERIFIED,
    MET,
    METRES,
    MOST_NEEDS,
    NO_TEXT,
    PLACED,
    REACHABLE,
    SUSPENDED,
    Standing,
)
from partners.matches.moment import Moment
from partners.models import UNSPECIFIED_ZONE, derived, packed

FRESH = 365
"""Days during which a telephone that somebody checked is verified."""

FOUND = f"""
    SELECT string_agg({{packed}}, ''),
        string_agg(int4send({{needs}}), ''),
        string_agg(textsend(search_key), '\\x00'),
        string_agg(textsend(departement || ' ' || opening_hours), '\\x00'),
        array_agg(structure_type) FILTER (WHERE is_generalist),
        array_agg(array_send(zone_ids))
            FILTER (WHERE cardinality(zone_ids) > 1 AND zone_ids[1] <> {UNSPECIFIED_ZONE}),
        array_agg(array_send(sites)) FILTER (WHERE cardinality(sites) > {len(packed.SITE)}),
        array_agg(permanences::text) FILTER (WHERE permanences IS NOT NULL)
    FROM {{entries}}
"""
"""One row: what each row found has, end to end, texts with a byte between that none can hold; then
what few of them have. One reading of the rows makes all columns, so their order is the same."""

SUSPENDED_AT, TEXT_AT, CORE_AT, OTHERS_AT, ZONE_AT, BAND_AT, LIVE_AT = 44, 40, 37, 34, 31, 28, 25
"""Where the number that sorts a record has what sorts first, the weightiest first: in service;
found by the words; core trades; other needs met; local zone; near, in bands; `LIVE`; the metres."""

FURTHEST = (1 << LIVE_AT) - 1
"""In the place of metres that nobody knows."""


class Table:
    """What a search found, a column each: an array or list, with a place for each row.

    `bits`, `mask` and `metres` are those of `Standing`. `by_name` has the rows by name and primary
    key; `nearest`, of rows of several places, the position of the nearest that one can drive to.
    """

    def __init__(self, moment: Moment, entries, parameters=None, *, row_of=packed.COLUMN):
        """Read the rows of `entries` (SQL, after FROM), whose `packed` is `row_of` (SQL)."""
        sql = FOUND.format(packed=row_of, needs=moment.needs_sql(), entries=entries)
        [found] = fetch(sql, parameters)
        sent, needs, names, hours, *others = found
        self.rows = rows = packed.read(sent)
        self.pk = rows["pk"].astype(int)
        self.by_name = _by_name(self.pk, _texts(names))
        self._hours = _texts(hours)
        several = (rows["zones"] > 1) & (rows["zone"] != UNSPECIFIED_ZONE)
        having = (rows["is_generalist"], several, rows["sites"] > 1, rows["permanences"])
        of_few = [_of_rows(which, told) for which, told in zip(having, others, strict=True)]
        self.structure_type, self._zones, self._sites, self.permanences = of_few
        self._made = {}
        self.text_rank = np.full(len(rows), NO_TEXT)
        if moment.text_ranks:
            self.text_rank[:] = [moment.text_ranks.get(pk, NO_TEXT) for pk in self.pk.tolist()]
        self.bits = np.frombuffer(needs or b"", ">i4").astype(int) << MET
        self.mask = rows["facets"].astype(int)
        self._find_dates(packed.day_number(moment.day))
        self._find_zones(moment.place)
        self._find_nearest(moment.place)
        self._find_open(moment)

    def match(self, row):
        """The one `Match` of a row."""
        if row not in self._made:
            self._made[row] = Match(self, row)
        return self._made[row]

    def departement(self, row):
        return self._hours[row].partition(" ")[0]

    def sites(self, row):
        """Every place (list of `Site`) of a row."""
        if row in self._sites:
            points = numbers(self._sites[row], "f8").reshape(-1, len(packed.SITE)).tolist()
            return [Site(lat, lon, *map(int, keys)) for lat, lon, *keys in points]
        place = self.rows[row]
        return [Site(*(place[name].item() for name in packed.SITE))] if place["sites"] else []

    @cached_property
    def rank(self):
        """The place of each row in the order of block 1 (README, « Règles »), 0 the first."""
        found = Matches(self)
        core, met = np.bitwise_count(found.core), np.bitwise_count(found.met)
        is_known = found.metres >= 0
        bands = geo.distance_bands(found.metres / METRES)
        weights = {
            SUSPENDED_AT: found.is_suspended,
            TEXT_AT: found.text_rank,
            CORE_AT: MOST_NEEDS - core,
            OTHERS_AT: MOST_NEEDS - (met - core),
            ZONE_AT: found.zone_rank,
            BAND_AT: np.where(is_known, bands, geo.FAR_BAND),
            LIVE_AT: ALL_LIVE - (found.mask >> FIRST_LIVE),
            0: np.where(is_known, found.metres, FURTHEST),
        }
        order = sum(column.astype(int) << start for start, column in weights.items())
        rank = np.empty_like(order)
        rank[found.by(order).rows] = np.arange(len(order))
        return rank

    def _find_dates(self, today):
        """Add to `bits` and `mask` what is so today."""
        rows = self.rows
        is_suspended = (rows["suspended_from"] <= today) & (today <= rows["suspended_until"])
        self.bits |= np.where(is_suspended, SUSPENDED, 0)
        self.bits |= np.where(rows["is_generalist"], GENERALIST, 0)
        self.mask |= np.where(rows["convention_until"] >= today, HAS_CONVENTION, 0)
        self.mask |= np.where(rows["checked_on"] >= today - FRESH, IS_VERIFIED, 0)

    def _find_zones(self, place):
        """Add to `bits` the rank of the most local zone."""
        ranks = place.zone_ranks | {UNSPECIFIED_ZONE: UNSPECIFIED_RANK}
        found = [ranks.get(pk, OUTSIDE_RANK) for pk in self.rows["zone"].tolist()]
        for row, sent in self._zones.items():
            found[row] = min(ranks.get(pk, OUTSIDE_RANK) for pk in numbers(sent, "i4").tolist())
        self.bits |= np.array(found, int)

    def _find_nearest(self, place):
        """Fill `metres` and `nearest`, add `PLACED` and `REACHABLE` to `bits`."""
        rows = self.rows
        is_placed = rows["sites"] > 0
        km = place.km_to_all(rows["latitude"], rows["longitude"])
        can_drive = is_placed & place.are_reachable(rows["commune"], rows["near"])
        self.nearest = dict.fromkeys(self._sites, 0)
        for row in self.nearest:
            self.nearest[row], km[row], can_drive[row] = _nearest(self.sites(row), place)
        is_known = is_placed & np.isfinite(km)
        self.metres = np.full(len(rows), -1)
        self.metres[is_known] = np.rint(METRES * km[is_known])
        self.bits |= np.where(is_placed, PLACED, 0) | np.where(can_drive, REACHABLE, 0)

    def _find_open(self, moment):
        """Add `IS_OPEN` to `mask`: by its own hours, or a permanence held now."""
        is_open = np.array([moment.open_now[key] for key in self._hours], bool)
        for row in self.permanences:
            is_open[row] = is_open[row] or rounds.is_on(Match(self, row), moment)
        self.mask |= np.where(is_open & (self.bits & SUSPENDED == 0), IS_OPEN, 0)


class Matches(Standing, Sequence):
    """Some rows of a table, in an order: what `Standing` tells comes as arrays of the same order.

    One of them by its position is a `Match`; a slice, `where`, `by` and `+` give `Matches`.
    """

    def __init__(self, table: Table, rows=None):
        self.table = table
        self.rows = table.by_name if rows is None else rows

    @property
    def pk(self):
        return self.table.pk[self.rows]

    @cached_property
    def bits(self):
        return self.table.bits[self.rows]

    @property
    def mask(self):
        return self.table.mask[self.rows]

    @property
    def metres(self):
        return self.table.metres[self.rows]

    @property
    def text_rank(self):
        return self.table.text_rank[self.rows]

    @property
    def rank(self):
        return self.table.rank[self.rows]

    @property
    def structure_type(self):
        """Of each (list), known of generalists only."""
        return [self.table.structure_type[row] for row in self.rows.tolist()]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, asked):
        if isinstance(asked, slice):
            return Matches(self.table, self.rows[asked])
        return self.table.match(int(self.rows[asked]))

    def __iter__(self):
        return map(self.table.match, self.rows.tolist())

    def __add__(self, others):
        """These, then others of the same table."""
        return Matches(self.table, np.concatenate([self.rows, others.rows]))

    def where(self, kept):
        """Those for which `kept` (array of bools, in their order) is true."""
        return Matches(self.table, self.rows[kept])

    def at(self, positions):
        """Those at these positions (list or array of int), in their order."""
        return Matches(self.table, self.rows[np.array(positions, int)])

    def without(self, others):
        return self.where(~np.isin(self.rows, others.rows)) if len(others) else self

    def by(self, *keys):
        """Sorted by these arrays, the weightiest first; equals stay in their order."""
        return Matches(self.table, self.rows[np.lexsort(keys[::-1])])


class Match(Standing):
    """A record seen from the place at the moment; `number` is that of its pin."""

    __slots__ = ("bits", "mask", "metres", "number", "pk", "row", "table", "text_rank")

    def __init__(self, table: Table, row):
        self.table, self.row, self.number = table, row, None
        self.pk, self.text_rank = int(table.pk[row]), int(table.text_rank[row])
        self.bits, self.mask = int(table.bits[row]), int(table.mask[row])
        self.metres = int(table.metres[row])

    @property
    def km(self):
        """Kilometres (float) to `site`, None when unknown."""
        return None if self.metres < 0 else self.metres / METRES

    @property
    def rank(self):
        return int(self.table.rank[self.row])

    @property
    def departement(self):
        return self.table.departement(self.row)

    @property
    def permanences(self):
        """What a card tells of each of its permanences (list of dictionaries)."""
        told = self.table.permanences.get(self.row)
        return json.loads(told) if told else []

    @property
    def sites(self):
        """Every place where it receives (list of `Site`)."""
        return self.table.sites(self.row)

    @property
    def site(self):
        """Its nearest place, those one can drive to first."""
        sites = self.sites
        return sites[self.table.nearest.get(self.row, 0)] if sites else None


def select(moment, condition, parameters=None) -> Matches:
    """The matches of the search's entries that meet an SQL condition, by name, in one query."""
    entries = f"(SELECT * FROM partners_searchentry WHERE {condition}) entry"
    return Matches(Table(moment, entries, parameters))


def of_listings(pks, moment):
    """{primary key: match} of records of any status, whatever their entries say."""
    entries = f"({derived.EXPECTED} WHERE l.id = ANY(%s)) entry"
    table = Table(moment, entries, [list(pks)], row_of=packed.SQL)
    return {match.pk: match for match in Matches(table)}


def _texts(sent):
    """Texts (list) that PostgreSQL sent end to end (bytes, None without any)."""
    return [] if sent is None else sent.decode().split("\0")


def _by_name(pks, names):
    order = np.argsort(pks).tolist()
    return np.array(sorted(order, key=names.__getitem__), int)


def _of_rows(which, told):
    """{row: what is told} of the rows for which `which` (array) is true, in their order."""
    return dict(zip(np.flatnonzero(which).tolist(), told or (), strict=True))


def _nearest(sites, place):
    """(position in `sites`, km, reachable) of the nearest, those one can drive to first."""
    found = []
    for position, site in enumerate(sites):
        is_reachable = place.is_reachable(site.commune_id, site.near_id)
        km = place.km_to(site.latitude, site.longitude)
        found.append((not is_reachable, np.inf if km is None else km, position))
    is_far, km, position = min(found)
    return position, km, not is_far
