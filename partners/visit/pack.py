"""The whole pack, in a constant number of queries."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils import timezone

from partners import known, phones
from partners.models import Audience, Situation, Territory, User
from partners.search.results import GENERALIST_TYPES, ORDER_RULE
from partners.visit.ground import Ground
from partners.visit.lines import Lines
from partners.visit.records import Records, cards_of
from partners.visit.rows import Row
from partners.visit.timetable import Timetable
from partners.words.tables import tables

FORMAT = 3
KEPT = timedelta(days=7)
MOST_RECORDS = 2500
"""Records of a pack: the national directories of a whole département do not fit a telephone."""


class TooLarge(ValueError):
    """More than `MOST_RECORDS` records; the message is in French, for who asked."""


def pack_of(territory: Territory, user: User, at: datetime, *, situations=None) -> Row:
    """The pack of a sector, EPCI or département for an account, from `at` (aware) on.

    `situations`: those chosen; None for all. Raises `TooLarge`.
    """
    ground = Ground(territory)
    cards = cards_of(ground, situations, at, most=MOST_RECORDS)
    if len(cards) > MOST_RECORDS:
        raise TooLarge(
            f"Plus de {MOST_RECORDS} fiches\u00a0: c'est trop pour un téléphone. "
            "Choisissez un secteur plus petit, ou quelques situations."
        )
    day = timezone.localdate(at)
    timetable = Timetable(day - timedelta(days=1))
    lines = Lines(ground)
    every = list(Situation.objects.with_words().order_by("order", "pk"))
    chosen = every if situations is None else [one for one in every if one in situations]
    return {
        **_about(territory, user, at),
        "chosen": None if situations is None else [one.slug for one in chosen],
        "first_day": timetable.first_day.isoformat(),
        "holidays": timetable.holidays(),
        "publics": dict(Audience.choices),
        "generalists": [str(kind) for kind in GENERALIST_TYPES],
        "order_rule": ORDER_RULE,
        "zones": ground.zones(),
        "communes": ground.communes(),
        "situations": lines.situations(chosen, user),
        "helplines": lines.rows(),
        "fallback": lines.fallback(),
        "signs": lines.signs(),
        "referents": lines.referents(),
        "records": Records(cards, ground, timetable).rows(),
        "hours": timetable.rows,
        "outlines": ground.outlines(),
        "words": tables(known.lexicon().vocabulary),
    }


def _about(territory, user, at):
    local = timezone.localtime(at)
    return {
        "format": FORMAT,
        "app": getattr(staticfiles_storage, "manifest_hash", ""),
        "prepared_at": local.isoformat(timespec="seconds"),
        "expires_at": (local + KEPT).isoformat(timespec="seconds"),
        "sector": {"code": territory.code, "kind": territory.kind, "name": territory.name},
        "landlord": {"name": settings.LANDLORD_NAME, "color": settings.LANDLORD_COLOR},
        "agency": _agency(user.agency),
    }


def _agency(agency):
    if agency is None:
        return None
    shown, href = phones.display(agency.phone), phones.href(agency.phone)
    return {"name": agency.name, "phone": shown, "href": href}
