"""« Guide d'appel »: what to say and to ask for a situation, the agency's own words first.

They are read once per process. The query that finds the account of a request tells whether one has
changed since (`note`), so that no page of results asks for them.
"""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from partners.models import Agency, AgencyCallGuide, CallGuide
from partners.models.history import ends_of

WORDS = ("opening", "questions", "red_flags", "not_to_promise", "escalate_to")
"""What a guide says, in the order of a call."""


@dataclass(frozen=True)
class Guide:
    """The guide of a situation (its label) for one agency.

    `is_proposed`: provided with the product, and read again by nobody yet. `is_own`: the agency
    says something of it otherwise.
    """

    situation: str
    opening: str
    questions: list[str]
    red_flags: list[str]
    not_to_promise: str
    escalate_to: str
    is_proposed: bool
    is_own: bool


@dataclass
class Known:
    """The words of this process: `version` is the end of their history when they were read."""

    version: object = None
    is_read: bool = False
    common: dict[int, dict] = field(default_factory=dict)  # by situation
    own: dict[tuple[int, int], dict] = field(default_factory=dict)  # by situation and agency


_known = Known()
VERSION_SQL = ends_of([CallGuide, AgencyCallGuide])


def note(version):
    """Tell the version of the guides (`VERSION_SQL`); what is known of another is forgotten."""
    if version != _known.version:
        _known.version, _known.is_read = version, False


def of(situations, agency_id):
    """The guides (list of `Guide`) of these situations, in their order.

    `agency_id` is the key of the agency of the account, or None. A situation without any guide is
    left out.
    """
    if situations and not _known.is_read:
        _read()
    guides = [_guide(situation, agency_id) for situation in situations]
    return [guide for guide in guides if any(getattr(guide, name) for name in WORDS)]


def agencies(situation):
    """Every agency, with `has_own_guide`: it says something otherwise of this situation."""
    own = AgencyCallGuide.objects.filter(agency=OuterRef("pk"), situation=situation)
    return Agency.objects.annotate(has_own_guide=Exists(own)).order_by("name", "pk")


def _guide(situation, agency_id):
    common = _known.common.get(situation.pk, {})
    own = _known.own.get((situation.pk, agency_id), {})
    said = {name: own.get(name) or common.get(name) or "" for name in WORDS}
    return Guide(
        situation.label,
        **said,
        is_proposed=common.get("is_proposed", False),
        is_own=any(own.get(name) for name in WORDS),
    )


def _read():
    _known.common = {
        row["situation"]: row
        for row in CallGuide.objects.values("situation", "is_proposed", *WORDS)
    }
    _known.own = {
        (row["situation"], row["agency"]): row
        for row in AgencyCallGuide.objects.values("situation", "agency", *WORDS)
    }
    _known.is_read = True
