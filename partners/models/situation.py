"""What a tenant goes through: entries of the home page, signs of danger, the words we use."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from partners.models.agency import Subject
from partners.models.helpline import Helpline
from partners.models.history import keep_history


class SituationQuerySet(models.QuerySet):
    def on_home(self):
        return self.filter(is_home_tile=True)

    def in_use(self):
        return self.filter(archived_at=None)

    def archived(self):
        return self.exclude(archived_at=None)

    def with_words(self):
        """Their synonyms too, three hundred each, which few pages read."""
        return self.defer(None)


class SituationManager(models.Manager.from_queryset(SituationQuerySet)):
    """What anyone may choose: the archived ones are only met through what still names them.

    Synonyms are deferred, see `with_words`.
    """

    def get_queryset(self):
        return super().get_queryset().in_use().defer("synonyms")


def word_list(label, *, max_length=120, **options):
    return ArrayField(
        models.CharField(max_length=max_length),
        verbose_name=label,
        default=list,
        blank=True,
        **options,
    )


@keep_history()
class Situation(models.Model):
    """An entry of the home page, with the words that lead to it and the lines that answer it."""

    slug = models.SlugField("nom court", unique=True)
    label = models.CharField("nom", max_length=80)
    description = models.CharField("description", max_length=250, blank=True)
    icon = models.SlugField("icône", max_length=40, blank=True)
    order = models.PositiveSmallIntegerField("ordre", default=100)
    is_home_tile = models.BooleanField("sur l'accueil", default=True)
    is_danger = models.BooleanField(
        "danger", default=False, help_text="Les numéros d'urgence passent avant tout le reste."
    )
    internal_subject = models.CharField(
        "chez nous d'abord",
        max_length=12,
        choices=Subject,
        blank=True,
        help_text="Le sujet du référent interne à demander avant tout partenaire.",
    )
    synonyms = word_list("synonymes")
    typical_partners = word_list("partenaires habituels")
    themes = word_list("thématiques data·inclusion")
    helplines = models.ManyToManyField(
        Helpline, through="SituationHelpline", related_name="situations", blank=True
    )

    archived_at = models.DateTimeField("archivée le", null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name="fondue dans",
    )

    objects = SituationManager()
    everything = SituationQuerySet.as_manager()

    class Meta:
        verbose_name = "situation"
        ordering = ["order", "pk"]
        base_manager_name = "everything"

    def __str__(self):
        return self.label


@keep_history()
class SituationHelpline(models.Model):
    """A line that answers a situation, at its place in the order."""

    situation = models.ForeignKey(Situation, models.CASCADE, related_name="helpline_links")
    helpline = models.ForeignKey(Helpline, models.CASCADE, related_name="situation_links")
    order = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "numéro d'une situation"
        verbose_name_plural = "numéros des situations"
        ordering = ["situation", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["situation", "helpline"], name="situation_helpline")
        ]

    def __str__(self):
        return f"{self.situation}\u00a0: {self.helpline}"


@keep_history()
class DangerSign(models.Model):
    """Words that put a strip of numbers on top, whatever situation was chosen."""

    slug = models.SlugField("nom court", unique=True)
    label = models.CharField("nom", max_length=60)
    words = word_list("mots")
    message = models.CharField("phrase", max_length=200)
    alarms = word_list("phrases qui doivent l'afficher")
    calms = word_list("phrases qui ne doivent pas l'afficher")
    helplines = models.ManyToManyField(
        Helpline, through="DangerSignHelpline", related_name="danger_signs", blank=True
    )

    class Meta:
        verbose_name = "signe de danger"
        verbose_name_plural = "signes de danger"
        ordering = ["slug", "pk"]

    def __str__(self):
        return self.label


@keep_history()
class DangerSignHelpline(models.Model):
    """A number of a danger strip, at its place in the order."""

    sign = models.ForeignKey(DangerSign, models.CASCADE, related_name="helpline_links")
    helpline = models.ForeignKey(Helpline, models.CASCADE, related_name="danger_sign_links")
    order = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "numéro d'un signe de danger"
        verbose_name_plural = "numéros des signes de danger"
        ordering = ["sign", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["sign", "helpline"], name="sign_helpline")]

    def __str__(self):
        return f"{self.sign}\u00a0: {self.helpline}"


@keep_history()
class GlossaryTerm(models.Model):
    """An acronym; two meanings of one acronym are two rows that name each other."""

    acronym = models.CharField("sigle", max_length=40, unique=True)
    expansion = models.CharField("en toutes lettres", max_length=200)
    definition = models.CharField("définition", max_length=400, blank=True)
    category = models.CharField("catégorie", max_length=40, blank=True)
    ambiguous_with = models.CharField("ne pas confondre", max_length=200, blank=True)
    aliases = word_list("autres écritures")
    source = models.CharField("source", max_length=400, blank=True)

    class Meta:
        verbose_name = "sigle"
        ordering = ["acronym", "pk"]

    def __str__(self):
        return self.acronym
