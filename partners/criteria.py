"""The criteria of schemes, ready for the panel « Est-ce pour ce locataire ? »."""

import json
from dataclasses import dataclass

from django.db import connection

from cartographie.postgresql import Prepared
from partners import eligibility
from partners.doors import IN_SERVICE
from partners.eligibility import reading, schemes, sentences
from partners.models import Criterion, CriterionGroup, Listing, SchemeRole, Territory
from partners.schemes import row_of

MOST_SCHEMES = 12
"""On one panel: more than anybody asks about in one call."""

SHORT = "jsonb_build_object('id', {table}.id, 'name', {table}.name, 'status', {table}.status)"


@dataclass(frozen=True)
class Sheet:
    """A scheme on the panel: its groups of criteria to read, and what the browser evaluates."""

    listing: Listing
    groups: list[CriterionGroup]
    pure: schemes.Scheme
    operators: list[str]
    others: list[Listing]

    @property
    def is_assessed_elsewhere(self):
        """Whether somebody else assesses a part of it, which is never asked."""
        return any(not row.is_asked for group in self.groups for row in group.rows)


@dataclass(frozen=True)
class Panel:
    """`questions` in their order; `given`: {key: answer} of those that the commune answers."""

    sheets: list[Sheet]
    questions: list[schemes.Question]
    given: dict[str, bool]

    @property
    def payload(self):
        """What `static/js/eligibility.js` evaluates: nothing in it is of a household."""
        return {
            "schemes": [_sent(sheet) for sheet in self.sheets],
            "order": [question.key for question in self.questions],
            "given": self.given,
        }


def panel(listings, *, place=None):
    """The `Panel` of records (list), those without criteria left out; one query.

    `place` (`coverage.Place`): where the household lives, when it is known.
    """
    known = _read(listings)
    kept = [listing for listing in listings if listing.pk in known.rows]
    sheets = [_sheet(listing, known) for listing in kept]
    return panel_of(sheets, [row for found in known.rows.values() for row in found], place)


def panel_of(sheets, rows, place=None):
    """As `panel`, of sheets already made and all their criteria."""
    known = {}
    for row in rows:
        for question in reading.read(row.parameters)[0]:
            known.setdefault(question.key, question)
    asked = eligibility.questions([sheet.pure for sheet in sheets], known)
    return Panel(sheets, asked, _given(rows, place))


def sheet_of(listing, groups):
    """The `Sheet` of groups, each with its criteria in `rows`; those not saved get keys here."""
    rows = [row for group in groups for row in group.rows]
    for number, row in enumerate(rows):
        row.pk = row.pk or -1 - number
    return _sheet_of_groups(listing, groups, _read([listing]).operators.get(listing.pk, []), [])


def groups_of(listing):
    """The groups (list) of a scheme in their order, each with its criteria in `rows`."""
    groups = list(listing.criterion_groups.order_by("order", "pk"))
    rows = _read([listing]).rows.get(listing.pk, [])
    for group in groups:
        group.rows = [row for row in rows if row.group_id == group.pk]
    return groups


def restore(listing, key):
    """Write again a group (its key) that was removed from a scheme; whether it was done.

    As the events of its removal tell it; what its criteria designated may be gone since.
    """
    events = CriterionGroup.pgh_event_model.objects.filter(scheme=listing, pgh_label="delete")
    told = events.filter(pgh_obj_id=key).order_by("pgh_id").last()
    if told is None or CriterionGroup.objects.filter(pk=key).exists():
        return False
    group = _row_of(CriterionGroup, told)
    lost = Criterion.pgh_event_model.objects.filter(
        group_id=key, pgh_label="delete", pgh_created_at=told.pgh_created_at
    )
    rows = [_row_of(Criterion, event) for event in lost.order_by("pgh_id")]
    known = set(Listing.objects.in_bulk([row.redirect_id for row in rows if row.redirect_id]))
    for row in rows:
        row.redirect_id = row.redirect_id if row.redirect_id in known else None
    group.save(force_insert=True)
    Criterion.objects.bulk_create(rows)
    return True


def _row_of(model, event):
    return model(**{f.attname: getattr(event, f.attname) for f in model._meta.concrete_fields})


def pure_group(group, rows):
    """The `schemes.Group` of a group and its criteria."""
    return schemes.Group(
        str(group.rule), tuple(row.as_pure() for row in rows), group.least, group.title
    )


ROWS = Prepared(f"""
    SELECT (
        SELECT jsonb_agg(
            to_jsonb(c) || jsonb_build_object(
                'group', to_jsonb(g),
                'redirect', CASE WHEN r.id IS NOT NULL THEN {SHORT.format(table="r")} END,
                'territory', CASE WHEN t.id IS NOT NULL THEN
                    jsonb_build_object('id', t.id, 'kind', t.kind, 'code', t.code, 'name', t.name)
                END
            ) ORDER BY g."order", g.id, c."order", c.id
        )
        FROM partners_criterion c
        JOIN partners_criteriongroup g ON g.id = c.group_id
        LEFT JOIN partners_listing r ON r.id = c.redirect_id
        LEFT JOIN partners_territory t ON t.id = c.territory_id
        WHERE g.scheme_id = ANY(%(keys)s::int[])
    ), (
        SELECT jsonb_agg(jsonb_build_array(o.scheme_id, s.name) ORDER BY s.search_key, o.id)
        FROM partners_schemerole o JOIN partners_listing s ON s.id = o.structure_id
        WHERE o.scheme_id = ANY(%(keys)s::int[]) AND o.role = '{SchemeRole.Role.OPERATOR}'
        AND s.status IN ({IN_SERVICE})
    ), (
        SELECT jsonb_agg(jsonb_build_array(a.scheme_id, {SHORT.format(table="s")})
                         ORDER BY a."order", a.id)
        FROM partners_alternative a JOIN partners_listing s ON s.id = a.other_id
        WHERE a.scheme_id = ANY(%(keys)s::int[])
    )
""")
"""Of these schemes: criteria each with its group, operators, what else to see; in one query."""


@dataclass(frozen=True)
class _Known:
    """By key of a scheme: its criteria in their order, its operators, what else to see."""

    rows: dict[int, list[Criterion]]
    operators: dict[int, list[str]]
    others: dict[int, list[Listing]]


def _read(listings):
    """The `_Known` of records."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"keys": [listing.pk for listing in listings]})
        criteria, operators, others = (
            json.loads(found) if found else [] for found in cursor.fetchone()
        )
    known = _Known({}, {}, {})
    for facts in criteria:
        row = _criterion(facts)
        known.rows.setdefault(row.group.scheme_id, []).append(row)
    for key, name in operators:
        known.operators.setdefault(key, []).append(name)
    for key, facts in others:
        other = row_of(Listing, facts)
        if is_in_service(other):
            known.others.setdefault(key, []).append(other)
    return known


def _criterion(facts):
    row = row_of(Criterion, facts)
    row.group = row_of(CriterionGroup, facts["group"])
    row.redirect = facts["redirect"] and row_of(Listing, facts["redirect"])
    row.territory = facts["territory"] and row_of(Territory, facts["territory"])
    return row


def _sheet(listing, known):
    rows = known.rows[listing.pk]
    operators, others = (found.get(listing.pk, []) for found in (known.operators, known.others))
    groups = {row.group_id: row.group for row in rows}
    for group in groups.values():
        group.rows = [row for row in rows if row.group_id == group.pk]
    return _sheet_of_groups(listing, list(groups.values()), operators, others)


def _sheet_of_groups(listing, groups, operators, others):
    for group in groups:
        count = sum(row.strength == Criterion.Strength.BLOCKING for row in group.rows)
        group.heading = sentences.heading(group.rule, group.least, count or len(group.rows))
    pure = tuple(pure_group(group, group.rows) for group in groups)
    return Sheet(listing, groups, schemes.Scheme(listing.pk, listing.name, pure), operators, others)


def _given(rows, place):
    """The territories that the commune of the page settles."""
    is_exact = place is not None and place.is_exact and len(place.communes) == 1
    if not is_exact:
        return {}
    asked = (row for row in rows if row.territory_id and row.is_asked and not row.question)
    return {
        reading.read(row.parameters)[1].facts[0]: row.territory_id in place.zones for row in asked
    }


# What travels to the browser


def is_in_service(listing):
    """Whether a record can be shown as the one to see instead."""
    return listing is not None and listing.status == Listing.Status.PUBLISHED


def _sent(sheet):
    facts = schemes.as_json(sheet.pure)
    rows = [row for group in sheet.groups for row in group.rows]
    return facts | {
        "operators": sheet.operators,
        "others": [_link(other) for other in sheet.others],
        "instead": {row.pk: told for row in rows if (told := instead(row))},
    }


def instead(row):
    """Where to turn: its text, and the record when it is in service; None when that says nothing.

    A text that ends with a colon only leads to the record.
    """
    is_shown = is_in_service(row.redirect) and row.redirect_id != row.group.scheme_id
    if is_shown:
        return {"text": row.redirect_text} | _link(row.redirect)
    text = row.redirect_text.strip()
    return {"text": text} if text and not text.endswith(":") else None


def _link(listing):
    return {"name": listing.name, "url": listing.get_absolute_url()}
