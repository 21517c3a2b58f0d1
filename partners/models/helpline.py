"""National and local numbers that anyone may call (numéros utiles)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from partners.models.fields import NO_TENANT
from partners.models.history import keep_history
from partners.models.territory import Territory


class HelplineQuerySet(models.QuerySet):
    def active(self):
        return self.filter(status=Helpline.Status.ACTIVE)

    def covering(self, zone_ids):
        return self.filter(zone_id__in=zone_ids)


@keep_history()
class Helpline(models.Model):
    class Kind(models.TextChoices):
        EMERGENCY = "urgence", "urgence"
        ALERT = "signalement", "signalement"
        LISTENING = "ecoute", "écoute"
        INFORMATION = "information", "information"

    class Status(models.TextChoices):
        ACTIVE = "actif", "en service"
        REPLACED = "remplace", "remplacé"
        RETIRED = "retire", "retiré"

    class Channel(models.TextChoices):
        VOICE = "voix", "appel"
        SMS = "sms", "SMS"
        APP = "appli", "application"
        VIDEO = "visio", "visio"
        CHAT = "tchat", "tchat"

    slug = models.SlugField("nom court", unique=True)
    name = models.CharField("nom", max_length=120)
    number = models.CharField("numéro affiché", max_length=20)
    href = models.CharField("lien d'appel", max_length=30, help_text="tel:115, sms:114")
    channels = ArrayField(
        models.CharField(max_length=8, choices=Channel), verbose_name="canaux", default=list
    )
    kind = models.CharField("type", max_length=12, choices=Kind)
    status = models.CharField("état", max_length=10, choices=Status, default=Status.ACTIVE)
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name="remplacé par"
    )
    audience = models.CharField("pour qui, pour quoi", max_length=250)
    hours = models.CharField("horaires", max_length=160, blank=True)
    zone = models.ForeignKey(
        Territory, models.PROTECT, related_name="helplines", verbose_name="zone"
    )
    is_free = models.BooleanField("gratuit", null=True, blank=True)
    is_danger = models.BooleanField("peut figurer dans un bandeau de danger", default=False)
    order = models.PositiveSmallIntegerField("ordre", default=100)
    staff_note = models.TextField("note interne", blank=True, help_text=NO_TENANT)
    source = models.CharField("source", max_length=600, blank=True)

    objects = HelplineQuerySet.as_manager()

    class Meta:
        verbose_name = "numéro utile"
        verbose_name_plural = "numéros utiles"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(href__regex=r"^(tel|sms):\+?[0-9]+$"),
                name="helpline_href",
                violation_error_message="Le lien d'appel s'écrit tel:115 ou sms:114.",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def label(self):
        """Its number and its name, which may begin by the number: once."""
        begins = self.name.replace(" ", "").startswith(self.number.replace(" ", ""))
        return self.name if begins else f"{self.number} · {self.name}"

    @property
    def own_name(self):
        """Its name without the number that stands beside it (« 3133 – Maltraitances… »)."""
        return self.name.removeprefix(self.number).lstrip(" \u00a0–-") or self.name

    @property
    def takes_calls(self):
        return self.Channel.VOICE in self.channels
