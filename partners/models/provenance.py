"""What an open data source wrote in our records, and what it would now write over staff's work."""

from django.db import models
from django.db.models import Q

from partners.models.campaign import Reply
from partners.models.history import keep_history
from partners.models.listing import Listing


class SourceRecord(models.Model):
    """The record of an open data source that a listing comes from, or was recognised in.

    `imprint` maps each fact that the import wrote ("phone", "zones"…) to a checksum of its value:
    a fact that no longer has it was changed by staff, and is theirs. `fingerprint` is that of the
    whole row and `context` that of how rows are read, so that an unchanged row costs nothing.
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, related_name="source_record", verbose_name="fiche"
    )
    kind = models.CharField("nature", max_length=10, choices=Listing.Kind)
    source = models.CharField("source", max_length=60)
    identifier = models.CharField("identifiant", max_length=200)
    licence = models.CharField("licence", max_length=60, blank=True)
    is_creator = models.BooleanField(
        "fiche née de cette source",
        default=True,
        help_text="Non\u00a0: la fiche existait, la source ne fait que proposer.",
    )
    fingerprint = models.BigIntegerField("empreinte de la ligne")
    context = models.BigIntegerField("empreinte de la lecture")
    imprint = models.JSONField("empreinte de chaque valeur", default=dict)
    gone_on = models.DateField("disparue de la source le", null=True, blank=True)

    class Meta:
        verbose_name = "origine d'une fiche"
        verbose_name_plural = "origines des fiches"
        ordering = ["source", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "identifier"], name="source_record_identifier")
        ]

    def __str__(self):
        return self.identifier


@keep_history()
class Proposal(models.Model):
    """A value that a source gives and that staff decided otherwise: shown, never applied alone.

    `cells` are columns of the census with their text, as a file would give them. `reply`: what a
    partner answered of its own record, None for open data.
    """

    class Status(models.TextChoices):
        NEW = "nouvelle", "à décider"
        DECLINED = "ecartee", "écartée"

    listing = models.ForeignKey(
        Listing, models.CASCADE, related_name="proposals", verbose_name="fiche"
    )
    reply = models.ForeignKey(
        Reply,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name="réponse du partenaire",
    )
    fact = models.SlugField("quoi", max_length=40)
    cells = models.JSONField("valeurs proposées")
    source = models.CharField("source", max_length=60)
    proposed_on = models.DateField("proposée le")
    status = models.CharField("état", max_length=10, choices=Status, default=Status.NEW)

    class Meta:
        verbose_name = "proposition d'une source"
        verbose_name_plural = "propositions des sources"
        ordering = ["listing", "fact", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "fact"],
                condition=Q(reply=None),
                name="proposal_once",
                violation_error_message="Une proposition attend déjà pour cette donnée.",
            ),
            models.UniqueConstraint(fields=["reply", "fact"], name="proposal_once_a_reply"),
        ]

    def __str__(self):
        return f"{self.listing}\u00a0: {self.fact}"
