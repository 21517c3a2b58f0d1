"""Numbers to call and people to ask, beside the partners: helplines, danger, the landlord's own."""

from partners.models import (
    Agency,
    DangerSign,
    Helpline,
    InternalReferent,
    SituationHelpline,
    Subject,
)

FALLBACK_HELPLINES = ("sans-abri-115", "sos-amitie")
"""When a situation names no line of its own, someone still answers (rule R9)."""


def helplines(situations, place):
    """(block 4, danger strip): lines of the asked situations in their order, nothing twice.

    A line that was replaced gives way to the new one; one of another territory is left out. Hours
    never hide a line.
    """
    links = [
        (link.helpline.replaced_by or link.helpline, link.situation.is_danger)
        for link in SituationHelpline.objects.filter(situation__in=situations)
        .select_related("situation", "helpline__replaced_by")
        .order_by("situation__order", "order", "pk")
    ]
    here = [(line, is_danger) for line, is_danger in links if line.zone_id in place.zones]
    strip = _unique(line for line, is_danger in here if is_danger and line.is_danger)
    lines = _unique(line for line, _ in here) or _fallback()
    return [line for line in lines if line not in strip], strip


def danger_message(situations):
    """The sentence (str) of the danger signs that bear the name of an asked situation."""
    slugs = [situation.slug for situation in situations if situation.is_danger]
    signs = DangerSign.objects.filter(slug__in=slugs).order_by("pk")
    return " ".join(sign.message for sign in signs)


def referents(situations, place):
    """(block 0, the social-link team): the landlord's own people, in the agency of the place."""
    agencies = Agency.objects.filter(sector__in=place.zones)
    people = InternalReferent.objects.filter(agency__in=agencies).select_related("agency")
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
