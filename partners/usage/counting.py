"""Adds to the counters. Several needs asked at once count once each; an agency's search once."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from partners.models import UseCount, User
from partners.models.use import NOBODY

LEAST_ACCOUNTS = 3
ACTIVE_DAYS = 90
"""An account is active when it signed in since; a session lasts two weeks."""

ADD = """
    INSERT INTO partners_usecount (month, kind, situation_id, area_id, number)
    SELECT %(month)s, asked.kind, situation.id, area.id, 1
    FROM unnest(%(kinds)s::text[], %(situations)s::int[]) AS asked (kind, situation)
    JOIN partners_territory area ON area.id = %(area)s
    LEFT JOIN partners_situation situation ON situation.id = asked.situation
    WHERE asked.situation = %(nobody)s OR situation.id IS NOT NULL
    ORDER BY asked.kind, asked.situation
    ON CONFLICT (month, kind, COALESCE(situation_id, 0), area_id)
    DO UPDATE SET number = partners_usecount.number + 1
"""
"""In one order, so that two of them never wait for each other; what was deleted is left out."""

ADD_AGENCY = """
    INSERT INTO partners_agencyuse (month, agency_id, number) VALUES (%s, %s, 1)
    ON CONFLICT (month, COALESCE(agency_id, 0))
    DO UPDATE SET number = partners_agencyuse.number + 1
"""
Kind = UseCount.Kind


def count_search(ticket, user):
    """A page of results was shown: each need, those that nobody answers, the agency."""
    _add(
        ticket.area,
        [(Kind.SEARCH, pk) for pk in ticket.situations]
        + [(Kind.UNANSWERED, pk) for pk in ticket.unanswered],
    )
    agency = user.agency_id if is_counted(user.agency_id) else None
    with connection.cursor() as cursor:
        cursor.execute(ADD_AGENCY, [this_month(), agency])


def count_number(ticket, kind):
    """A number was copied or called (`kind`), for the needs of a search."""
    _add(ticket.area, [(kind, pk) for pk in ticket.situations])


def _add(area, counted):
    if not counted:
        return
    kinds, situations = zip(*counted, strict=True)
    asked = {
        "month": this_month(),
        "area": area,
        "kinds": [str(kind) for kind in kinds],
        "situations": list(situations),
        "nobody": NOBODY,
    }
    with connection.cursor() as cursor:
        cursor.execute(ADD, asked)


def this_month():
    return timezone.localdate().replace(day=1)


def active_accounts():
    """The accounts that signed in lately (queryset)."""
    since = timezone.now() - timedelta(days=ACTIVE_DAYS)
    return User.objects.filter(is_active=True, last_login__gte=since)


def is_counted(agency):
    """Whether an agency (key or None) has enough active accounts to have figures (rule R4)."""
    if agency is None:
        return False
    return active_accounts().filter(agency=agency).count() >= LEAST_ACCOUNTS
