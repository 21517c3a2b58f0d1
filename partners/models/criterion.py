"""For whom a scheme is: criteria in groups, which the browser alone confronts with answers (R5)."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from partners.eligibility import checks, kinds, reading, schemes, sentences
from partners.eligibility.kinds import ASKED, SUBJECTS, Kind
from partners.models.change import marks_changes_around, own
from partners.models.fields import NO_TENANT, DayField
from partners.models.history import keep_history
from partners.models.listing import Listing
from partners.models.territory import Territory

KINDS = [(kind.value, subject.label) for kind, subject in SUBJECTS.items()]
MEASURED = [kind.value for kind, subject in SUBJECTS.items() if subject.unit]
OF_ITS_GROUP = """
    SELECT scheme_id FROM partners_criteriongroup WHERE id IN (OLD.group_id, NEW.group_id)
"""
VALUED = [kind.value for kind, subject in SUBJECTS.items() if subject.values]


@marks_changes_around(own("scheme_id"))
@keep_history()
class CriterionGroup(models.Model):
    """Criteria that hold together by a rule; the groups of a scheme are joined by AND."""

    class Rule(models.TextChoices):
        ALL = kinds.Rule.ALL.value, "tous ces critères"
        AT_LEAST = kinds.Rule.AT_LEAST.value, "au moins quelques-uns"
        NONE = kinds.Rule.NONE.value, "aucun de ces critères"

    scheme = models.ForeignKey(
        Listing, models.CASCADE, related_name="criterion_groups", verbose_name="dispositif"
    )
    order = models.PositiveSmallIntegerField("ordre", default=0)
    title = models.CharField("titre", max_length=160, blank=True, help_text=NO_TENANT)
    rule = models.CharField("règle", max_length=8, choices=Rule, default=Rule.ALL)
    least = models.PositiveSmallIntegerField(
        "combien au moins", null=True, blank=True, validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = "groupe de critères"
        verbose_name_plural = "groupes de critères"
        ordering = ["scheme", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rule="au-moins", least__isnull=False, least__gte=1)
                | (~Q(rule="au-moins") & Q(least__isnull=True)),
                name="criterion_group_least",
                violation_error_message=(
                    "«\u00a0Au moins quelques-uns\u00a0» dit combien, les autres règles non."
                ),
            ),
        ]

    def __str__(self):
        return self.title or self.get_rule_display()

    @property
    def rule_words(self):
        """How its criteria hold together: « Tout ceci », « Au moins 2 sur 4 »."""
        rows = self.criteria.all()
        count = sum(row.strength == Criterion.Strength.BLOCKING for row in rows)
        return sentences.heading(self.rule, self.least, count or len(rows))

    @property
    def sentence(self):
        """All of it as one sentence in French; "" when it has no criterion."""
        told = "\u00a0; ".join(row.told for row in self.criteria.all())
        title = f"{self.title}, {self.rule_words.lower()}" if self.title else self.rule_words
        return f"{title}\u00a0: {told}." if told else ""

    def clean(self):
        if self.rule == self.Rule.AT_LEAST and self.least is None:
            raise ValidationError({"least": "Dites combien au moins."})
        if self.rule != self.Rule.AT_LEAST and self.least is not None:
            raise ValidationError({"least": "Cette règle ne compte pas\u00a0: videz ce nombre."})


@marks_changes_around(OF_ITS_GROUP)
@keep_history()
class Criterion(models.Model):
    """One criterion: what it speaks of, how it is asked, who assesses it, what it changes.

    Its typed parameters say how it is tested: bounds, days, stages, values or a territory. Without
    any, its question is answered by yes or no. Two criteria that ask the same are asked once.
    """

    class Assessor(models.TextChoices):
        ADVISER = kinds.Assessor.ADVISER.value, "la conseillère"
        DECLARATION = kinds.Assessor.DECLARATION.value, "la personne le déclare"
        OPERATOR = kinds.Assessor.OPERATOR.value, "l'opérateur (jamais demandé)"
        BODY = kinds.Assessor.BODY.value, "l'instance qui décide (jamais demandé)"

    class Strength(models.TextChoices):
        BLOCKING = kinds.Strength.BLOCKING.value, "bloquant"
        PRIORITY = kinds.Strength.PRIORITY.value, "donne la priorité"
        INDICATIVE = kinds.Strength.INDICATIVE.value, "à titre indicatif"

    group = models.ForeignKey(
        CriterionGroup, models.CASCADE, related_name="criteria", verbose_name="groupe"
    )
    order = models.PositiveSmallIntegerField("ordre", default=0)
    kind = models.CharField(
        "de quoi il parle", max_length=16, choices=KINDS, default=Kind.OTHER.value
    )
    label = models.CharField("le critère", max_length=200, blank=True, help_text=NO_TENANT)
    question = models.CharField("la question à poser", max_length=200, blank=True)
    help_text = models.TextField("aide ou définition", max_length=600, blank=True)
    assessor = models.CharField(
        "qui l'apprécie", max_length=12, choices=Assessor, default=Assessor.ADVISER
    )
    strength = models.CharField("force", max_length=12, choices=Strength, default=Strength.BLOCKING)

    minimum = models.DecimalField("minimum", max_digits=9, decimal_places=2, null=True, blank=True)
    maximum = models.DecimalField("maximum", max_digits=9, decimal_places=2, null=True, blank=True)
    first_day = DayField("à partir du", null=True, blank=True)
    last_day = DayField("jusqu'au", null=True, blank=True)
    is_minimum_included = models.BooleanField("minimum compris", default=True)
    is_maximum_included = models.BooleanField("maximum compris", default=True)
    first_stage = models.CharField(
        "à partir de l'étape", max_length=40, choices=kinds.stage_choices(), blank=True
    )
    last_stage = models.CharField(
        "jusqu'à l'étape", max_length=40, choices=kinds.stage_choices(), blank=True
    )
    values = ArrayField(
        models.CharField(max_length=20, choices=kinds.value_choices()),
        verbose_name="réponses qui conviennent",
        default=list,
        blank=True,
    )
    territory = models.ForeignKey(
        Territory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="criteria",
        verbose_name="territoire",
    )

    redirect = models.ForeignKey(
        Listing,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="redirected_criteria",
        verbose_name="sinon, voir plutôt (fiche)",
    )
    redirect_text = models.CharField("sinon, voir plutôt (texte)", max_length=200, blank=True)
    source = models.CharField("source", max_length=250, blank=True)

    class Meta:
        verbose_name = "critère"
        ordering = ["group", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum=None, maximum=None) | Q(kind__in=MEASURED),
                name="criterion_measured",
                violation_error_message="Ce critère ne se compte pas\u00a0: videz les bornes.",
            ),
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(maximum=None) | Q(maximum__gte=F("minimum")),
                name="criterion_bounds",
                violation_error_message=checks.EMPTY,
            ),
            models.CheckConstraint(
                condition=(Q(minimum=None) | Q(minimum__gte=0))
                & (Q(maximum=None) | Q(maximum__gte=0)),
                name="criterion_not_negative",
                violation_error_message="Une borne n'est pas négative.",
            ),
            models.CheckConstraint(
                condition=Q(first_day=None, last_day=None) | Q(kind=Kind.DATES.value),
                name="criterion_dated",
                violation_error_message="Ce critère n'a pas de dates\u00a0: videz-les.",
            ),
            models.CheckConstraint(
                condition=Q(first_day=None) | Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="criterion_days",
                violation_error_message=checks.EMPTY,
            ),
            models.CheckConstraint(
                condition=Q(first_stage="", last_stage="") | Q(kind=Kind.STAGE.value),
                name="criterion_staged",
                violation_error_message="Ce critère n'a pas d'étapes\u00a0: videz-les.",
            ),
            models.CheckConstraint(
                condition=Q(values=[]) | Q(kind__in=VALUED),
                name="criterion_valued",
                violation_error_message="Ce critère n'a pas de réponses à cocher.",
            ),
            models.CheckConstraint(
                condition=Q(territory=None) | Q(kind=Kind.TERRITORY.value),
                name="criterion_placed",
                violation_error_message="Ce critère n'est pas un territoire\u00a0: videz-le.",
            ),
            models.CheckConstraint(
                condition=Q(assessor__in=[who.value for who in ASKED]) | Q(question=""),
                name="criterion_never_asked",
                violation_error_message=(
                    "Ce que l'opérateur ou l'instance apprécie ne se demande jamais\u00a0: "
                    "videz la question."
                ),
            ),
        ]

    def __str__(self):
        return self.label or reading.words(self.parameters) or self.question

    @property
    def told(self):
        """What it says, and who but the adviser assesses it, or what it only weighs."""
        notes = [
            "" if self.is_asked else f"apprécié par {self.get_assessor_display().split(' (')[0]}",
            "" if self.strength == self.Strength.BLOCKING else self.get_strength_display(),
        ]
        notes = ", ".join(filter(None, notes))
        return f"{self} ({notes})" if notes else str(self)

    @property
    def is_asked(self):
        """Whether it becomes a question: what the operator or a body assesses never does."""
        return self.assessor in ASKED

    @property
    def parameters(self):
        """What it says, as the pure modules read it."""
        return reading.Parameters(
            kind=str(self.kind),
            question=self.question,
            hint=self.help_text,
            assessor=str(self.assessor),
            minimum=self.minimum,
            maximum=self.maximum,
            first_day=self.first_day,
            last_day=self.last_day,
            has_low=self.is_minimum_included,
            has_high=self.is_maximum_included,
            first_stage=self.first_stage,
            last_stage=self.last_stage,
            values=tuple(self.values),
            territory=self._place,
        )

    @property
    def _place(self):
        if not self.territory_id:
            return None
        return f"{self.territory.kind}:{self.territory.code}", str(self.territory)

    def clean(self):
        if {self.first_stage, self.last_stage} - {"", *dict(kinds.stage_choices())}:
            return  # told beside its field already
        faults = reading.faults(self.parameters)
        if not (str(self) or "question" in faults):
            faults["label"] = "Écrivez le critère, tel qu'on le lit."
        if faults:
            raise ValidationError(faults)

    def as_pure(self):
        """The `schemes.Criterion` that is evaluated."""
        return schemes.Criterion(
            id=self.pk or 0,
            label=str(self),
            test=reading.read(self.parameters)[1],
            strength=str(self.strength),
            by=str(self.assessor),
            instead=bool(self.redirect_id or self.redirect_text),
        )
