"""Makes one record of two, in one transaction: all of it or nothing."""

import hashlib
import json

import pghistory
from django.core.exceptions import ValidationError
from django.db import transaction

from partners import words
from partners.imports import status as gate
from partners.merging import choices, links, parts
from partners.merging.choices import ABSORBED, BOTH, GROUPS, KEPT, ZONES
from partners.models import (
    Contact,
    ContactNotice,
    CoverageZone,
    Listing,
    ListingSituation,
    Merge,
    Permanence,
    SchemeRole,
    derived,
)
from partners.records import facts as facts_of
from partners.records.editor import with_rows

Status = Listing.Status
FIRST = [Status.PUBLISHED, Status.SUSPENDED, Status.TO_CHECK, Status.DRAFT, Status.ARCHIVED]
"""States, the one that the merged record takes first."""
MARK = "fusion"
"""In the context of history: the key of the record that was absorbed."""


class Refused(Exception):
    """The two cannot be one record; the message says why, in French."""


def read(pks, *, for_update=False):
    """The records of these keys, in their order, with all that merging looks at."""
    found = Listing.objects.order_by("pk")
    if for_update:
        found = found.select_for_update(of=("self",))
    found = with_rows(found).filter(pk__in=pks)
    by_key = {listing.pk: listing for listing in found.select_related("merge", *parts.SINGLE)}
    parts.prefetch(list(by_key.values()))
    return [by_key[pk] for pk in pks if pk in by_key]


def digest(kept, absorbed):
    """A short text that stands for what the two say now."""
    said = [[facts_of.of_listing(one), one.status] for one in (kept, absorbed)]
    said.append(parts.told(kept, absorbed))
    text = json.dumps(said, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def obstacle(kept, absorbed):
    """Why these two cannot be merged, in French; "" when they can."""
    if kept.pk == absorbed.pk:
        return "C'est la même fiche."
    if kept.kind != absorbed.kind:
        return (
            "L'une est une structure, l'autre un dispositif\u00a0: changez d'abord la nature de "
            "l'une des deux, ou reliez-les par un rôle."
        )
    return ""


@transaction.atomic
def merge(kept, absorbed, chosen, *, by):
    """Absorb a record (both read for update) into another; the `Merge`.

    `chosen`: {name of `choices.GROUPS` or `parts.PARTS`: one of `CHOICES`}; what it lacks is what
    is proposed. Raises `Refused` when the record made of them would not be valid.
    """
    if said := obstacle(kept, absorbed):
        raise Refused(said)
    proposed = choices.proposed(kept, absorbed)
    chosen = proposed | chosen
    with pghistory.context(**{MARK: absorbed.pk}):
        _write_fields(kept, absorbed, chosen)
        exchanged = parts.relations(name for name in proposed if chosen[name] == ABSORBED)
        notes = _unite_rows(kept, absorbed, chosen) | links.move(kept, absorbed, exchanged)
        made = Merge.objects.create(absorbed=absorbed, kept=kept, merged_by=by, moved=notes)
        _check(kept)
    derived.refresh(Listing.objects.filter(pk__in=[kept.pk, absorbed.pk]))
    return made


# One value of two


def _write_fields(kept, absorbed, chosen):
    names = [name for name in GROUPS if chosen.get(name, KEPT) != KEPT and name != ZONES]
    changed = {attr for name in names for attr in GROUPS[name][1]} | {"status"}
    for name in names:
        for attr in GROUPS[name][1]:
            _write_field(kept, absorbed, attr, chosen[name])
    kept.status = min(kept.status, absorbed.status, key=FIRST.index)
    if kept.is_confidential:  # rule R7, as the form of a record does
        kept.latitude, kept.longitude, kept.siret = None, None, ""
    if kept.parent_id in (kept.pk, absorbed.pk):
        kept.parent_id = absorbed.parent_id if absorbed.parent_id != kept.pk else None
    absorbed.status = Status.ARCHIVED
    try:
        kept.clean_fields(exclude={f.name for f in kept._meta.concrete_fields} - changed)
        kept.validate_constraints()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    absorbed.save(update_fields=["status", "updated_at"])


def _write_field(kept, absorbed, attr, choice):
    theirs = getattr(absorbed, attr)
    both = choices.united(attr, getattr(kept, attr), theirs) if choice == BOTH else theirs
    setattr(kept, attr, both)


# One list of two


def _unite_rows(kept, absorbed, chosen):
    """What of the absorbed record passed to the kept one, as keys for undoing (dict)."""
    found = {
        (ListingSituation, "listing"): _unite_situations(kept, absorbed),
        (CoverageZone, "listing"): _unite_zones(kept, absorbed, chosen.get(ZONES, KEPT)),
        (Permanence, "listing"): _unite_permanences(kept, absorbed),
        (Contact, "listing"): _unite_contacts(kept, absorbed),
        (SchemeRole, "scheme"): _unite_roles(kept, absorbed),
    }
    kept.save()
    for (_, name), rows in found.items():
        links.hand_over(rows, name, kept)
    return {links.label(*key): {"moved": [row.pk for row in rows]} for key, rows in found.items()}


def _drop(rows):
    for row in rows:
        type(row).objects.filter(pk=row.pk).delete()


def _share(rows, known, key):
    """(rows to hand over, those that `known` has already), by a key that compares."""
    taken = {key(row) for row in known}
    new, same = [], []
    for row in rows:
        (same if key(row) in taken else new).append(row)
    return new, same


def _unite_situations(kept, absorbed):
    """Core trade, and « à faire en premier », when either says so."""
    ours = {link.situation_id: link for link in kept.situation_links.all()}
    new, same = _share(absorbed.situation_links.all(), ours.values(), lambda x: x.situation_id)
    for link in same:
        _strengthen(ours[link.situation_id], link)
    _drop(same)
    return new


def _strengthen(mine, other):
    is_core = ListingSituation.Role.CORE in (mine.role, other.role)
    role = ListingSituation.Role.CORE if is_core else mine.role
    is_first = mine.is_first or other.is_first
    if (role, is_first) != (mine.role, mine.is_first):
        mine.role, mine.is_first = role, is_first
        mine.save()


def _unite_zones(kept, absorbed, choice):
    ours, theirs = list(kept.zone_links.all()), list(absorbed.zone_links.all())
    if choice == ABSORBED:
        _drop(ours)
        ours = []
        kept.is_zone_unspecified = absorbed.is_zone_unspecified
    new, same = _share(theirs, ours, lambda link: link.territory_id)
    _drop(theirs if choice == KEPT else same)
    if choice == KEPT:
        return []
    is_asked = kept.is_zone_unspecified or absorbed.is_zone_unspecified
    kept.is_zone_unspecified = is_asked and not (ours or new)
    return new


def _unite_permanences(kept, absorbed):
    def key(row):
        return row.commune_id, words.fold(row.place), row.hours

    new, same = _share(absorbed.permanences.all(), kept.permanences.all(), key)
    _drop(same)
    return new


def _unite_contacts(kept, absorbed):
    """Of one name, what one lacks the other gives, and the narrower visibility stays (R6)."""
    ours = {words.fold(row.name): row for row in kept.contacts.all()}
    new, same = [], []
    for row in absorbed.contacts.all():
        mine = ours.get(words.fold(row.name))
        is_same = mine is not None and _agree(mine, row)
        (same if is_same else new).append(row)
        if is_same:
            _complete(mine, row)
    _drop(same)
    return new


def _agree(mine, other):
    pairs = [(getattr(mine, name), getattr(other, name)) for name in ("function", "phone", "email")]
    return all(ours == theirs or not (ours and theirs) for ours, theirs in pairs)


def _complete(mine, other):
    for name in ("function", "phone", "email"):
        setattr(mine, name, getattr(mine, name) or getattr(other, name))
    if Contact.Visibility.MANAGERS in (mine.visibility, other.visibility):
        mine.visibility = Contact.Visibility.MANAGERS
    mine.save()
    if not ContactNotice.objects.filter(contact=mine).exists():
        ContactNotice.objects.filter(contact=other).update(contact=mine)


def _unite_roles(kept, absorbed):
    """Of two schemes: who carries, pays, operates, prescribes."""
    rows = list(SchemeRole.objects.filter(scheme=absorbed.pk).order_by("pk"))
    known = SchemeRole.objects.filter(scheme=kept.pk)
    new, same = _share(rows, known, lambda row: (row.role, row.structure_id))
    own = [row for row in new if row.structure_id == kept.pk]
    _drop(same + own)
    return [row for row in new if row not in own]


def _check(kept):
    """The gate of publication, of the record as it now is."""
    if kept.status != Status.PUBLISHED:
        return
    [now] = read([kept.pk])
    lacking = gate.missing(
        now, has_situation=bool(now.situation_links.all()), has_zone=bool(now.zone_links.all())
    )
    if lacking:
        raise Refused(f"Pour rester publiée, il lui manquerait\u00a0: {', '.join(lacking)}.")
