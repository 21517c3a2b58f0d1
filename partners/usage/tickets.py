"""What the page of results carries so that it can be counted: keys only, signed, for a few hours.

A page sends its ticket back, and nothing else: nobody counts what was not shown.
"""

from dataclasses import dataclass

from django.core import signing

from partners.models.use import NOBODY

SALT = "partners.usage"
MOST_LENGTH = 200
HOURS_KEPT = 12
"""A page stays open, and its number is called, later in the day."""


@dataclass(frozen=True)
class Ticket:
    """What was asked (keys): in which area, which situations, those that nobody answers there."""

    area: int
    situations: tuple[int, ...]
    unanswered: tuple[int, ...] = ()


def of_results(results):
    """The ticket (str) of an answered search; "" for what is not a new demand.

    A filter that is touched asks for the same thing again. Communes of several départements are
    one name that several places share: the search is counted once one of them is chosen.
    """
    area = area_of(results.criteria)
    if area is None or results.criteria.has_touched_filter:
        return ""
    asked = [situation.pk for situation in results.criteria.situations]
    without = [situation.pk for situation in results.unserved]
    if not asked and not results.total:
        without = [NOBODY]
    return write(Ticket(area, tuple(asked or [NOBODY]), tuple(without)))


def area_of(criteria):
    """The key of the territory that a search is counted in (rule R4), None for several.

    The EPCI, or the commune that has none; for a danger the département only, and when no commune
    was given.
    """
    departements = {commune.departement_id for commune in criteria.place.communes}
    areas = {commune.epci_id or commune.pk for commune in criteria.communes}
    if len(areas) == 1 and not criteria.is_danger:
        return areas.pop()
    return departements.pop() if len(departements) == 1 else None


def write(ticket):
    numbers = (ticket.situations, ticket.unanswered)
    parts = [str(ticket.area), *(",".join(map(str, pks)) for pks in numbers)]
    return signing.TimestampSigner(salt=SALT).sign("_".join(parts))


def read(text):
    """The `Ticket` of a signed text. Raises `django.core.signing.BadSignature`."""
    if len(text) > MOST_LENGTH:
        raise signing.BadSignature("too long")
    plain = signing.TimestampSigner(salt=SALT).unsign(text, max_age=HOURS_KEPT * 3600)
    area, situations, unanswered = plain.split("_")
    return Ticket(int(area), _keys(situations), _keys(unanswered))


def _keys(text):
    return tuple(int(key) for key in text.split(",") if key)
