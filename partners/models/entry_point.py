"""Who instructs a scheme for a commune: one office, not a list of thirty."""

from django.db import models
from django.db.models import Q

from partners.models.change import marks_changes_around, own
from partners.models.fields import NO_TENANT, WebField
from partners.models.history import keep_history
from partners.models.listing import Listing
from partners.models.territory import Territory


@marks_changes_around(own("scheme_id"))
@keep_history()
class EntryPoint(models.Model):
    """A door of a scheme on a territory: a structure of the directory, or an office by its name.

    What it has of its own (telephone, e-mail, site) stands before what the structure has.
    """

    scheme = models.ForeignKey(Listing, models.CASCADE, related_name="entry_points")
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="entry_points", verbose_name="territoire"
    )
    order = models.PositiveSmallIntegerField("ordre", default=0)
    structure = models.ForeignKey(
        Listing,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="entry_points_held",
        verbose_name="structure de l'annuaire",
    )
    label = models.CharField("ou son nom", max_length=160, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)
    website = WebField("site", max_length=500, blank=True)
    note = models.CharField("à savoir", max_length=200, blank=True, help_text=NO_TENANT)

    class Meta:
        verbose_name = "qui instruit ici"
        verbose_name_plural = "qui instruit ici"
        ordering = ["scheme", "territory__search_key", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "territory", "structure", "label"],
                name="entry_point_once",
                violation_error_message="Ce point d'entrée est déjà noté pour ce territoire.",
            ),
            models.UniqueConstraint(
                fields=["scheme", "territory", "label"],
                condition=Q(structure=None),
                name="entry_point_label_once",
                violation_error_message="Ce point d'entrée est déjà noté pour ce territoire.",
            ),
            models.CheckConstraint(
                condition=Q(structure__isnull=False) | ~Q(label=""),
                name="entry_point_named",
                violation_error_message="Dites qui instruit\u00a0: une structure, ou un nom.",
            ),
            models.CheckConstraint(
                condition=Q(structure=None) | ~Q(structure=models.F("scheme")),
                name="entry_point_other",
                violation_error_message="Un dispositif ne s'instruit pas lui-même.",
            ),
        ]

    def __str__(self):
        return f"{self.territory}\u00a0: {self.name}"

    @property
    def name(self):
        return self.label or (self.structure.name if self.structure else "")
