"""Numbers to call and people to ask, beside the partners: helplines, danger, the landlord's own."""

from django.db.models import Prefetch, Q

from partners.models import (
    DangerSign,
    DangerSignHelpline,
    Helpline,
    InternalReferent,
    Subject,
)

FALLBACK_HELPLINES = ("sans-abri-115", "sos-amitie")
"""When a situation names no line of its own, someone still answers (rule R9)."""


def helplines(situations, place, *, signs=()):
    """(block 4, danger strip, its sentence): lines in their order, nothing twice.

    The lines of the asked situations, and those of the signs of danger (`DangerSign`) found in what
    was typed, which come first. A line that was replaced gives way to the new one; one of another
    territory is left out. Hours never hide a line.
    """
    zones = list(place.zones)
    found = Helpline.objects.raw(LINES_SQL, [[need.pk for need in situations], zones])
    here = [(line, line.of_danger) for line in found]
    signs = _signs(situations, signs)
    alarms = [line for sign in signs for line in _lines_of(sign)]
    strip = [line for line, is_danger in here if is_danger and line.is_danger]
    strip = _unique([line for line in alarms if line.zone_id in place.zones] + strip)
    lines = _unique(line for line, _ in here) or _fallback()
    message = " ".join(sign.message for sign in signs)
    return [line for line in lines if line not in strip], strip, message


LINES_SQL = """
    SELECT line.*, situation.is_danger AS of_danger
    FROM partners_situationhelpline link
    JOIN partners_situation situation ON situation.id = link.situation_id
    JOIN partners_helpline named ON named.id = link.helpline_id
    JOIN partners_helpline line ON line.id = COALESCE(named.replaced_by_id, named.id)
    WHERE link.situation_id = ANY(%s) AND line.zone_id = ANY(%s)
    ORDER BY situation.order, link.order, link.id
"""


def _signs(situations, typed):
    """The signs of danger that were typed, then those that bear the name of a situation."""
    slugs = [situation.slug for situation in situations if situation.is_danger]
    if not slugs and not typed:
        return []
    asked = Q(slug__in=slugs) | Q(pk__in=[sign.pk for sign in typed])
    links = DangerSignHelpline.objects.select_related("helpline__replaced_by")
    signs = DangerSign.objects.filter(asked).prefetch_related(
        Prefetch("helpline_links", links.order_by("order", "pk"), to_attr="ordered_links")
    )
    keys = {sign.pk for sign in typed}
    for sign in signs:
        sign.is_typed = sign.pk in keys
    return sorted(signs, key=lambda sign: (not sign.is_typed, sign.pk))


def _lines_of(sign):
    """Those of a sign that was typed; a chosen situation has its own."""
    if not sign.is_typed:
        return []
    return [link.helpline.replaced_by or link.helpline for link in sign.ordered_links]


def referents(situations, place):
    """(block 0, the social-link team): the landlord's own people, in the agency of the place."""
    people = InternalReferent.objects.filter(agency__sector__in=place.zones)
    people = people.select_related("agency")
    people = list(people.order_by("agency__name", "pk"))
    subjects = {s.internal_subject for s in situations if s.internal_subject}
    first = [person for person in people if person.subject in subjects]
    team = [person for person in people if person.subject == Subject.SOCIAL]
    return first, [person for person in team if person not in first]


def _fallback():
    by_slug = Helpline.objects.active().in_bulk(FALLBACK_HELPLINES, field_name="slug")
    return [by_slug[slug] for slug in FALLBACK_HELPLINES if slug in by_slug]


def _unique(found):
    return list(dict.fromkeys(found))
