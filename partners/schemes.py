"""All that an adviser reads around a record: who instructs, papers, steps, who decides, what next.

One query brings the rows of all records asked in JSON; the models make them rows again. Another one
brings the records that they lead to.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.postgres.fields import ArrayField
from django.db import connection

from cartographie.postgresql import Prepared
from cartographie.postgresql.rows import hold
from partners import doors, permissions
from partners.coverage import Place
from partners.doors import Doors
from partners.hours import french
from partners.models import (
    Alternative,
    Ceiling,
    CoverageZone,
    Document,
    Instance,
    Listing,
    ListingSituation,
    Meeting,
    Paper,
    Relation,
    SchemeDetails,
    SchemeRole,
    Situation,
    Step,
    Territory,
    Verification,
)

NEXT_MEETINGS = 3
Role = SchemeRole.Role
ROLES = [Role.CARRIER, Role.OPERATOR, Role.FUNDER, Role.PRESCRIBER]


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
    ceilings: list[Ceiling] = field(default_factory=list)


@dataclass(frozen=True)
class Page(Whole):
    """And what the page of a record tells besides, seen by an account.

    `checks` are the latest first; `relation` is for those who may see it. `related`: other records
    with their `link`.
    """

    needs: list[ListingSituation] = field(default_factory=list)
    zones: list[CoverageZone] = field(default_factory=list)
    checks: list[Verification] = field(default_factory=list)
    relation: Relation | None = None
    alternatives: list[Alternative] = field(default_factory=list)
    related: list[Listing] = field(default_factory=list)


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
NEEDS = """(
    SELECT jsonb_agg(to_jsonb(x) || jsonb_build_object('situation', to_jsonb(s) - 'synonyms')
                     ORDER BY s."order", x.id)
    FROM partners_listingsituation x JOIN partners_situation s ON s.id = x.situation_id
    WHERE x.listing_id = asked.pk
)"""
TERRITORY = "jsonb_build_object('id', t.id, 'kind', t.kind, 'code', t.code, 'name', t.name)"
ZONES = f"""(
    SELECT jsonb_agg(to_jsonb(x) || jsonb_build_object('territory', {TERRITORY})
                     ORDER BY t.kind, t.search_key, t.id)
    FROM partners_coveragezone x JOIN partners_territory t ON t.id = x.territory_id
    WHERE x.listing_id = asked.pk
)"""
ROLES_HELD = """(
    SELECT jsonb_agg(to_jsonb(x) ORDER BY id) FROM partners_schemerole x
    WHERE x.scheme_id = asked.pk OR x.structure_id = asked.pk
)"""
BRANCHES = "(SELECT jsonb_agg(id) FROM partners_listing WHERE parent_id = asked.pk)"
AROUND = {
    "details": _rows("schemedetails", "listing", order="id"),
    "papers": _rows("paper", "listing"),
    "documents": SHORT_DOCUMENTS,
    "steps": _rows("step", "scheme"),
    "ceilings": _rows("ceiling", "scheme", order="label, valid_from DESC, id"),
    "instances": INSTANCES,
    "doors": f"({doors.ALL})",
}
OF_SCHEMES = {"details", "steps", "ceilings", "instances", "doors", "alternatives"}
BESIDES = {
    "needs": NEEDS,
    "zones": ZONES,
    "checks": _rows("verification", "listing", order="checked_on DESC, id DESC"),
    "relations": _rows("relation", "listing", order="id"),
    "alternatives": _rows("alternative", "scheme"),
    "roles": ROLES_HELD,
    "branches": BRANCHES,
}
CHECKED = {name: AROUND[name] for name in ("steps", "ceilings")} | {"checks": BESIDES["checks"]}


def _statement(parts):
    return Prepared(
        f"SELECT asked.pk, {', '.join(parts.values())} FROM unnest(%(pks)s::int[]) asked(pk)"
    )


AROUND_ALONE, ALL, HELD = map(_statement, (AROUND, AROUND | BESIDES, CHECKED))


def page(listing: Listing, place: Place, user, day) -> Page:
    """All of it, seen from a place on a day, with the other records that an account may open.

    `listing` holds its situations and zones from now on.
    """
    [parts] = _parts([listing], ALL, AROUND | BESIDES, day)
    needs = [_with(ListingSituation, facts, situation=Situation) for facts in parts["needs"]]
    zones = [_with(CoverageZone, facts, territory=Territory) for facts in parts["zones"]]
    hold(listing, situation_links=needs, zone_links=zones)
    links = _Links(listing, parts)
    others = links.others(user)
    return Page(
        **_around(parts, place, day),
        needs=needs,
        zones=zones,
        checks=[row_of(Verification, facts) for facts in parts["checks"]],
        relation=next((row_of(Relation, facts) for facts in parts["relations"]), None),
        alternatives=links.alternatives(others),
        related=links.related(others),
    )


def whole(listing: Listing, place: Place, day) -> Whole:
    """What stands around a record, seen from a place on a day."""
    return wholes([listing], place, day)[listing.pk]


def wholes(listings: Iterable[Listing], place: Place, day) -> dict[int, Whole]:
    """{key of a record: its `Whole`}; one query."""
    asked = list(listings)
    found = _parts(asked, AROUND_ALONE, AROUND, day)
    return {
        listing.pk: Whole(**_around(parts, place, day))
        for listing, parts in zip(asked, found, strict=True)
    }


def hold_rows(listings: Iterable[Listing], day) -> None:
    """Give records their checks, steps and ceilings: `listing.steps.all()` then asks nothing."""
    asked = list(listings)
    names = {"verifications": (Verification, "checks")}
    names |= {"steps": (Step, "steps"), "ceilings": (Ceiling, "ceilings")}
    for listing, parts in zip(asked, _parts(asked, HELD, CHECKED, day), strict=True):
        for name, (model, part) in names.items():
            hold(listing, **{name: [row_of(model, facts) for facts in parts[part]]})


def _parts(listings, statement, parts, day):
    """[{name of a part: its rows}], in the order of `listings`."""
    if not listings:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, {"pks": [listing.pk for listing in listings], "day": day})
        rows = {pk: found for pk, *found in cursor}
    return [
        {
            name: json.loads(text) if text and _may_have(listing, name) else []
            for name, text in zip(parts, rows[listing.pk], strict=True)
        }
        for listing in listings
    ]


def _may_have(listing, part):
    """A structure that was a scheme once keeps its rows, and shows none of them."""
    return listing.kind == Listing.Kind.SCHEME or part not in OF_SCHEMES


def _around(parts, place, day):
    """The fields of a `Whole`."""
    documents = [row_of(Document, facts) for facts in parts["documents"]]
    return {
        "doors": doors.seen_from(parts["doors"], place),
        "details": _details(parts["details"], day),
        "papers": [row_of(Paper, facts) for facts in parts["papers"]],
        "documents": documents,
        "steps": _steps(parts["steps"], documents),
        "instances": [_instance(facts) for facts in parts["instances"]],
        "ceilings": _ceilings(parts["ceilings"], day),
    }


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


def _with(model, facts, **named):
    """A row, and what its foreign keys of these names lead to."""
    found = row_of(model, facts)
    for name, other in named.items():
        setattr(found, name, row_of(other, facts[name]))
    return found


class _Links:
    """The records that one leads to: « sinon, voir plutôt », its structures, schemes, branches."""

    def __init__(self, listing, parts):
        self.listing = listing
        self._alternatives = [row_of(Alternative, facts) for facts in parts["alternatives"]]
        self._branches = set(parts["branches"])
        self._held = {}
        for facts in parts["roles"]:
            ends = {facts["scheme_id"], facts["structure_id"]}
            for other in ends - {listing.pk}:
                self._held.setdefault(other, []).append(facts["role"])

    def others(self, user):
        """{key: record} of those that an account may open."""
        keys = {row.other_id for row in self._alternatives} | self._near()
        return permissions.visible(Listing.objects.order_by(), user).in_bulk(keys) if keys else {}

    def alternatives(self, others):
        found = [row for row in self._alternatives if row.other_id in others]
        for row in found:
            row.other = others[row.other_id]
        return found

    def related(self, others):
        """Its parent and branches; for a scheme its structures, for a structure its schemes.

        Each with its `link`, who carries, runs or pays first.
        """
        found = [others[pk] for pk in self._near() if pk in others]
        for other in found:
            other.link = self._link(other)
        return sorted(found, key=lambda one: (self._first_role(one), one.search_key, one.pk))

    def _near(self):
        parent = {self.listing.parent_id} - {None}
        return parent | self._branches | set(self._held)

    def _first_role(self, other):
        return min(map(ROLES.index, self._held.get(other.pk, [])), default=-1)

    def _link(self, other):
        """What a record is to the other, in a word: « porteur, financeur », « antenne »."""
        roles = sorted(self._held.get(other.pk, []), key=ROLES.index)
        held = [Role(role).label for role in roles]
        if other.pk == self.listing.parent_id:
            held.append("dont elle dépend")
        if other.pk in self._branches:
            held.append("antenne")
        is_ours = other.kind == Listing.Kind.SCHEME and roles
        return f"en est {french.join(held)}" if is_ours else french.join(held)


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
