"""Places where a listing receives away from its office."""

from django.db import models

from partners.models.change import marks_changes
from partners.models.fields import points_go_together
from partners.models.history import keep_history
from partners.models.listing import Listing
from partners.models.territory import Territory


@marks_changes("listing_id")
@keep_history()
class Permanence(models.Model):
    """Where and when a listing receives away from its office; it counts as a place."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="permanences")
    commune = models.ForeignKey(
        Territory,
        models.PROTECT,
        related_name="permanences",
        limit_choices_to={"kind": Territory.Kind.COMMUNE},
    )
    place = models.CharField(
        "lieu", max_length=160, help_text="«\u00a0mairie\u00a0», «\u00a0maison de santé\u00a0»"
    )
    address = models.CharField("adresse", max_length=250, blank=True)
    latitude = models.FloatField("latitude", null=True, blank=True)
    longitude = models.FloatField("longitude", null=True, blank=True)
    hours = models.CharField(
        "dates et heures (syntaxe OSM)", max_length=300, help_text="Tu[2] 14:00-17:00; Aug off"
    )
    is_by_appointment = models.BooleanField("sur rendez-vous", default=False)

    class Meta:
        verbose_name = "permanence"
        ordering = ["listing", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "commune", "place", "hours"], name="permanence_once"
            ),
            points_go_together("permanence_point"),
        ]

    def __str__(self):
        return f"{self.place}, {self.commune}"
