"""Keys by which other tools reach the API, each for one account and no more than it may do."""

import hashlib
import secrets

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from partners.models.fields import DayField
from partners.models.history import keep_history

PREFIX = "carto_"
"""So that a key left in a file or a mail is recognised for what it is."""
SHOWN = len(PREFIX) + 4


class ApiTokenQuerySet(models.QuerySet):
    def usable(self):
        today = timezone.localdate()
        is_valid = Q(expires_on__isnull=True) | Q(expires_on__gte=today)
        return self.filter(is_valid, revoked_at__isnull=True, user__is_active=True)

    def bearing(self, secret):
        """Those of a secret (str): one at most."""
        return self.filter(digest=digest_of(secret))

    def issue(self, **fields):
        """(token, secret): the secret is 256 random bits, of which only a digest is kept."""
        token = self.model(**fields)
        secret = token.renew_secret()
        token.save()
        return token, secret


@keep_history(exclude=["digest", "last_used_on"])
class ApiToken(models.Model):
    """A key of one tool, made and revoked by an administrator; never deleted, so always known."""

    class Scope(models.TextChoices):
        READ = "lecture", "lire l'annuaire"
        CONTACTS = "contacts", "lire les contacts nommés et la ligne des professionnels"
        WRITE = "ecriture", "créer et modifier des fiches"
        REPORT = "signalement", "signaler une erreur"

    name = models.CharField(
        "outil",
        max_length=80,
        help_text="Le logiciel qui s'en sert, par exemple «\u00a0Intranet\u00a0».",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="api_tokens",
        verbose_name="compte",
        help_text="Le jeton n'a jamais plus de droits que ce compte.",
    )
    scopes = ArrayField(
        models.CharField(max_length=12, choices=Scope), verbose_name="portées", default=list
    )
    expires_on = DayField("valable jusqu'au", null=True, blank=True)
    digest = models.CharField("empreinte", max_length=64, unique=True, editable=False)
    start = models.CharField("commence par", max_length=SHOWN, editable=False)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    revoked_at = models.DateTimeField("révoqué le", null=True, blank=True, editable=False)
    last_used_on = models.DateField("dernier usage", null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "jeton d'API"
        verbose_name_plural = "jetons d'API"
        ordering = ["name", "pk"]

    def __str__(self):
        return f"{self.name} ({self.start}…)"

    def renew_secret(self):
        """Take a new secret and return it (str): nobody can read it again afterwards."""
        secret = PREFIX + secrets.token_urlsafe(32)
        self.digest, self.start = digest_of(secret), secret[:SHOWN]
        return secret

    def mark_used(self):
        """Keep the day of the last use, written once a day: enough to find keys nobody uses."""
        today = timezone.localdate()
        if self.last_used_on != today:
            ApiToken.objects.filter(pk=self.pk).update(last_used_on=today)


def digest_of(secret):
    """SHA-256 (hexadecimal): 256 random bits need no slow hash, and are found by an index."""
    return hashlib.sha256(secret.encode()).hexdigest()
