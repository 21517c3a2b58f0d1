"""A census in our own columns: planned row by row, then written at once."""

import csv
import io
import json
from datetime import date

import pghistory.models
import pytest
from django.core.management import CommandError, call_command

from partners.imports import reader, writing
from partners.imports.columns import COLUMNS
from partners.models import (
    UNSPECIFIED_ZONE,
    Listing,
    SearchEntry,
    Territory,
    Verification,
    derived,
)

pytestmark = pytest.mark.django_db

FULL = {
    "source": "test",
    "id": "a",
    "nom": "Relais inventé",
    "sigle": "RI",
    "resume": "Rend visite.",
    "description": "Deux fois\npar mois.",
    "type_structure": "association",
    "situations_coeur": "isolement|personnes-agees",
    "situations_aide": "handicap",
    "en_premier": "isolement",
    "nature_aide": "visites|ecoute",
    "publics": "seniors",
    "zone_eligibilite": "85182|200071165|85|region:52",
    "zone_stricte": "oui",
    "adresse": "1 rue Haute",
    "code_postal": "85700",
    "code_insee": "85182",
    "latitude": "46,782",
    "longitude": "-0.836",
    "telephone": "02 61 91 00 01",
    "consigne_telephone": "taper 2",
    "courriel": "relais@example.org",
    "site_web": "www.example.org",
    "horaires_accueil": "Mo-Fr 9:00-12:00",
    "rendez_vous": "les-deux",
    "a_domicile": "oui",
    "frais": "gratuit",
    "modes_accueil": "en-presentiel",
    "mobilisable_par": "usagers|professionnels",
    "convention": "oui",
    "convention_jusqu_au": "31/12/2026",
    "permanence_1_code_insee": "85001",
    "permanence_1_lieu": "mairie",
    "permanence_1_horaires": "Tu[2] 14:00-17:00",
    "permanence_1_sur_rendez_vous": "oui",
    "contact_nom": "Camille Inventée",
    "contact_fonction": "coordinatrice",
    "contact_telephone": "02 61 91 00 02",
    "telephone_verifie_le": "2026-03-01",
    "telephone_verifie_par": "appel",
    "date_maj": "2026-02-01",
    "reseaux_porteurs": "Réseau inventé",
}


@pytest.fixture
def census(tmp_path):
    """Import rows (dicts of cells) and return what the report says."""

    def run(*rows, **options):
        headers = list(dict.fromkeys(header for row in rows for header in row))
        path, report = tmp_path / "census.csv", tmp_path / "report.json"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, headers, delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
        call_command("import_census", path, report=report, verbosity=0, **options)
        return json.loads(report.read_text())

    return run


def outcomes(report):
    return [row["outcome"] for row in report["rows"]]


def reasons(report, kind="refusals", row=0):
    return " ; ".join(
        remark["reason"].replace("\N{NO-BREAK SPACE}", " ") for remark in report["rows"][row][kind]
    )


def events():
    return pghistory.models.Events.objects.count()


# Creating


def test_full_row_becomes_a_published_listing(census):
    report = census(FULL)
    assert report["counts"] == {"created": 1, "changed": 0, "unchanged": 0, "refused": 0}
    assert report["applied"]
    listing = Listing.objects.get()
    assert report["rows"][0]["listing"] == listing.pk
    assert listing.status == "publie"
    assert listing.phone == "+33261910001"
    assert listing.website == "https://www.example.org"
    assert listing.opening_hours == "Mo-Fr 09:00-12:00"
    assert (listing.latitude, listing.longitude) == (46.782, -0.836)
    assert listing.convention_until == date(2026, 12, 31)
    assert listing.description == "Deux fois\npar mois."
    assert listing.search_key == "relais invente"


def test_what_is_written_out_reads_back_as_it_was(census):
    census(FULL)
    listing = writing.with_relations(Listing.objects).get()
    out = {column.header: column.write(listing) for column in COLUMNS}
    expected = FULL | {
        "zone_eligibilite": "200071165|85|85182|region:52",
        "latitude": "46.782",
        "telephone": "+33261910001",
        "contact_telephone": "+33261910002",
        "site_web": "https://www.example.org",
        "horaires_accueil": "Mo-Fr 09:00-12:00",
        "convention_jusqu_au": "2026-12-31",
        "situations_coeur": out["situations_coeur"],
    }
    assert {header: out[header] for header in FULL} == expected
    assert set(out["situations_coeur"].split("|")) == {"isolement", "personnes-agees"}
    assert outcomes(census(out)) == ["unchanged"]


def test_check_of_the_whole_record_is_written_out_as_its_phone_and_reads_back_unchanged(census):
    census(FULL)
    Listing.objects.get().verifications.create(
        scope=Verification.Scope.RECORD, method="visite", checked_on=date(2026, 5, 4)
    )
    listing = writing.with_relations(Listing.objects).get()
    out = {column.header: column.write(listing) for column in COLUMNS}
    assert (out["telephone_verifie_le"], out["telephone_verifie_par"]) == ("2026-05-04", "visite")
    assert outcomes(census(out)) == ["unchanged"]
    assert Verification.objects.count() == 2


def test_relations_are_written(census):
    census(FULL)
    listing = Listing.objects.get()
    links = {link.situation.slug: link for link in listing.situation_links.all()}
    assert {slug: link.role for slug, link in links.items()} == {
        "isolement": "coeur",
        "personnes-agees": "coeur",
        "handicap": "peut-aider",
    }
    assert [slug for slug, link in links.items() if link.is_first] == ["isolement"]
    [permanence] = listing.permanences.all()
    assert (permanence.commune.code, permanence.is_by_appointment) == ("85001", True)
    [contact] = listing.contacts.all()
    assert (contact.name, contact.visibility, contact.source) == (
        "Camille Inventée",
        "responsables",
        "test",
    )
    assert contact.recorded_on == date(2026, 2, 1)
    [check] = listing.verifications.all()
    assert (check.scope, check.method, check.checked_on) == (
        "telephone",
        "appel",
        date(2026, 3, 1),
    )


def test_columns_of_the_search_are_filled(census):
    census(FULL)
    listing = Listing.objects.get()
    assert len(listing.entry.situation_ids) == 3
    assert len(listing.entry.zone_ids) == 4
    assert not derived.stale().exists()


def test_history_says_which_file_it_came_from(census):
    census(FULL)
    names = ["Listing", "ListingSituation", "CoverageZone", "Permanence", "Contact", "Verification"]
    for name in names:
        found = pghistory.models.Events.objects.filter(pgh_obj_model=f"partners.{name}")
        assert {event.pgh_context["import"] for event in found} == {"census.csv"}
    assert pghistory.models.Events.objects.filter(pgh_obj_model="partners.Listing").count() == 1


def test_row_that_is_not_complete_waits_to_be_checked(census):
    report = census({"source": "test", "nom": "Relais", "generaliste": "oui"})
    assert Listing.objects.get().status == "a-verifier"
    assert reasons(report, "warnings") == (
        "à vérifier, il manque : une phrase de résumé, un téléphone, un courriel ou un site, "
        "une zone, ou « zone non précisée »"
    )


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("Vendée", {"85"}),
        ("tout le département", {"85"}),
        ("CC du Pays de Pouzauges", {"248500464"}),
        ("Communauté de communes du pays de Pouzauges", {"248500464"}),
        ("pays de pouzauges", {"248500464"}),
        ("Pouzauges, La Roche sur Yon et Challans", {"85182", "85191", "85047"}),
        ("Pays de Pouzauges / 85047", {"248500464", "85047"}),
        ("France entière", {"france"}),
    ],
)
def test_zone_is_understood_by_its_names(census, said, codes):
    census(FULL | {"zone_eligibilite": said})
    assert {
        writing.zone_code(link.territory) for link in Listing.objects.get().zone_links.all()
    } == codes


def test_misspelt_zone_is_refused_with_the_name_that_it_may_be(census):
    report = census(FULL | {"zone_eligibilite": "CC du Pays de Pouzauge"})
    [reason] = [refusal["reason"] for row in report["rows"] for refusal in row["refusals"]]
    assert "vouliez-vous dire «\u00a0CC du Pays de Pouzauges\u00a0»" in reason


def test_empty_zone_is_missing_but_unspecified_zone_is_an_answer(census):
    census(FULL | {"zone_eligibilite": ""})
    assert Listing.objects.get().status == "a-verifier"
    census(FULL | {"zone_eligibilite": "Zone non précisée"})
    listing = Listing.objects.get()
    assert (listing.status, listing.is_zone_unspecified) == ("publie", True)
    assert listing.entry.zone_ids[0] == UNSPECIFIED_ZONE


def test_source_of_the_command_is_for_rows_that_name_none(census):
    census({"nom": "A"}, {"nom": "B", "source": "autre"}, source="Recensement")
    assert list(Listing.objects.values_list("name", "source")) == [
        ("A", "Recensement"),
        ("B", "autre"),
    ]


def test_listing_with_a_commune_and_no_point_keeps_none(census):
    census(FULL | {"latitude": "", "longitude": ""})
    assert Listing.objects.get().latitude is None


def test_former_commune_code_becomes_todays(census):
    old = Territory.objects.get(kind="commune", code="85084").aliases.exclude(code="85084").first()
    report = census(FULL | {"code_insee": old.code, "zone_eligibilite": old.code})
    assert Listing.objects.get().commune.code == "85084"
    assert "ancien code, devenu 85084" in reasons(report, "warnings")


def test_commune_is_found_by_name_and_postal_code(census):
    report = census(
        FULL | {"code_insee": "", "commune": "La Roche sur Yon", "code_postal": "85000"},
        {"id": "b", "nom": "B", "code_insee": "", "commune": "Nullepart", "code_postal": "85000"},
    )
    assert Listing.objects.get().commune.code == "85191"
    assert "aucune commune ne s'appelle « Nullepart »" in reasons(report, row=1)


def test_scheme_names_structures_further_down(census):
    scheme = {"nature": "dispositif", "id": "d", "nom": "Aide inventée", "source": "test"}
    report = census(
        scheme | {"roles": "porteur=a|financeur=b"},
        {"id": "a", "nom": "A", "source": "test", "structure_parente": "b"},
        {"id": "b", "nom": "B", "source": "test"},
    )
    assert report["counts"]["created"] == 3
    scheme = Listing.objects.filter(kind=Listing.Kind.SCHEME).get()
    assert {(r.role, r.structure.name) for r in scheme.scheme_roles.all()} == {
        ("porteur", "A"),
        ("financeur", "B"),
    }
    assert Listing.objects.get(name="A").parent.name == "B"
    assert pghistory.models.Events.objects.filter(pgh_label="update").count() == 0


def test_suspicious_words_are_kept_and_said(census):
    report = census(FULL | {"description": "Demander Mme Durand, née le 12/03/1950"})
    assert report["counts"]["created"] == 1
    assert "ligne suspecte : « Mme Durand »" in reasons(report, "warnings")
    assert "ligne suspecte : « née le 12/03/1950 »" in reasons(report, "warnings")


def test_contact_name_is_not_suspicious(census):
    assert census(FULL | {"contact_nom": "Mme Camille Inventée"})["warnings"] == 0


# Again, and changed


def test_same_file_twice_changes_nothing(census):
    rows = [FULL, FULL | {"id": "b", "nom": "B", "permanence_1_lieu": "école"}]
    census(*rows)
    before = list(Listing.objects.order_by("pk").values()), events()
    report = census(*rows)
    assert outcomes(report) == ["unchanged", "unchanged"]
    assert (list(Listing.objects.order_by("pk").values()), events()) == before


def test_change_is_told_field_by_field(census):
    census(FULL)
    stamp = Listing.objects.get().updated_at
    report = census(
        FULL
        | {
            "nom": "Relais renommé",
            "code_insee": "85001",
            "situations_coeur": "isolement",
            "permanence_1_horaires": "Tu[3] 14:00-17:00",
            "contact_fonction": "directrice",
            "telephone_verifie_le": "2026-04-01",
        }
    )
    assert outcomes(report) == ["changed"]
    changes = {c["column"]: (c["old"], c["new"]) for c in report["rows"][0]["changes"]}
    assert changes.pop("situations_coeur")[1] == "isolement"
    assert changes == {
        "nom": ("Relais inventé", "Relais renommé"),
        "code_insee": ("85182", "85001"),
        "permanence_1_horaires": ("Tu[2] 14:00-17:00", "Tu[3] 14:00-17:00"),
        "contact_fonction": ("coordinatrice", "directrice"),
        "telephone_verifie_le": ("2026-03-01", "2026-04-01"),
    }
    listing = Listing.objects.get()
    assert listing.updated_at > stamp
    assert listing.search_key == "relais renomme"
    assert listing.permanences.get().hours == "Tu[3] 14:00-17:00"
    assert listing.verifications.count() == 2
    assert not derived.stale().exists()


def test_absent_column_leaves_the_record_alone_and_empty_cell_empties_it(census):
    census(FULL)
    census({"source": "test", "id": "a", "description": "", "situations_aide": ""})
    listing = Listing.objects.get()
    assert (listing.description, listing.name, listing.phone) == (
        "",
        "Relais inventé",
        "+33261910001",
    )
    assert {link.role for link in listing.situation_links.all()} == {"coeur"}
    assert listing.permanences.exists()
    assert listing.contacts.exists()


def test_emptied_permanence_and_contact_go_away(census):
    census(FULL)
    Listing.objects.get().contacts.create(
        name="Ajoutée à la main", source="appel", recorded_on=date(2026, 1, 1)
    )
    emptied = [h for h in FULL if h.startswith(("permanence_", "contact_"))]
    assert outcomes(census(FULL | dict.fromkeys(emptied, ""))) == ["changed"]
    listing = Listing.objects.get()
    assert not listing.permanences.exists()
    assert [contact.name for contact in listing.contacts.all()] == ["Ajoutée à la main"]
    assert Verification.objects.count() == 1


def test_permanence_keeps_its_point_when_its_hours_change(census):
    census(FULL)
    Listing.objects.get().permanences.update(latitude=46.0, longitude=-1.0)
    census(FULL | {"permanence_1_horaires": "We 09:00-12:00"})
    permanence = Listing.objects.get().permanences.get()
    assert (permanence.hours, permanence.latitude) == ("We 09:00-12:00", 46.0)


def test_value_laid_aside_does_not_erase_the_one_we_have(census):
    census(FULL)
    report = census(FULL | {"telephone": "12", "siret": "123", "courriel": "x@", "site_web": "?"})
    assert outcomes(report) == ["unchanged"]
    assert reasons(report, "warnings").count("valeur laissée de côté") == 4


def test_several_mails_and_numbers_keep_the_first_and_say_so(census):
    report = census(
        FULL
        | {
            "courriel": "faux@ - a@example.org - b@example.org",
            "telephone": "02 61 91 00 01 / 02 61 91 00 03",
        }
    )
    assert Listing.objects.get().email == "a@example.org"
    said = reasons(report, "warnings")
    assert "la première adresse valable est gardée : a@example.org" in said
    assert "plusieurs numéros : 02 61 91 00 01 est gardé, pas « 02 61 91 00 03 »" in said


def test_state_set_by_hand_survives(census):
    census(FULL)
    Listing.objects.update(status="archive")
    report = census(FULL | {"statut": "publie"})
    assert outcomes(report) == ["unchanged"]
    assert "son état ne change pas" in reasons(report, "warnings")
    Listing.objects.update(status="a-verifier")
    assert outcomes(census(FULL)) == ["unchanged"]


def test_listing_that_waited_is_published_once_complete(census):
    census(FULL | {"zone_eligibilite": ""})
    report = census(FULL)
    assert Listing.objects.get().status == "publie"
    assert {"column": "statut", "old": "a-verifier", "new": "publie"} in report["rows"][0][
        "changes"
    ]


def test_listing_that_loses_its_contacts_waits_again(census):
    census(FULL)
    census(FULL | {"telephone": "", "courriel": "", "site_web": ""})
    assert Listing.objects.get().status == "a-verifier"


def test_asked_publication_of_an_incomplete_listing_waits(census):
    report = census(FULL | {"statut": "publie", "resume": ""})
    assert Listing.objects.get().status == "a-verifier"
    assert "une phrase de résumé" in reasons(report, "warnings")


def test_draft_stays_a_draft(census):
    census(FULL | {"statut": "brouillon"})
    assert Listing.objects.get().status == "brouillon"


def test_row_without_identifier_is_found_by_siret_then_by_name(census):
    bare = {h: v for h, v in FULL.items() if h != "id"} | {"siret": "73282932000074"}
    census(bare)
    assert outcomes(census(bare | {"nom": "Autre nom"})) == ["changed"]
    assert outcomes(census(bare | {"nom": "Autre nom", "siret": ""})) == ["changed"]
    assert Listing.objects.count() == 1


def test_listing_made_confidential_loses_its_point_and_siret(census):
    census(FULL | {"siret": "73282932000074"})
    hidden = {h: v for h, v in FULL.items() if h not in ("latitude", "longitude", "siret")}
    census(hidden | {"adresse_confidentielle": "oui"})
    listing = Listing.objects.get()
    assert (listing.latitude, listing.siret, listing.is_confidential) == (None, "", True)


# Dry run, strict, report


def test_dry_run_tells_and_writes_nothing(census, tmp_path):
    report = census(FULL, dry_run=True)
    assert report["counts"]["created"] == 1
    assert not report["applied"]
    assert not Listing.objects.exists()
    out = io.StringIO()
    call_command("import_census", tmp_path / "census.csv", dry_run=True, stdout=out)
    assert "Ligne 2, créée\N{NO-BREAK SPACE}: Relais inventé" in out.getvalue()
    assert "Simulation, rien n'est écrit" in out.getvalue()


def test_changes_and_refusals_are_printed(census, tmp_path):
    census(FULL)
    Listing.objects.update(acronym="ZZ")
    out = io.StringIO()
    bad = FULL | {"id": "b", "frais": "cher"}
    census(FULL, bad, dry_run=True)
    call_command("import_census", tmp_path / "census.csv", dry_run=True, stdout=out)
    said = out.getvalue().replace("\N{NO-BREAK SPACE}", " ")
    assert "    sigle : « ZZ » → « RI »" in said
    assert "    refus, frais « cher » : « cher » n'existe pas." in said
    assert "2 lignes, 0 créée, 1 modifiée, 0 inchangée, 1 refusée" in said


def test_refused_row_does_not_block_the_others(census):
    report = census(FULL | {"frais": "cher"}, FULL | {"id": "b", "nom": "B"})
    assert outcomes(report) == ["refused", "created"]
    assert [listing.name for listing in Listing.objects.all()] == ["B"]


def test_strict_import_writes_nothing_when_a_row_is_refused(census):
    with pytest.raises(CommandError, match="rien n'a été importé"):
        census(FULL | {"frais": "cher"}, FULL | {"id": "b", "nom": "B"}, strict=True)
    assert not Listing.objects.exists()


def test_report_that_cannot_be_written_stops_the_import(census, tmp_path):
    census(FULL, dry_run=True)
    with pytest.raises(CommandError, match="ne peut pas être écrit"):
        call_command("import_census", tmp_path / "census.csv", report=tmp_path, verbosity=0)
    assert not Listing.objects.exists()


def test_unknown_columns_are_listed(census):
    report = census(FULL | {"couleur": "bleu", "notes": ""})
    assert report["counts"]["created"] == 1
    [remark] = report["remarks"]
    assert remark.replace("\N{NO-BREAK SPACE}", " ") == (
        "Colonnes inconnues, laissées de côté : « couleur », « notes »."
    )


# The template and the check


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_template_has_every_column(tmp_path, suffix):
    path = tmp_path / f"modele{suffix}"
    call_command("census_template", path, verbosity=0)
    assert reader.read(path).headers == [column.header for column in COLUMNS]


def test_template_of_another_kind_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"en \.csv ou en \.xlsx"):
        call_command("census_template", tmp_path / "modele.txt")
    with pytest.raises(CommandError, match="ne peut pas être écrit"):
        call_command("census_template", tmp_path / "absent" / "modele.csv")


def test_examples_of_the_template_make_a_listing(census):
    report = census({column.header: column.example for column in COLUMNS})
    assert report["counts"]["created"] == 1
    assert report["warnings"] == 0


def test_columns_are_explained_on_screen():
    out = io.StringIO()
    call_command("census_template", stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.partition("\xa0")[0] for line in lines[: len(COLUMNS)]] == [
        column.header for column in COLUMNS
    ]
    assert "    impayes\xa0: Impayé de loyer" in lines


def test_wrong_derived_columns_are_found_and_repaired(census):
    census(FULL)
    call_command("check_derived", verbosity=0)
    SearchEntry.objects.update(zone_ids=[])
    with pytest.raises(CommandError, match="--repair"):
        call_command("check_derived")
    call_command("check_derived", repair=True, verbosity=0)
    assert not derived.stale().exists()


def test_number_of_queries_does_not_follow_the_number_of_rows(
    census, django_assert_max_num_queries
):
    rows = [FULL | {"id": str(n), "nom": f"Relais {n}"} for n in range(60)]
    census(*rows)
    with django_assert_max_num_queries(25):
        census(*rows)
    with django_assert_max_num_queries(45):
        census(*(row | {"sigle": "XX", "permanence_1_lieu": "école"} for row in rows))
