"""What to say and to ask on the telephone, by situation. In general: of nobody (rule R1)."""

from django.db import models

from partners.models.agency import Agency
from partners.models.history import keep_history
from partners.models.situation import Situation, word_list


class CallWords(models.Model):
    """The words of a guide, in the order of a call."""

    opening = models.CharField(
        "phrase pour commencer",
        max_length=300,
        blank=True,
        help_text="Celle qu'on peut lire à voix haute, mot pour mot.",
    )
    questions = word_list("questions à poser", max_length=240)
    red_flags = word_list("signes qui doivent alerter", max_length=240)
    not_to_promise = models.TextField("ce qu'il ne faut pas promettre", max_length=600, blank=True)
    escalate_to = models.TextField("à qui passer la main", max_length=600, blank=True)

    class Meta:
        abstract = True


@keep_history()
class CallGuide(CallWords):
    """The guide of every agency. `is_proposed`: provided, and read by nobody here yet."""

    situation = models.OneToOneField(
        Situation, models.CASCADE, primary_key=True, related_name="call_guide"
    )
    is_proposed = models.BooleanField("proposé, à relire", default=False)

    class Meta:
        verbose_name = "guide d'appel"
        verbose_name_plural = "guides d'appel"

    def __str__(self):
        return f"guide d'appel\u00a0: {self.situation}"


@keep_history()
class AgencyCallGuide(CallWords):
    """What an agency says otherwise; where it says nothing, the guide of all holds."""

    situation = models.ForeignKey(Situation, models.CASCADE, related_name="agency_guides")
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="call_guides")

    class Meta:
        verbose_name = "guide d'appel d'une agence"
        verbose_name_plural = "guides d'appel des agences"
        constraints = [
            models.UniqueConstraint(fields=["situation", "agency"], name="agency_call_guide")
        ]

    def __str__(self):
        return f"guide d'appel\u00a0: {self.situation}, {self.agency}"
