"""What a source no longer has is archived, never deleted; a file that lost too much stops all."""

from datetime import date

from django.utils import timezone

from partners.imports.data_inclusion.scope import Scope
from partners.imports.errors import NBSP, ImportRefused
from partners.models import Listing, SourceRecord

FEW = 20  # under that, half of them may well go at once
ARCHIVED = Listing.Status.ARCHIVED


def archive(
    kind: str, *, sources: set[str], seen: set[int], scope: Scope, may_be_many: bool, is_dry: bool
) -> list[int]:
    """Archive the records of these sources whose row was not seen; returns their keys.

    `seen`: primary keys of the `SourceRecord`s met. Only what was born from the source and lies in
    the scope. Raises `ImportRefused` when more than half would go and it was not allowed.
    """
    known = SourceRecord.objects.filter(
        kind=kind,
        source__in=sources,
        gone_on=None,
        listing__in=scope.listings(Listing.objects.all()),
    )
    pks = dict(known.values_list("pk", "listing_id"))
    gone = pks.keys() - seen
    if len(pks) > FEW and len(gone) > len(pks) / 2 and not may_be_many:
        raise ImportRefused(
            f"{len(gone)} des {len(pks)} fiches connues ne sont plus dans le fichier{NBSP}: est-il "
            "entier\u00a0? Rien n'a été importé. Si c'est voulu, ajoutez --allow-gone."
        )
    born = known.filter(pk__in=gone, is_creator=True).exclude(listing__status=ARCHIVED)
    found = list(born.values_list("listing_id", flat=True)) if gone else []
    if found and not is_dry:
        listings = Listing.objects.filter(pk__in=found)
        listings.update(status=ARCHIVED, updated_at=timezone.now())
    if gone and not is_dry:
        SourceRecord.objects.filter(pk__in=gone).update(gone_on=date.today())
    return found
