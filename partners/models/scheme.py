"""What only a scheme (dispositif) has."""

from django.db import models
from django.db.models import F, Q

from partners.models.change import marks_changes, marks_changes_around, own
from partners.models.document import Document
from partners.models.fields import NO_TENANT, DayField, WebField
from partners.models.history import keep_history
from partners.models.listing import Listing, choice_list


@marks_changes("scheme_id")
@keep_history()
class SchemeRole(models.Model):
    """Which structure carries, funds, operates or prescribes a scheme."""

    class Role(models.TextChoices):
        CARRIER = "porteur", "porteur"
        FUNDER = "financeur", "financeur"
        OPERATOR = "operateur", "opérateur"
        PRESCRIBER = "prescripteur", "prescripteur"

    scheme = models.ForeignKey(Listing, models.CASCADE, related_name="scheme_roles")
    structure = models.ForeignKey(Listing, models.CASCADE, related_name="roles_in_schemes")
    role = models.CharField("rôle", max_length=12, choices=Role)

    class Meta:
        verbose_name = "rôle dans un dispositif"
        verbose_name_plural = "rôles dans les dispositifs"
        constraints = [
            models.UniqueConstraint(fields=["scheme", "structure", "role"], name="scheme_role"),
            models.CheckConstraint(condition=~Q(scheme=F("structure")), name="scheme_role_other"),
        ]

    def __str__(self):
        return f"{self.structure}\u00a0: {self.get_role_display()} de {self.scheme}"


@keep_history()
class SchemeDetails(models.Model):
    """What only a scheme says of itself: its aim, its life, its place among the other helps."""

    class Support(models.TextChoices):
        INDIVIDUAL = "individuel", "accompagnement individuel"
        COLLECTIVE = "collectif", "actions collectives"
        BOTH = "les-deux", "accompagnement individuel et actions collectives"

    class Money(models.TextChoices):
        LOAN = "pret", "prêt"
        GRANT = "subvention", "aide qui ne se rembourse pas"
        GUARANTEE = "garantie", "garantie, caution"
        VOUCHER = "bon", "bon ou chèque"

    class Phase(models.TextChoices):
        PLANNED = "en-projet", "en projet"
        RUNNING = "en-cours", "en cours"
        ENDED = "termine", "terminé"

    listing = models.OneToOneField(
        Listing, models.CASCADE, related_name="details", verbose_name="dispositif"
    )
    objective = models.TextField("objectif", blank=True, max_length=1500, help_text=NO_TENANT)
    money = choice_list("si c'est de l'argent", Money)
    support = models.CharField("accompagnement", max_length=10, choices=Support, blank=True)
    needs_agreement = models.BooleanField(
        "l'accord de la personne est indispensable", default=False
    )
    use_order = models.TextField(
        "quand le solliciter",
        blank=True,
        max_length=1000,
        help_text="«\u00a0Après avoir sollicité…\u00a0», «\u00a0jamais seul\u00a0»… " + NO_TENANT,
    )
    duration = models.CharField("durée", max_length=120, blank=True)
    renewal = models.CharField("renouvellement", max_length=200, blank=True)
    capacity = models.CharField("places", max_length=120, blank=True)
    after_yes = models.TextField("si c'est oui", blank=True, max_length=1500, help_text=NO_TENANT)
    after_no = models.TextField("si c'est non", blank=True, max_length=1500, help_text=NO_TENANT)
    to_check = models.TextField(
        "à vérifier localement", blank=True, max_length=1500, help_text=NO_TENANT
    )
    phase = models.CharField("où il en est", max_length=10, choices=Phase, default=Phase.RUNNING)
    starts_on = DayField("commence le", null=True, blank=True)
    ends_on = DayField("finit le", null=True, blank=True)
    legal_basis = models.CharField(
        "texte ou convention",
        max_length=300,
        blank=True,
        help_text="La loi, le règlement, l'accord.",
    )
    legal_version = models.CharField("version", max_length=80, blank=True)
    legal_date = DayField("date du texte", null=True, blank=True)
    legal_url = WebField("lien vers le texte", max_length=500, blank=True)

    class Meta:
        verbose_name = "précisions sur un dispositif"
        verbose_name_plural = "précisions sur les dispositifs"
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="scheme_life",
                violation_error_message="Un dispositif finit après son début.",
            )
        ]

    def __str__(self):
        return str(self.listing)

    def money_words(self):
        """« prêt ; garantie, caution », in the order of the choices."""
        return "\u00a0; ".join(form.label for form in self.Money if form in self.money)

    def is_over_on(self, day):
        return self.phase == self.Phase.ENDED or (self.ends_on is not None and self.ends_on < day)

    def is_to_come_on(self, day):
        has_begun = self.starts_on is None or self.starts_on <= day
        return self.phase == self.Phase.PLANNED or not has_begun


@marks_changes_around(own("scheme_id"))
@keep_history()
class Step(models.Model):
    """A step of a scheme, in order: who does what, to what end, within how long."""

    scheme = models.ForeignKey(Listing, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField("ordre", default=0)
    title = models.CharField("étape", max_length=160)
    actor = models.CharField("qui la fait", max_length=160, blank=True)
    aim = models.TextField("à quoi elle sert", blank=True, max_length=1000, help_text=NO_TENANT)
    delay = models.CharField("délai", max_length=120, blank=True)
    place = models.CharField("lieu", max_length=160, blank=True)
    document = models.ForeignKey(
        Document,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="steps",
        verbose_name="fiche outil",
    )

    class Meta:
        verbose_name = "étape"
        ordering = ["scheme", "order", "pk"]

    def __str__(self):
        return self.title


@keep_history()
class Alternative(models.Model):
    """« Voir plutôt »: another record, for whom this scheme is not."""

    scheme = models.ForeignKey(Listing, models.CASCADE, related_name="alternatives")
    other = models.ForeignKey(
        Listing, models.CASCADE, related_name="alternative_to", verbose_name="fiche"
    )
    order = models.PositiveSmallIntegerField("ordre", default=0)
    reason = models.CharField(
        "quand", max_length=200, help_text="«\u00a0La dette dépasse le plafond.\u00a0»"
    )

    class Meta:
        verbose_name = "«\u00a0voir plutôt\u00a0»"
        verbose_name_plural = "«\u00a0voir plutôt\u00a0»"
        ordering = ["scheme", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "other"],
                name="alternative_once",
                violation_error_message="Cette fiche est déjà proposée.",
            ),
            models.CheckConstraint(
                condition=~Q(scheme=F("other")),
                name="alternative_other",
                violation_error_message="Une fiche ne renvoie pas à elle-même.",
            ),
        ]

    def __str__(self):
        return f"{self.scheme} → {self.other}"
