"""What an agency knows of a partner of its sector, in a few words that a manager reads first."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from partners.models.agency import Agency
from partners.models.fields import NO_TENANT
from partners.models.history import keep_history
from partners.models.listing import Listing


class LocalNoteQuerySet(models.QuerySet):
    def standing(self):
        """All but those taken away."""
        return self.filter(removed_at=None)

    def waiting(self):
        return self.standing().filter(status=LocalNote.Status.WAITING)

    def shown(self):
        """Approved less than a year ago; one that was emptied since (rule R6) says nothing."""
        since = timezone.now() - LocalNote.SHOWN_FOR
        approved = self.standing().filter(status=LocalNote.Status.APPROVED, decided_at__gt=since)
        return approved.exclude(text="")


@keep_history()
class LocalNote(models.Model):
    """A note of an agency on a record: read by its people and by managers, a year at most."""

    class Status(models.TextChoices):
        WAITING = "en-attente", "à relire"
        APPROVED = "approuvee", "approuvée"
        REFUSED = "refusee", "refusée"

    DECIDED = (Status.APPROVED, Status.REFUSED)
    SHOWN_FOR = timedelta(days=365)

    listing = models.ForeignKey(
        Listing, models.CASCADE, related_name="local_notes", verbose_name="fiche"
    )
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="notes", verbose_name="agence")
    text = models.CharField("note", max_length=140, help_text=NO_TENANT)
    status = models.CharField("état", max_length=10, choices=Status, default=Status.WAITING)
    written_at = models.DateTimeField("écrite le", default=timezone.now)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="écrite par",
    )
    decided_at = models.DateTimeField("relue le", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="relue par",
    )
    answer = models.CharField("mot à l'agence", max_length=200, blank=True, help_text=NO_TENANT)
    removed_at = models.DateTimeField("retirée le", null=True, blank=True)

    objects = LocalNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "note locale"
        verbose_name_plural = "notes locales"
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "agency"],
                condition=Q(status="en-attente"),
                name="local_note_waiting_once",
                violation_error_message="Une note de cette agence attend déjà sur cette fiche.",
            ),
            models.CheckConstraint(
                condition=Q(status="en-attente", decided_at__isnull=True)
                | (~Q(status="en-attente") & Q(decided_at__isnull=False)),
                name="local_note_decided",
                violation_error_message="Une note relue dit quand elle l'a été, les autres non.",
            ),
        ]

    def __str__(self):
        return f"{self.agency}, {self.listing}"

    @property
    def is_waiting(self):
        return self.status == self.Status.WAITING

    @property
    def is_refused(self):
        return self.status == self.Status.REFUSED

    @property
    def shown_until(self):
        """The day an approved note goes by itself; None for the others."""
        is_approved = self.status == self.Status.APPROVED
        return timezone.localdate(self.decided_at + self.SHOWN_FOR) if is_approved else None

    @property
    def version(self):
        """Changes with each writing (str): a decision is on what was read."""
        return self.written_at.isoformat()
