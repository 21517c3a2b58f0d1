"""Partners asked to look at their own record: a campaign, its letters, what they answer."""

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse

from partners.models.fields import NO_TENANT
from partners.models.history import keep_history
from partners.models.listing import Listing
from partners.models.situation import Situation
from partners.models.territory import Territory
from partners.models.vocabulary import StructureType


def new_key():
    """What stands for a letter in its link: 128 random bits, as text."""
    return secrets.token_urlsafe(16)


@keep_history()
class Campaign(models.Model):
    """One message to many partners, each with the link to what the directory says of them.

    Until it starts, whom it goes to follows from what it selects; then its letters say.
    """

    class Status(models.TextChoices):
        DRAFT = "preparation", "en préparation"
        OPEN = "ouverte", "ouverte"
        CLOSED = "close", "close"

    class Selection(models.TextChoices):
        MONTH = "mois", "à vérifier ce mois-ci"
        NEVER = "jamais", "jamais vérifiées"
        SILENT = "sans-reponse", "sans réponse à la dernière campagne"
        ALL = "toutes", "toutes les fiches publiées"

    name = models.CharField("nom de la campagne", max_length=80)
    status = models.CharField("état", max_length=12, choices=Status, default=Status.DRAFT)
    selection = models.CharField(
        "quelles fiches", max_length=12, choices=Selection, default=Selection.MONTH
    )
    situation = models.ForeignKey(
        Situation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="situation",
    )
    place = models.ForeignKey(
        Territory, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="lieu"
    )
    structure_type = models.CharField(
        "type de structure", max_length=20, choices=StructureType, blank=True
    )
    left_out = models.ManyToManyField(Listing, related_name="+", blank=True)
    subject = models.CharField("objet", max_length=120)
    body = models.TextField("message", max_length=4000, help_text=NO_TENANT)
    link_days = models.PositiveSmallIntegerField(
        "durée du lien, en jours",
        default=60,
        validators=[MinValueValidator(7), MaxValueValidator(180)],
    )
    reminders = models.PositiveSmallIntegerField(
        "rappels", default=1, choices=[(0, "aucun"), (1, "un"), (2, "deux")]
    )
    reminder_days = models.PositiveSmallIntegerField(
        "jours entre deux messages",
        default=14,
        validators=[MinValueValidator(3), MaxValueValidator(60)],
    )
    created_at = models.DateTimeField("préparée le", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField("lancée le", null=True, blank=True)
    closed_at = models.DateTimeField("close le", null=True, blank=True)

    class Meta:
        verbose_name = "campagne"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="preparation", started_at__isnull=True)
                | Q(status__in=["ouverte", "close"], started_at__isnull=False),
                name="campaign_started",
                violation_error_message="Une campagne lancée a sa date, les autres n'en ont pas.",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("manage_campaigns_detail", args=[self.pk])

    @property
    def is_draft(self):
        return self.status == self.Status.DRAFT

    @property
    def is_open(self):
        return self.status == self.Status.OPEN


class LetterQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(status=Letter.Status.WAITING)

    def unanswered(self):
        """Those with a record of which nothing was said."""
        return self.filter(pk__in=Reply.objects.filter(kind="").values("letter"))


class Letter(models.Model):
    """What one partner's address is sent, whatever the number of its records; its link.

    It is marked `SENDING` before the server is spoken to and something else after: one that is
    found so later was cut in the middle, and is never sent again by itself.
    """

    class Status(models.TextChoices):
        WAITING = "attente", "à envoyer"
        SENDING = "envoi", "envoi en cours"
        SENT = "envoye", "envoyé"
        REFUSED = "refuse", "refusé par le serveur"
        UNSURE = "incertain", "interrompu, peut-être arrivé"
        CANCELLED = "annule", "annulé"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="letters")
    email = models.EmailField("courriel")
    key = models.CharField("clé du lien", max_length=22, unique=True, default=new_key)
    status = models.CharField("état", max_length=10, choices=Status, default=Status.WAITING)
    round = models.PositiveSmallIntegerField("rappel n°", default=0)
    tries = models.PositiveSmallIntegerField("essais", default=0)
    not_before = models.DateTimeField("pas avant", null=True, blank=True)
    error = models.CharField("ce que le serveur a répondu", max_length=300, blank=True)
    first_sent_at = models.DateTimeField("envoyé le", null=True, blank=True)
    last_sent_at = models.DateTimeField("dernier envoi le", null=True, blank=True)
    opened_at = models.DateTimeField("lien ouvert le", null=True, blank=True)
    revoked_at = models.DateTimeField("lien retiré le", null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "message d'une campagne"
        verbose_name_plural = "messages des campagnes"
        ordering = ["campaign", "email", "pk"]
        constraints = [
            models.UniqueConstraint(F("campaign"), Lower("email"), name="letter_once"),
        ]
        indexes = [models.Index(Lower("email"), name="letter_by_email")]

    def __str__(self):
        return self.email


class ReplyQuerySet(models.QuerySet):
    def to_settle(self):
        """Those that wait for a manager, the oldest first."""
        found = self.exclude(kind="").filter(settled_at=None)
        return found.order_by("answered_at", "pk")


class Reply(models.Model):
    """What a partner says of one of its records; `kind` is "" until it answers."""

    class Kind(models.TextChoices):
        NOTHING = "rien", "rien à changer"
        CHANGES = "changements", "des changements"
        GONE = "n-existe-plus", "n'existe plus"
        NOT_ME = "pas-moi", "ce n'est plus le bon contact"

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="replies")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="replies")
    kind = models.CharField("réponse", max_length=14, choices=Kind, blank=True)
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    zone_words = models.CharField(
        "zone, avec ses mots", max_length=300, blank=True, help_text=NO_TENANT
    )
    message = models.TextField("message", max_length=1000, blank=True, help_text=NO_TENANT)
    settled_at = models.DateTimeField("relu le", null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = "réponse d'un partenaire"
        verbose_name_plural = "réponses des partenaires"
        ordering = ["answered_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "listing"], name="reply_once"),
            models.CheckConstraint(
                condition=Q(kind="", answered_at__isnull=True)
                | (~Q(kind="") & Q(answered_at__isnull=False)),
                name="reply_answered",
                violation_error_message="Une réponse a sa date.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["answered_at"],
                name="reply_to_settle",
                condition=~Q(kind="") & Q(settled_at__isnull=True),
            )
        ]

    def __str__(self):
        return f"{self.listing}\u00a0: {self.get_kind_display() or 'sans réponse'}"


@keep_history()
class OptOut(models.Model):
    """An address that asked not to be written to again: no campaign reaches it."""

    email = models.EmailField("courriel")
    asked_at = models.DateTimeField("demandé le", auto_now_add=True)

    class Meta:
        verbose_name = "adresse à ne plus solliciter"
        verbose_name_plural = "adresses à ne plus solliciter"
        ordering = ["email", "pk"]
        constraints = [models.UniqueConstraint(Lower("email"), name="opt_out_once")]

    def __str__(self):
        return self.email
