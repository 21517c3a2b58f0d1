"""What is wrong in a row is refused, or laid aside, with a reason in French; nothing crashes."""

import pytest
from django.core.management import CommandError, call_command

from partners.imports import mapping, plan, reader
from partners.models import Listing

pytestmark = pytest.mark.django_db

GOOD = {"source": "test", "id": "a", "nom": "Relais", "generaliste": "oui"}
HIDDEN = {"adresse_confidentielle": "oui"}


def planned(*rows):
    headers = list(dict.fromkeys(header for row in rows for header in row))
    table = reader.table([headers, *([row.get(header, "") for header in headers] for row in rows)])
    return plan.build(table, mapping.native(table)).rows


def said(remarks):
    return [(r.column, r.reason.replace("\N{NO-BREAK SPACE}", " ")) for r in remarks]


def refusals(cells):
    [row] = planned(GOOD | cells)
    assert row.is_refused == bool(row.draft.refusals)
    return said(row.draft.refusals)


def warnings(cells):
    [row] = planned(GOOD | cells)
    assert not row.draft.refusals
    return [remark for remark in said(row.draft.warnings) if remark[0] != "statut"]


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"nom": ""}, "nom", "le nom manque"),
        ({"nom": "a" * 201}, "nom", "texte trop long : 201 caractères, 200 au plus"),
        ({"resume": "a" * 141}, "resume", "texte trop long : 141 caractères, 140 au plus"),
        ({"description": "a" * 5001}, "description", "5001 caractères, 5000 au plus"),
        ({"nom": "A\0B"}, "nom", "caractère invisible interdit"),
        ({"nom": "A\x1bB"}, "nom", "caractère invisible interdit"),
        ({"nature": "association"}, "nature", "Valeurs possibles : structure, dispositif"),
        ({"statut": "ouvert"}, "statut", "« ouvert » n'existe pas"),
        ({"type_structure": "club"}, "type_structure", "« club » n'existe pas"),
        ({"situations_coeur": "ennui"}, "situations_coeur", "la situation « ennui » n'existe pas"),
        ({"situations_aide": "Ennui !"}, "situations_aide", "n'existe pas"),
        ({"en_premier": "ennui"}, "en_premier", "la situation « ennui » n'existe pas"),
        ({"en_premier": "isolement"}, "en_premier", "ni dans situations_coeur ni dans"),
        ({"convention_jusqu_au": "9999-12-31"}, "convention_jusqu_au", "entre 1900 et 2099"),
        ({"date_maj": "01/01/0026"}, "date_maj", "entre 1900 et 2099"),
        ({"generaliste": "peut-être"}, "generaliste", "répondez par oui ou par non"),
        ({"publics": "seniors|chats"}, "publics", "« chats » n'existe pas"),
        ({"publics": "tous-publics|femmes"}, "publics", "ne va pas avec d'autres publics"),
        ({"nom": "\u202e\u200b"}, "nom", "le nom manque"),
        ({"zone_eligibilite": "99999"}, "zone_eligibilite", "aucune commune n'a le code"),
        ({"zone_eligibilite": "Bretagn"}, "zone_eligibilite", "« Bretagn » n'existe pas"),
        ({"zone_eligibilite": "123456789"}, "zone_eligibilite", "« 123456789 » n'existe pas"),
        ({"zone_eligibilite": "region:00"}, "zone_eligibilite", "« region:00 » n'existe pas"),
        ({"zone_eligibilite": "secteur:x"}, "zone_eligibilite", "« secteur:x » n'existe pas"),
        ({"zone_eligibilite": "x:y"}, "zone_eligibilite", "« x:y » n'existe pas"),
        ({"zone_eligibilite": "non-precisee|85"}, "zone_eligibilite", "ne va pas avec d'autres"),
        ({"code_postal": "857"}, "code_postal", "un code postal a 5 chiffres"),
        ({"code_insee": "Pouzauges"}, "code_insee", "qui n'est pas le code postal) a 5 caractères"),
        ({"code_insee": "85999"}, "code_insee", "aucune commune n'a le code INSEE « 85999 »"),
        ({"latitude": "nord", "longitude": "1"}, "latitude", "nombre attendu, en degrés"),
        ({"latitude": "91", "longitude": "1"}, "latitude", "hors limites : entre -90 et 90"),
        ({"latitude": "46.5"}, "latitude", "la latitude et la longitude vont ensemble"),
        ({"latitude": "nan", "longitude": "1"}, "latitude", "nombre attendu"),
        (
            HIDDEN | {"latitude": "46.5", "longitude": "-1"},
            "latitude",
            "une adresse confidentielle ne garde ni point ni SIRET",
        ),
        (HIDDEN | {"siret": "73282932000074"}, "siret", "ne garde ni point ni SIRET"),
        ({"convention_jusqu_au": "31/02/2026"}, "convention_jusqu_au", "AAAA-MM-JJ"),
        ({"date_maj": "hier"}, "date_maj", "AAAA-MM-JJ"),
        ({"date_maj": "2999-01-01"}, "date_maj", "cette date est dans le futur"),
        ({"roles": "porteur=x"}, "roles", "les rôles ne valent que pour un dispositif"),
        ({"nature": "dispositif", "roles": "x"}, "roles", "on attend role=identifiant"),
        ({"nature": "dispositif", "roles": "chef=x"}, "roles", "« chef » n'existe pas"),
        ({"nature": "dispositif", "roles": "porteur=x"}, "roles", "l'identifiant « x »"),
        ({"nature": "dispositif", "roles": "porteur=a"}, "roles", "ne dépend pas d'elle-même"),
        ({"structure_parente": "a"}, "structure_parente", "ne dépend pas d'elle-même"),
        ({"structure_parente": "x"}, "structure_parente", "aucune fiche n'a l'identifiant « x »"),
        ({"permanence_2_lieu": "mairie"}, "permanence_2_horaires", "code_insee, horaires"),
    ],
)
def test_wrong_cell_refuses_its_row(cells, column, reason):
    assert [(where, reason in why) for where, why in refusals(cells)] == [(column, True)]


@pytest.mark.parametrize("start", ["=", "@", "\t", "\r", " =", "=HYPERLINK(", "\t="])
@pytest.mark.parametrize("column", ["nom", "description", "adresse", "contact_nom", "source"])
def test_text_that_begins_as_a_formula_is_refused(start, column):
    assert ("comme une formule" in refusals({column: f"{start}1+1"})[0][1]) is True


def test_numbers_that_begin_as_formulas_do_not():
    cells = {"telephone": "+33261910001", "latitude": "+46.5", "longitude": "-1.2"}
    assert refusals(cells | {"description": "- accueil\n- écoute"}) == []


def test_formula_without_its_value_is_refused(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(list(GOOD))
    book.active.append(["test", "a", '=CONCATENATE("A","B")', "oui"])
    book.save(tmp_path / "census.xlsx")
    table = reader.read(tmp_path / "census.xlsx")
    [row] = plan.build(table, mapping.native(table)).rows
    assert "formule enregistrée sans sa valeur" in row.draft.refusals[0].reason


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"telephone": "12"}, "telephone", "n'est pas un numéro de téléphone"),
        ({"courriel": "a.example.org"}, "courriel", "adresse de courriel non valable"),
        ({"site_web": "http://"}, "site_web", "adresse de site non valable"),
        ({"site_web": "javascript:alert(1)"}, "site_web", "adresse de site non valable"),
        ({"lien_source": "ftp://example.org/a.csv"}, "lien_source", "commence par https://"),
        ({"siret": "73282932000075"}, "siret", "SIRET non valable"),
        ({"siret": "7,32829E+13"}, "siret", "SIRET non valable"),
        ({"horaires_accueil": "le matin"}, "horaires_accueil", "Horaires illisibles"),
        ({"telephone_verifie_le": "2026-01-01"}, "telephone_verifie_par", "une date et un moyen"),
        ({"telephone_verifie_par": "appel"}, "telephone_verifie_le", "une date et un moyen"),
        ({"contact_nom": "", "contact_telephone": "3919"}, "contact_nom", "sans nom ni fonction"),
        (
            {"situations_coeur": "isolement", "situations_aide": "isolement"},
            "situations_aide",
            "est déjà dans situations_coeur",
        ),
    ],
)
def test_wrong_value_is_laid_aside_and_its_row_kept(cells, column, reason):
    assert [(where, reason in why) for where, why in warnings(cells)] == [(column, True)]


def test_row_with_too_many_cells_is_refused():
    table = reader.table([["id", "nom"], ["a", "A", "B"], ["b", "B"]])
    rows = plan.build(table, mapping.native(table)).rows
    assert [row.is_refused for row in rows] == [True, False]


def test_row_that_names_a_refused_row_is_refused_in_turn():
    rows = planned(
        GOOD | {"structure_parente": "b"},
        GOOD | {"id": "b", "nom": "B", "structure_parente": "c"},
        GOOD | {"id": "c", "nom": "C", "frais": "cher"},
    )
    assert [row.is_refused for row in rows] == [True, True, True]


def test_parents_that_go_round_are_refused():
    rows = planned(
        GOOD | {"structure_parente": "b"},
        GOOD | {"id": "b", "nom": "B", "structure_parente": "a"},
    )
    assert "tournent en rond" in rows[0].draft.refusals[0].reason


def test_unknown_identifier_without_a_name_is_refused():
    [row] = planned({"source": "test", "id": "a", "telephone": "3919"})
    assert "aucune fiche n'a cet identifiant" in row.draft.refusals[0].reason


@pytest.mark.parametrize("name", ["", "absent.csv", "vide.csv", "seul.csv"])
def test_file_that_cannot_be_imported_is_one_message(tmp_path, name):
    (tmp_path / "vide.csv").touch()
    (tmp_path / "seul.csv").write_text("nom;id\n")
    with pytest.raises(CommandError) as error:
        call_command("import_census", tmp_path / name, verbosity=0)
    assert "\n" not in str(error.value)
    assert not Listing.objects.exists()


def test_source_that_cannot_be_kept_is_refused(tmp_path):
    (tmp_path / "census.csv").write_text("nom;id\nA;1\n")
    for source, reason in (("a" * 61, "61 caractères"), ("=A", "formule")):
        with pytest.raises(CommandError, match=reason):
            call_command("import_census", tmp_path / "census.csv", source=source, verbosity=0)


def test_import_before_the_territory_is_refused(tmp_path):
    from partners.models import Neighbour, Outline, Territory, TerritoryAlias

    for model in (Neighbour, Outline, TerritoryAlias):
        model.objects.all().delete()
    Territory.objects.update(epci=None, departement=None, region=None)
    Territory.objects.communes().delete()
    with pytest.raises(Exception, match="import_territories"):
        planned(GOOD)


def test_what_is_not_seen_is_left_out_of_a_cell():
    [row] = planned(GOOD | {"nom": "Relais\u202e du\u200b Lay\ufeff"})
    assert row.draft.fields["name"] == "Relais du Lay"
