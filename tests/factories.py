"""Invented partners for tests: numbers from 02 61 91 xx xx, addresses at example.org."""

from datetime import date

import factory

from partners import models
from partners.models import derived


class ListingFactory(factory.django.DjangoModelFactory):
    """A published structure in Pouzauges that serves its EPCI.

    `zones` takes territories (an empty list means an unspecified zone), `situations` slugs as core
    trade, `helps` slugs as « peut aider ».
    """

    class Meta:
        model = models.Listing
        skip_postgeneration_save = True

    name = factory.Sequence("Relais inventé {} (démonstration)".format)
    summary = "Rend visite et accompagne."
    status = models.Listing.Status.PUBLISHED
    phone = factory.Sequence(lambda number: f"+3326191{number % 5000 + 5000:04d}")
    source = "test"
    source_id = factory.Sequence(str)
    structure_type = models.StructureType.ASSOCIATION
    commune = factory.LazyFunction(lambda: commune("85182"))

    @factory.post_generation
    def zones(self, create, extracted, **kwargs):
        territories = [self.commune.epci] if extracted is None else extracted
        for territory in territories:
            models.CoverageZone.objects.create(listing=self, territory=territory)
        if not territories:
            self.is_zone_unspecified = True
            self.save()

    @factory.post_generation
    def situations(self, create, extracted, **kwargs):
        for slug in ["isolement"] if extracted is None else extracted:
            _link(self, slug, models.ListingSituation.Role.CORE)

    @factory.post_generation
    def helps(self, create, extracted, **kwargs):
        for slug in extracted or []:
            _link(self, slug, models.ListingSituation.Role.HELPS)

    @factory.post_generation
    def derived_columns(self, create, extracted, **kwargs):
        refresh(self)
        self.refresh_from_db()


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.User

    email = factory.Sequence("compte{}@example.org".format)
    role = models.User.Role.ADVISER


class PermanenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Permanence
        skip_postgeneration_save = True

    listing = factory.SubFactory(ListingFactory)
    commune = factory.LazyFunction(lambda: commune("85182"))
    place = "mairie"
    hours = "Tu[2] 14:00-17:00"

    @factory.post_generation
    def derived_columns(self, create, extracted, **kwargs):
        refresh(self.listing)


class AgencyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Agency

    slug = factory.Sequence("agence-{}".format)
    name = factory.Sequence("Agence inventée {}".format)
    sector = factory.LazyAttribute(
        lambda agency: models.Territory.objects.create(
            kind=models.Territory.Kind.SECTOR, code=f"S-{agency.slug}", name=agency.name
        )
    )


class FolderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Folder

    name = factory.Sequence("Dossier {}".format)
    owner = factory.SubFactory(UserFactory)
    position = factory.Sequence(int)


def verify(listing, *, on=date(2026, 11, 3), scope=models.Verification.Scope.PHONE):
    method = models.Verification.Method.CALL
    verification = listing.verifications.create(scope=scope, method=method, checked_on=on)
    refresh(listing)
    return verification


def change(listing, **values):
    """Change a listing as every writer does: the search sees it at once."""
    models.Listing.objects.filter(pk=listing.pk).update(**values)
    refresh(listing)
    listing.refresh_from_db()


def refresh(listing):
    derived.refresh(models.Listing.objects.filter(pk=listing.pk))


def commune(code):
    return territory("commune", code)


def territory(kind, code):
    rows = models.Territory.objects.select_related("epci", "departement", "region")
    return rows.get(kind=kind, code=code)


def _link(listing, slug, role):
    situation = models.Situation.objects.get(slug=slug)
    models.ListingSituation.objects.create(listing=listing, situation=situation, role=role)


def scheme_with_all(**facts):
    """A scheme with a row of each part that stands around it."""
    scheme = ListingFactory(**{"name": "Fonds d'essai", "kind": "dispositif"} | facts)
    office, other = ListingFactory(name="Guichet"), ListingFactory(name="Autre aide")
    scheme_facts, listing = {"scheme": scheme}, {"listing": scheme}
    models.SchemeDetails.objects.create(objective="Rester chez soi", capacity="10", **listing)
    models.EntryPoint.objects.create(
        territory=commune("85182"), structure=office, phone="+33261910004", **scheme_facts
    )
    models.Paper.objects.create(order=1, name="Bail", **listing)
    sheet = models.Document.objects.create(order=1, title="Grille", text="# Grille", **listing)
    models.Step.objects.create(
        order=1, title="Rendez-vous", actor="CCAS", document=sheet, **scheme_facts
    )
    models.Alternative.objects.create(other=other, order=1, reason="Sans bail", **scheme_facts)
    models.Ceiling.objects.create(
        label="Mois", amounts=[1200, 1500.5], valid_from="2026-01-01", source="s", **scheme_facts
    )
    group = models.CriterionGroup.objects.create(order=1, rule="toutes", **scheme_facts)
    question = "Est-ce un logement social ?"
    models.Criterion.objects.create(group=group, order=1, kind="age", minimum=75, redirect=other)
    models.Criterion.objects.create(group=group, order=2, question=question)
    return scheme
