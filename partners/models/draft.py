"""What somebody is typing in the form of a record, kept while she types (rule R8: thirty days)."""

from django.conf import settings
from django.db import models

from partners.models.listing import Listing


class FormDraft(models.Model):
    """The form of a record as it was last typed by an account, until it is sent.

    No history: it is nobody's but hers, and goes with the form. `before` holds the facts of the
    record when the form was opened, so that what another changed meanwhile is still seen.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="form_drafts")
    key = models.SlugField("formulaire", max_length=24)
    listing = models.ForeignKey(
        Listing, models.CASCADE, null=True, blank=True, related_name="form_drafts"
    )
    fields = models.JSONField("ce qui est tapé")
    before = models.JSONField("la fiche à l'ouverture", default=dict, blank=True)
    saved_at = models.DateTimeField("gardé le", auto_now=True)

    class Meta:
        verbose_name = "saisie en cours"
        verbose_name_plural = "saisies en cours"
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="form_draft_once")]

    def __str__(self):
        return self.name

    @property
    def name(self):
        """What the record is called in the form."""
        return " ".join(self.fields.get("name", [])).strip() or "Fiche sans nom"
