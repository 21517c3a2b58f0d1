"""How long a checked number holds: settings REVIEW_MONTHS and URGENT_REVIEW_MONTHS, in days."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings

from partners.models import ListingSituation

MONTH = 30.44  # days


def days(*, is_urgent: bool) -> int:
    """`is_urgent`: emergency numbers, and those whose trade is a danger."""
    months = settings.URGENT_REVIEW_MONTHS if is_urgent else settings.REVIEW_MONTHS
    return round(months * MONTH)


def end_of(checked: date, links: Iterable[ListingSituation]) -> date:
    """From when on the number of a record checked that day should be checked again.

    `links` are its situations (`ListingSituation`, each with its `situation`).
    """
    core = ListingSituation.Role.CORE
    is_urgent = any(link.role == core and link.situation.is_danger for link in links)
    return checked + timedelta(days=days(is_urgent=is_urgent))
