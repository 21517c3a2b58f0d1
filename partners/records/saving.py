"""Writes what a form says of a record, and nothing that it does not."""

from partners.imports import cells
from partners.models import (
    Listing,
    SchemeRole,
    Situation,
    Territory,
    Verification,
    WayThere,
    derived,
)
from partners.records import naming
from partners.records.facts import SCALARS

Status = Listing.Status


def write(listing, editor, names):
    """Save the facts `names` of a valid form in a record locked or new, then what search reads.

    The rest stays as it is in the database. Call it in a transaction. Returns whether the telephone
    had been checked, and is another one now.
    """
    facts, said, number = editor.facts, editor.form.cleaned_data, listing.phone
    for name in SCALARS:
        if name in names:
            setattr(listing, name, said[name])
    if "commune" in names:
        listing.commune = said["commune"]
    if "parent" in names:
        listing.parent = said["parent"]
    if "zones" in names:
        listing.is_zone_unspecified = facts["zones"] == [cells.NO_ZONE]
    _check(listing, names)
    linked = _linked(listing)
    listing.save()
    for name, save in RELATIONS.items():
        if name in names:
            save(listing, editor)
    is_unchecked = listing.phone != number and Verification.objects.forget_numbers([listing.pk])
    derived.refresh(Listing.objects.filter(pk__in={listing.pk, *linked, *_linked(listing)}))
    return is_unchecked


def _check(listing, names):
    """The model's own rules, but for fields left as they were. Raises `ValidationError`."""
    fields = {field.name for field in listing._meta.concrete_fields}
    listing.clean_fields(exclude=fields - set(names) - {"status"})
    listing.validate_constraints()


def set_status(listing, status):
    """Change the state of a record alone, and what search reads."""
    listing.status = status
    listing.save(update_fields=["status", "updated_at"])
    derived.refresh(Listing.objects.filter(pk=listing.pk))


def _linked(listing):
    """Keys of the records whose words hold this one's name."""
    if not listing.pk:
        return set()
    roles = SchemeRole.objects.filter(scheme=listing.pk).values_list("structure", flat=True)
    schemes = SchemeRole.objects.filter(structure=listing.pk).values_list("scheme", flat=True)
    return set(roles.union(schemes))


def _save_situations(listing, editor):
    wanted = {slug: (role, is_first) for slug, role, is_first in editor.facts["situations"]}
    keys = dict(Situation.objects.values_list("slug", "pk"))
    rows = {(keys[slug],): {"role": r, "is_first": f} for slug, (r, f) in wanted.items()}
    _replace(listing.situation_links, ("situation_id",), rows)


def _save_zones(listing, editor):
    codes = [code for code in editor.facts["zones"] if code != cells.NO_ZONE]
    found = naming.zones_by_code(codes)
    _replace(listing.zone_links, ("territory_id",), {(t.pk,): {} for t in found.values()})


def _save_roles(listing, editor):
    rows = {(row["role"], row["structure"]): {} for row in editor.facts["roles"]}
    _replace(listing.scheme_roles, ("role", "structure_id"), rows)


def _save_way_there(listing, editor):
    said = editor.facts["without_car"]
    if said:
        WayThere.objects.update_or_create(listing=listing, defaults={"without_car": said})
    else:
        WayThere.objects.filter(listing=listing).delete()


def _replace(manager, key, wanted):
    """Make the rows those of `wanted` ({key: values}); only what differs is touched."""
    for row in manager.all():
        values = wanted.pop(tuple(getattr(row, name) for name in key), None)
        if values is None:
            row.delete()
        else:
            _update(row, values)
    for found, values in wanted.items():
        manager.create(**dict(zip(key, found, strict=True)), **values)


def _save_permanences(listing, editor):
    codes = {row["commune"] for row in editor.facts["permanences"]}
    communes = {t.code: t for t in Territory.objects.communes().filter(code__in=codes)}

    def values(row):
        return row | {"commune": communes[row["commune"]]}

    _keep_rows(listing.permanences, editor.permanences, ("commune", "place", "hours"), values)


def _save_contacts(listing, editor):
    _keep_rows(listing.contacts, editor.contacts, ("name", "function"), dict)


def _keep_rows(manager, rows, key, values_of):
    """Make the rows those of the form; each keeps its identity when it can.

    A row is first the one that has its `key` already, so that two that swap do not clash, then the
    one of its id. An id that is not one of this record's stands for a new row.
    """
    known = {row.pk: row for row in manager.all()}
    wanted = {}
    for form in rows.kept():
        values = values_of(form.values)
        wanted[tuple(values[name] for name in key)] = (form.cleaned_data.get("id"), values)
    kept = {}
    for pk, row in known.items():
        found = tuple(getattr(row, name) for name in key)
        if found in wanted:
            kept[pk] = wanted.pop(found)[1]
    new = []
    for pk, values in wanted.values():
        if pk in known and pk not in kept:
            kept[pk] = values
        else:
            new.append(values)
    for pk in known.keys() - kept.keys():
        known[pk].delete()
    for pk, values in kept.items():
        _update(known[pk], values)
    for values in new:
        manager.create(**values)


def _update(row, values):
    def is_other(value, name):
        current = getattr(row, name)
        return current != value and str(current) != str(value)

    changed = {name: value for name, value in values.items() if is_other(value, name)}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed.keys() & {"commune", "address", "place"} and hasattr(row, "latitude"):
        row.latitude = row.longitude = None  # the point of where it was
    if changed:
        row.save()


RELATIONS = {
    "situations": _save_situations,
    "zones": _save_zones,
    "permanences": _save_permanences,
    "contacts": _save_contacts,
    "roles": _save_roles,
    "without_car": _save_way_there,
}
