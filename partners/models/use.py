"""Use, in counters that know neither who nor when: rows of a month, not of an event (rule R4)."""

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from partners.models.agency import Agency
from partners.models.situation import Situation
from partners.models.territory import Territory

NOBODY = 0
"""Stands for a missing key in the indexes: before PostgreSQL 15 no two NULLs are the same."""


class UseCount(models.Model):
    """How many times a month a need was asked for in a part of the territory.

    `area` is an EPCI (or the commune that has none); a département when no commune was given and,
    always, for a danger. Without history: it would keep who counted, and when.
    """

    class Kind(models.TextChoices):
        SEARCH = "recherche", "demandes"
        UNANSWERED = "sans-reponse", "demandes sans partenaire qui desserve la commune"
        COPY = "copie", "numéros copiés"
        CALL = "appel", "numéros appelés"

    month = models.DateField("premier jour du mois")
    kind = models.CharField("quoi", max_length=12, choices=Kind)
    situation = models.ForeignKey(
        Situation, models.CASCADE, null=True, blank=True, related_name="use_counts"
    )
    area = models.ForeignKey(Territory, models.PROTECT, related_name="use_counts")
    number = models.PositiveIntegerField("nombre")

    class Meta:
        verbose_name = "compteur d'usage"
        verbose_name_plural = "compteurs d'usage"
        constraints = [
            models.UniqueConstraint(
                "month",
                "kind",
                Coalesce(F("situation"), Value(NOBODY)),
                "area",
                name="use_count_once",
            )
        ]

    def __str__(self):
        return f"{self.month:%m/%Y} {self.get_kind_display()}\u00a0: {self.number}"


class AgencyUse(models.Model):
    """How many searches an agency made in a month.

    Without an agency: of accounts that have none, or whose agency had fewer than three active ones.
    """

    month = models.DateField("premier jour du mois")
    agency = models.ForeignKey(
        Agency, models.CASCADE, null=True, blank=True, related_name="use_counts"
    )
    number = models.PositiveIntegerField("nombre")

    class Meta:
        verbose_name = "compteur d'agence"
        verbose_name_plural = "compteurs d'agence"
        constraints = [
            models.UniqueConstraint(
                "month", Coalesce(F("agency"), Value(NOBODY)), name="agency_use_once"
            )
        ]

    def __str__(self):
        return f"{self.month:%m/%Y} {self.agency or 'sans agence'}\u00a0: {self.number}"
