"""Places of France as administration knows them: coverage is a code, never a circle."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from partners.models.change import marks_those_that_name_it
from partners.models.fields import FoldedField, points_go_together
from partners.models.history import keep_edits, keep_history
from partners.words.towns import label_of

NAMED_BY = """
    SELECT scheme_id FROM partners_entrypoint WHERE territory_id = NEW.id
    UNION
    SELECT g.scheme_id FROM partners_criterion c JOIN partners_criteriongroup g ON g.id = c.group_id
    WHERE c.territory_id = NEW.id
    UNION
    SELECT id FROM partners_listing WHERE commune_id = NEW.id AND NOT is_confidential
    UNION
    SELECT l.id FROM partners_permanence p JOIN partners_listing l ON l.id = p.listing_id
    WHERE p.commune_id = NEW.id AND NOT l.is_confidential
"""
"""The records that show a territory by its name: schemes around them, others where they receive.

Not those whose address is confidential: that they change with a commune would tell it (rule R7).
"""


class TerritoryQuerySet(models.QuerySet):
    def communes(self):
        return self.filter(kind=Territory.Kind.COMMUNE)

    def of_departement(self, code):
        return self.filter(departement__code=code)


@marks_those_that_name_it(NAMED_BY, "name")
@keep_edits(exclude=["search_key"])
class Territory(models.Model):
    """A commune, EPCI, département, région, France, or a sector that the landlord draws."""

    class Kind(models.TextChoices):
        COMMUNE = "commune", "commune"
        EPCI = "epci", "intercommunalité"
        DEPARTEMENT = "departement", "département"
        REGION = "region", "région"
        COUNTRY = "pays", "pays"
        SECTOR = "secteur", "secteur interne"

    kind = models.CharField("type", max_length=12, choices=Kind)
    code = models.CharField(
        "code", max_length=32, help_text="Code INSEE, SIREN d'une intercommunalité, ou nom court."
    )
    name = models.CharField("nom", max_length=120)
    search_key = FoldedField("nom simplifié", max_length=120, source="name", is_place=True)
    postal_codes = ArrayField(
        models.CharField(max_length=5), verbose_name="codes postaux", default=list, blank=True
    )
    population = models.PositiveIntegerField("population", null=True, blank=True)
    latitude = models.FloatField("latitude", null=True, blank=True)
    longitude = models.FloatField("longitude", null=True, blank=True)
    is_island = models.BooleanField(
        "île sans pont", default=False, help_text="On n'y vient qu'en bateau ou en avion."
    )
    epci = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="epci_communes"
    )
    departement = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="departement_territories"
    )
    region = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="region_territories"
    )
    communes = models.ManyToManyField(
        "self",
        verbose_name="communes du secteur",
        through="SectorCommune",
        symmetrical=False,
        related_name="sectors",
        blank=True,
    )

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "territoire"
        ordering = ["search_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code"],
                name="territory_kind_code",
                violation_error_message="Ce territoire existe déjà.",
            ),
            points_go_together("territory_point"),
        ]
        indexes = [
            GinIndex(
                fields=["search_key"], name="territory_name_trigrams", opclasses=["gin_trgm_ops"]
            ),
            GinIndex(fields=["postal_codes"], name="territory_postal_codes"),
        ]

    former = None
    """The `TerritoryAlias` by whose code this commune was asked (`places.communes_by_code`)."""

    def __str__(self):
        return self.name

    @property
    def asked_code(self):
        """The INSEE code by which it was asked: its own, or that of a former commune."""
        return self.former.code if self.former else self.code

    @property
    def asked_name(self):
        """« Aubigny (Aubigny-Les Clouzeaux) » when it was asked by a former commune."""
        return label_of(self.name, self.former.name if self.former else "")

    @property
    def centre(self):
        """(latitude, longitude) of the town centre, the former commune's when it is known."""
        of = self.former if self.former and self.former.has_point else self
        return (of.latitude, of.longitude) if of.has_point else None

    @property
    def zone_label(self):
        """The name as a coverage verdict says it: « Vendée », « toute la France »."""
        return "toute la France" if self.kind == self.Kind.COUNTRY else self.name

    @property
    def has_point(self):
        return self.latitude is not None


@keep_history()
class SectorCommune(models.Model):
    """A commune of an internal sector."""

    sector = models.ForeignKey(Territory, models.CASCADE, related_name="sector_members")
    commune = models.ForeignKey(Territory, models.CASCADE, related_name="sector_memberships")

    class Meta:
        verbose_name = "commune d'un secteur"
        verbose_name_plural = "communes des secteurs"
        constraints = [models.UniqueConstraint(fields=["sector", "commune"], name="sector_commune")]

    def __str__(self):
        return f"{self.sector}\u00a0: {self.commune}"


@keep_edits(exclude=["search_key"])
class TerritoryAlias(models.Model):
    """A former or delegated commune, or a district of Paris, Lyon or Marseille."""

    class Kind(models.TextChoices):
        DELEGATED = "commune-deleguee", "commune déléguée"
        ASSOCIATED = "commune-associee", "commune associée"
        FORMER = "ancienne-commune", "ancienne commune"
        DISTRICT = "arrondissement-municipal", "arrondissement"

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="aliases")
    kind = models.CharField("type", max_length=24, choices=Kind)
    code = models.CharField("ancien code INSEE", max_length=5, unique=True)
    name = models.CharField("nom", max_length=120)
    search_key = FoldedField("nom simplifié", max_length=120, source="name", is_place=True)
    latitude = models.FloatField(
        "latitude du centre-bourg",
        null=True,
        blank=True,
        help_text="Sans elle, les distances partent du centre de la commune d'aujourd'hui.",
    )
    longitude = models.FloatField("longitude du centre-bourg", null=True, blank=True)

    class Meta:
        verbose_name = "ancien nom"
        verbose_name_plural = "anciens noms"
        ordering = ["search_key", "pk"]
        constraints = [points_go_together("alias_point")]
        indexes = [
            GinIndex(fields=["search_key"], name="alias_name_trigrams", opclasses=["gin_trgm_ops"])
        ]

    def __str__(self):
        return self.name

    @property
    def has_point(self):
        return self.latitude is not None


class Outline(models.Model):
    """The GeoJSON geometry of a territory, apart from it so that no list loads it by accident."""

    territory = models.OneToOneField(Territory, models.CASCADE, primary_key=True)
    geometry = models.JSONField("géométrie")

    class Meta:
        verbose_name = "contour"

    def __str__(self):
        return f"contour de {self.territory}"


@keep_edits()
class Neighbour(models.Model):
    """Two EPCI that touch or share a bridge, once in each direction; a manager may add a pair."""

    class Link(models.TextChoices):
        BOUNDARY = "limite", "limite commune"
        BRIDGE = "pont", "pont"
        MANUAL = "ajout", "ajouté à la main"

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="neighbours")
    other = models.ForeignKey(Territory, models.CASCADE, related_name="+", verbose_name="voisine")
    link = models.CharField("lien", max_length=8, choices=Link, default=Link.MANUAL)

    class Meta:
        verbose_name = "intercommunalité voisine"
        verbose_name_plural = "intercommunalités voisines"
        constraints = [
            models.UniqueConstraint(fields=["territory", "other"], name="neighbour_pair"),
            models.CheckConstraint(
                condition=~models.Q(territory=models.F("other")), name="neighbour_other"
            ),
        ]

    def __str__(self):
        return f"{self.territory} – {self.other}"
