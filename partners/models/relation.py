"""What the landlord and a partner are to each other: contacts taken, and what each expects."""

from django.db import models
from django.db.models import F
from django.utils import timezone

from partners.models.fields import NO_TENANT, DayField
from partners.models.history import keep_history
from partners.models.listing import Listing


class RelationQuerySet(models.QuerySet):
    def in_use(self):
        """Of records that are not archived, nor absorbed by another one, which archives them."""
        return self.exclude(listing__status=Listing.Status.ARCHIVED)

    def due(self):
        """Those whose day has come, the one that waits most first."""
        found = self.in_use().filter(next_contact_on__lte=timezone.localdate())
        return found.order_by("next_contact_on", "pk")

    def planned(self):
        """Those whose day is to come, the nearest first."""
        found = self.in_use().filter(next_contact_on__gt=timezone.localdate())
        return found.order_by("next_contact_on", "pk")

    def silent(self):
        """Those without a day, the longest without news first."""
        found = self.in_use().filter(next_contact_on=None)
        return found.order_by(F("last_contact_on").asc(nulls_first=True), "pk")


@keep_history()
class Relation(models.Model):
    """Of one record, for those who keep the directory: on no card, in no file, not in the API."""

    listing = models.OneToOneField(Listing, models.CASCADE, related_name="relation")
    last_contact_on = DayField("dernier contact le", null=True, blank=True)
    next_contact_on = DayField("à recontacter le", null=True, blank=True)
    expected_of_us = models.TextField(
        "ce qu'ils attendent de nous", blank=True, max_length=2000, help_text=NO_TENANT
    )
    we_expect = models.TextField(
        "ce que nous attendons d'eux", blank=True, max_length=2000, help_text=NO_TENANT
    )

    objects = RelationQuerySet.as_manager()

    class Meta:
        verbose_name = "relation avec un partenaire"
        verbose_name_plural = "relations avec les partenaires"
        ordering = ["listing", "pk"]

    def __str__(self):
        return str(self.listing)

    @property
    def days(self):
        """(day of the last contact, day of the next one), each a date or None."""
        return self.last_contact_on, self.next_contact_on

    @property
    def is_due(self):
        return self.next_contact_on is not None and self.next_contact_on <= timezone.localdate()

    @property
    def is_empty(self):
        return not (any(self.days) or self.expected_of_us or self.we_expect)
