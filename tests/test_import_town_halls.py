"""The 253 town halls of the Vendée, through the importer (rule R9: there is always one)."""

from pathlib import Path

import pytest
from django.core.management import call_command

from partners.models import Listing, Verification

pytestmark = pytest.mark.django_db
FIXTURE = Path(__file__).parents[1] / "fixtures" / "town-halls-85.csv.gz"


def load():
    call_command(
        "import_census", FIXTURE, mapping=FIXTURE.parent / "town-halls-85.toml", verbosity=0
    )


def test_every_commune_of_the_vendee_has_its_town_hall():
    load()
    halls = Listing.objects.filter(structure_type="mairie", source="DILA")
    assert halls.count() == 253
    assert halls.values("commune").distinct().count() == 253
    assert not halls.filter(is_generalist=False).exists()
    assert not halls.filter(is_zone_strict=False).exists()
    for hall in halls.prefetch_related("zone_links"):
        assert [zone.territory_id for zone in hall.zone_links.all()] == [hall.commune_id]


def test_those_with_a_contact_are_published_and_the_two_others_wait():
    load()
    assert Listing.objects.published().count() == 251
    waiting = Listing.objects.exclude(status="publie")
    assert {(hall.commune.code, hall.status) for hall in waiting} == {
        ("85165", "a-verifier"),
        ("85212", "a-verifier"),
    }
    assert all(hall.is_to_complete for hall in waiting)
    assert not Verification.objects.exists()


def test_loading_them_again_changes_nothing():
    load()
    before = list(Listing.objects.order_by("pk").values())
    load()
    assert list(Listing.objects.order_by("pk").values()) == before
