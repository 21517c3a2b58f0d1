"""A mapping file: somebody else's columns read as ours, and its own mistakes said in French."""

from pathlib import Path

import pytest

from partners.imports import mapping, reader
from partners.imports.columns import BY_HEADER, COLUMNS
from partners.imports.errors import ImportRefused

TABLE = reader.table(
    [["Nom du lieu", "INSEE", "RDV", "lun.", "reste"], ["A", "85182", "O", "", ""]]
)
ROW = TABLE.rows[0].cells


def read(tmp_path, text, table=TABLE):
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return mapping.read(path, table)


def refusal(tmp_path, text):
    with pytest.raises(ImportRefused) as refused:
        read(tmp_path, text)
    return str(refused.value).replace("\N{NO-BREAK SPACE}", " ")


def test_one_of_their_columns_may_fill_several_of_ours(tmp_path):
    found = read(
        tmp_path,
        '[columns]\nnom = "Nom du lieu"\ncode_insee = "INSEE"\nzone_eligibilite = "INSEE"\n',
    )
    assert found.value("code_insee", ROW) == found.value("zone_eligibilite", ROW) == "85182"
    assert found.present == {"nom", "code_insee", "zone_eligibilite"}
    assert found.unknown == ("RDV", "lun.", "reste")


def test_constant_fills_what_is_empty_or_absent(tmp_path):
    found = read(
        tmp_path,
        '[columns]\nnom = "Nom du lieu"\ndescription = "reste"\n'
        '[constants]\ndescription = "Sans"\ngeneraliste = true\npublics = ["actifs", "femmes"]\n',
    )
    assert found.value("description", ROW) == "Sans"
    assert found.value("generaliste", ROW) == "oui"
    assert found.value("publics", ROW) == "actifs|femmes"


def test_values_are_translated_and_the_others_pass(tmp_path):
    text = '[columns]\nnom = "Nom du lieu"\nrendez_vous = "RDV"\n[values.rendez_vous]\nO = "sans"\n'
    found = read(tmp_path, text + '"" = "les-deux"\n')
    assert found.value("rendez_vous", ROW) == "sans"
    assert found.value("rendez_vous", ROW | {"RDV": "N"}) == "N"
    assert found.value("rendez_vous", ROW | {"RDV": ""}) == "les-deux"


def test_hours_come_from_a_column_per_day(tmp_path):
    found = read(tmp_path, '[columns]\nnom = "Nom du lieu"\n[hours]\nlundi = "lun."\n')
    assert found.days(ROW | {"lun.": "9h-12h"}) == {0: "9h-12h"}
    assert "horaires_accueil" in found.present


def test_columns_ignored_on_purpose_are_not_unknown(tmp_path):
    text = '[options]\nignored = ["reste", "RDV"]\n[columns]\nnom = "Nom du lieu"\n'
    assert read(tmp_path, text).unknown == ("INSEE", "lun.")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nom = ", "n'est pas du TOML"),
        ('[colonnes]\nnom = "a"', "section inconnue « colonnes »"),
        ('columns = "nom"', "[columns] doit être une section"),
        ('[options]\nsourcee = "a"', "option inconnue « sourcee »"),
        ("[options]\nsource = 3", "l'option « source » est mal écrite"),
        ('[columns]\nname = "Nom du lieu"', "colonne inconnue « name »"),
        ('[columns]\nnom = "Nom"', "la colonne « Nom » n'est pas dans le fichier"),
        ('[columns]\nnom = "Nom du lieu"\n[constants]\nname = "a"', "colonne inconnue « name »"),
        ('[columns]\nnom = "Nom du lieu"\n[constants]\nnom = {a = 1}', "« nom » est mal écrite"),
        ('[columns]\nnom = "Nom du lieu"\n[values.name]\na = "b"', "colonne inconnue « name »"),
        (
            '[columns]\nnom = "Nom du lieu"\n[values]\nnom = "b"',
            "[values.nom] doit être une section",
        ),
        ('[columns]\nnom = "Nom du lieu"\n[hours]\nmonday = "lun."', "jour inconnu « monday »"),
        ('[columns]\ncommune = "INSEE"', "Aucune colonne « nom » ni « id »"),
    ],
)
def test_mistake_in_the_mapping_is_one_french_sentence(tmp_path, text, reason):
    assert reason in refusal(tmp_path, text)


def test_missing_or_unreadable_mapping_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match="ne peut pas être lu"):
        mapping.read(tmp_path / "rien.toml", TABLE)
    (tmp_path / "latin.toml").write_bytes(b"# \xe9t\xe9")
    with pytest.raises(ImportRefused, match="n'est pas un texte UTF-8"):
        mapping.read(tmp_path / "latin.toml", TABLE)


def test_our_own_headers_are_known_whatever_their_case_and_accents():
    table = reader.table(
        [["NOM", "Code postal", "Généraliste", "autre"], ["A", "85700", "oui", "x"]]
    )
    found = mapping.native(table)
    assert found.present == {"nom", "code_postal", "generaliste"}
    assert found.unknown == ("autre",)


def test_file_without_name_nor_identifier_is_refused():
    table = reader.table([["adresse"], ["1 rue haute"]])
    with pytest.raises(ImportRefused, match="census_template"):
        mapping.native(table)


def test_each_column_is_described_once():
    assert len(BY_HEADER) == len(COLUMNS)
    assert all(column.help and column.expects for column in COLUMNS)
    attrs = [column.attr for column in COLUMNS if column.attr]
    assert len(attrs) == len(set(attrs))


def test_mappings_that_come_with_the_project_are_valid():
    town_halls = Path(__file__).parents[1] / "fixtures" / "town-halls-85"
    table = reader.read(town_halls.with_suffix(".csv.gz"))
    assert mapping.read(town_halls.with_suffix(".toml"), table).unknown == ()
