"""An account to come: the address invited, and what it will be."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from partners.models.agency import Agency
from partners.models.user import User


def new_nonce():
    return secrets.token_hex(8)


class InvitationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(expires_at__gt=timezone.now())

    def expired(self):
        return self.filter(expires_at__lte=timezone.now())


class Invitation(models.Model):
    """Sent by an administrator; its row goes when it is accepted or cancelled.

    The link holds the key and the nonce, signed: a new nonce makes the links sent before useless.
    """

    class State(models.TextChoices):
        WAITING = "a-envoyer", "à envoyer"
        SENT = "envoyee", "envoyée"
        REFUSED = "refusee", "refusée par le serveur d'envoi"

    email = models.EmailField("courriel")
    role = models.CharField("rôle", max_length=16, choices=User.Role, default=User.Role.ADVISER)
    agency = models.ForeignKey(
        Agency, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="agence"
    )
    state = models.CharField("état", max_length=10, choices=State, default=State.WAITING)
    nonce = models.CharField("jeton du lien", max_length=16, default=new_nonce, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    expires_at = models.DateTimeField("valable jusqu'au")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="invitation_email_once",
                violation_error_message="Cette adresse est déjà invitée.",
            )
        ]

    def __str__(self):
        return self.email

    @property
    def is_expired(self):
        return self.expires_at <= timezone.now()
