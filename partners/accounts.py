"""Who may sign in, and whose a session is."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db import connection

from cartographie.postgresql import Prepared
from partners import acronyms, call_guides, handbook
from partners.models import Agency, Territory, User

TABLES = ((User, "account"), (Agency, "agency"), (Territory, "sector"))
COLUMNS = f"""
    {acronyms.VERSION_SQL}, {call_guides.VERSION_SQL}, {handbook.VERSION_SQL},
    {", ".join(f"{a}.{f.column}" for m, a in TABLES for f in m._meta.concrete_fields)}
"""
TABLES_SQL = """
    partners_user account
    LEFT JOIN partners_agency agency ON agency.id = account.agency_id
    LEFT JOIN partners_territory sector ON sector.id = agency.sector_id
"""
USER_SQL = Prepared(f"SELECT {COLUMNS} FROM {TABLES_SQL} WHERE account.id = %s::int")
SESSION_SQL = Prepared(f"""
    SELECT session_data, session.user_id, seen_on, {COLUMNS}
    FROM partners_session session LEFT JOIN ({TABLES_SQL}) ON account.id = session.user_id
    WHERE session_key = %s::varchar AND expire_date > %s::timestamptz
""")
"""By hand: every page begins so, and composing it took longer than running it. The versions of the
glossary, the call guides and the handbook come along, so that they cost no query of their own."""


class Opened(NamedTuple):
    """What a session of the database says: its data, whose it is, the day it was last used."""

    session_data: str
    user_id: int | None
    seen_on: date


_met: ContextVar[dict[int, tuple] | None] = ContextVar("met", default=None)


@contextmanager
def request():
    """During a request: the account that came with the session is read no second time."""
    before = _met.set({})
    try:
        yield
    finally:
        _met.reset(before)


def session(key, now):
    """The session (`Opened`) of this key that has not expired at `now`, None without any."""
    with connection.cursor() as cursor:
        cursor.execute(SESSION_SQL, [key, now])
        row = cursor.fetchone()
    if row is None:
        return None
    opened, met = Opened(*row[:3]), _met.get()
    if met is not None and opened.user_id:
        met[opened.user_id] = row[3:]
    return opened


class AccountBackend(ModelBackend):
    """E-mail and password; a demonstration account is refused outside the demonstration."""

    def get_user(self, user_id):
        """With its agency, which every page names, and the sector that searches begin with."""
        row = (_met.get() or {}).pop(user_id, None)
        if row is None:
            with connection.cursor() as cursor:
                cursor.execute(USER_SQL, [user_id])
                row = cursor.fetchone()
        if row is None:
            return None
        acronyms.note(row[0])
        call_guides.note(row[1])
        handbook.note(row[2])
        user = _joined(row[3:])
        return user if self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)


def _joined(row):
    """The account of a row of `USER_SQL`, its agency and its sector in their places."""
    values = iter(row)
    user, agency, sector = (
        model.from_db(
            connection.alias,
            [field.attname for field in model._meta.concrete_fields],
            [next(values) for _ in model._meta.concrete_fields],
        )
        for model, _ in TABLES
    )
    if user.agency_id:
        agency.sector = sector
        user.agency = agency
    return user


def locked_name(request, credentials=None):
    """The name failures are counted under: what was typed, in one form, 255 characters at most."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return typed.strip().lower()[:255]
