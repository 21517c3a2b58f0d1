"""The landlord's own offices, and whom to ask there first (« chez nous d'abord »)."""

from django.db import models

from partners.models.history import keep_history
from partners.models.territory import Territory


class Subject(models.TextChoices):
    """What the landlord's own staff answer for, before any partner."""

    RENT = "loyer", "impayé de loyer"
    TECHNICAL = "technique", "réclamation technique"
    NEIGHBOURS = "voisinage", "vie de quartier, voisinage"
    SOCIAL = "social", "accompagnement social"


@keep_history()
class Agency(models.Model):
    """A landlord's office (Bureau Conseil Logement) and the sector it serves."""

    slug = models.SlugField("nom court", unique=True)
    name = models.CharField("nom", max_length=120)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    commune = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="agencies"
    )
    opening_hours = models.CharField("horaires (syntaxe OSM)", max_length=500, blank=True)
    sector = models.OneToOneField(
        Territory,
        models.PROTECT,
        verbose_name="secteur",
        limit_choices_to={"kind": Territory.Kind.SECTOR},
    )

    class Meta:
        verbose_name = "agence"
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


@keep_history()
class InternalReferent(models.Model):
    """Whom to ask at the landlord, by subject and agency. A function, a name only if she agrees."""

    agency = models.ForeignKey(
        Agency, models.CASCADE, related_name="referents", verbose_name="agence"
    )
    subject = models.CharField("sujet", max_length=12, choices=Subject)
    name = models.CharField("nom ou fonction", max_length=120)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)

    class Meta:
        verbose_name = "référent interne"
        verbose_name_plural = "référents internes"
        ordering = ["agency", "subject", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "subject"],
                name="referent_agency_subject",
                violation_error_message="Cette agence a déjà un référent pour ce sujet.",
            )
        ]

    def __str__(self):
        return f"{self.name} ({self.get_subject_display()})"
