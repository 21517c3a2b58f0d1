"""What only a scheme (dispositif) has."""

from django.db import models
from django.db.models import Q

from partners.models.change import marks_changes
from partners.models.history import keep_history
from partners.models.listing import Listing


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
            models.CheckConstraint(
                condition=~Q(scheme=models.F("structure")), name="scheme_role_other"
            ),
        ]

    def __str__(self):
        return f"{self.structure} : {self.get_role_display()} de {self.scheme}"
