"""Going back: one part of a record, or all of it, to what it was; through the usual validity."""

from collections import Counter

import pghistory
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partners.imports import status as gate
from partners.models import Listing, ListingSituation, SchemeRole, derived
from partners.past import rows, versions
from partners.past.rows import GONE, Refused
from partners.past.versions import POINT, RELATIONS
from partners.past.wording import REPEATED, Names, tell

MOST_FIRST = 2
"""Records « à faire en premier » of one situation (product, search, block 2)."""

APART = {"relation"}
"""Taken back when it is what is asked for, never with the rest: a contact taken stays taken."""


class Moved(Exception):
    """Somebody changed the record since the page that asks was shown."""


def planned(now, target, part=None):
    """The changes (list of `wording.Change`) that going back to `target` would make.

    Only those of `part` when it is given; what may not be taken back is left out.
    """
    target, _ = rows.reachable(now, target)
    found = [c for c in tell(now, target, Names([now, target])) if c.can_restore]
    return [c for c in found if (c.part == part if part else c.part not in APART)]


@transaction.atomic
def restore(listing, key, *, part=None, seen):
    """Write the version `key` of a record again, or one part of it.

    `seen` is the key of the last version that the person saw. Raises `Moved`, `Refused`.
    """
    listing = Listing.objects.select_for_update().get(pk=listing.pk)
    found = versions.read(listing)
    if found[-1].key != seen:
        raise Moved
    target = next(version for version in found if version.key == key).after
    target, _ = rows.reachable(found[-1].after, target)
    parts = [change.part for change in planned(found[-1].after, target, part)]
    with pghistory.context(retour=str(key)):
        write(listing, target, parts)
    derived.refresh(Listing.objects.filter(pk__in=_named(listing, found[-1].after, target)))


def _named(listing, *states):
    """Keys of the record, and of those whose words hold its name or those of its structures."""
    schemes = SchemeRole.objects.filter(structure=listing.pk).values_list("scheme", flat=True)
    held = (row for state in states for row in state.parts["roles"].values())
    return {listing.pk, *schemes, *(row["structure_id"] for row in held)}


def write(listing, target, parts):
    """Write these parts of a locked record as they were in the state `target`.

    Raises `Refused`, having written nothing. What search reads is left to the caller.
    """
    set_fields(listing, target, parts)
    try:
        with transaction.atomic():
            listing.full_clean(exclude=["search_key"])
            for part in RELATIONS:
                if part in parts and part != REPEATED:
                    rows.write(listing.pk, RELATIONS[part], target.parts[part])
            _check(listing)
            listing.save()
    except ValidationError as error:
        raise Refused(" ".join(_sentences(error))) from None
    except IntegrityError:
        raise Refused(GONE) from None


def _sentences(error):
    """Each refusal, after the name of its field."""
    for name, messages in error.message_dict.items():
        is_field = name in {field.name for field in Listing._meta.fields}
        start = f"{Listing._meta.get_field(name).verbose_name}\u00a0: " if is_field else ""
        yield from (f"{start}{message}" for message in messages)


def set_fields(listing, target, parts):
    for part in parts:
        if part not in RELATIONS:
            _set(listing, part, target.parts[part])


def _set(listing, part, said):
    if part == POINT:
        listing.latitude, listing.longitude = said
        return
    found = next(f for f in Listing._meta.concrete_fields if f.attname == part)
    setattr(listing, part, said if found.is_relation else found.to_python(said))


def _check(listing):
    """The gate of publication, and two records at most to call first for a situation."""
    links = list(ListingSituation.objects.filter(listing=listing).with_situation())
    has_zone = listing.zone_links.exists()
    if fault := fault_of(listing, links, has_zone=has_zone, firsts=count_firsts(links)):
        raise Refused(fault)


def fault_of(listing, links, *, has_zone, firsts):
    """Why a record may not be so, "" when it may. `firsts`: {situation's key: records first}."""
    lacking = gate.missing(listing, has_situation=bool(links), has_zone=has_zone)
    if lacking and listing.status == Listing.Status.PUBLISHED:
        return f"Pour rester publiée, il lui manquerait\u00a0: {', '.join(lacking)}."
    for link in links:
        if link.situation.archived_at:
            return f"La situation «\u00a0{link.situation}\u00a0» est archivée."
        if link.is_first and firsts[link.situation_id] > MOST_FIRST:
            return f"Deux fiches sont déjà «\u00a0à faire en premier\u00a0» pour {link.situation}."
    return ""


def count_firsts(links):
    """{key of a situation of these links: how many records are to do first for it}."""
    asked = {link.situation_id for link in links if link.is_first}
    first = ListingSituation.objects.filter(is_first=True, situation__in=asked)
    return Counter(first.order_by().values_list("situation", flat=True)) if asked else {}
