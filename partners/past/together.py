"""Going back, of records by the thousands: as `restoring.write` of each, in a few statements.

They are written together first; those that this cannot settle, a doubt or a refusal of the
database, are then written one by one, which says why when one may not go back.
"""

from collections import defaultdict

from django.db import IntegrityError, transaction
from django.utils import timezone

from partners.imports import bulk
from partners.models import CoverageZone, Listing, ListingSituation
from partners.past import restoring, rows
from partners.past.rows import Refused
from partners.past.versions import POINT, RELATIONS
from partners.past.wording import REPEATED

POINT_FIELDS = ("latitude", "longitude")


class _Doubtful(Exception):
    """Some of the records (`pks`) are not to be written together with the others."""

    def __init__(self, pks):
        super().__init__()
        self.pks = pks


def write_all(asked):
    """Write parts of locked records as they were: {key of a record: why it may not go back}.

    `asked` is [(listing, target, parts)]; what search reads is left to the caller, who told the
    database of the history's context (`bulk.open_context`).
    """
    alone = _together(asked)
    refused = {}
    for listing, target, parts in (one for one in asked if one[0].pk in alone):
        try:
            restoring.write(listing, target, parts)
        except Refused as error:
            refused[listing.pk] = str(error)
    return refused


def _together(asked):
    """Write what can be at once; the keys of the others."""
    alone = set()
    while len(alone) < len(asked):
        try:
            with transaction.atomic():
                _write([one for one in asked if one[0].pk not in alone])
        except _Doubtful as error:
            alone |= error.pks
        except IntegrityError:
            return {listing.pk for listing, _, _ in asked}
        else:
            break
    return alone


def _write(asked):
    for listing, target, parts in asked:
        restoring.set_fields(listing, target, parts)
    doubtful = {listing.pk for listing, _, _ in asked if not rows.is_clean(listing)}
    if doubtful:
        raise _Doubtful(doubtful)
    for part, model in RELATIONS.items():
        chosen = [(pk.pk, state.parts[part]) for pk, state, parts in asked if part in parts]
        if chosen and part != REPEATED:
            _write_rows(model, dict(chosen))
    _write_fields(asked)
    _check([listing for listing, _, _ in asked])


def _write_rows(model, wanted):
    """`wanted`: {key of a record: rows of a state}. Deletions first: others take their place."""
    if model in rows.ALONE:
        raise _Doubtful(set(wanted))
    there = rows.of_owners(model, list(wanted))
    found = {pk: rows.exchanged(pk, model, there[pk], asked) for pk, asked in wanted.items()}
    come = {pk: new for pk, (_, new) in found.items() if new}
    if doubtful := {pk for pk, new in come.items() if not all(map(rows.is_clean, new))}:
        raise _Doubtful(doubtful)
    model.objects.filter(pk__in=[row.pk for gone, _ in found.values() for row in gone]).delete()
    bulk.insert([row for new in come.values() for row in new])


def _write_fields(asked):
    """A bulk update sets neither the date of change nor the folded name: they are set here."""
    groups, now = defaultdict(list), timezone.now()
    for listing, _, parts in asked:
        listing.updated_at = now
        Listing._meta.get_field("search_key").pre_save(listing, add=False)
        groups[_names(parts)].append(listing)
    for names, listings in groups.items():
        bulk.update(listings, names)


def _names(parts):
    """The fields of `Listing` that these parts are, in a fixed order."""
    found = {"updated_at", *(("search_key",) if "name" in parts else ())}
    found.update(POINT_FIELDS if POINT in parts else ())
    columns = {field.attname: field.name for field in Listing._meta.concrete_fields}
    return tuple(sorted(found | {columns[part] for part in parts if part in columns}))


def _check(listings):
    """As `restoring` of each record. Raises `_Doubtful`."""
    links, zoned = defaultdict(list), CoverageZone.objects.filter(listing__in=listings)
    held = ListingSituation.objects.filter(listing__in=listings).with_situation()
    for link in held:
        links[link.listing_id].append(link)
    firsts = restoring.count_firsts(held)
    with_zone = set(zoned.values_list("listing", flat=True))
    doubtful = {
        listing.pk
        for listing in listings
        if restoring.fault_of(
            listing, links[listing.pk], has_zone=listing.pk in with_zone, firsts=firsts
        )
    }
    if doubtful:
        raise _Doubtful(doubtful)
