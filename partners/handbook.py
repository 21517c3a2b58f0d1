"""What every search needs and managers seldom change: situations, numbers to call, our own people.

Read once per process, and again when the history of one of these tables has grown. The query that
finds the account of a request tells (`note`), so that a page of results asks for none of them; who
searches without an account, or outside a request, asks for the version first.
"""

from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import NamedTuple

from django.db import connection

from cartographie.postgresql import Prepared
from cartographie.postgresql.rows import read
from partners.models import (
    Agency,
    DangerSign,
    DangerSignHelpline,
    Helpline,
    InternalReferent,
    Situation,
    SituationHelpline,
)
from partners.models.history import ends_of

VERSION_SQL = ends_of(
    [
        *(Situation, SituationHelpline, Helpline, DangerSign, DangerSignHelpline),
        *(InternalReferent, Agency),
    ]
)

KEPT = 60
"""Seconds. Of two changes at once, the one that began first may end last: then no version tells."""


class Line(NamedTuple):
    """A number of a situation: `order` is its place among those of any situations."""

    order: tuple
    helpline: Helpline
    is_of_danger: bool


@dataclass
class Handbook:
    """Nothing of it may be changed: all requests of a process share it.

    `situations` by slug, those merged into another under their own slug too, without those put
    away; `lines` by situation and `alarms` by sign of danger, by primary key, those in service, in
    the place of those that they replaced; `people` in their order, each with `agency_name` and
    `sector_id`.
    """

    situations: dict[str, Situation] = field(default_factory=dict)
    lines: dict[int, list[Line]] = field(default_factory=lambda: defaultdict(list))
    signs: dict[str, DangerSign] = field(default_factory=dict)
    alarms: dict[int, list[Helpline]] = field(default_factory=lambda: defaultdict(list))
    helplines: dict[str, Helpline] = field(default_factory=dict)
    people: list[InternalReferent] = field(default_factory=list)


@dataclass
class Kept:
    """The handbook of this process, the version that it had when it was read, and when."""

    lock: Lock = field(default_factory=Lock)
    version: object = None
    book: Handbook | None = None
    read_at: float = 0


_kept = Kept()
_noted: ContextVar[list | None] = ContextVar("noted", default=None)


@contextmanager
def request():
    """During a request: the version that `note` is told holds until its end."""
    before = _noted.set([])
    try:
        yield
    finally:
        _noted.reset(before)


def note(version):
    """Tell the version (`VERSION_SQL`) of now; outside a request nobody knows how long it holds."""
    noted = _noted.get()
    if noted is not None:
        noted[:] = [version]


def situations(slugs):
    """{slug: situation} of those of these slugs that can be asked for, in their fixed order."""
    known = current().situations
    found = [(slug, known[slug]) for slug in slugs if slug in known]
    return dict(sorted(found, key=lambda pair: (pair[1].order, pair[1].pk)))


def current():
    """The handbook (`Handbook`) as it stands, in one short query at most unless it changed."""
    version = _version()
    with _kept.lock:
        is_fresh = monotonic() - _kept.read_at < KEPT
        if _kept.book is None or _kept.version != version or not is_fresh:
            _kept.book, _kept.version, _kept.read_at = _read(), version, monotonic()
        return _kept.book


def _version():
    if noted := _noted.get():
        return noted[0]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {VERSION_SQL}")
        version = cursor.fetchone()[0]
    note(version)
    return version


# Reading


SITUATIONS_SQL = Prepared("""
    SELECT known.*, asked.slug AS asked
    FROM partners_situation asked
    JOIN partners_situation known ON known.id = COALESCE(asked.merged_into_id, asked.id)
    WHERE known.archived_at IS NULL
""")
"""The one that another was merged into answers in its name."""

LINES_SQL = Prepared("""
    SELECT situation.id AS situation_id, situation.is_danger,
           ARRAY[situation.order, link.order, link.id] AS place, line.id
    FROM partners_situationhelpline link
    JOIN partners_situation situation ON situation.id = link.situation_id
    JOIN partners_helpline named ON named.id = link.helpline_id
    JOIN partners_helpline line ON line.id = COALESCE(named.replaced_by_id, named.id)
    WHERE line.status = 'actif'
    ORDER BY place
""")
ALARMS_SQL = Prepared("""
    SELECT link.sign_id, line.id
    FROM partners_dangersignhelpline link
    JOIN partners_helpline named ON named.id = link.helpline_id
    JOIN partners_helpline line ON line.id = COALESCE(named.replaced_by_id, named.id)
    WHERE line.status = 'actif'
    ORDER BY link.sign_id, link.order, link.id
""")
PEOPLE_SQL = Prepared("""
    SELECT person.*, agency.name AS agency_name, agency.sector_id
    FROM partners_internalreferent person JOIN partners_agency agency ON agency.id = agency_id
    ORDER BY agency.name, person.id
""")


def _read():
    book = Handbook(people=read(InternalReferent, PEOPLE_SQL, []))
    for situation in read(Situation, SITUATIONS_SQL, []):
        book.situations[situation.asked] = situation
    lines = {line.pk: line for line in Helpline.objects.active()}
    book.helplines = {line.slug: line for line in lines.values()}
    book.signs = {sign.slug: sign for sign in DangerSign.objects.order_by("pk")}
    with connection.cursor() as cursor:
        cursor.execute(LINES_SQL, [])
        for situation, is_danger, place, line in cursor.fetchall():
            book.lines[situation].append(Line(tuple(place), lines[line], is_danger))
        cursor.execute(ALARMS_SQL, [])
        for sign, line in cursor.fetchall():
            book.alarms[sign].append(lines[line])
    return book
