"""The criteria of schemes, ready for the panel « Est-ce pour ce locataire ? »."""

from dataclasses import dataclass

from partners import eligibility
from partners.eligibility import reading, schemes, sentences
from partners.models import Alternative, Criterion, CriterionGroup, Listing, SchemeRole

MOST_SCHEMES = 12
"""On one panel: more than anybody asks about in one call."""


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
    """The `Panel` of records (list), those without criteria left out; four queries at most.

    `place` (`coverage.Place`): where the household lives, when it is known.
    """
    rows = _rows(listings)
    kept = [listing for listing in listings if listing.pk in rows]
    operators, others = (_operators(rows), _others(rows)) if rows else ({}, {})
    sheets = [
        _sheet(listing, rows[listing.pk], operators.get(listing.pk, []), others.get(listing.pk, []))
        for listing in kept
    ]
    return panel_of(sheets, [row for found in rows.values() for row in found], place)


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
    return _sheet_of_groups(listing, groups, _operators([listing.pk]).get(listing.pk, []), [])


def groups_of(listing):
    """The groups (list) of a scheme in their order, each with its criteria in `rows`."""
    groups = list(listing.criterion_groups.order_by("order", "pk"))
    rows = _rows([listing]).get(listing.pk, [])
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


def _rows(listings):
    """{key of a record: its criteria, in their order, each with its group}."""
    found = Criterion.objects.filter(group__scheme__in=[listing.pk for listing in listings])
    found = found.select_related("group", "redirect", "territory")
    rows = {}
    for row in found.order_by("group__order", "group_id", "order", "pk"):
        rows.setdefault(row.group.scheme_id, []).append(row)
    return rows


def _operators(keys):
    roles = SchemeRole.objects.filter(scheme__in=keys, role=SchemeRole.Role.OPERATOR)
    found = {}
    for role in roles.select_related("structure").order_by("structure__search_key", "pk"):
        found.setdefault(role.scheme_id, []).append(role.structure.name)
    return found


def _others(keys):
    """What else to see, said of the whole scheme: {key: records in service}."""
    found = {}
    links = Alternative.objects.filter(scheme__in=keys).select_related("other")
    for link in links.order_by("order", "pk"):
        if is_in_service(link.other):
            found.setdefault(link.scheme_id, []).append(link.other)
    return found


def _sheet(listing, rows, operators, others):
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
        "instead": {row.pk: _instead(row) for row in rows if row.redirect or row.redirect_text},
    }


def _instead(row):
    """Where to turn: its text, and the record when it still is in service."""
    is_shown = is_in_service(row.redirect) and row.redirect_id != row.group.scheme_id
    if is_shown:
        return {"text": row.redirect_text} | _link(row.redirect)
    return {"text": row.redirect_text.rstrip(":\u00a0 ")}


def _link(listing):
    return {"name": listing.name, "url": listing.get_absolute_url()}
