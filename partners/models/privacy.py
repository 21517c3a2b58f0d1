"""What shows that personal data are looked after: values removed, people told, traces erased."""

from django.conf import settings
from django.db import models

from partners.models.contact import Contact
from partners.models.fields import DayField
from partners.models.listing import Listing


class Redaction(models.Model):
    """That a value was removed from a record and its history (rule R6): never the value."""

    listing = models.ForeignKey(
        Listing,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="redactions",
        verbose_name="fiche",
    )
    what = models.CharField("ce qui a été retiré", max_length=80)
    is_everywhere = models.BooleanField("dans tout l'annuaire", default=False)
    places = models.PositiveIntegerField("endroits")
    done_at = models.DateTimeField("fait le", auto_now_add=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "valeur caviardée"
        verbose_name_plural = "valeurs caviardées"
        ordering = ["-done_at", "-pk"]

    def __str__(self):
        return f"{self.what} ({self.done_at:%d/%m/%Y})"


class ContactNotice(models.Model):
    """That a named contact was told that the directory holds her (GDPR, article 14)."""

    class Way(models.TextChoices):
        MAIL = "courriel", "par courriel"
        PHONE = "telephone", "par téléphone"
        OTHER = "autre", "autrement (lettre, de vive voix)"
        HERSELF = "elle-meme", "elle a donné elle-même ses coordonnées"

    contact = models.OneToOneField(
        Contact, models.CASCADE, primary_key=True, related_name="notice", verbose_name="contact"
    )
    way = models.CharField("comment", max_length=10, choices=Way)
    done_on = DayField("le")
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "information d'un contact"
        verbose_name_plural = "informations des contacts"

    def __str__(self):
        return f"{self.contact}\u00a0: {self.get_way_display()} le {self.done_on:%d/%m/%Y}"


class NoticeText(models.Model):
    """The letter to contacts as this landlord writes it: one row at most, else the model text."""

    subject = models.CharField("objet", max_length=120)
    body = models.TextField("texte", max_length=6000)
    updated_at = models.DateTimeField("modifié le", auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "texte d'information des contacts"
        verbose_name_plural = "textes d'information des contacts"

    def __str__(self):
        return self.subject


class PurgeRun(models.Model):
    """What a run of the retention rules erased: counts, nothing of what was erased."""

    ran_at = models.DateTimeField("passage du", auto_now_add=True)
    counts = models.JSONField("nombres effacés")

    class Meta:
        verbose_name = "passage de l'effacement"
        verbose_name_plural = "passages de l'effacement"
        ordering = ["-ran_at", "-pk"]

    def __str__(self):
        return f"{self.ran_at:%d/%m/%Y}"
