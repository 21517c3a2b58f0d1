"""Reports made without a network: received once, however often a device sends them."""

from datetime import timedelta

from django.db import models

from partners.models.trust import Report


class ReportReceipt(models.Model):
    """That a report came, by the key that its device drew: sent again, it is not filed again."""

    KEPT = timedelta(days=90)
    """Long after any device has read the answer."""

    key = models.UUIDField("clé tirée par l'appareil", primary_key=True, editable=False)
    report = models.ForeignKey(Report, models.SET_NULL, null=True, related_name="+")
    received_at = models.DateTimeField("reçu le", auto_now_add=True)

    class Meta:
        verbose_name = "accusé de réception d'un signalement"
        verbose_name_plural = "accusés de réception de signalements"
        ordering = ["received_at", "pk"]

    def __str__(self):
        return str(self.key)
