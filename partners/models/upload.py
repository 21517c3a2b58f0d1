"""A census that a manager brings by the workspace: the file while it is needed, then its report."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from partners.models.history import keep_history
from partners.models.listing import Listing

ACCOUNT = {
    "to": settings.AUTH_USER_MODEL,
    "on_delete": models.SET_NULL,
    "null": True,
    "blank": True,
    "related_name": "+",
}


class Upload(models.Model):
    """One file, from the day it arrives to the day it is undone.

    `content` is the file itself, erased once applied or abandoned (rule R8); it is empty when its
    sheets were read in the background, once for all (`UploadSheet`). `mapping` has the sections of
    a mapping file (`imports.mapping`); `decisions` is {line: choice} for the rows that look like
    records (`uploads.doubts`). `counts` is {outcome of a row: number}.
    """

    class Status(models.TextChoices):
        READING = "lecture", "lecture en cours"
        RECEIVED = "recu", "colonnes à vérifier"
        PLANNING = "simulation", "simulation en cours"
        PLANNED = "simule", "prêt à appliquer"
        APPLYING = "application", "application en cours"
        APPLIED = "applique", "appliqué"
        UNDOING = "annulation", "annulation en cours"
        UNDONE = "annule", "annulé"
        ABANDONED = "abandonne", "abandonné"

    WORKING = (Status.READING, Status.PLANNING, Status.APPLYING, Status.UNDOING)

    WORDS = (
        ("creee", "nouvelle", "nouvelles"),
        ("modifiee", "modifiée", "modifiées"),
        ("inchangee", "inchangée", "inchangées"),
        ("doute", "à décider", "à décider"),
        ("ecartee", "laissée de côté", "laissées de côté"),
        ("refusee", "refusée", "refusées"),
    )

    file_name = models.CharField("nom du fichier", max_length=120)
    fingerprint = models.CharField("empreinte", max_length=64, db_index=True)
    size = models.PositiveIntegerField("octets")
    rows = models.PositiveIntegerField("lignes")
    content = models.BinaryField("fichier", null=True)
    sheet = models.CharField("feuille", max_length=100, blank=True)
    mapping = models.JSONField("correspondance", default=dict)
    decisions = models.JSONField("décisions", default=dict)
    plan = models.UUIDField("simulation", default=uuid.uuid4)
    context = models.UUIDField("contexte de l'historique", null=True)
    status = models.CharField("état", max_length=12, choices=Status, default=Status.RECEIVED)
    progress = models.PositiveSmallIntegerField("avancement", default=0, help_text="sur 100")
    asked_at = models.DateTimeField("demandé le", null=True)
    problem = models.TextField("ce qui n'a pas marché", blank=True)
    remarks = models.JSONField("remarques sur le fichier", default=list)
    counts = models.JSONField("nombre de lignes par issue", default=dict)
    created_at = models.DateTimeField("déposé le", auto_now_add=True)
    created_by = models.ForeignKey(**ACCOUNT, verbose_name="déposé par")
    applied_at = models.DateTimeField("appliqué le", null=True)
    applied_by = models.ForeignKey(**ACCOUNT, verbose_name="appliqué par")
    undone_at = models.DateTimeField("annulé le", null=True)
    undone_by = models.ForeignKey(**ACCOUNT, verbose_name="annulé par")

    class Meta:
        verbose_name = "import"
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("manage_imports_detail", args=[self.pk])

    @property
    def is_working(self):
        return self.status in self.WORKING

    @property
    def gist(self):
        """« 2 nouvelles, 1 refusée »: what its rows became, or how many they are."""
        found = [
            f"{count} {many if count > 1 else one}"
            for name, one, many in self.WORDS
            if (count := self.counts.get(name))
        ]
        rows = f"{self.rows} ligne{'s' if self.rows > 1 else ''}" if self.rows else ""
        return ", ".join(found) or rows


class UploadSheet(models.Model):
    """A sheet of a large workbook, as CSV compressed by gzip; it goes when the file goes."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="sheets")
    position = models.PositiveSmallIntegerField("rang")
    name = models.CharField("feuille", max_length=100)
    content = models.BinaryField("contenu")

    class Meta:
        verbose_name = "feuille d'un import"
        verbose_name_plural = "feuilles d'un import"
        ordering = ["upload", "position"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "position"], name="upload_sheet_once")
        ]

    def __str__(self):
        return self.name


class UploadRow(models.Model):
    """What becomes, or became, of a row of the file.

    `changes`, `refusals` and `warnings` are those of a plan (`imports.notes`); once applied they
    keep no value of the file. `alike`: the records that it may be, [{"pk", "name", "reasons"}].
    """

    class Outcome(models.TextChoices):
        CREATED = "creee", "créée"
        CHANGED = "modifiee", "modifiée"
        UNCHANGED = "inchangee", "inchangée"
        DOUBTFUL = "doute", "à décider"
        LEFT_OUT = "ecartee", "laissée de côté"
        REFUSED = "refusee", "refusée"

    class Undone(models.TextChoices):
        REMOVED = "retiree", "retirée de l'annuaire"
        ARCHIVED = "archivee", "archivée"
        RESTORED = "revenue", "revenue à ce qu'elle était"
        PARTLY = "en-partie", "revenue en partie"
        KEPT = "gardee", "gardée telle quelle"

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="lines")
    line = models.PositiveIntegerField("ligne")
    name = models.CharField("nom", max_length=200, blank=True)
    outcome = models.CharField("issue", max_length=10, choices=Outcome)
    is_suspect = models.BooleanField("ligne suspecte", default=False)
    is_replanned = models.BooleanField("autre qu'à la simulation", default=False)
    listing = models.ForeignKey(
        Listing, models.SET_NULL, null=True, related_name="+", verbose_name="fiche"
    )
    changes = models.JSONField("changements", default=list)
    refusals = models.JSONField("refus", default=list)
    warnings = models.JSONField("avertissements", default=list)
    alike = models.JSONField("fiches ressemblantes", default=list)
    choice = models.CharField("décision", max_length=24, blank=True)
    undone = models.CharField("annulation", max_length=10, choices=Undone, blank=True)
    undo_notes = models.JSONField("à savoir de l'annulation", default=list)

    class Meta:
        verbose_name = "ligne d'un import"
        verbose_name_plural = "lignes d'un import"
        ordering = ["upload", "line"]
        constraints = [models.UniqueConstraint(fields=["upload", "line"], name="upload_row_once")]

    def __str__(self):
        return f"{self.upload}, ligne {self.line}"


@keep_history()
class SavedMapping(models.Model):
    """Which columns of a kind of file are which of ours: proposed again for the same header.

    `signature` is that of the header (`uploads.receiving.signature`), `content` as in `Upload`.
    """

    name = models.CharField(
        "nom",
        max_length=80,
        unique=True,
        error_messages={"unique": "Une correspondance porte déjà ce nom."},
    )
    signature = models.CharField("empreinte de l'en-tête", max_length=64, db_index=True)
    content = models.JSONField("correspondance")
    updated_at = models.DateTimeField("modifiée le", auto_now=True)

    class Meta:
        verbose_name = "correspondance de colonnes"
        verbose_name_plural = "correspondances de colonnes"
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name
