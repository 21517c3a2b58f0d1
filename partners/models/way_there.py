"""How to reach the place of a record without a car: a bus, a transport on demand."""

from django.db import models
from django.db.models import Q

from partners.models.change import marks_changes
from partners.models.fields import NO_TENANT
from partners.models.history import keep_history
from partners.models.listing import Listing


@marks_changes("listing_id")
@keep_history()
class WayThere(models.Model):
    """A sentence for who comes on foot or by bus; a record of which nothing is known has none.

    A table of its own: few records have one, and no column more stands on the path of a search. Of
    a confidential place it leaves no more than the address does (rule R7).
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, related_name="way_there", verbose_name="fiche"
    )
    without_car = models.CharField(
        "venir sans voiture",
        max_length=300,
        help_text=f"Bus, arrêt, transport à la demande et son numéro. {NO_TENANT}",
    )

    class Meta:
        verbose_name = "venir sans voiture"
        verbose_name_plural = "venir sans voiture"
        constraints = [
            models.CheckConstraint(
                condition=~Q(without_car=""),
                name="way_there_said",
                violation_error_message="Dites comment venir, ou retirez cette ligne.",
            )
        ]

    def __str__(self):
        return self.without_car


def without_car(listing):
    """How to come to a record without a car (str), "" when nobody said."""
    found = getattr(listing, "way_there", None) if listing.pk else None
    return found.without_car if found else ""
