"""Takes a merge back, while nothing was built on it."""

import pghistory
from django.db import transaction

from partners.merging import links
from partners.merging.uniting import MARK, Refused
from partners.models import Listing, Merge, derived
from partners.past import restoring, versions

UNDONE = "fusion_defaite"
CONFIDENTIAL = "l'une des deux a une adresse confidentielle, que l'historique ne rend pas"
CHAINED = "la fiche gardée a elle-même été fusionnée depuis\u00a0: défaites d'abord cette fusion"
CHANGED = "la fiche gardée a été modifiée depuis"
FACTS = {"verifications", "relation"}
"""Parts whose changes take nothing away from a merge: a check or a contact builds nothing on it."""


def lasting(kept, absorbed):
    """Why the merge of two records could not be undone, in French; "" when it could."""
    return CONFIDENTIAL if kept.is_confidential or absorbed.is_confidential else ""


def obstacle(merge):
    """Why a merge cannot be undone any more, in French; "" when it can."""
    if said := lasting(merge.kept, merge.absorbed):
        return said
    if Merge.objects.filter(absorbed=merge.kept_id).exists():
        return CHAINED
    return CHANGED if _later(merge.kept, merge.absorbed_id) else ""


@transaction.atomic
def undo(merge):
    """Both records as they were before; what came to the kept one since stays with it.

    Raises `Refused` with the reason in French.
    """
    keys = sorted([merge.kept_id, merge.absorbed_id])
    list(Listing.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    if said := obstacle(merge):
        raise Refused(f"Cette fusion ne peut plus être défaite\u00a0: {said}.")
    kept, absorbed = merge.kept, merge.absorbed
    with pghistory.context(**{UNDONE: absorbed.pk}):
        before = [(listing, _before(listing, absorbed.pk)) for listing in (kept, absorbed)]
        links.give_back(kept, absorbed, merge.moved)
        links.give_rows_back(kept, absorbed, merge.moved)
        merge.delete()
        for listing, version in before:
            if version is not None:
                _restore(listing, version.before_key)
    derived.refresh(Listing.objects.filter(pk__in=keys))


def _restore(listing, key):
    last = versions.read(listing)[-1]
    try:
        restoring.restore(listing, key, seen=last.key)
    except restoring.Refused as error:
        raise Refused(str(error)) from None


def _before(listing, absorbed):
    """The version of a record that the merge made; None when it changed nothing in it."""
    made = [v for v in versions.read(listing) if v.context.get(MARK) == absorbed]
    return made[-1] if made else None


def _later(kept, absorbed):
    """Whether the record was changed after the merge, or by another one since."""
    found = versions.read(kept)
    marks = [place for place, v in enumerate(found) if v.context.get(MARK) == absorbed]
    if marks:
        return any(set(version.changed) - FACTS for version in found[marks[-1] + 1 :])
    merged_at = Merge.objects.get(absorbed=absorbed).merged_at
    return any(v.at > merged_at and set(v.changed) - FACTS for v in found)
