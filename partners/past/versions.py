"""The versions of a record, replayed from the events that triggers keep (rule R8)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.apps import apps
from pghistory.models import Events

from partners.models import (
    Alternative,
    Ceiling,
    Contact,
    CoverageZone,
    Criterion,
    CriterionGroup,
    Document,
    EntryPoint,
    Listing,
    ListingSituation,
    Paper,
    Permanence,
    Relation,
    SchemeDetails,
    SchemeRole,
    Step,
    Verification,
    WayThere,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
POINT, COMMUNE = "point", "commune_id"
RELATIONS = {
    "situations": ListingSituation,
    "zones": CoverageZone,
    "permanences": Permanence,
    "contacts": Contact,
    "roles": SchemeRole,
    "way_there": WayThere,
    "details": SchemeDetails,
    "doors": EntryPoint,
    "papers": Paper,
    "documents": Document,
    "steps": Step,
    "alternatives": Alternative,
    "ceilings": Ceiling,
    "criteria": CriterionGroup,
    "verifications": Verification,
    "relation": Relation,
}
"""{part of a record: the model of its rows}."""

OF_SCHEMES = {SchemeRole, EntryPoint, Step, Alternative, Ceiling, CriterionGroup}
OWNERS = {
    model: "scheme_id" if model in OF_SCHEMES else "listing_id" for model in RELATIONS.values()
}
PART_OF = {model._meta.label: part for part, model in RELATIONS.items()}
TRACKED = (Listing, *RELATIONS.values(), Criterion)
"""Every model whose events tell the past of a record."""

CRITERION, INSIDE = Criterion._meta.label, "criteria"
"""Rows of a group of criteria, which hold in the group's row under this name."""

UNTOLD = {"id", "created_at", "updated_at", "search_key", "latitude", "longitude"}
FIELDS = [field.attname for field in Listing._meta.concrete_fields if field.attname not in UNTOLD]
"""Columns of a record that are a part of it by themselves; its point is one part."""

PARTS = [*FIELDS[: FIELDS.index(COMMUNE) + 1], POINT, *FIELDS[FIELDS.index(COMMUNE) + 1 :]]
PARTS += list(RELATIONS)


@dataclass(frozen=True)
class State:
    """A record at a moment: {part: value}, as the database writes it in JSON.

    A field is its value, the point (latitude, longitude), a relation {key of the row: row}. The row
    of a group of criteria has them in their order, without the key of the group.
    """

    parts: dict

    def differences(self, other):
        """The parts whose value differs in `other`, in the order of the form."""
        return [part for part in PARTS if _said(self.parts[part]) != _said(other.parts[part])]


@dataclass(frozen=True)
class Version:
    """A record after the changes that came together, and before them (None: it did not exist).

    `key` designates it in addresses: microseconds since 1970 of its last event.
    """

    at: datetime
    context: dict
    after: State
    before: State | None
    before_key: int | None = None

    @property
    def key(self):
        return key_of(self.at)

    @property
    def is_creation(self):
        return self.before is None

    @property
    def changed(self):
        """The parts that changed (list of str)."""
        return (self.before or EMPTY).differences(self.after)


def key_of(moment):
    return (moment - EPOCH) // timedelta(microseconds=1)


@dataclass
class _Replay:
    """The rows of a record while its events pass, one after the other."""

    row: dict = field(default_factory=dict)
    relations: dict = field(default_factory=lambda: {part: {} for part in RELATIONS})
    criteria: dict = field(default_factory=dict)

    def pass_event(self, event):
        part = PART_OF.get(event.pgh_obj_model)
        if event.pgh_obj_model == CRITERION:
            self.criteria = _after(self.criteria, event)
        elif part is None:
            self.row = event.pgh_data
        else:
            self.relations[part] = _after(self.relations[part], event)

    def state(self):
        if not self.row:
            return None
        fields = {name: self.row.get(name) for name in FIELDS}
        point = (self.row.get("latitude"), self.row.get("longitude"))
        return State(fields | {POINT: point} | self.relations | {"criteria": self._groups()})

    def _groups(self):
        groups = sorted(self.relations["criteria"].items(), key=lambda pair: _rank(pair[1]))
        return {
            key: group | {"order": order, INSIDE: self._inside(group["id"])}
            for order, (key, group) in enumerate(groups, start=1)
        }

    def _inside(self, key):
        """The criteria of a group, their ranks from 1 on whatever they were written with."""
        rows = [row for row in self.criteria.values() if row["group_id"] == key]
        return [
            {name: value for name, value in row.items() if name != "group_id"} | {"order": order}
            for order, row in enumerate(sorted(rows, key=_rank), start=1)
        ]


def _after(rows, event):
    """Rows once an event has passed."""
    if event.pgh_label == "delete":
        return {key: row for key, row in rows.items() if key != event.pgh_obj_id}
    return rows | {event.pgh_obj_id: event.pgh_data}


def _rank(row):
    return row["order"], row["id"]


def read(listing):
    """The versions of a record (list of `Version`), the first first; as `read_all`."""
    return read_all([listing])[listing.pk]


def read_all(listings):
    """The versions of each of these records: {key: [`Version`, the first first]}.

    In one query, two when one of them has criteria.
    """
    events, groups = {listing.pk: [] for listing in listings}, {}
    for event in _events(TRACKED[:-1], list(listings)):
        owner = _owner(event)
        if owner in events:  # another one is a branch, or a structure that has a role
            events[owner].append(event)
            if PART_OF.get(event.pgh_obj_model) == "criteria":
                groups.setdefault(int(event.pgh_obj_id), set()).add(owner)
    for pk, found in _of_groups(groups).items():
        events[pk] = sorted([*events[pk], *found], key=lambda event: event.pgh_created_at)
    return {pk: _replayed(found) for pk, found in events.items()}


def _events(models, owners):
    across = Events.objects.across(*(_event_model(model) for model in models))
    return across.references(owners).order_by("pgh_created_at", "pgh_id")


def _of_groups(owners):
    """The events of the criteria of groups, {key of a record: events}.

    `owners`: {key of a group: records that have or had it}, two when these were merged.
    """
    found = {}
    rows = [CriterionGroup(pk=pk) for pk in owners]
    for event in _events([Criterion], rows) if rows else ():
        for owner in owners.get(event.pgh_data["group_id"], ()):
            found.setdefault(owner, []).append(event)
    return found


def _replayed(events):
    found, replay, before, key = [], _Replay(), None, None
    for together in _together(events):
        for event in together:
            replay.pass_event(event)
        after, at = replay.state(), together[-1].pgh_created_at
        if after is None or (before and not before.differences(after)):
            continue
        found.append(Version(at, together[-1].pgh_context or {}, after, before, key))
        before, key = after, key_of(at)
    return found


def _owner(event):
    """The key of the record of which an event tells, None for the end of a record."""
    part = PART_OF.get(event.pgh_obj_model)
    if part is None:
        return int(event.pgh_obj_id) if event.pgh_label != "delete" else None
    return event.pgh_data[OWNERS[RELATIONS[part]]]


def _event_model(model):
    return apps.get_model(f"partners.{model.__name__}Event")


def _together(events):
    """Events in lists: those of one request or import, else of one transaction."""
    group, mark = [], None
    for event in events:
        new = event.pgh_context_id or event.pgh_created_at
        if group and new != mark:
            yield group
            group = []
        group.append(event)
        mark = new
    if group:
        yield group


def row_facts(row):
    """What a row of a relation says, without its own key (a tuple that compares)."""
    return tuple(sorted((name, _fact(v)) for name, v in row.items() if name != "id"))


def _fact(value):
    is_rows = isinstance(value, list) and value and isinstance(value[0], dict)
    return str([row_facts(row) for row in value] if is_rows else value)


def _said(value):
    if isinstance(value, dict):
        return sorted(row_facts(row) for row in value.values())
    return None if value is False or value in ("", []) else value


EMPTY = State({part: {} if part in RELATIONS else None for part in PARTS} | {POINT: (None, None)})
