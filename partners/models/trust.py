"""Why a number can be believed: who checked it and how, and what advisers report."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Func, Q, TextField
from django.db.models.functions import TruncDate
from django.utils import timezone

from partners.models.change import marks_changes
from partners.models.fields import NO_TENANT, DayField
from partners.models.helpline import Helpline
from partners.models.history import keep_history
from partners.models.listing import Listing
from partners.models.situation import Situation
from partners.models.territory import Territory


class VerificationQuerySet(models.QuerySet):
    def forget_numbers(self, listings):
        """The telephones of these listings (keys) were changed: what was checked before today was
        the old number. The other parts of a whole record stay checked. Whether any was forgotten.
        """
        old = self.filter(listing__in=listings, checked_on__lt=timezone.localdate())
        whole = old.filter(scope=Verification.Scope.RECORD)
        others = [s for s in Verification.Scope if s not in Verification.OF_PHONE]
        kept = ("listing_id", "method", "checked_on", "checked_by_id")
        facts = [dict(zip(kept, row, strict=True)) for row in whole.values_list(*kept)]
        self.bulk_create(Verification(scope=s, **told) for told in facts for s in others)
        forgotten, _ = old.filter(scope__in=Verification.OF_PHONE).delete()
        return bool(forgotten)


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

    OF_PHONE = (Scope.PHONE, Scope.RECORD)
    """What says that the telephone was checked: it alone, or the whole record."""

    listing = models.ForeignKey(
        Listing, models.CASCADE, null=True, blank=True, related_name="verifications"
    )
    helpline = models.ForeignKey(
        Helpline, models.CASCADE, null=True, blank=True, related_name="verifications"
    )
    scope = models.CharField("quoi", max_length=10, choices=Scope, default=Scope.RECORD)
    method = models.CharField("comment", max_length=12, choices=Method)
    checked_on = DayField("le")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = VerificationQuerySet.as_manager()

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
        about = self.listing or self.helpline
        return f"{about}\u00a0: {self.get_scope_display()} le {self.checked_on}"

    @property
    def is_of_phone(self):
        return self.scope in self.OF_PHONE


class ReportQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=Report.OPEN)

    def of_listings(self):
        """All but gaps, which stand on no record."""
        return self.filter(listing__isnull=False)

    def gaps(self):
        return self.filter(kind=Report.Kind.MISSING)

    def marking(self):
        """The primary keys of the records that enough open negative reports mark."""
        once = Func("created_by", TruncDate("created_at"), function="ROW", output_field=TextField())
        found = self.open().filter(kind__in=Report.NEGATIVE).order_by().values("listing")
        counted = found.annotate(times=Count(once, distinct=True))
        return counted.filter(times__gte=Report.MARKED_FROM).values("listing")


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
        TAKEN = "en-cours", "en cours"
        DONE = "traite", "traité"
        DROPPED = "sans-suite", "sans suite"

    OPEN = (Status.NEW, Status.TAKEN)
    CLOSED = (Status.DONE, Status.DROPPED)
    NEGATIVE = (Kind.WRONG_NUMBER, Kind.NO_ANSWER, Kind.CLOSED, Kind.OTHER_AUDIENCE)
    """Who follows the card calls for nothing. Two of them mark it (`MARKED_FROM`)."""

    MARKED_FROM = 2

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
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="signalé par",
    )
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="qui s'en occupe",
    )
    closed_at = models.DateTimeField("terminé le", null=True, blank=True)
    answer = models.TextField("réponse", blank=True, max_length=300, help_text=NO_TENANT)
    is_answer_seen = models.BooleanField("réponse lue", default=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "signalement"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["traite", "sans-suite"]) | Q(closed_at__isnull=True),
                name="report_closed",
                violation_error_message="Un signalement ouvert n'a pas de date de fin.",
            ),
            models.CheckConstraint(
                condition=Q(kind="manque") | Q(listing__isnull=False),
                name="report_of_listing",
                violation_error_message="Une erreur se signale sur une fiche.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.created_at:%d/%m/%Y})"

    @property
    def is_open(self):
        return self.status in self.OPEN

    @property
    def days_to_close(self):
        """Whole days from the report to its end; None while it is open."""
        return (self.closed_at - self.created_at).days if self.closed_at else None
