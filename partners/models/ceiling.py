"""Ceilings of resources of a scheme, as published: shown, never computed into a right."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value

from partners.models.fields import DayField, WebField
from partners.models.history import keep_history
from partners.models.listing import Listing

AMOUNT = {"max_digits": 9, "decimal_places": 2, "validators": [MinValueValidator(0)]}
LARGEST = 10
"""Persons of a household for whom a table gives an amount; beyond, so much for each one more."""


class ValidityRange(Func):
    function = "daterange"
    output_field = DateRangeField()


@keep_history()
class Ceiling(models.Model):
    """A table by size of household: `amounts[n - 1]` is the one of n persons, in euros.

    `valid_until` None: until another one replaces it.
    """

    scheme = models.ForeignKey(Listing, models.CASCADE, related_name="ceilings")
    label = models.CharField(
        "ce que c'est",
        max_length=120,
        help_text="«\u00a0Ressources du mois\u00a0», «\u00a0revenu fiscal de l'an\u00a0»",
    )
    amounts = ArrayField(
        models.DecimalField(**AMOUNT), verbose_name="montants", size=LARGEST, default=list
    )
    extra_person = models.DecimalField("par personne en plus", null=True, blank=True, **AMOUNT)
    valid_from = DayField("valable du")
    valid_until = DayField("au", null=True, blank=True)
    source = models.CharField("source", max_length=200)
    source_url = WebField("page de la source", max_length=500, blank=True)

    class Meta:
        verbose_name = "plafond"
        ordering = ["scheme", "label", "-valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="ceiling_dates",
                violation_error_message="La validité finit après son début.",
            ),
            models.CheckConstraint(
                condition=Q(amounts__len__gte=1),
                name="ceiling_amounts",
                violation_error_message="Donnez au moins le montant d'une personne seule.",
            ),
            ExclusionConstraint(
                name="ceiling_no_overlap",
                expressions=[
                    ("scheme", RangeOperators.EQUAL),
                    ("label", RangeOperators.EQUAL),
                    (
                        ValidityRange("valid_from", "valid_until", Value("[]")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=(
                    "Un autre tableau du même nom vaut déjà à ces dates\u00a0: "
                    "terminez-le d'abord, la veille."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.label} ({self.valid_from:%d/%m/%Y})"

    @property
    def rows(self):
        """[(persons, amount in euros)], the smallest household first."""
        return list(enumerate(self.amounts, start=1))

    def is_out_of_date_on(self, day):
        return self.valid_until is not None and self.valid_until < day

    def is_to_come_on(self, day):
        return self.valid_from > day
