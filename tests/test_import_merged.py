"""Files that still name a record which another absorbed."""

import csv

import pytest
from django.core.management import call_command

from partners.merging import uniting
from partners.models import Listing, Proposal, SourceRecord
from tests.factories import ListingFactory
from tests.open_data import SERVICE, STRUCTURE, Files

pytestmark = pytest.mark.django_db


def merge(kept, absorbed):
    uniting.merge(*uniting.read([kept.pk, absorbed.pk]), {}, by=None)


def census(folder, *rows):
    path = folder / "census.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["source", "id", "nom", "telephone"])
        writer.writeheader()
        writer.writerows(rows)
    call_command("import_census", path, verbosity=0, report=folder / "report.json")
    return (folder / "report.json").read_text()


def row(source_id, **values):
    return {"source": "test", "id": source_id, "nom": "Relais du Bocage"} | values


@pytest.fixture
def merged():
    kept = ListingFactory(name="Relais du Bocage", source_id="a", phone="+33261910017")
    absorbed = ListingFactory(name="Relais Bocage", source_id="b", phone="+33261910017")
    merge(kept, absorbed)
    return kept, absorbed


def test_row_of_an_absorbed_record_changes_the_one_that_was_kept(merged, tmp_path):
    kept, absorbed = merged
    report = census(tmp_path, row("b", telephone="02 61 91 00 44"))
    kept.refresh_from_db()
    assert (kept.phone, kept.source_id) == ("+33261910044", "a")
    assert "fiche fusionnée avec une autre" in report
    absorbed.refresh_from_db()
    assert (absorbed.status, absorbed.source_id) == (Listing.Status.ARCHIVED, "b")


def test_rows_of_both_are_one_record_and_the_second_is_refused(merged, tmp_path):
    rows = row("a", telephone="02 61 91 00 44"), row("b", telephone="02 61 91 00 45")
    report = census(tmp_path, *rows)
    assert Listing.objects.get(source_id="a").phone == "+33261910044"
    assert "même fiche que la ligne 2" in report
    assert Listing.objects.count() == 2


def test_open_data_never_brings_an_absorbed_record_back(tmp_path):
    files = Files(tmp_path)
    files.write([STRUCTURE, STRUCTURE | {"id": "annuaire--2", "nom": "Autre nom"}], [SERVICE])
    files.run()
    kept, absorbed = (
        SourceRecord.objects.get(kind="structure", identifier=f"annuaire--{number}").listing
        for number in (1, 2)
    )
    merge(kept, absorbed)
    files.write([STRUCTURE], [SERVICE])
    files.run(allow_gone=True)
    changed = {"id": "annuaire--2", "nom": "Autre nom", "telephone": "+33261910099"}
    files.write([STRUCTURE, STRUCTURE | changed], [SERVICE])
    files.run()
    absorbed.refresh_from_db()
    assert absorbed.status == Listing.Status.ARCHIVED
    assert not Proposal.objects.filter(listing=absorbed).exists()


def test_open_data_of_the_absorbed_record_alone_proposes_to_the_kept_one(tmp_path):
    files = Files(tmp_path)
    files.write([STRUCTURE], [SERVICE])
    files.run()
    absorbed = SourceRecord.objects.get(kind="structure").listing
    kept = ListingFactory(name="Relais du Lay", phone="+33261910001", email="")
    merge(kept, absorbed)
    files.write([STRUCTURE | {"telephone": "+33261910099"}], [SERVICE])
    files.run()
    kept.refresh_from_db()
    assert kept.phone == "+33261910001"
    assert Proposal.objects.filter(listing=kept, fact="phone").exists()
