"""What a record gives to read or to bring: documents of three forms, and the papers to prepare."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from partners.models.change import marks_changes_around, own
from partners.models.fields import NO_TENANT, DayField, WebField
from partners.models.history import keep_history
from partners.models.listing import Listing

ONE_FORM = (
    (~Q(text="") & Q(file_name="", url=""))
    | (~Q(file_name="") & Q(text="", url=""))
    | (~Q(url="") & Q(text="", file_name=""))
)


class DocumentQuerySet(models.QuerySet):
    def for_tenants(self):
        return self.filter(audience=Document.Audience.TENANT)


@marks_changes_around(own("listing_id"))
@keep_history()
class Document(models.Model):
    """A worksheet, leaflet or form of a record: written here, uploaded as a PDF, or elsewhere.

    `text` is a small Markdown (`partners.markdown` renders it). `file_name` and `file_size`
    (bytes) describe the `DocumentFile` that holds the PDF.
    """

    class Kind(models.TextChoices):
        WORKSHEET = "fiche-outil", "fiche outil"
        LEAFLET = "plaquette", "plaquette"
        FORM = "formulaire", "formulaire"

    class Audience(models.TextChoices):
        TENANT = "locataire", "pour le locataire"
        PROFESSIONAL = "professionnel", "pour les professionnels"

    listing = models.ForeignKey(
        Listing, models.CASCADE, related_name="documents", verbose_name="fiche"
    )
    order = models.PositiveSmallIntegerField("ordre", default=0)
    title = models.CharField("titre", max_length=160)
    kind = models.CharField("nature", max_length=12, choices=Kind, default=Kind.WORKSHEET)
    audience = models.CharField(
        "pour qui", max_length=14, choices=Audience, default=Audience.PROFESSIONAL
    )
    version = models.CharField("version", max_length=40, blank=True)
    dated_on = DayField("date", null=True, blank=True)
    text = models.TextField("texte", blank=True, max_length=20_000, help_text=NO_TENANT)
    url = WebField("lien", max_length=500, blank=True)
    file_name = models.CharField("fichier", max_length=120, blank=True)
    file_size = models.PositiveIntegerField("octets", default=0)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "document"
        ordering = ["listing", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=ONE_FORM,
                name="document_one_form",
                violation_error_message=(
                    "Un document est un texte, un fichier PDF ou un lien\u00a0: l'un des trois."
                ),
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("listing_document", args=[self.listing_id, self.pk])

    @property
    def is_for_tenants(self):
        return self.audience == self.Audience.TENANT


class DocumentFile(models.Model):
    """The PDF of a document, apart: a list of documents never loads it."""

    document = models.OneToOneField(
        Document, models.CASCADE, primary_key=True, related_name="file", verbose_name="document"
    )
    content = models.BinaryField("fichier")

    class Meta:
        verbose_name = "fichier d'un document"
        verbose_name_plural = "fichiers des documents"

    def __str__(self):
        return str(self.document)


@marks_changes_around(own("listing_id"))
@keep_history()
class Paper(models.Model):
    """Something to bring to a partner, in the order of its checklist."""

    listing = models.ForeignKey(
        Listing, models.CASCADE, related_name="papers", verbose_name="fiche"
    )
    order = models.PositiveSmallIntegerField("ordre", default=0)
    name = models.CharField("papier", max_length=160)
    note = models.CharField(
        "précision", max_length=200, blank=True, help_text="«\u00a0les trois derniers\u00a0»"
    )
    is_required = models.BooleanField("indispensable", default=True)

    class Meta:
        verbose_name = "papier à apporter"
        verbose_name_plural = "papiers à apporter"
        ordering = ["listing", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "name"],
                name="paper_once",
                violation_error_message="Ce papier est déjà dans la liste.",
            )
        ]

    def __str__(self):
        return self.name
