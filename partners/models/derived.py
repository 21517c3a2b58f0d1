"""The columns that repeat other tables for the search's index: filled here and nowhere else."""

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, F, Func, IntegerField, OuterRef, Q, Value, When

from partners.models.listing import UNSPECIFIED_ZONE, CoverageZone, Listing, ListingSituation

INTEGERS = ArrayField(IntegerField())


def _linked(model, column):
    rows = model.objects.filter(listing=OuterRef("pk")).order_by(column)
    return ArraySubquery(rows.values(column), output_field=INTEGERS)


def _expected():
    zones = _linked(CoverageZone, "territory_id")
    unspecified = Value([UNSPECIFIED_ZONE], output_field=INTEGERS)
    return {
        "situation_ids": _linked(ListingSituation, "situation_id"),
        "zone_ids": Case(
            When(
                is_zone_unspecified=True,
                then=Func(zones, unspecified, function="array_cat", output_field=INTEGERS),
            ),
            default=zones,
            output_field=INTEGERS,
        ),
    }


def stale():
    """The listings whose derived columns differ from their source."""
    expected = {f"expected_{name}": value for name, value in _expected().items()}
    differs = Q()
    for name in _expected():
        differs |= ~Q(**{name: F(f"expected_{name}")})
    return Listing.objects.annotate(**expected).filter(differs)


def refresh(listings=None):
    """Recompute the derived columns of these listings (a queryset), of all by default.

    Returns the number of listings that changed.
    """
    ids = stale()
    if listings is not None:
        ids = ids.filter(pk__in=listings.values("pk"))
    return Listing.objects.filter(pk__in=list(ids.values_list("pk", flat=True))).update(
        **_expected()
    )
