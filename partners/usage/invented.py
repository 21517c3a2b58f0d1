"""Invented counters for the demonstration: two years of searches, the same each time."""

from datetime import date
from random import Random

from django.db import transaction

from partners.models import AgencyUse, Situation, UseCount
from partners.places import home_departement
from partners.usage import counting, figures

Kind = UseCount.Kind
MONTHS = 20
BUSY = 12
"""Demands of a need in a month in the most peopled area, where none is asked for more."""


@transaction.atomic
def write():
    """Counters of the months gone by, if there are none yet."""
    departement = home_departement()
    if departement is None or UseCount.objects.exists() or AgencyUse.objects.exists():
        return
    chance = Random(85)  # noqa: S311
    areas = figures.areas_of(departement)
    months = _months_before(counting.this_month())
    rows = []
    for rank, situation in enumerate(Situation.objects.order_by("order", "pk")):
        for place, area in enumerate(_areas_of(situation, areas, departement)):
            weight = BUSY / (1 + 0.5 * place) / (1 + 0.12 * rank)
            for month in months:
                rows += _rows(chance, month, situation, area, weight)
    UseCount.objects.bulk_create(rows)
    AgencyUse.objects.bulk_create(
        [AgencyUse(month=month, number=chance.randrange(90, 160)) for month in months]
    )


def _areas_of(situation, areas, departement):
    """A danger is counted for the whole département (rule R4)."""
    return [departement] if situation.is_danger else areas


def _rows(chance, month, situation, area, weight):
    asked = round(chance.expovariate(1 / weight))
    without = round(asked * chance.random() ** 4)
    copied, called = (round(asked * chance.uniform(0.2, 0.7)) for _ in range(2))
    numbers = {Kind.SEARCH: asked, Kind.UNANSWERED: without, Kind.COPY: copied, Kind.CALL: called}
    return [
        UseCount(month=month, kind=kind, situation=situation, area=area, number=number)
        for kind, number in numbers.items()
        if number
    ]


def _months_before(month):
    """The first days of the months that ended before this one, the first first."""
    count = month.year * 12 + month.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(count - MONTHS, count)]
