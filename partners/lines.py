"""Numbers to call and people to ask, beside the partners: helplines, danger, the landlord's own."""

from cartographie.postgresql import Prepared
from cartographie.postgresql.rows import read
from partners.models import (
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
    territory, or retired, is left out. Hours never hide a line.
    """
    zones = list(place.zones)
    needs = [situation.pk for situation in situations]
    here = read(Helpline, LINES_SQL, [needs, zones])
    alarms, message = _alarms(situations, signs, zones)
    strip = _unique(alarms + [line for line in here if line.of_danger and line.is_danger])
    lines = _unique(here) or _fallback()
    return [line for line in lines if line not in strip], strip, message


LINES_SQL = Prepared("""
    SELECT line.*, situation.is_danger AS of_danger
    FROM partners_situationhelpline link
    JOIN partners_situation situation ON situation.id = link.situation_id
    JOIN partners_helpline named ON named.id = link.helpline_id
    JOIN partners_helpline line ON line.id = COALESCE(named.replaced_by_id, named.id)
    WHERE link.situation_id = ANY(%s::int[]) AND line.zone_id = ANY(%s::int[])
      AND line.status = 'actif'
    ORDER BY situation.order, link.order, link.id
""")
SIGNS_SQL = Prepared("""
    SELECT line.*, sign.message AS sign_message, sign.id = ANY(%(typed)s::int[]) AS is_typed
    FROM partners_dangersign sign
    JOIN partners_dangersignhelpline link ON link.sign_id = sign.id
    JOIN partners_helpline named ON named.id = link.helpline_id
    JOIN partners_helpline line ON line.id = COALESCE(named.replaced_by_id, named.id)
    WHERE (sign.id = ANY(%(typed)s::int[]) OR sign.slug = ANY(%(slugs)s::text[]))
      AND line.status = 'actif'
    ORDER BY is_typed DESC, sign.id, link.order, link.id
""")


def _alarms(situations, typed, zones):
    """(lines of the signs that were typed, the sentences of these and of the situations' own)."""
    slugs = [situation.slug for situation in situations if situation.is_danger]
    if not slugs and not typed:
        return [], ""
    asked = {"typed": [sign.pk for sign in typed], "slugs": slugs}
    found = read(Helpline, SIGNS_SQL, asked)
    lines = [line for line in found if line.is_typed and line.zone_id in zones]
    return lines, " ".join(_unique(line.sign_message for line in found))


def referents(situations, place):
    """(block 0, the social-link team): the landlord's own people, in the agency of the place.

    Each with `agency_name`.
    """
    people = read(InternalReferent, REFERENTS_SQL, [list(place.zones)])
    subjects = {s.internal_subject for s in situations if s.internal_subject}
    first = [person for person in people if person.subject in subjects]
    team = [person for person in people if person.subject == Subject.SOCIAL]
    return first, [person for person in team if person not in first]


REFERENTS_SQL = Prepared("""
    SELECT person.*, agency.name AS agency_name
    FROM partners_internalreferent person JOIN partners_agency agency ON agency.id = agency_id
    WHERE agency.sector_id = ANY(%s::int[])
    ORDER BY agency.name, person.id
""")


def _fallback():
    by_slug = Helpline.objects.active().in_bulk(FALLBACK_HELPLINES, field_name="slug")
    return [by_slug[slug] for slug in FALLBACK_HELPLINES if slug in by_slug]


def _unique(found):
    return list(dict.fromkeys(found))
