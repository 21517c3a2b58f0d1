"""Named people at a partner."""

from django.db import models

from partners.models.change import marks_changes
from partners.models.fields import DayField
from partners.models.history import keep_history
from partners.models.listing import Listing


@marks_changes("listing_id")
@keep_history()
class Contact(models.Model):
    """A named person at a partner (rule R6): personal data, with source, date and visibility."""

    class Visibility(models.TextChoices):
        ALL = "tous", "toutes les personnes qui ont un compte"
        MANAGERS = "responsables", "responsables seulement"

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="contacts")
    name = models.CharField("nom", max_length=120)
    function = models.CharField("fonction", max_length=120, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)
    visibility = models.CharField(
        "visible par", max_length=12, choices=Visibility, default=Visibility.MANAGERS
    )
    source = models.CharField("source", max_length=120)
    recorded_on = DayField("relevé le")

    class Meta:
        verbose_name = "contact"
        ordering = ["listing", "name", "pk"]

    def __str__(self):
        return self.name
