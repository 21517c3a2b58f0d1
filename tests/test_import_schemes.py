"""The schemes that come with the project: written once, and then staff's."""

import pytest
from django.core.management import CommandError, call_command

from partners.imports import schemes
from partners.imports.errors import ImportRefused
from partners.models import Document, EntryPoint, Instance, Listing, Paper, SchemeDetails, Step
from tests.factories import ListingFactory

pytestmark = pytest.mark.django_db


def test_shipped_schemes_enter_to_be_checked_with_all_that_stands_around():
    found = schemes.load()
    assert len(found.created) == 17
    assert set(Listing.objects.values_list("status", flat=True)) == {Listing.Status.TO_CHECK}
    ours = Listing.objects.get(source_id="mon-logement-j-y-tiens")
    kinds = list(ours.documents.values_list("kind", "audience"))
    assert ours.steps.count() == 7
    assert kinds.count(("fiche-outil", "professionnel")) == 3
    assert kinds.count(("plaquette", "locataire")) == 2
    assert ours.steps.first().document.title == "Le public visé"
    assert ours.details.duration == "un an"
    assert not SchemeDetails.objects.filter(to_check="").exists()
    assert not SchemeDetails.objects.filter(legal_basis="").exists()
    fsl = Listing.objects.get(source_id="fsl-vendee")
    assert [body.acronym for body in fsl.instances.all()] == ["FSL"]
    assert "cheque-energie" in [row.other.source_id for row in fsl.alternatives.all()]


def test_second_run_changes_nothing():
    schemes.load()
    again = schemes.load()
    assert (again.created, again.completed, again.instances) == ([], {}, [])
    assert Instance.objects.count() == 4


def test_what_staff_changed_or_took_away_stays_so():
    schemes.load()
    fsl = Listing.objects.get(source_id="fsl-vendee")
    Listing.objects.filter(pk=fsl.pk).update(name="FSL 85")
    fsl.papers.all().delete()
    fsl.steps.exclude(order=1).delete()
    Instance.objects.get(acronym="COMED").delete()
    schemes.load()
    fsl.refresh_from_db()
    assert (fsl.name, fsl.papers.count(), fsl.steps.count()) == ("FSL 85", 0, 1)
    assert not Instance.objects.filter(acronym="COMED").exists()


def test_part_that_a_scheme_never_had_is_added(tmp_path):
    write(tmp_path, "")
    schemes.load(folder=tmp_path, instances=bodies(tmp_path))
    write(tmp_path, '[[papers]]\nname = "Bail"\n')
    found = schemes.load(folder=tmp_path, instances=bodies(tmp_path))
    assert found.completed == {"Aide inventée": ["papers"]}
    assert Paper.objects.get().name == "Bail"


def test_record_of_staff_with_the_same_name_is_left_alone(tmp_path):
    theirs = ListingFactory(kind=Listing.Kind.SCHEME, name="Aide inventée", commune=None, zones=[])
    write(tmp_path, "")
    assert schemes.load(folder=tmp_path, instances=bodies(tmp_path)).created == []
    theirs.refresh_from_db()
    assert theirs.summary == "Rend visite et accompagne."


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("[[steps]]\ntitle = ''\n", "étape 1"),
        ("[[steps]]\ntitle = 'x'\nqui = 'y'\n", "qui"),
        ("[[alternatives]]\nscheme = 'rien'\nreason = 'x'\n", "rien"),
        ("[[entry_points]]\nterritory = '99999'\nlabel = 'x'\n", "99999"),
        ("[[entry_points]]\nterritory = '85'\n", "Dites qui instruit"),
        ("[[entry_points]]\nterritory = '85'\nlabel = 'x'\nphone = '12'\n", "point d'entrée|qui"),
        ("[[documents]]\ntitle = 'x'\ntext = 'a'\nurl = 'https://example.org'\n", "l'un des trois"),
        ("[[documents]]\ntitle = 'x'\nurl = 'ftp://example.org'\n", "page du web"),
        ("[details]\nlegal_date = 0001-01-01\n", "Vérifiez l'année"),
        ("[[etapes]]\ntitle = 'x'\n", "etapes"),
        ("steps = 3\n", "steps"),
        (
            "[[ceilings]]\nlabel = 'a'\namounts = [1]\nvalid_from = 2026-01-01\nsource = 's'\n" * 2,
            "vaut déjà à ces dates",
        ),
    ],
)
def test_wrong_file_says_where_and_writes_nothing(tmp_path, rows, said):
    write(tmp_path, rows)
    with pytest.raises(ImportRefused, match=said):
        schemes.load(folder=tmp_path, instances=bodies(tmp_path))
    assert not Listing.objects.exists()
    assert not Step.objects.exists()
    assert not Document.objects.exists()
    assert not EntryPoint.objects.exists()


def test_command_says_what_is_to_check(tmp_path, capsys):
    write(tmp_path, "")
    call_command("import_schemes", tmp_path)
    assert "À vérifier, puis à publier : Aide inventée" in capsys.readouterr().out
    with pytest.raises(CommandError, match="aucun dispositif"):
        call_command("import_schemes", tmp_path / "rien")


RECORD = """
[fiche]
nom = "Aide inventée"
resume = "Une aide."
statut = "a-verifier"
situations_coeur = ["impayes"]
zone_eligibilite = "85"
"""


def write(folder, rows):
    at = rows.startswith("steps =")
    (folder / "aide.toml").write_text(rows + RECORD if at else RECORD + rows)


def bodies(folder):
    path = folder / "aucune"
    path.write_text("")
    return path
