"""The private address by which a calendar reads the meetings: one an account, revocable."""

import secrets

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from partners.models.history import keep_history
from partners.models.token import digest_of
from partners.models.user import User


class CalendarKeyQuerySet(models.QuerySet):
    def usable(self):
        return self.filter(revoked_at=None, user__is_active=True)

    def bearing(self, secret):
        """Those of a secret (str): one at most."""
        return self.filter(digest=digest_of(secret))

    def issue(self, user):
        """(key, secret) for an account; whatever it had before opens nothing any more."""
        secret = secrets.token_urlsafe(32)
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)  # two clicks make one key
            self.revoke(user)
            return self.create(user=user, digest=digest_of(secret)), secret

    def revoke(self, user):
        """How many keys of an account were open (int)."""
        return self.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())


@keep_history(exclude=["digest", "last_used_on"])
class CalendarKey(models.Model):
    """A key to the calendar of the meetings: 256 random bits, of which only a digest is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="calendar_keys",
        verbose_name="compte",
    )
    digest = models.CharField("empreinte", max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    revoked_at = models.DateTimeField("révoquée le", null=True, blank=True)
    last_used_on = models.DateField("dernier usage", null=True, blank=True, editable=False)

    objects = CalendarKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "adresse d'agenda"
        verbose_name_plural = "adresses d'agenda"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(revoked_at=None),
                name="calendar_key_once",
                violation_error_message="Ce compte a déjà une adresse d'agenda.",
            )
        ]

    def __str__(self):
        return f"{self.user} ({self.created_at:%d/%m/%Y})"

    def mark_used(self):
        """Keep the day of the last use, written once a day."""
        today = timezone.localdate()
        if self.last_used_on != today:
            CalendarKey.objects.filter(pk=self.pk).update(last_used_on=today)
