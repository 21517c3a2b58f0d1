"""Who decides: a commission or a steering group, its rhythm and its next dates."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from partners.models.fields import NO_TENANT, DayField, WebField
from partners.models.history import keep_history
from partners.models.listing import Listing
from partners.models.territory import Territory


@keep_history()
class Instance(models.Model):
    """A body that decides on schemes: « commission FSL », COMED, CCAPEX, a steering group."""

    class Rhythm(models.TextChoices):
        WEEK = "semaine", "toutes les semaines"
        FORTNIGHT = "quinzaine", "tous les quinze jours"
        MONTH = "mois", "tous les mois"
        QUARTER = "trimestre", "tous les trois mois"
        HALF_YEAR = "semestre", "deux fois par an"
        NEED = "besoin", "selon les besoins"

    name = models.CharField(
        "nom",
        max_length=160,
        unique=True,
        error_messages={"unique": "Une instance porte déjà ce nom."},
    )
    acronym = models.CharField("sigle", max_length=40, blank=True)
    territory = models.ForeignKey(
        Territory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="instances",
        verbose_name="territoire",
    )
    secretariat = models.ForeignKey(
        Listing,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="instances_held",
        verbose_name="secrétariat",
    )
    role = models.TextField("ce qu'elle décide", blank=True, max_length=1000, help_text=NO_TENANT)
    rhythm = models.CharField("rythme", max_length=10, choices=Rhythm, blank=True)
    rhythm_note = models.CharField(
        "précision", max_length=160, blank=True, help_text="«\u00a0le mardi matin\u00a0»"
    )
    file_days = models.PositiveSmallIntegerField(
        "dossier déposé, jours avant",
        null=True,
        blank=True,
        help_text="Ce que montrent les séances qui n'ont pas leur propre date limite.",
    )
    appeal = models.TextField("recours", blank=True, max_length=1000, help_text=NO_TENANT)
    website = WebField("site", max_length=500, blank=True)
    source = models.CharField("source", max_length=200, blank=True)
    schemes = models.ManyToManyField(
        Listing,
        verbose_name="dispositifs dont elle décide",
        through="InstanceScheme",
        related_name="instances",
        blank=True,
    )

    class Meta:
        verbose_name = "instance"
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


@keep_history()
class InstanceScheme(models.Model):
    """A scheme that an instance decides on."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="scheme_links")
    scheme = models.ForeignKey(Listing, models.CASCADE, related_name="instance_links")

    class Meta:
        verbose_name = "dispositif d'une instance"
        verbose_name_plural = "dispositifs des instances"
        constraints = [
            models.UniqueConstraint(fields=["instance", "scheme"], name="instance_scheme")
        ]

    def __str__(self):
        return f"{self.instance}\u00a0: {self.scheme}"


class MeetingQuerySet(models.QuerySet):
    def from_day(self, day):
        """Those of a day and after, the nearest first."""
        return self.filter(held_on__gte=day).order_by("held_on", "starts_at", "pk")


@keep_history()
class Meeting(models.Model):
    """A date of an instance, and until when a file can be sent for it."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="meetings")
    held_on = DayField("le")
    starts_at = models.TimeField("à", null=True, blank=True)
    place = models.CharField("lieu", max_length=160, blank=True)
    files_until = DayField("dossiers jusqu'au", null=True, blank=True)
    is_cancelled = models.BooleanField("annulée", default=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "séance"
        ordering = ["instance", "held_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "held_on"],
                name="meeting_once",
                violation_error_message="Cette instance se réunit déjà ce jour-là.",
            ),
            models.CheckConstraint(
                condition=Q(files_until=None) | Q(files_until__lte=F("held_on")),
                name="meeting_files",
                violation_error_message="La date limite des dossiers vient avant la séance.",
            ),
        ]

    def __str__(self):
        return f"{self.instance}, {self.held_on:%d/%m/%Y}"

    @property
    def deadline(self):
        """The last day (date) to send a file, its own or the instance's rule; None if unknown."""
        days = self.instance.file_days
        if self.files_until or days is None:
            return self.files_until
        return self.held_on - timedelta(days=days)

    @property
    def is_too_late(self):
        """Whether the last day for a file is over."""
        return self.deadline is not None and self.deadline < timezone.localdate()
