"""The register of gaps: needs that nobody answers in a territory, and who reported them."""

from dataclasses import dataclass
from datetime import datetime

import pghistory.models
from django.db import connection

from partners.models import Gap, Report, SectorCommune, Situation, Territory, User

REPORTED = """
    SELECT said.situation_id, COALESCE(place.epci_id, place.id) AS area_id, report.territory_id,
           place.epci_id, place.departement_id, count(DISTINCT report.id) AS number
    FROM partners_report report
    JOIN partners_report_situations said ON said.report_id = report.id
    JOIN partners_territory place ON place.id = report.territory_id
    WHERE report.kind = %s AND report.status <> %s
    GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True)
class Reported:
    """How many times a need was reported in one commune (keys of territories)."""

    situation_id: int
    area_id: int
    territory_id: int
    epci_id: int | None
    departement_id: int | None
    number: int

    def is_in(self, territory, sectors):
        """Whether the commune is, or is part of, this territory (key); `sectors` hold it too."""
        held = {self.territory_id, self.epci_id, self.departement_id}
        return territory in held or territory in sectors.get(self.territory_id, ())


def reported():
    """The « manques » reported for a situation and a place, but for those dropped (`Reported`)."""
    with connection.cursor() as cursor:
        cursor.execute(REPORTED, [Report.Kind.MISSING, Report.Status.DROPPED])
        return [Reported(*row) for row in cursor.fetchall()]


def count_reports(gaps):
    """{gap's key: reports of its need in its territory}, of a few gaps."""
    found, sectors = reported(), _sectors(gaps)
    return {
        gap.pk: sum(
            said.number
            for said in found
            if said.situation_id == gap.situation_id and said.is_in(gap.territory_id, sectors)
        )
        for gap in gaps
    }


def _sectors(gaps):
    """{commune's key: the sectors of these gaps that hold it}."""
    drawn = [gap.territory_id for gap in gaps if gap.territory.kind == Territory.Kind.SECTOR]
    held = {}
    if drawn:
        members = SectorCommune.objects.filter(sector__in=drawn)
        for sector, commune in members.values_list("sector", "commune"):
            held.setdefault(commune, set()).add(sector)
    return held


def by_cell():
    """{(situation's key, territory's key): its `Gap`}: what the coverage board marks."""
    gaps = Gap.objects.all()
    return {(gap.situation_id, gap.territory_id): gap for gap in gaps}


@dataclass(frozen=True)
class Unregistered:
    """A need that people reported and that the register does not hold yet."""

    situation: Situation
    territory: Territory
    number: int


def unregistered():
    """What people reported, by situation and EPCI, without a gap there or in a wider territory.

    The most reported first (list of `Unregistered`).
    """
    known = list(Gap.objects.select_related("territory"))
    sectors, totals = _sectors(known), {}
    for said in reported():
        if not any(
            gap.situation_id == said.situation_id and said.is_in(gap.territory_id, sectors)
            for gap in known
        ):
            key = said.situation_id, said.area_id
            totals[key] = totals.get(key, 0) + said.number
    situations = Situation.objects.in_bulk({situation for situation, _ in totals})
    territories = Territory.objects.in_bulk([area for _, area in totals])
    found = [
        Unregistered(situations[s], territories[t], n)
        for (s, t), n in totals.items()
        if s in situations  # the archived ones wait for nobody
    ]
    return sorted(found, key=lambda u: (-u.number, u.situation.order, u.territory.search_key))


@dataclass(frozen=True)
class Step:
    """A state that a gap came into: when, its words, and who wrote it ("" when unknown)."""

    at: datetime
    label: str
    who: str


def steps(gap):
    """The states of a gap since it was written down (list of `Step`), the first first."""
    events = pghistory.models.Events.objects.tracks(gap).order_by("pgh_created_at", "pgh_id")
    found = [event for event in events if event.pgh_diff is None or "status" in event.pgh_diff]
    users = User.objects.in_bulk({(e.pgh_context or {}).get("user") for e in found} - {None})
    return [_step(event, users) for event in found]


def _step(event, users):
    user = users.get((event.pgh_context or {}).get("user"))
    label = Gap.Status(event.pgh_data["status"]).label
    return Step(event.pgh_created_at, label, user.email if user else "")
