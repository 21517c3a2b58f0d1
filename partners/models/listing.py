"""The record (fiche): one table for structures and schemes, so that search never asks which."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import slugify

from partners.models.change import marks_changes, marks_those_that_name_it
from partners.models.fields import NO_TENANT, DayField, FoldedField, WebField, points_go_together
from partners.models.history import keep_history
from partners.models.situation import Situation
from partners.models.territory import Territory
from partners.models.vocabulary import (
    Audience,
    Fees,
    HelpKind,
    MobilisationMode,
    Mobiliser,
    ReceptionMode,
    StructureType,
)

UNSPECIFIED_ZONE = 0
"""Stands among the zones of a `SearchEntry` for « zone non précisée » (rule R10)."""

NAMED_BY = """
    SELECT scheme_id FROM partners_entrypoint WHERE structure_id = NEW.id
    UNION
    SELECT g.scheme_id FROM partners_criterion c JOIN partners_criteriongroup g ON g.id = c.group_id
    WHERE c.redirect_id = NEW.id
"""
SHOWN_BY_THEM = (
    "name", "phone", "phone_instructions", "email", "website", "is_confidential", "status",
)  # fmt: skip
"""The schemes that a record instructs, or that send to it, and what they show of it."""


def choice_list(label, choices):
    return ArrayField(
        models.CharField(max_length=120, choices=choices),
        verbose_name=label,
        default=list,
        blank=True,
    )


class ListingQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Listing.Status.PUBLISHED)

    def covering(self, zone_ids):
        """Listings whose zone holds one of these territories (primary keys)."""
        return self.filter(entry__zone_ids__overlap=list(zone_ids))

    def for_situations(self, situation_ids):
        return self.filter(entry__situation_ids__overlap=list(situation_ids))


@marks_changes("id")
@marks_those_that_name_it(NAMED_BY, *SHOWN_BY_THEM)
@keep_history(exclude=["search_key", "updated_at"])
class Listing(models.Model):
    """Everything that a structure and a support scheme share.

    The search reads its `SearchEntry` (`partners.models.entry`), which `derived.refresh` fills.
    """

    class Kind(models.TextChoices):
        STRUCTURE = "structure", "structure"
        SCHEME = "dispositif", "dispositif"

    class Status(models.TextChoices):
        DRAFT = "brouillon", "brouillon"
        TO_CHECK = "a-verifier", "à vérifier"
        PUBLISHED = "publie", "publiée"
        SUSPENDED = "suspendu", "suspendue"
        ARCHIVED = "archive", "archivée"

    class Appointment(models.TextChoices):
        NONE = "sans", "sans rendez-vous"
        REQUIRED = "sur-rendez-vous", "sur rendez-vous"
        BOTH = "les-deux", "avec ou sans rendez-vous"

    kind = models.CharField("nature", max_length=10, choices=Kind, default=Kind.STRUCTURE)
    status = models.CharField("état", max_length=10, choices=Status, default=Status.DRAFT)

    name = models.CharField("nom", max_length=200)
    acronym = models.CharField("sigle", max_length=40, blank=True)
    summary = models.CharField(
        "en une phrase", max_length=140, blank=True, help_text="140 caractères au plus."
    )
    description = models.TextField("description", blank=True, help_text=NO_TENANT)
    search_key = FoldedField("nom simplifié", max_length=240, source="name", db_index=True)
    structure_type = models.CharField(
        "type de structure", max_length=20, choices=StructureType, blank=True
    )
    parent = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="branches",
        verbose_name="structure dont elle dépend",
    )
    siret = models.CharField("SIRET", max_length=14, blank=True)
    networks = choice_list("réseaux porteurs", None)

    situations = models.ManyToManyField(
        Situation, through="ListingSituation", related_name="listings", blank=True
    )
    is_generalist = models.BooleanField(
        "généraliste", default=False, help_text="Reçoit toutes les situations, ou oriente."
    )
    help_kinds = choice_list("nature de l'aide", HelpKind)
    themes = choice_list("thématiques data·inclusion", None)
    audiences = choice_list("publics", Audience)
    audience_details = models.CharField(
        "publics, précisions", max_length=500, blank=True, help_text=NO_TENANT
    )
    access_conditions = models.TextField("conditions d'accès", blank=True, help_text=NO_TENANT)

    zones = models.ManyToManyField(
        Territory, through="CoverageZone", related_name="covered_by", blank=True
    )
    is_zone_unspecified = models.BooleanField(
        "zone non précisée", default=False, help_text="À demander au partenaire."
    )
    is_zone_strict = models.BooleanField(
        "zone stricte", default=False, help_text="Ne reçoit jamais hors de sa zone (CCAS, FSL)."
    )

    address = models.CharField("adresse", max_length=250, blank=True)
    address_extra = models.CharField("complément d'adresse", max_length=250, blank=True)
    postal_code = models.CharField("code postal", max_length=5, blank=True)
    commune = models.ForeignKey(
        Territory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="listings",
        limit_choices_to={"kind": Territory.Kind.COMMUNE},
    )
    latitude = models.FloatField("latitude", null=True, blank=True)
    longitude = models.FloatField("longitude", null=True, blank=True)
    is_confidential = models.BooleanField(
        "adresse confidentielle",
        default=False,
        help_text=(
            "Un lieu de mise à l'abri\u00a0: ni adresse, ni point, ni SIRET ne sortent d'ici."
        ),
    )
    accessibility_url = WebField("accessibilité du lieu", max_length=500, blank=True)

    phone = models.CharField("téléphone", max_length=20, blank=True)
    phone_instructions = models.CharField(
        "pour passer le standard", max_length=120, blank=True, help_text="«\u00a0taper 2\u00a0»"
    )
    professional_phone = models.CharField("ligne des professionnels", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)
    website = WebField("site", max_length=500, blank=True)

    opening_hours = models.CharField("horaires (syntaxe OSM)", max_length=500, blank=True)
    opening_hours_note = models.CharField("horaires, précisions", max_length=300, blank=True)
    appointment = models.CharField("rendez-vous", max_length=16, choices=Appointment, blank=True)
    home_visits = models.BooleanField("se déplace à domicile", default=False)
    fees = models.CharField("frais", max_length=10, choices=Fees, blank=True)
    fees_details = models.CharField("frais, précisions", max_length=300, blank=True)
    reception_modes = choice_list("modes d'accueil", ReceptionMode)
    mobilisation_modes = choice_list("comment le solliciter", MobilisationMode)
    mobilisable_by = choice_list("qui peut le solliciter", Mobiliser)
    mobilisation_details = models.TextField(
        "que dire, que préparer", blank=True, help_text=NO_TENANT
    )
    mobilisation_url = WebField("lien pour le solliciter", max_length=500, blank=True)
    weekly_hours = models.DecimalField(
        "heures par semaine", max_digits=5, decimal_places=1, null=True, blank=True
    )
    weeks = models.PositiveSmallIntegerField("nombre de semaines", null=True, blank=True)

    has_convention = models.BooleanField("partenaire sous convention", default=False)
    convention_until = DayField("convention jusqu'au", null=True, blank=True)

    suspended_from = DayField("suspendue du", null=True, blank=True)
    suspended_until = DayField("suspendue jusqu'au", null=True, blank=True)
    suspension_message = models.CharField(
        "message de suspension", max_length=200, blank=True, help_text=NO_TENANT
    )

    notice = models.CharField("message", max_length=200, blank=True, help_text=NO_TENANT)
    notice_from = DayField("message montré du", null=True, blank=True)
    notice_until = DayField("message montré jusqu'au", null=True, blank=True)

    source = models.CharField("source", max_length=60, blank=True)
    source_id = models.CharField("identifiant dans la source", max_length=120, blank=True)
    source_url = WebField("page de la source", max_length=500, blank=True)
    source_updated_on = DayField("date de la source", null=True, blank=True)
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    updated_at = models.DateTimeField("modifiée le", auto_now=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = "fiche"
        ordering = ["search_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"],
                condition=~Q(source_id=""),
                name="listing_source_id",
                violation_error_message="Une fiche a déjà cet identifiant dans cette source.",
            ),
            points_go_together("listing_point"),
            models.CheckConstraint(
                condition=Q(is_confidential=False) | Q(latitude__isnull=True, siret=""),
                name="listing_confidential",
                violation_error_message="Une adresse confidentielle ne garde ni point ni SIRET.",
            ),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__regex=r"^[0-9]{14}$"),
                name="listing_siret",
                violation_error_message="Un SIRET a 14 chiffres.",
            ),
            models.CheckConstraint(
                condition=~Q(status="publie")
                | (
                    ~Q(name="")
                    & ~Q(summary="")
                    & ~Q(source="")
                    & (~Q(phone="") | ~Q(email="") | ~Q(website=""))
                ),
                name="listing_publishable",
                violation_error_message=(
                    "Pour être publiée, une fiche a un nom, une phrase, une source, "
                    "et un téléphone, un courriel ou un site."
                ),
            ),
            models.CheckConstraint(
                condition=Q(suspended_from__isnull=True)
                | Q(suspended_until__isnull=True)
                | Q(suspended_until__gte=models.F("suspended_from")),
                name="listing_suspension",
                violation_error_message="La suspension finit après son début.",
            ),
            models.CheckConstraint(
                condition=Q(notice_from__isnull=True)
                | Q(notice_until__isnull=True)
                | Q(notice_until__gte=models.F("notice_from")),
                name="listing_notice",
                violation_error_message="Le message finit après son début.",
            ),
        ]
        indexes = [
            models.Index(fields=["latitude", "longitude"], name="listing_by_point"),
            models.Index(fields=["siret"], name="listing_by_siret", condition=~Q(siret="")),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("listing", args=[self.pk, self.slug])

    @property
    def slug(self):
        return slugify(self.name)[:80] or "fiche"

    @property
    def has_point(self):
        return self.latitude is not None and not self.is_confidential

    @property
    def needs_agreement(self):
        """Rule R14: a professional calls for the tenant, so the person must agree."""
        return Mobiliser.PROFESSIONAL in self.mobilisable_by

    @property
    def is_to_complete(self):
        """Without any way to reach it: it waits as « à compléter »."""
        return not (self.phone or self.email or self.website)

    def is_suspended_on(self, day):
        """Its dates decide; without dates, the status alone."""
        dated = self.suspended_from or self.suspended_until
        is_suspended = bool(self.status == self.Status.SUSPENDED or dated)
        return is_suspended and _holds(self.suspended_from, self.suspended_until, day)

    def notice_on(self, day):
        """What it tells on a day, beside a closure; "" when nothing."""
        return self.notice if _holds(self.notice_from, self.notice_until, day) else ""


def _holds(first, last, day):
    """Whether a day is between two, both included; None is without end."""
    return (first is None or first <= day) and (last is None or day <= last)


class StructureManager(models.Manager.from_queryset(ListingQuerySet)):
    def get_queryset(self):
        return super().get_queryset().filter(kind=Listing.Kind.STRUCTURE)


class SchemeManager(models.Manager.from_queryset(ListingQuerySet)):
    def get_queryset(self):
        return super().get_queryset().filter(kind=Listing.Kind.SCHEME)


class Structure(Listing):
    """A partner organisation at a place."""

    objects = StructureManager()

    class Meta:
        proxy = True
        verbose_name = "structure"


class Scheme(Listing):
    """A support scheme or service (dispositif)."""

    objects = SchemeManager()

    class Meta:
        proxy = True
        verbose_name = "dispositif"


class ListingSituationQuerySet(models.QuerySet):
    def with_situation(self):
        """Each with its situation, but for the synonyms, which take longer than all the rest."""
        return self.select_related("situation").defer("situation__synonyms")


@marks_changes("listing_id")
@keep_history()
class ListingSituation(models.Model):
    """What a listing does for a situation: its core trade, or something it can help with."""

    class Role(models.TextChoices):
        CORE = "coeur", "cœur de métier"
        HELPS = "peut-aider", "peut aider"

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="situation_links")
    situation = models.ForeignKey(Situation, models.CASCADE, related_name="listing_links")
    role = models.CharField("rôle", max_length=10, choices=Role, default=Role.CORE)
    is_first = models.BooleanField(
        "à faire en premier", default=False, help_text="Deux au plus par situation."
    )

    objects = ListingSituationQuerySet.as_manager()

    class Meta:
        verbose_name = "situation d'une fiche"
        verbose_name_plural = "situations des fiches"
        ordering = ["situation__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["listing", "situation"], name="listing_situation")
        ]

    def __str__(self):
        return f"{self.listing}\u00a0: {self.situation}"


@marks_changes("listing_id")
@keep_history()
class CoverageZone(models.Model):
    """A territory that a listing serves."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="zone_links")
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="zone_links")

    class Meta:
        verbose_name = "zone d'intervention"
        verbose_name_plural = "zones d'intervention"
        constraints = [
            models.UniqueConstraint(fields=["listing", "territory"], name="listing_zone")
        ]

    def __str__(self):
        return f"{self.listing}\u00a0: {self.territory}"
