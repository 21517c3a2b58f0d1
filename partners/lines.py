"""Numbers to call and people to ask, beside the partners: helplines, danger, the landlord's own."""

from partners import handbook
from partners.models import Subject

FALLBACK_HELPLINES = ("sans-abri-115", "sos-amitie")
"""When a situation names no line of its own, someone still answers (rule R9)."""


def helplines(situations, place, *, signs=()):
    """(block 4, danger strip, its sentence): lines in their order, nothing twice.

    The lines of the asked situations, and those of the signs of danger (`DangerSign`) found in what
    was typed, which come first. A line that was replaced gives way to the new one; one of another
    territory, or retired, is left out. Hours never hide a line.
    """
    book, zones = handbook.current(), place.zones
    found = [line for situation in situations for line in book.lines.get(situation.pk, ())]
    here = [line for line in sorted(found) if line.helpline.zone_id in zones]
    alarms, message = _alarms(book, situations, signs, zones)
    strip = [line.helpline for line in here if line.is_of_danger and line.helpline.is_danger]
    strip = _unique(alarms + strip)
    lines = _unique(line.helpline for line in here) or _fallback(book)
    return [line for line in lines if line not in strip], strip, message


def _alarms(book, situations, typed, zones):
    """(lines of the signs that were typed, the sentences of these and of the situations' own)."""
    own = [book.signs.get(situation.slug) for situation in situations if situation.is_danger]
    typed = sorted(typed, key=lambda sign: sign.pk)
    others = sorted(filter(None, own), key=lambda sign: sign.pk)
    told = [sign for sign in [*typed, *others] if book.alarms.get(sign.pk)]
    lines = [line for sign in typed for line in book.alarms.get(sign.pk, ())]
    messages = _unique(sign.message for sign in told)
    return [line for line in lines if line.zone_id in zones], " ".join(messages)


def referents(situations, place):
    """(block 0, the social-link team): the landlord's own people, in the agency of the place.

    Each with `agency_name`.
    """
    people = people_of(place)
    subjects = {s.internal_subject for s in situations if s.internal_subject}
    first = [person for person in people if person.subject in subjects]
    team = [person for person in people if person.subject == Subject.SOCIAL]
    return first, [person for person in team if person not in first]


def people_of(place):
    """The landlord's own people in the agencies of a place, with `agency_name` and `sector_id`."""
    return [one for one in handbook.current().people if one.sector_id in place.zones]


def _fallback(book):
    return [book.helplines[slug] for slug in FALLBACK_HELPLINES if slug in book.helplines]


def _unique(found):
    return list(dict.fromkeys(found))
