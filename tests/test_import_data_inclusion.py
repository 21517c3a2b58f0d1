"""National open data (data·inclusion v1): created, changed, unchanged, gone."""

from datetime import date

import pghistory.models
import pytest
from django.core.management import CommandError, call_command

from partners.models import Listing, SourceRecord
from tests import factories
from tests.open_data import SERVICE, STRUCTURE, Files, counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


@pytest.fixture
def load(files):
    """Import rows (dicts, or raw lines) and return the report."""

    def run(structures=(STRUCTURE,), services=(SERVICE,), **options):
        files.write(structures, services)
        return files.run(**options)

    return run


def service():
    return Listing.objects.get(kind="dispositif")


def structure():
    return Listing.objects.get(kind="structure", source="annuaire")


# Creating


def test_service_becomes_a_published_scheme_run_by_its_structure(load):
    report = load()
    assert counts(report, "structure") == counts(report, "dispositif") == {"created": 1}
    found = service()
    assert found.status == "publie"
    assert found.summary == SERVICE["description"]
    assert (found.source, found.source_id) == ("annuaire", "service/1")
    assert found.source_updated_on == date(2026, 3, 1)
    assert (found.help_kinds, found.fees) == (["accompagnement"], "gratuit")
    assert (found.audiences, found.themes) == (["tous-publics"], ["sante--addictions"])
    assert found.mobilisable_by == ["professionnels", "usagers"]
    assert (found.latitude, found.longitude) == (46.782, -0.836)
    assert [(zone.kind, zone.code) for zone in found.zones.all()] == [("departement", "85")]
    assert [(r.role, r.structure) for r in found.scheme_roles.all()] == [("operateur", structure())]
    assert [(link.situation.slug, link.role) for link in found.situation_links.all()] == [
        ("addictions", "coeur")
    ]
    assert found.source_record.licence == "Licence Ouverte 2.0"
    call_command("check_derived", verbosity=0)


def test_service_without_contact_or_hours_takes_those_of_its_structure(load):
    load()
    found = service()
    assert (found.phone, found.email) == ("+33261910001", "relais@example.org")
    assert (found.website, found.opening_hours) == (STRUCTURE["site_web"], "Mo-Fr 09:00-12:00")


def test_structure_without_situation_of_its_own_waits_to_be_checked(load):
    load()
    assert structure().status == "a-verifier"
    assert structure().is_zone_unspecified


@pytest.mark.parametrize(
    ("row", "kind", "is_generalist", "situations"),
    [
        ({"nom": "CCAS de Pouzauges"}, "ccas", True, []),
        ({"reseaux_porteurs": ["france-service"]}, "france-services", True, []),
        ({"reseaux_porteurs": ["csapa"]}, "sante", False, ["addictions"]),
    ],
)
def test_network_or_name_makes_a_structure_worth_publishing(
    load, row, kind, is_generalist, situations
):
    load([STRUCTURE | row | {"description": "Accueille le public."}])
    found = structure()
    assert (found.status, found.structure_type) == ("publie", kind)
    assert found.is_generalist == is_generalist
    assert [s.slug for s in found.situations.all()] == situations


def test_theme_is_core_for_the_situation_that_ranks_it_first(load):
    load(
        services=[
            SERVICE | {"thematiques": ["logement-hebergement--se-maintenir-dans-le-logement"]}
        ]
    )
    roles = {link.situation.slug: link.role for link in service().situation_links.all()}
    assert roles == {
        "expulsion": "coeur",
        "impayes": "peut-aider",
        "logement-encombre": "peut-aider",
    }


def test_service_of_many_themes_is_nobodys_specialist(load):
    themes = [
        "sante--addictions",
        "sante--sante-mentale",
        "sante--acces-aux-soins",
        "equipement-et-alimentation--alimentation",
        "famille--garde-denfants",
    ]
    load(services=[SERVICE | {"thematiques": themes}])
    assert {link.role for link in service().situation_links.all()} == {"peut-aider"}


def test_service_whose_themes_are_not_ours_waits_to_be_checked(load):
    report = load(services=[SERVICE | {"thematiques": ["mobilite--preparer-un-permis"]}])
    assert service().status == "a-verifier"
    assert len(report["to_check"]) == 1


@pytest.mark.parametrize("zone", [None, [], "[]"])
def test_absent_zone_is_unspecified_not_everywhere(load, zone):
    load(services=[SERVICE | {"zone_eligibilite": zone}])
    assert service().is_zone_unspecified
    assert not service().zones.exists()


def test_zones_of_every_kind_are_found_by_code(load):
    zones = ["85182", "200071165", "85", "france", "85065"]
    load(services=[SERVICE | {"zone_eligibilite": zones}])
    assert {zone.kind for zone in service().zones.all()} == {
        "commune", "epci", "departement", "pays",
    }  # fmt: skip


def test_hours_that_are_not_osm_are_kept_as_a_text(load):
    load(services=[SERVICE | {"horaires_accueil": "sur rendez-vous le lundi"}])
    assert service().opening_hours == ""
    assert service().opening_hours_note == "sur rendez-vous le lundi"


def test_named_contact_is_for_managers_only(load):
    load(services=[SERVICE | {"contact_nom_prenom": "Camille Inventée"}])
    contact = service().contacts.get()
    assert (contact.name, contact.visibility, contact.source) == (
        "Camille Inventée", "responsables", "annuaire",
    )  # fmt: skip


def test_long_description_makes_a_summary_of_whole_sentences(load):
    text = "Une équipe vous écoute. Elle vous aide. " + "Elle vous accompagne longtemps. " * 9
    load(services=[SERVICE | {"description": text}])
    found = service().summary
    assert found.startswith("Une équipe vous écoute. Elle vous aide. Elle")
    assert found.endswith(".")
    assert len(found) <= 140


def test_history_says_that_the_import_wrote(load):
    load()
    event = pghistory.models.Events.objects.tracks(service()).get()
    assert event.pgh_context["import"].startswith("data·inclusion\u00a0: structures.jsonl")


# Again


def test_same_files_again_change_nothing(load):
    load()
    before = pghistory.models.Events.objects.count()
    report = load()
    assert counts(report, "structure") == counts(report, "dispositif") == {"unchanged": 1}
    assert pghistory.models.Events.objects.count() == before


def test_newer_row_changes_only_what_it_says(load):
    load()
    report = load(services=[SERVICE | {"frais": "payant", "date_maj": "2026-04-01"}])
    assert counts(report, "dispositif") == {"changed": 1}
    [row] = report["rows"]
    assert [c["column"] for c in row["changes"]] == ["date_maj", "frais"]
    assert service().fees == "payant"


def test_new_phone_of_the_structure_reaches_its_services(load):
    load()
    load([STRUCTURE | {"telephone": "+33261910099"}])
    assert service().phone == "+33261910099"


def test_words_of_entries_follow_names_and_roles(load):
    """A service is found by the name of its structure, and the other way round."""
    there = {"structure_id": "annuaire--2"}
    second = SERVICE | {"id": "annuaire--2", "nom": "Écoute"}
    other = STRUCTURE | {"id": "annuaire--2", "nom": "Maison d'à côté"}
    renamed = STRUCTURE | {"nom": "Relais renommé"}
    for structures, services in [
        ([STRUCTURE, other], [SERVICE]),
        ([renamed, other], [SERVICE]),
        ([renamed, other], [SERVICE, second]),
        ([renamed, other], [SERVICE | there, second]),
        ([renamed, other], [SERVICE | there | {"nom": "Autre nom"}, second]),
    ]:
        load(structures, services)
        call_command("check_derived", verbosity=0)


def test_moved_situation_table_reaches_unchanged_rows(load):
    from partners.models import Situation

    load()
    Situation.objects.filter(slug="sante-mentale").update(themes=["sante--addictions"])
    load()
    slugs = {link.situation.slug for link in service().situation_links.all()}
    assert slugs == {"addictions", "sante-mentale"}


def test_row_that_is_gone_is_archived_and_comes_back(load):
    load(services=[SERVICE, SERVICE | {"id": "annuaire--2"}])
    report = load()
    assert counts(report, "dispositif") == {"unchanged": 1, "gone": 1}
    gone = Listing.objects.get(source_id="service/2")
    assert gone.status == "archive"
    call_command("check_derived", verbosity=0)
    assert counts(load(), "dispositif") == {"unchanged": 1}
    report = load(services=[SERVICE, SERVICE | {"id": "annuaire--2"}])
    assert counts(report, "dispositif") == {"unchanged": 1, "changed": 1}
    gone.refresh_from_db()
    assert gone.status == "publie"
    call_command("check_derived", verbosity=0)


def test_other_sources_are_not_gone(load):
    load()
    other = {"source": "autre", "id": "autre--1"}
    load([STRUCTURE | other], [SERVICE | other | {"structure_id": "autre--1"}])
    assert not Listing.objects.filter(status="archive").exists()


def test_row_that_became_invalid_is_not_gone(load):
    load()
    report = load(services=[SERVICE | {"nom": "x"}, SERVICE | {"id": "annuaire--2"}])
    assert counts(report, "dispositif") == {"refused": 1, "created": 1}
    assert not Listing.objects.filter(status="archive").exists()


def test_file_that_lost_most_of_its_rows_is_refused(load):
    many = [SERVICE | {"id": f"annuaire--{n}"} for n in range(30)]
    load(services=many)
    with pytest.raises(CommandError, match="16 des 30 fiches connues"):
        load(services=many[:14])
    assert not Listing.objects.filter(status="archive").exists()
    assert counts(load(services=many[:14], allow_gone=True), "dispositif") == {
        "unchanged": 14, "gone": 16,
    }  # fmt: skip


def test_dry_run_says_the_same_and_writes_nothing(load):
    report = load(dry_run=True)
    assert counts(report, "structure") == counts(report, "dispositif") == {"created": 1}
    assert not report["applied"]
    assert not Listing.objects.exists()
    assert not SourceRecord.objects.exists()


# A département


def test_departement_takes_what_is_there_or_serves_it(load):
    far = {"code_insee": "44109", "code_postal": "44000", "latitude": None, "longitude": None}
    rows = [
        SERVICE | {"id": "annuaire--here"},
        SERVICE | far | {"id": "annuaire--serves", "zone_eligibilite": ["85182"]},
        SERVICE | far | {"id": "annuaire--elsewhere", "zone_eligibilite": ["44"]},
        SERVICE | far | {"id": "annuaire--remote", "zone_eligibilite": ["france"],
                         "modes_accueil": ["a-distance"], "structure_id": "annuaire--2"},
        SERVICE | far | {"id": "annuaire--paris", "zone_eligibilite": ["france"]},
    ]  # fmt: skip
    structures = [STRUCTURE, *(STRUCTURE | far | {"id": f"annuaire--{n}"} for n in (2, 3))]
    report = load(structures, rows, departement=["85"])
    schemes = Listing.objects.filter(kind="dispositif").values_list("source_id", flat=True)
    assert set(schemes) == {"service/here", "service/serves", "service/remote"}
    assert counts(report, "structure") == {"created": 2, "out_of_scope": 1}


def test_run_for_a_departement_archives_nothing_elsewhere(load):
    far = {"code_insee": "44109", "code_postal": "44000", "zone_eligibilite": ["44"]}
    load(services=[SERVICE, SERVICE | far | {"id": "annuaire--2"}])
    report = load(departement=["85"])
    assert counts(report, "dispositif") == {"unchanged": 1}


def test_unknown_departement_is_refused(load):
    with pytest.raises(CommandError, match="Aucun département n'a le code «\xa099\xa0»"):
        load(departement=["99"])


# Our own records


def test_structure_of_the_census_is_recognised_and_only_proposed_to(load):
    ours = factories.ListingFactory(
        name="Relais inventé", source="Recensement", phone="+33261910077"
    )
    load()
    assert Listing.objects.filter(kind="structure").get() == ours
    ours.refresh_from_db()
    assert (ours.phone, ours.website, ours.source) == ("+33261910077", "", "Recensement")
    proposals = {p.fact: p.cells for p in ours.proposals.all()}
    assert proposals["phone"] == {"telephone": "+33261910001"}
    assert proposals["website"] == {"site_web": "https://www.example.org/relais"}
    assert service().scheme_roles.get().structure == ours


def test_census_record_is_not_archived_with_its_row(load):
    ours = factories.ListingFactory(name="Relais inventé", source="Recensement")
    load([STRUCTURE, STRUCTURE | {"id": "annuaire--2", "nom": "Autre relais"}], [])
    load([STRUCTURE | {"id": "annuaire--2", "nom": "Autre relais"}], [])
    ours.refresh_from_db()
    assert ours.status == "publie"
    assert ours.source_record.gone_on


def test_confidential_shelter_gets_no_place_back(load):
    ours = factories.ListingFactory(
        name="Relais inventé", source="Recensement", is_confidential=True
    )
    load()
    ours.refresh_from_db()
    assert (ours.latitude, ours.address, ours.website) == (None, "", "")
    facts = set(ours.proposals.values_list("fact", flat=True))
    assert not facts & {"address", "point", "siret", "website", "commune_id", "postal_code"}
