"""What the search reads of a published record: one narrow row, under one index."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Collate

from partners.models import packed
from partners.models.listing import Listing

GENERALIST = 0
"""Stands in `situation_ids` for a record that receives every situation."""


SITUATION_BITS = 16


def pairs(situation_ids, zone_ids):
    """The numbers (list) of `search_pairs`: each situation with each zone (migration 0033)."""
    return [zone << SITUATION_BITS | need for zone in zone_ids for need in situation_ids]


def meets(situation_ids, zone_ids):
    """That an entry meets one of these situations and has one of these zones (SQL).

    Under one index, which holds each situation with each zone: to find those that meet one of a few
    situations and those that have one of a few zones, then those that do both, takes twice as long.
    """
    return f"search_pairs(situation_ids, zone_ids) && {among(pairs(situation_ids, zone_ids))}"


def among(numbers):
    """These whole numbers as a list (SQL), for the statements of a search: bound, they take as long
    to write as to find."""
    return f"'{{{','.join(str(int(number)) for number in numbers)}}}'"


def integers():
    return ArrayField(models.IntegerField(), default=list)


class SearchEntry(models.Model):
    """A published listing as the search sees it; repeats other tables, filled by `derived.refresh`.

    `zone_ids` holds the territories served. An unspecified zone is `UNSPECIFIED_ZONE` and, negated,
    each code of `near_ids`, so that it is found near its places only (rule R10).
    `near_ids`: for each place, its EPCI, or its commune when that is an island or has no EPCI.
    `sites`: five numbers a place, (latitude, longitude, commune, code of `near_ids`, permanence or
    0 for the office), in degrees and primary keys. A confidential record has none (rule R7).
    `permanences`: what a card tells of each, `null` without any. `packed`: the numbers above in
    one piece, see `partners.models.packed`.
    """

    listing = models.OneToOneField(Listing, models.CASCADE, primary_key=True, related_name="entry")
    situation_ids = integers()
    zone_ids = integers()
    near_ids = integers()
    core_ids = integers()
    first_ids = integers()
    sites = ArrayField(models.FloatField(), default=list)
    permanences = models.JSONField(null=True)
    facets = models.BigIntegerField(default=0)
    structure_type = models.CharField(max_length=20, blank=True)
    is_generalist = models.BooleanField(default=False)
    is_zone_strict = models.BooleanField(default=False)
    opening_hours = models.CharField(max_length=500, blank=True)
    departement = models.CharField(max_length=3, blank=True)
    convention_until = models.DateField(null=True)
    suspended_from = models.DateField(null=True)
    suspended_until = models.DateField(null=True)
    phone_checked_on = models.DateField(null=True)
    search_key = models.CharField(max_length=240)
    acronym = models.CharField(max_length=40, blank=True)
    words = SearchVectorField(null=True)
    packed = models.GeneratedField(
        expression=RawSQL(packed.SQL, ()),  # noqa: S611
        output_field=models.BinaryField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "entrée de recherche"
        indexes = [
            GinIndex(fields=["situation_ids", "zone_ids"], name="entry_search"),
            GinIndex(
                models.Func(
                    *("situation_ids", "zone_ids"),
                    function="search_pairs",
                    output_field=ArrayField(models.BigIntegerField()),
                ),
                name="entry_pairs",
            ),
            GinIndex(fields=["situation_ids", "near_ids"], name="entry_near"),
            GinIndex(fields=["words"], name="entry_words"),
            GinIndex(fields=["search_key"], name="entry_trigrams", opclasses=["gin_trgm_ops"]),
            # What one types: words of the names of one département, beginnings of names anywhere.
            models.Index(
                fields=["departement", "search_key"],
                include=["acronym", "listing"],
                name="entry_at_home",
            ),
            models.Index(Collate("search_key", "C"), name="entry_by_name"),
        ]

    def __str__(self):
        return self.search_key
