"""What is missing on the territory: the register of needs that nobody answers yet."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from partners.models.fields import NO_TENANT
from partners.models.history import keep_history
from partners.models.listing import Listing
from partners.models.situation import Situation
from partners.models.territory import Territory


class GapQuerySet(models.QuerySet):
    def open(self):
        return self.exclude(status=Gap.Status.CLOSED)


@keep_history(exclude=["updated_at"])
class Gap(models.Model):
    """A need in a territory, from the day somebody reports it to the scheme that closes it."""

    class Status(models.TextChoices):
        REPORTED = "signale", "signalé"
        STUDIED = "etudie", "étudié"
        BUILDING = "en-construction", "réponse en construction"
        CLOSED = "comble", "comblé"

    situation = models.ForeignKey(
        Situation, models.PROTECT, related_name="gaps", verbose_name="besoin"
    )
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="gaps", verbose_name="territoire"
    )
    status = models.CharField(
        "où en est-on", max_length=16, choices=Status, default=Status.REPORTED
    )
    closed_by = models.ForeignKey(
        Listing,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="closed_gaps",
        verbose_name="fiche qui y répond",
    )
    note = models.TextField("notes", blank=True, max_length=2000, help_text=NO_TENANT)
    created_at = models.DateTimeField("inscrit le", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    updated_at = models.DateTimeField("modifié le", auto_now=True)

    objects = GapQuerySet.as_manager()

    class Meta:
        verbose_name = "manque"
        ordering = ["situation__order", "territory__search_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["situation", "territory"],
                name="gap_once",
                violation_error_message="Ce besoin est déjà inscrit pour ce territoire.",
            ),
            models.CheckConstraint(
                condition=Q(status="comble", closed_by__isnull=False)
                | (~Q(status="comble") & Q(closed_by__isnull=True)),
                name="gap_closed_by",
                violation_error_message=(
                    "Un manque comblé dit quelle fiche y répond, les autres n'en ont pas."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.situation}, {self.territory}"

    def get_absolute_url(self):
        return reverse("manage_gaps_edit", args=[self.pk])
