"""Two records that were one: which was absorbed by which, and those that only look alike."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from partners.models.history import keep_history
from partners.models.listing import Listing


class MergeQuerySet(models.QuerySet):
    def kept_for(self, pks):
        """{key of an absorbed record: key of the one that answers for it today}, of these keys.

        Follows chains: a record that absorbed another may be absorbed in turn.
        """
        found = dict(self.filter(pk__in=pks).values_list("absorbed_id", "kept_id"))
        while further := dict(
            self.filter(pk__in=found.values()).values_list("absorbed_id", "kept_id")
        ):
            found = {pk: further.get(kept, kept) for pk, kept in found.items()}
        return found

    def family(self, pk):
        """The key of a record and those of all that it absorbed, directly or by a chain (set)."""
        found, new = {pk}, {pk}
        while new := set(self.filter(kept__in=new).values_list("pk", flat=True)) - found:
            found |= new
        return found


@keep_history()
class Merge(models.Model):
    """`absorbed` is archived and its address leads to `kept`, for ever.

    `moved`: what undoing needs and history does not tell, as keys alone (`partners.merging.links`).
    """

    absorbed = models.OneToOneField(
        Listing, models.CASCADE, primary_key=True, related_name="merge", verbose_name="absorbée"
    )
    kept = models.ForeignKey(
        Listing, models.PROTECT, related_name="merges", verbose_name="fiche gardée"
    )
    merged_at = models.DateTimeField("fusionnées le", auto_now_add=True)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    moved = models.JSONField("lignes passées de l'une à l'autre", default=dict, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = "fusion"
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(absorbed=F("kept")),
                name="merge_of_two",
                violation_error_message="Une fiche ne se fusionne pas avec elle-même.",
            )
        ]

    def __str__(self):
        return f"{self.absorbed} → {self.kept}"


@keep_history()
class Distinction(models.Model):
    """« Ce ne sont pas les mêmes »: said of two records that look alike."""

    first = models.ForeignKey(Listing, models.CASCADE, related_name="told_apart_from")
    second = models.ForeignKey(Listing, models.CASCADE, related_name="told_apart_of")
    said_at = models.DateTimeField("dit le", auto_now_add=True)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "fiches distinctes"
        verbose_name_plural = "fiches distinctes"
        ordering = ["-said_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                Least("first", "second"), Greatest("first", "second"), name="distinction_once"
            ),
            models.CheckConstraint(condition=~Q(first=F("second")), name="distinction_of_two"),
        ]

    def __str__(self):
        return f"{self.first} ≠ {self.second}"
