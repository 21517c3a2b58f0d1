"""All that an adviser reads around a record: who instructs, papers, steps, who decides, what next.

One query brings the rows of all records asked in JSON; the models make them rows again.
"""

import json
from dataclasses import dataclass, field

from django.contrib.postgres.fields import ArrayField
from django.db import connection

from cartographie.postgresql import Prepared
from partners import doors, permissions
from partners.coverage import Place
from partners.doors import Doors
from partners.models import (
    Alternative,
    Ceiling,
    Document,
    Instance,
    Listing,
    Meeting,
    Paper,
    SchemeDetails,
    Step,
)

NEXT_MEETINGS = 3


@dataclass(frozen=True)
class Whole:
    """What stands around a record; of a structure, papers and documents only.

    Documents come without their text. Each instance has `next_meetings`.
    """

    doors: Doors = field(default_factory=Doors)
    details: SchemeDetails | None = None
    papers: list[Paper] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    instances: list[Instance] = field(default_factory=list)
    alternatives: list[Alternative] = field(default_factory=list)
    ceilings: list[Ceiling] = field(default_factory=list)


def _rows(table, owner, order='"order", id'):
    return f"""(
        SELECT jsonb_agg(to_jsonb(x) ORDER BY {order})
        FROM partners_{table} x WHERE x.{owner}_id = asked.pk
    )"""


MEETINGS = f"""(
    SELECT jsonb_agg(to_jsonb(m) ORDER BY held_on, id) FROM (
        SELECT * FROM partners_meeting
        WHERE instance_id = x.id AND held_on >= %(day)s::date AND NOT is_cancelled
        ORDER BY held_on, id LIMIT {NEXT_MEETINGS}
    ) m
)"""
INSTANCES = f"""(
    SELECT jsonb_agg(to_jsonb(x) || jsonb_build_object('meetings', {MEETINGS}) ORDER BY name, id)
    FROM partners_instance x
    WHERE id IN (SELECT instance_id FROM partners_instancescheme WHERE scheme_id = asked.pk)
)"""
SHORT_DOCUMENTS = _rows("document", "listing").replace("to_jsonb(x)", "to_jsonb(x) - 'text'")
AROUND = Prepared(f"""
    SELECT asked.pk, {_rows("schemedetails", "listing", order="id")}, {_rows("paper", "listing")},
           {SHORT_DOCUMENTS}, {_rows("step", "scheme")},
           {_rows("ceiling", "scheme", order="label, valid_from DESC, id")},
           {INSTANCES}, ({doors.ALL}),
           EXISTS (SELECT FROM partners_alternative WHERE scheme_id = asked.pk)
    FROM unnest(%(pks)s::int[]) asked(pk)
""")


def whole(listing: Listing, place: Place, user, day) -> Whole:
    """All of it, seen from a place on a day."""
    return wholes([listing], place, user, day)[listing.pk]


def wholes(listings: list[Listing], place: Place, user, day) -> dict[int, Whole]:
    """{key: its `Whole`}; `has_around` comes with the listing of a card."""
    found = {listing.pk: Whole() for listing in listings}
    keys = [listing.pk for listing in listings if listing.has_around]
    if not keys:
        return found
    with connection.cursor() as cursor:
        cursor.execute(AROUND, {"pks": keys, "day": day})
        rows = {pk: around for pk, *around in cursor}
    others = _alternatives([pk for pk, row in rows.items() if row[-1]], user)
    for pk, (*around, _) in rows.items():
        found[pk] = _made(around, others.get(pk, []), place, day)
    return found


def _made(around, alternatives, place, day):
    """A `Whole` of a row of `AROUND`."""
    details, papers, documents, steps, ceilings, instances, ways_in = (
        json.loads(rows) if rows else [] for rows in around
    )
    documents = [row_of(Document, facts) for facts in documents]
    return Whole(
        doors=doors.seen_from(ways_in, place),
        details=_details(details, day),
        papers=[row_of(Paper, facts) for facts in papers],
        documents=documents,
        steps=_steps(steps, documents),
        instances=[_instance(facts) for facts in instances],
        alternatives=alternatives,
        ceilings=_ceilings(ceilings, day),
    )


def row_of(model, facts):
    """A row of a model from its columns in JSON; those that are left out are deferred."""
    found = [f for f in model._meta.concrete_fields if f.column in facts]
    values = [_value(field, facts[field.column]) for field in found]
    return model.from_db(None, [field.attname for field in found], values)


def _value(field, value):
    if isinstance(field, ArrayField):
        return [field.base_field.to_python(item) for item in value]
    return field.to_python(value)


def _details(rows, day):
    found = row_of(SchemeDetails, rows[0]) if rows else None
    if found:
        found.is_over, found.is_to_come = found.is_over_on(day), found.is_to_come_on(day)
    return found


def _steps(rows, documents):
    by_key = {document.pk: document for document in documents}
    steps = [row_of(Step, facts) for facts in rows]
    for step in steps:
        if step.document_id in by_key:
            step.document = by_key[step.document_id]
    return steps


def _instance(facts):
    instance = row_of(Instance, facts)
    instance.next_meetings = [row_of(Meeting, meeting) for meeting in facts["meetings"] or []]
    for meeting in instance.next_meetings:
        meeting.instance = instance
    return instance


def _alternatives(keys, user):
    """{key: those that this account may open} of schemes."""
    found = {}
    if keys:
        seen = permissions.visible(Listing.objects.order_by(), user)
        rows = Alternative.objects.filter(scheme__in=keys, other__in=seen).select_related("other")
        for row in rows:
            found.setdefault(row.scheme_id, []).append(row)
    return found


def _ceilings(rows, day):
    """Those of today and to come; the last one of a name that has no other, out of date."""
    found = [row_of(Ceiling, facts) for facts in rows]
    said = {row.label for row in found if not row.is_out_of_date_on(day)}
    kept = []
    for row in found:  # of each name, the latest first
        row.is_late, row.is_early = row.is_out_of_date_on(day), row.is_to_come_on(day)
        if not row.is_late or row.label not in said:
            kept.append(row)
            said.add(row.label)
    return kept
