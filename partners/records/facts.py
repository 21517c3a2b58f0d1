"""A record as plain facts, to tell what changed between two moments: {name: text or list}.

A form that is opened carries the facts of that moment, signed. When it comes back, what differs in
the database since then was changed by somebody else meanwhile.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core import signing
from django.forms import ChoiceField, MultipleChoiceField

from partners import hours, phones
from partners.hours import french
from partners.imports import cells
from partners.imports.data_inclusion import labels
from partners.models import Listing, ListingSituation, Situation
from partners.models.scheme import SchemeRole
from partners.models.way_there import without_car
from partners.records import naming
from partners.records.fields import BY_ATTR, PHONES, field_of
from partners.records.form import situations_of
from partners.records.rows import in_order

SALT = "partners.records.facts"
SCALARS = [
    *(attr for attr in BY_ATTR if attr != "source_id"),
    "suspended_from",
    "suspended_until",
    "suspension_message",
    "weekly_hours",
    "weeks",
]
LABELS = {
    "situations": "situations",
    "zones": "zone d'intervention",
    "without_car": "venir sans voiture",
    "commune": "commune",
    "parent": "structure dont elle dépend",
    "permanences": "permanences",
    "contacts": "contacts",
    "roles": "rôles dans le dispositif",
    "opening_hours": "horaires",
}
NOTHING = "vide"
Facts = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """Somebody changed `name` meanwhile. `is_mine`: so did the form, and a person must choose."""

    name: str
    label: str
    before: str
    theirs: str
    mine: str
    is_mine: bool


def of_listing(listing: Listing) -> Facts:
    """The facts of a record as it is in the database; of a new one, those of an empty form."""
    facts: Facts = {name: _scalar(name, getattr(listing, name)) for name in SCALARS}
    facts |= {
        "commune": listing.commune.code if listing.commune_id else "",
        "parent": listing.parent_id,
        "without_car": without_car(listing),
        "zones": [cells.NO_ZONE] if listing.is_zone_unspecified else [],
    }
    relations: Facts = {name: [] for name in ("situations", "permanences", "contacts", "roles")}
    return facts | (_relations(listing, facts["zones"]) if listing.pk else relations)


def of_form(form, *, permanences, contacts, roles) -> Facts:
    """The facts that a valid form and its rows say."""
    said = form.cleaned_data
    return {name: _scalar(name, said[name]) for name in SCALARS} | {
        "commune": said["commune"].code if said["commune"] else "",
        "parent": said["parent"].pk if said["parent"] else None,
        "without_car": said["without_car"],
        "zones": [cells.NO_ZONE] if said["is_zone_unspecified"] else sorted(said["zone_codes"]),
        "situations": situations_of(said),
        "permanences": permanences.values(),
        "contacts": contacts.values(),
        "roles": roles.values() if said["kind"] == Listing.Kind.SCHEME else [],
    }


def for_likeness(facts: Facts) -> Facts:
    """What `likeness` asks of a record that is not written yet."""
    return facts | {"is_confidential": facts["is_confidential"] == cells.written(True)}


def seal(facts: Facts) -> str:
    """Facts as a text that a form carries and nobody can change."""
    return signing.dumps(facts, salt=SALT, compress=True)


def unseal(text: str) -> Facts:
    """The facts sealed in `text`; {} when it is not a seal of ours, so that all is compared."""
    try:
        found = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def differences(before: Facts, theirs: Facts, mine: Facts) -> list[Difference]:
    """What changed in the database since `before`, otherwise than the form says."""
    changed = [
        name
        for name in theirs
        if before.get(name, ...) != theirs[name] and theirs[name] != mine[name]
    ]
    return [
        Difference(
            name,
            french.capitalise(label(name)),
            describe(name, before[name]) if name in before else NOTHING,
            describe(name, theirs[name]),
            describe(name, mine[name]),
            is_mine=before.get(name, ...) != mine[name],
        )
        for name in changed
    ]


def label(name: str) -> str:
    """What a fact is called on the screen."""
    return LABELS.get(name) or str(Listing._meta.get_field(name).verbose_name)


def describe(name: str, value: Any) -> str:
    """A fact as a person reads it; several lines for a list."""
    return "\n".join(filter(None, _DESCRIBED.get(name, _plainly)(name, value))) or NOTHING


def _scalar(name, value):
    field = Listing._meta.get_field(name)
    if isinstance(field, ArrayField):
        return cells.written(sorted(value) if field.base_field.choices else value)
    if name in {"latitude", "longitude", "weekly_hours"}:
        return "" if value is None else f"{float(value):.7f}".rstrip("0").rstrip(".")
    return cells.written(value)


def _relations(listing, unspecified):
    situations = listing.situation_links.all()
    zones = sorted(naming.zone_code(link.territory) for link in listing.zone_links.all())
    roles = listing.scheme_roles.all()
    return {
        "situations": sorted([s.situation.slug, str(s.role), s.is_first] for s in situations),
        "zones": unspecified or zones,
        "permanences": in_order([_permanence(row) for row in listing.permanences.all()]),
        "contacts": in_order([_contact(row) for row in listing.contacts.all()]),
        "roles": in_order([{"role": str(r.role), "structure": r.structure_id} for r in roles]),
    }


def _permanence(row):
    return {
        "commune": row.commune.code,
        "place": row.place,
        "address": row.address,
        "hours": _canonical(row.hours),
        "is_by_appointment": row.is_by_appointment,
    }


def _canonical(osm):
    try:
        return hours.validate(osm)
    except hours.HoursError:
        return osm


def _contact(row):
    names = ("name", "function", "phone", "email", "visibility", "source")
    return {name: str(getattr(row, name)) for name in names} | {
        "recorded_on": row.recorded_on.isoformat()
    }


# In words


def _plainly(name, value):
    if name in PHONES:
        return [phones.display(value)]
    column = BY_ATTR.get(name)
    field = field_of(column) if column else None
    if isinstance(field, MultipleChoiceField | ChoiceField):
        labels = dict(field.choices)
        return [", ".join(labels.get(slug, slug) for slug in value.split("|") if slug)]
    return [str(value)]


def _say_slugs(name, value):
    return [labels.said(name, slug) for slug in value.split("|") if slug]


def _say_hours(name, value):
    return [f"{days}\u00a0: {slots}" for days, slots in hours.describe(value)]


def _say_situations(name, value):
    labels = dict(Situation.everything.values_list("slug", "label"))
    roles = dict(ListingSituation.Role.choices)
    return [
        f"{labels.get(slug, slug)}, {roles.get(role, role)}{', à faire en premier' * is_first}"
        for slug, role, is_first in value
    ]


def _say_zones(name, value):
    if value == [cells.NO_ZONE]:
        return ["zone non précisée"]
    return [territory.zone_label for territory in naming.zones_by_code(value).values()]


def _say_commune(name, value):
    return _say_zones(name, [value] if value else [])


def _say_listing(name, value):
    return Listing.objects.filter(pk=value).values_list("name", flat=True) if value else []


def _say_permanences(name, value):
    communes = naming.zones_by_code([row["commune"] for row in value])
    return [
        f"{communes[row['commune']]}, {row['place']}\u00a0: "
        f"{hours.describe_permanence(row['hours'])}{', sur rendez-vous' * row['is_by_appointment']}"
        for row in value
        if row["commune"] in communes
    ]


def _say_contacts(name, value):
    parts = ("name", "function", "email")
    return [
        ", ".join(filter(None, [*(row[part] for part in parts), phones.display(row["phone"])]))
        for row in value
    ]


def _say_roles(name, value):
    names = dict(Listing.objects.in_bulk([row["structure"] for row in value]))
    roles = dict(SchemeRole.Role.choices)
    return [f"{roles[row['role']]}\u00a0: {names.get(row['structure'], '?')}" for row in value]


_DESCRIBED = {
    **dict.fromkeys(labels.BY_FIELD, _say_slugs),
    "opening_hours": _say_hours,
    "situations": _say_situations,
    "zones": _say_zones,
    "commune": _say_commune,
    "parent": _say_listing,
    "permanences": _say_permanences,
    "contacts": _say_contacts,
    "roles": _say_roles,
}
