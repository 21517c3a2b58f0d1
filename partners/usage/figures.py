"""What is published of the counters: tables of a year, with rule R4 applied to each.

Years follow each other and never overlap: no two tables of this module share anything but the
demands of the year, so that comparing them tells nothing that one of them hides.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Sum
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils import timezone

from partners import suppression
from partners.models import AgencyUse, Situation, Territory, UseCount
from partners.usage import counting

Kind = UseCount.Kind
NO_SITUATION = "Sans situation (des mots, une nature d'aide)"
WHOLE = "Sans commune précise, ou en danger"
ELSEWHERE = "Ailleurs"
OTHERS = "Autres comptes (sans agence, ou agences de moins de trois comptes actifs)"


@dataclass(frozen=True)
class Line:
    """One line of a table: its words and its numbers by kind, None where one is hidden.

    `situation`, `area`: what it is about, if it is one of them.
    """

    label: str
    numbers: dict[str, int | None]
    situation: Situation | None = None
    area: Territory | None = None

    @property
    def demands(self):
        return self.numbers[Kind.SEARCH]

    @property
    def unanswered(self):
        return self.numbers[Kind.UNANSWERED]

    @property
    def reached(self):
        return self.numbers["joints"]


@dataclass(frozen=True)
class Cell:
    """The demands of a need in an area, and how many nobody answered (None: hidden)."""

    situation: Situation | None
    area: Territory | None
    label: str
    demands: int | None
    unanswered: int | None

    @property
    def need(self):
        """The words of the situation."""
        return _label(self.situation)

    @property
    def is_open(self):
        """Whether somebody may act on it: a situation in use, in a territory."""
        return bool(self.situation and self.area and not self.situation.archived_at)


def years():
    """The years that have figures, and this one, the last first (list of int)."""
    known = UseCount.objects.annotate(year=ExtractYear("month")).values_list("year", flat=True)
    return sorted({timezone.localdate().year, *known.distinct()}, reverse=True)


class Year:
    """The published figures of a calendar year (of the months gone by, for this one).

    A year that is over keeps its lines and columns, whatever is merged later: a situation counts
    with the one that took its records from the year of the merge on, an EPCI that is no more keeps
    its column in the years that it had. Otherwise a table carried away before and the same table
    after would tell, by their difference, a number that both hide (rule R4).
    """

    def __init__(self, year, departement):
        self.year, self.departement = year, departement

    def before(self):
        """The `Year` before, which reads again only what is of that year."""
        last = Year(self.year - 1, self.departement)
        last._today, last._known = self._today, self._known
        return last

    @cached_property
    def _today(self):
        return areas_of(self.departement)

    @cached_property
    def _known(self):
        """{key: situation}, archived ones included."""
        return {need.pk: need for need in Situation.everything.order_by("order", "pk")}

    @property
    def in_use(self):
        """The situations that are not archived, in the order of the home page."""
        return [need for need in self._known.values() if not need.archived_at]

    @cached_property
    def areas(self):
        """Those of today, those that were counted this year and are no more, then None."""
        counted = {area for _, _, area in self._counts} - {area.pk for area in self._today}
        gone = Territory.objects.filter(
            pk__in=counted, kind=Territory.Kind.EPCI, departement=self.departement
        )
        return [*self._today, *(gone.order_by("search_key", "pk") if counted else []), None]

    @cached_property
    def _counts(self):
        """{(kind, situation key or None, area key): number} of the year."""
        rows = self._rows(UseCount).values_list("kind", "situation", "area")
        return {tuple(key): number for *key, number in rows.annotate(number=Sum("number"))}

    @cached_property
    def _needs(self):
        """{key of a situation: the one that its demands are told under}.

        One that was merged into another counts there; one that was archived alone, or merged after
        this year, keeps a line of its own for the years that it was asked in.
        """
        return {pk: self._known[self._taken_by(need) or pk] for pk, need in self._known.items()}

    def _taken_by(self, need):
        is_so = need.merged_into_id and timezone.localdate(need.archived_at).year <= self.year
        return need.merged_into_id if is_so else None

    @cached_property
    def situations(self):
        """Those in use, the archived ones that somebody asked for this year, then None."""
        asked = {self._needs[pk] for _, pk, _ in self._counts if pk}
        told = sorted(dict.fromkeys(self._needs.values()), key=lambda need: bool(need.archived_at))
        return [*(need for need in told if not need.archived_at or need in asked), None]

    def _rows(self, model):
        return model.objects.filter(
            month__gte=date(self.year, 1, 1), month__lte=date(self.year, 12, 1)
        ).order_by()

    def _table(self, *kinds):
        """Rows of situations by columns of areas, the kinds added up (lists of int)."""
        columns = {area.pk: place for place, area in enumerate(self.areas) if area}
        rows = {need.pk if need else None: place for place, need in enumerate(self.situations)}
        table = [[0] * len(self.areas) for _ in self.situations]
        for (kind, situation, area), number in self._counts.items():
            if kind in kinds:
                row = rows[self._needs[situation].pk if situation else None]
                table[row][columns.get(area, len(self.areas) - 1)] += number
        return table

    @cached_property
    def _shown(self):
        """{kind: its published table, totals included}."""
        searches = self._table(Kind.SEARCH)
        return {
            Kind.SEARCH: suppression.published(searches),
            Kind.UNANSWERED: suppression.published(self._table(Kind.UNANSWERED), wholes=searches),
            "joints": suppression.published(self._table(Kind.COPY, Kind.CALL)),
        }

    @cached_property
    def total(self):
        """The `Line` of the whole year."""
        return Line("Total", self._at(-1, -1))

    @cached_property
    def by_situation(self):
        """[`Line`] of every situation, in the order of the home page."""
        return [
            Line(_label(need), self._at(row, -1), situation=need)
            for row, need in enumerate(self.situations)
        ]

    @cached_property
    def by_area(self):
        """[`Line`] of every EPCI; dangers and searches without a commune apart, then elsewhere."""
        return [
            Line(self.area_label(area), self._at(-1, column), area=area)
            for column, area in enumerate(self.areas)
        ]

    def _at(self, row, column):
        return {kind: table[row][column] for kind, table in self._shown.items()}

    @cached_property
    def cells(self):
        """[`Cell`] of every need in every area."""
        searches, without = self._shown[Kind.SEARCH], self._shown[Kind.UNANSWERED]
        return [
            Cell(need, area, self.area_label(area), searches[r][c], without[r][c])
            for r, need in enumerate(self.situations)
            for c, area in enumerate(self.areas)
        ]

    def without_answer(self):
        """The `Cell`s that somebody may act on, those with the most demands unanswered first."""
        found = [c for c in self.cells if c.unanswered and c.is_open]
        return sorted(found, key=lambda c: (-c.unanswered, c.situation.order, c.label))

    @cached_property
    def by_month(self):
        """[(first day, demands or None)] of the twelve months."""
        rows = self._rows(UseCount).filter(kind=Kind.SEARCH).annotate(n=ExtractMonth("month"))
        counts = dict(rows.values_list("n").annotate(number=Sum("number")))
        numbers, _ = suppression.published_row([counts.get(n, 0) for n in range(1, 13)])
        return [(date(self.year, n, 1), number) for n, number in enumerate(numbers, start=1)]

    @cached_property
    def reached(self):
        """{kind: numbers copied, numbers called}, None where hidden."""
        kinds = [Kind.COPY, Kind.CALL]
        counts = [sum(n for (kind, *_), n in self._counts.items() if kind == k) for k in kinds]
        return dict(zip(kinds, suppression.published_row(counts)[0], strict=True))

    @cached_property
    def by_agency(self):
        """[(words, searches)], the most first; the rest in one line, or none is told."""
        rows = self._rows(AgencyUse).values_list("agency", "agency__name")
        counts = list(rows.annotate(number=Sum("number")).order_by("agency__name"))
        accounts = _active_accounts()
        return grouped(
            [(name, number, accounts.get(pk, 0)) for pk, name, number in counts if pk],
            sum(number for pk, _, number in counts if pk is None),
            accounts.get(None, 0),
        )

    def area_label(self, area):
        if area is None:
            return ELSEWHERE
        return WHOLE if area == self.departement else area.name


def areas_of(departement):
    """The EPCI of a département and its communes that have none, by name, then itself."""
    if departement is None:
        return []
    inside = Territory.objects.communes().filter(departement=departement)
    epci = Territory.objects.filter(pk__in=inside.values("epci"))
    alone = inside.filter(epci=None)
    return [*(epci | alone).order_by("search_key", "pk"), departement]


def grouped(agencies, others, other_accounts):
    """[(words, searches)] of agencies of three active accounts or more; the rest is one line.

    `agencies`: (name, searches, active accounts). The line of the rest has three accounts and five
    searches at least, or takes the agency with the fewest searches in: what an agency of two did
    is no difference of two lines.
    """
    shown = sorted(agencies, key=lambda agency: (-agency[1], agency[0]))
    kept = [a for a in shown if a[1] >= suppression.LEAST and a[2] >= counting.LEAST_ACCOUNTS]
    rest = [a for a in shown if a not in kept]
    while _is_telling(rest, others, other_accounts):
        if not kept:
            return []
        rest.append(kept.pop())
    left = others + sum(number for _, number, _ in rest)
    lines = [(name, number) for name, number, _ in kept]
    return [*lines, (OTHERS, left)] if left else lines


def _is_telling(rest, others, other_accounts):
    """Whether the line of the rest would be about too few searches or accounts."""
    searches = others + sum(number for _, number, _ in rest)
    accounts = other_accounts + sum(accounts for *_, accounts in rest)
    is_few = searches < suppression.LEAST or accounts < counting.LEAST_ACCOUNTS
    return searches > 0 and is_few


def _active_accounts():
    """{agency's key or None: active accounts}."""
    found = {}
    for agency in counting.active_accounts().values_list("agency", flat=True):
        found[agency] = found.get(agency, 0) + 1
    return found


def _label(need):
    if need is None:
        return NO_SITUATION
    return f"{need.label} (archivée)" if need.archived_at else need.label
