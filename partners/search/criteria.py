"""What is asked of the search."""

from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property

from partners.coverage import Place
from partners.matches import BITS
from partners.models import DangerSign, Situation

GROUPS = {}
"""{filter: the bits of all its values}: choosing a value takes the place of another."""

for (_name, _value), _bit in BITS.items():
    GROUPS[_name] = GROUPS.get(_name, 0) | _bit


@dataclass(frozen=True)
class Criteria:
    """What is asked. `place` is never None: without a commune it is the sector of the account.

    `text` are the words that stand for no situation and no commune (rule R3: from a body only).
    `dangers` are the signs found in what was typed. The rest are filters, by the names of `BITS`.
    """

    place: Place
    at: datetime
    situations: tuple[Situation, ...] = ()
    text: str = ""
    dangers: tuple[DangerSign, ...] = ()
    is_open_now: bool = False
    is_open_late: bool = False
    is_at_home: bool = False
    is_without_appointment: bool = False
    is_on_site: bool = False
    is_by_phone: bool = False
    is_remote: bool = False
    is_free: bool = False
    has_convention: bool = False
    is_verified: bool = False
    mobiliser: str = ""
    help_kind: str = ""
    audience: str = ""

    @property
    def communes(self):
        return self.place.communes if self.place.is_exact else ()

    @property
    def is_danger(self):
        """Whether nothing of this search may stay in a cache (rule R7)."""
        return bool(self.dangers) or any(situation.is_danger for situation in self.situations)

    @cached_property
    def mask(self):
        """The bits that a record must have to pass every filter (int)."""
        wanted = 0
        for name in FILTERS:
            if value := getattr(self, name):
                wanted |= BITS.get((name, "" if value is True else value), 0)
        return wanted

    @property
    def is_filtered(self):
        return any(getattr(self, name) for name in FILTERS)

    @property
    def has_touched_filter(self):
        """Whether a button of the page narrows it; a kind of help and a public may be asked for."""
        return any(getattr(self, name) for name in FILTERS if name not in ("help_kind", "audience"))


FILTERS = tuple(field.name for field in fields(Criteria) if field.name in GROUPS)
