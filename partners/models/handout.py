"""The page of a hand-out: what a tenant opens from a QR code, without an account."""

import secrets
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from partners.models.token import digest_of

RANDOM_BYTES = 16


class HandOutQuerySet(models.QuerySet):
    def open(self):
        return self.filter(expires_on__gte=timezone.localdate())

    def bearing(self, token):
        """Those of a token (str): one at most."""
        return self.filter(digest=digest_of(token))

    def issue(self, listing_ids):
        """The token (str, 128 random bits) of a new page of these records, in this order."""
        token = secrets.token_urlsafe(RANDOM_BYTES)
        last = timezone.localdate() + HandOut.OPEN_FOR
        self.create(digest=digest_of(token), listing_ids=list(listing_ids), expires_on=last)
        return token


class HandOut(models.Model):
    """Keys of records behind a secret address, and its last day: nobody, no need, no hour."""

    OPEN_FOR = timedelta(days=90)

    digest = models.CharField("empreinte", max_length=64, unique=True, editable=False)
    listing_ids = ArrayField(models.IntegerField(), verbose_name="fiches")
    expires_on = models.DateField("dernier jour")

    objects = HandOutQuerySet.as_manager()

    class Meta:
        verbose_name = "page remise à un locataire"
        verbose_name_plural = "pages remises à des locataires"
        ordering = ["pk"]

    def __str__(self):
        return f"jusqu'au {self.expires_on:%d/%m/%Y}"
