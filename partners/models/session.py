"""Where an account is signed in: one row a browser, ended one by one or all at once."""

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A session of the pages, which says whose it is and on what device; no place, no address."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name="compte",
    )
    device = models.CharField("appareil", max_length=60, blank=True)
    is_kept = models.BooleanField("gardée 30 jours", default=False)
    began_on = models.DateField("ouverte le")
    seen_on = models.DateField("vue le")

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session"
        ordering = ["-seen_on", "pk"]

    @classmethod
    def get_session_store_class(cls):
        from partners.sessions import SessionStore

        return SessionStore
