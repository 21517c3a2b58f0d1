"""The coverage board: for each situation and each part of the territory, who really covers it.

What « covers » means is `coverage.Place.zones_of`, and who counts is what `matches` says of a
record: the board adds nothing to the search, it counts it (tests/test_board.py compares them).
Generalists and zones that nobody gave (rule R10) are counted apart.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from partners import matches, words
from partners.coverage import ZONE_RANKS, Place, near_id
from partners.matches import BITS, Moment
from partners.models import UNSPECIFIED_ZONE, SearchEntry, Situation, Territory, facets

NONE, PART, ONE, SEVERAL = "aucun", "partiel", "un", "plusieurs"
LOCAL_RANK = ZONE_RANKS[Territory.Kind.EPCI]
"""The widest zone that is still local: sectors and EPCI, but no département."""

KIND_OF_EPCI = re.compile(r"^(?:CC|CA|CU|Métropole) (?:d(?:u|es|e la|e l['’]|e|['’]) ?)?")


@dataclass(frozen=True)
class View:
    """Which partners count: all of them, or only those that offer what is asked."""

    is_open_late: bool = False
    is_without_appointment: bool = False
    is_core: bool = False
    is_local: bool = False

    @property
    def mask(self):
        """The bits of `Match.mask` that a partner must have."""
        late = BITS[facets.OPEN_LATE, ""] if self.is_open_late else 0
        return late | (BITS[facets.NO_APPOINTMENT, ""] if self.is_without_appointment else 0)


@dataclass(frozen=True, slots=True)
class Partner:
    """A record in service: the situations it answers, and the communes it covers, a bit for each.

    `near_ids`, where it stands, when its zone is not specified: see `Place.near_ids`.
    """

    pk: int
    needs: frozenset
    communes: int
    is_generalist: bool
    near_ids: frozenset = frozenset()


@dataclass(frozen=True)
class Area:
    """A part of the territory: an EPCI, or a commune that has none. `bits` are its communes."""

    territory: Territory
    communes: tuple[Territory, ...]
    bits: int
    population: int
    near_ids: frozenset

    @property
    def name(self):
        """Without « CC du », which a column has no room for."""
        return KIND_OF_EPCI.sub("", self.territory.name)


@dataclass(frozen=True)
class Cell:
    """A situation (None: generalists) in an area: how many partners each inhabitant has.

    `least` is that number where it is smallest, `covered` the inhabitants who have one at least,
    `partners` how many cover a part of the area or all of it, `unspecified` how many stand there
    and never said which zone they serve.
    """

    situation: Situation | None
    area: Area
    least: int
    covered: int
    partners: int
    unspecified: int

    @property
    def level(self):
        if not self.partners:
            return NONE
        return (PART, ONE)[min(self.least, 1)] if self.least < 2 else SEVERAL

    @property
    def share(self):
        """Percent of inhabitants with a partner; 100 means everyone, 0 means nobody."""
        if self.least or not self.partners:
            return 100 if self.least else 0
        return min(99, max(1, round(100 * self.covered / max(1, self.area.population))))

    @property
    def short(self):
        """What stands in the table: « 0 », « 60 % », « 3 »."""
        return f"{self.share}\u00a0%" if self.level == PART else str(self.least)

    @property
    def sentence(self):
        return {
            NONE: "aucun partenaire",
            PART: f"un partenaire pour {self.share}\u00a0% des habitants seulement",
            ONE: "au moins un partenaire pour chaque habitant",
            SEVERAL: f"au moins {self.least} partenaires pour chaque habitant",
        }[self.level]

    @property
    def missing(self):
        """Inhabitants without any partner."""
        return self.area.population - self.covered


class Board:
    """The partners of a place (a whole territory) at an instant, counted as `view` wants."""

    def __init__(self, place: Place, at, view: View | None = None):
        self.place, self.view = place, view or View()
        self._bit = {commune.pk: 1 << n for n, commune in enumerate(place.communes)}
        self.partners = list(self._read(Moment(place, at)))

    def _read(self, moment):
        codes = [*self.place.zones, *(-code for code in self.place.near_ids)]
        found = matches.select(moment, "zone_ids && %s::int[]", [codes])
        found = found.where(~found.is_suspended & found.passes(self.view.mask))
        kept = dict(zip(found.pk.tolist(), found.is_generalist.tolist(), strict=True))
        needs = "core_ids" if self.view.is_core else "situation_ids"
        rows = SearchEntry.objects.filter(pk__in=kept).values_list(
            "pk", needs, "zone_ids", "near_ids"
        )
        for pk, situations, zones, near in rows:
            asked = frozenset(near) if UNSPECIFIED_ZONE in zones else frozenset()
            covered = self._covered(zones)
            yield Partner(pk, frozenset(situations), covered, kept[pk], asked)

    def _covered(self, zones):
        """The communes (bits) that hold one of these zones."""
        bits = 0
        for zone in zones:
            bits |= self._bits_of_zone.get(zone, 0)
        return bits

    @cached_property
    def _bits_of_zone(self):
        """{zone: its communes}; the wide ones hold none when only local partners count."""
        found = Counter()
        for commune, zones in self.place.zones_of.items():
            for zone in zones:
                found[zone] |= self._bit[commune]
        if self.view.is_local:
            return {z: bits for z, bits in found.items() if self._rank(z) <= LOCAL_RANK}
        return found

    def _rank(self, zone):
        return self.place.zone_ranks[zone]

    @cached_property
    def areas(self):
        """The EPCI of the place by name, and the communes without one (list of `Area`)."""
        groups = {}
        for commune in self.place.communes:
            groups.setdefault(commune.epci_id or commune.pk, []).append(commune)
        found = [self._area(pk, tuple(communes)) for pk, communes in groups.items()]
        return sorted(found, key=lambda area: (words.fold(area.name), area.territory.pk))

    def _area(self, pk, communes):
        bits = sum(self._bit[commune.pk] for commune in communes)
        near = frozenset(near_id(commune) for commune in communes)
        return Area(self.place.zones[pk], communes, bits, population(communes), near)

    def area(self, code):
        """The area of this code (str), or None."""
        return next((area for area in self.areas if area.territory.code == code), None)

    def row(self, situation):
        """The cells of a situation (None: of generalists), in the order of `areas`."""
        mine = self.of(situation)
        counts = self.counts(mine)
        return [self._cell(situation, area, mine, counts) for area in self.areas]

    def cell(self, situation, area):
        mine = self.of(situation)
        return self._cell(situation, area, mine, self.counts(mine))

    def of(self, situation):
        """Specialists of a situation (list of `Partner`), or the generalists when it is None."""
        if situation is None:
            return [partner for partner in self.partners if partner.is_generalist]
        return [p for p in self.partners if situation.pk in p.needs and not p.is_generalist]

    def covers(self, partner, commune):
        return bool(partner.communes & self._bit[commune.pk])

    def counts(self, partners):
        """{commune's key: how many of these partners cover it}; zones repeat, so group them."""
        found = dict.fromkeys(self._bit, 0)
        for bits, number in Counter(partner.communes for partner in partners).items():
            for pk, bit in self._bit.items():
                if bits & bit:
                    found[pk] += number
        return found

    def _cell(self, situation, area, partners, counts):
        served = [commune for commune in area.communes if counts[commune.pk]]
        return Cell(
            situation,
            area,
            least=min(counts[commune.pk] for commune in area.communes),
            covered=population(served),
            partners=sum(1 for p in partners if p.communes & area.bits),
            unspecified=len(self.unspecified(partners, area)),
        )

    def covering(self, partners, area):
        """(those that cover all of an area, {key of the others: communes that they cover})."""
        whole = [p.pk for p in partners if p.communes & area.bits == area.bits]
        parts = {p.pk: self._names(p.communes & area.bits, area) for p in partners}
        return whole, {pk: names for pk, names in parts.items() if names and pk not in whole}

    def unspecified(self, partners, area):
        """Keys of those that stand in an area, cover none of it, and whose zone nobody gave."""
        return [p.pk for p in partners if p.near_ids & area.near_ids and not p.communes & area.bits]

    def _names(self, bits, area):
        return [commune.name for commune in area.communes if bits & self._bit[commune.pk]]


def population(communes):
    """Inhabitants of these communes (int); one whose population is unknown counts as none."""
    return sum(commune.population or 0 for commune in communes)
