"""The demonstration directory goes out as data·inclusion, as a census, and comes back the same."""

import pytest

from partners.exports import census
from partners.imports import mapping, plan, reader
from partners.models import Listing
from tests.open_data import comes_back, exported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


def test_whole_demonstration_is_valid_and_comes_back_unchanged(tmp_path):
    found = exported(tmp_path)
    assert len(found["structures"]) > 250
    assert len(found["services"]) == Listing.objects.published().filter(kind="dispositif").count()
    known = {row["id"] for row in found["structures"]}
    assert {row["structure_id"] for row in found["services"]} <= known
    comes_back(tmp_path)


def test_whole_demonstration_as_a_census_comes_back_unchanged(tmp_path):
    path = tmp_path / "fiches.csv"
    path.write_bytes(census.as_csv(Listing.objects.order_by("pk")))
    table = reader.read(path)
    counts = plan.build(table, mapping.native(table)).counts
    assert counts["unchanged"] == Listing.objects.count() == sum(counts.values())
