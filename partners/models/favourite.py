"""Listings that an account keeps at hand, in folders of its own that its agency may share."""

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
from django.urls import reverse

from partners.models.agency import Agency
from partners.models.fields import NO_TENANT, FoldedField
from partners.models.history import keep_history
from partners.models.listing import Listing


@keep_history(exclude=["name", "search_key", "position"])
class Folder(models.Model):
    """A name, its owner, and the agency whose colleagues share it, if any.

    History leaves the name out: one that should not have been written goes when it is changed.
    """

    name = models.CharField("nom du dossier", max_length=60, help_text=NO_TENANT)
    search_key = FoldedField("nom simplifié", max_length=120, source="name")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="folders", verbose_name="compte"
    )
    shared_with = models.ForeignKey(
        Agency,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="folders",
        verbose_name="partagé avec l'agence",
    )
    position = models.PositiveSmallIntegerField("ordre", default=0)
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    class Meta:
        verbose_name = "dossier de favoris"
        verbose_name_plural = "dossiers de favoris"
        ordering = ["position", "search_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                F("owner"),
                Lower("name"),
                name="folder_name_once",
                violation_error_message="Ce compte a déjà un dossier de ce nom.",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("folder", args=[self.pk])


@keep_history()
class Favourite(models.Model):
    """A listing in a folder."""

    folder = models.ForeignKey(Folder, models.CASCADE, related_name="favourites")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="favourites")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField("ajoutée le", auto_now_add=True)

    class Meta:
        verbose_name = "favori"
        ordering = ["listing__search_key", "pk"]
        constraints = [models.UniqueConstraint(fields=["folder", "listing"], name="favourite_once")]

    def __str__(self):
        return f"{self.folder}\u00a0: {self.listing}"
