"""The published directory as data·inclusion v1: valid, discreet, the same when it comes back."""

import json
from datetime import date

import pytest

from partners.exports import manifest
from partners.exports.data_inclusion import own_source
from partners.models import Contact, Listing, SchemeRole
from tests import factories
from tests.open_data import SERVICE, STRUCTURE, Files, comes_back, counts, exported

pytestmark = pytest.mark.django_db


@pytest.fixture
def export(tmp_path):
    return lambda **options: exported(tmp_path, **options)


def scheme(**values):
    return factories.ListingFactory(kind="dispositif", **values)


def test_what_was_imported_comes_back_unchanged_after_staff_worked_on_it(export, tmp_path):
    files = Files(tmp_path)
    files.write([STRUCTURE | {"nom": "CCAS de Pouzauges"}], [SERVICE])
    files.run()
    found = Listing.objects.get(kind="dispositif")
    found.phone, found.description, found.name = "+33261910042", "Autre chose.", "A" * 190
    found.save()
    rows = export()
    assert rows["services"][0]["id"] == SERVICE["id"]
    assert rows["services"][0]["telephone"] == "+33261910042"
    assert rows["structures"][0]["id"] == STRUCTURE["id"]
    comes_back(tmp_path)
    assert not found.proposals.exists()


def test_what_waits_to_be_checked_is_not_gone_because_an_export_leaves_it_out(export, tmp_path):
    files = Files(tmp_path / "source")
    files.folder.mkdir()
    others = [{"id": f"annuaire--{n}", "nom": f"Relais {n}"} for n in (2, 3)]
    files.write(
        [STRUCTURE, *(STRUCTURE | other | {"telephone": None} for other in others)],
        [SERVICE, *(SERVICE | {"id": f"annuaire--{n}", "thematiques": []} for n in (4, 5))],
    )
    files.run()
    Listing.objects.filter(source_id__in=["annuaire--2", "annuaire--5"]).update(status="a-verifier")
    rows = export()
    assert "annuaire--2" not in {row["id"] for row in rows["structures"]}
    comes_back(tmp_path)
    (tmp_path / "manifeste.json").unlink()  # a file of the source that no longer has them
    report = Files(tmp_path).run()
    assert sum(counts(report, kind)["gone"] for kind in report["counts"]) > 1


def test_manifest_of_other_files_or_of_another_directory_means_nothing(export, tmp_path, settings):
    factories.ListingFactory()
    export()
    paths = [tmp_path / "structures.jsonl", tmp_path / "services.jsonl"]
    assert manifest.is_own_export(paths)
    settings.LANDLORD_NAME, ours = "Un autre bailleur", settings.LANDLORD_NAME
    assert not manifest.is_own_export(paths)
    settings.LANDLORD_NAME = ours
    paths[0].write_text(paths[0].read_text() + "\n")
    assert not manifest.is_own_export(paths)
    for wrong in ("{", "[1]", '{"source": 1, "fichiers": []}', "[" * 100_000):
        (tmp_path / "manifeste.json").write_text(wrong)
        assert not manifest.is_own_export(paths)


def test_record_keeps_its_identifier_and_ours_are_told_from_other_landlords(export, settings):
    settings.LANDLORD_NAME = "Vendée Logement"
    ours = factories.ListingFactory()
    [row] = export()["structures"]
    assert (row["source"], row["id"]) == (own_source(), f"cartographie-vendee-logement--{ours.pk}")


def test_confidential_shelter_does_not_say_where_it_is(export):
    factories.ListingFactory(
        is_confidential=True,
        address="1 rue Cachée",
        postal_code="85700",
        website="https://www.example.org/refuge",
        source_url="https://www.example.org/source",
    )
    [row] = export()["structures"]
    where = "adresse code_postal code_insee commune latitude longitude siret site_web lien_source"
    assert {row[key] for key in where.split()} == {None}
    assert "Cachée" not in json.dumps(row, ensure_ascii=False)


def test_named_contacts_and_the_professional_line_stay_here(export):
    found = scheme(professional_phone="+33261910066")
    Contact.objects.create(
        listing=found, name="Camille Inventée", source="test", recorded_on=date(2026, 1, 1)
    )
    text = json.dumps(export())
    assert "Camille" not in text
    assert "+33261910066" not in text


@pytest.mark.parametrize("status", ["brouillon", "a-verifier", "suspendu", "archive"])
def test_only_published_records_leave(export, status):
    factories.ListingFactory(status=status)
    scheme(status=status)
    assert export() == {"structures": [], "services": []}


def test_structure_to_check_leaves_with_the_published_scheme_it_runs(export):
    structure, found = factories.ListingFactory(status="a-verifier"), scheme()
    SchemeRole.objects.create(scheme=found, structure=structure, role="operateur")
    rows = export()
    assert rows["services"][0]["structure_id"] == rows["structures"][0]["id"]


def test_scheme_without_structure_stands_for_its_own_and_comes_back(export, tmp_path):
    found = scheme(website="https://www.example.org/fsl")
    rows = export()
    assert rows["services"][0]["structure_id"] == rows["structures"][0]["id"]
    comes_back(tmp_path)
    found.refresh_from_db()
    assert found.website == "https://www.example.org/fsl"


def test_region_is_written_as_its_departements_and_comes_back(export, tmp_path):
    scheme(zones=[factories.territory("region", "52")])
    [row] = export()["services"]
    assert {"44", "85"} <= set(row["zone_eligibilite"])
    comes_back(tmp_path)


def test_criteria_and_papers_leave_where_nobody_wrote_them_and_come_back(export, tmp_path):
    made = factories.scheme_with_all()
    row = next(row for row in export()["services"] if row["nom"] == made.name)
    assert row["conditions_acces"] == (
        "Tout ceci\u00a0: 75\u00a0ans ou plus\u00a0; Est-ce un logement social ?."
    )
    assert row["mobilisation_precisions"] == "À apporter\u00a0: Bail."
    comes_back(tmp_path)
    Listing.objects.filter(pk=made.pk).update(access_conditions="Avoir 75 ans.")
    row = next(row for row in export()["services"] if row["nom"] == made.name)
    assert row["conditions_acces"] == "Avoir 75 ans."
    comes_back(tmp_path)


def test_themes_are_those_of_its_core_situations_when_it_has_none(export):
    scheme(situations=["addictions"], helps=["isolement"])
    [row] = export()["services"]
    assert row["thematiques"] == ["sante--addictions"]


@pytest.mark.parametrize(
    "odd",
    [
        {"name": "RU", "summary": "Aide."},
        {"name": "A" * 200},
        {"summary": "RSA"},
        {"description": "a" * 11_000},
        {"audiences": ["tous-publics", "femmes"]},
        {"networks": ["Réseau inventé"]},
        {"source_updated_on": date(1999, 1, 1)},
        {"weeks": 0, "weekly_hours": 3},
        {"website": "https://user:pass@example.org:8080/?a=1#b"},
        {"email": "a@localhost"},
        {"description": "=1+1\n@lien"},
        {"phone": "3919"},
    ],
    ids=str,
)
def test_odd_records_are_valid_and_come_back_unchanged(export, tmp_path, odd):
    Listing.objects.filter(pk=factories.ListingFactory().pk).update(**odd)
    Listing.objects.filter(pk=scheme().pk).update(**odd)
    rows = export()
    assert len(rows["structures"]) == 2  # the structure, and the stand-in of the scheme
    comes_back(tmp_path)


def test_departement_keeps_what_is_there_or_serves_it(export):
    here, far = factories.commune("85182"), factories.commune("44109")
    factories.ListingFactory(name="Ici", commune=here)
    factories.ListingFactory(name="Dessert", commune=far, zones=[here.departement])
    factories.ListingFactory(name="Ailleurs", commune=far, zones=[far.departement])
    names = {row["nom"] for row in export(departement=["85"])["structures"]}
    assert names == {"Ici", "Dessert"}
