"""Why a number can be believed: who checked it and how, and what advisers report."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from partners.models.change import marks_changes
from partners.models.fields import NO_TENANT
from partners.models.helpline import Helpline
from partners.models.history import keep_history
from partners.models.listing import Listing
from partners.models.situation import Situation
from partners.models.territory import Territory


@marks_changes("listing_id")
@keep_history()
class Verification(models.Model):
    """Someone checked one part of a record, or a helpline, on a date and in a way."""

    class Method(models.TextChoices):
        CALL = "appel", "appel"
        MAIL = "courriel", "courriel"
        SITE = "site", "site internet"
        VISIT = "visite", "visite"
        PARTNER = "partenaire", "le partenaire lui-même"

    class Scope(models.TextChoices):
        RECORD = "fiche", "toute la fiche"
        PHONE = "telephone", "téléphone"
        HOURS = "horaires", "horaires"
        ZONE = "zone", "zone"
        CRITERIA = "criteres", "critères"

    listing = models.ForeignKey(
        Listing, models.CASCADE, null=True, blank=True, related_name="verifications"
    )
    helpline = models.ForeignKey(
        Helpline, models.CASCADE, null=True, blank=True, related_name="verifications"
    )
    scope = models.CharField("quoi", max_length=10, choices=Scope, default=Scope.RECORD)
    method = models.CharField("comment", max_length=12, choices=Method)
    checked_on = models.DateField("le")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "vérification"
        ordering = ["-checked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(listing__isnull=False, helpline__isnull=True)
                | Q(listing__isnull=True, helpline__isnull=False),
                name="verification_of_one",
                violation_error_message="Une vérification porte sur une fiche ou sur un numéro.",
            )
        ]

    def __str__(self):
        return f"{self.listing or self.helpline} : {self.get_scope_display()} le {self.checked_on}"


@keep_history()
class Report(models.Model):
    """« Signaler une erreur » on a record, « signaler un manque » on a situation and a place."""

    class Kind(models.TextChoices):
        WRONG_NUMBER = "mauvais-numero", "mauvais numéro"
        NO_ANSWER = "ne-repond-pas", "ne répond pas"
        CLOSED = "ferme", "fermé définitivement"
        OTHER_AUDIENCE = "autre-public", "ne prend pas ce public"
        DELAY = "delai", "délai d'attente annoncé"
        MISSING = "manque", "il manque un partenaire"
        OTHER = "autre", "autre chose"

    class Status(models.TextChoices):
        NEW = "nouveau", "nouveau"
        DONE = "traite", "traité"

    kind = models.CharField("quoi", max_length=16, choices=Kind)
    listing = models.ForeignKey(
        Listing, models.CASCADE, null=True, blank=True, related_name="reports"
    )
    situations = models.ManyToManyField(Situation, related_name="reports", blank=True)
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    message = models.TextField(
        "précisions",
        blank=True,
        max_length=1000,
        help_text=NO_TENANT,
    )
    status = models.CharField("état", max_length=10, choices=Status, default=Status.NEW)
    created_at = models.DateTimeField("signalé le", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "signalement"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="manque") | Q(listing__isnull=False),
                name="report_of_listing",
                violation_error_message="Une erreur se signale sur une fiche.",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.created_at:%d/%m/%Y})"
