"""Communes from what people type and what files carry."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners import places
from partners.models import Territory, TerritoryAlias

pytestmark = pytest.mark.django_db


def labels(text, **options):
    return [match.label for match in places.find_communes(text, departement="85", **options)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("pouz", "Pouzauges"),
        ("POUZAUGES", "Pouzauges"),
        ("  Pouzauges  ", "Pouzauges"),
        ("pouzaugues", "Pouzauges"),  # a typo
        ("aizenay", "Aizenay"),
        ("aisenay", "Aizenay"),
        ("fontenay le conte", "Fontenay-le-Comte"),
        ("st hilaire", "Saint-Hilaire-de-Riez"),
        ("Saint Hilaire de R", "Saint-Hilaire-de-Riez"),
        ("ste flaive", "Sainte-Flaive-des-Loups"),
        ("la roche sur yon", "La Roche-sur-Yon"),
        ("La Roche s/ Yon", "La Roche-sur-Yon"),
        ("la roche", "La Roche-sur-Yon"),
        ("roche", "La Roche-sur-Yon"),
        ("roche yon", "La Roche-sur-Yon"),
        ("les sables", "Les Sables-d'Olonne"),
        ("yeu", "L'Île-d'Yeu"),
        ("ile d'yeu", "L'Île-d'Yeu"),
        ("l’île d’Yeu", "L'Île-d'Yeu"),
        ("aiguillon presqu'ile", "L'Aiguillon-la-Presqu'île"),
        ("aubigny", "Aubigny (Aubigny-Les Clouzeaux)"),
        ("mouilleron en pareds", "Mouilleron-en-Pareds (Mouilleron-Saint-Germain)"),
        ("l'oie", "L'Oie"),
        ("85182", "Pouzauges"),
        ("850", "La Roche-sur-Yon"),
        ("85", "La Roche-sur-Yon"),
        ("Pouzauges (85700)", "Pouzauges"),
        ("85020 La Roche-sur-Yon cedex 9", "La Roche-sur-Yon"),
        ("nantes", "Nantes"),
    ],
)
def test_the_commune_that_is_meant_comes_first(text, first):
    assert labels(text)[0] == first


@pytest.mark.parametrize(
    "text", ["", " ", "%", "_", "'", "\\", "x" * 300, "pouz\0auges", "zzzzzzzz", "99999", "()", "8"]
)
def test_text_that_means_nothing_finds_nothing(text):
    assert places.find_communes(text, departement="85") == []
    assert places.resolve(text, departement="85") == []


def test_a_postal_code_gives_all_its_communes_most_populated_first():
    found = places.find_communes("85700", departement="85")
    assert {"Pouzauges", "Montournais", "Réaumur"} <= {match.label for match in found}
    assert [m.detail for m in found] == ["85700 · Vendée"] * len(found)
    populations = [match.territory.population for match in found]
    assert populations == sorted(populations, reverse=True)


def test_ones_own_departement_comes_first():
    assert labels("aubigny")[0].startswith("Aubigny (")
    elsewhere = places.find_communes("aubigny", departement="79")
    assert (elsewhere[0].label, elsewhere[0].detail) == ("Aubigny", "79390 · Deux-Sèvres")


def test_without_a_departement_exact_names_come_first_those_of_today_before_former_ones():
    found = [match.label for match in places.find_communes("aubigny")]
    assert found[:2] == ["Aubigny", "Aubigny (Aubigny-Les Clouzeaux)"]


def test_each_commune_is_proposed_once():
    pks = [match.territory.pk for match in places.find_communes("saint", limit=50)]
    assert len(pks) == len(set(pks)) == 50


def test_several_postal_codes_are_told_by_the_departement_or_by_the_one_typed():
    detail = {m.label: m.detail for m in places.find_communes("les sables", departement="85")}
    assert detail["Les Sables-d'Olonne"] == "85 · Vendée"
    detail = {m.label: m.detail for m in places.find_communes("85100", departement="85")}
    assert detail["Les Sables-d'Olonne"] == "85100 · Vendée"


@pytest.mark.parametrize("text", ["pouz", "saint", "85700", "857", "pouzaugues", "85182"])
def test_completion_takes_few_queries(text, django_assert_max_num_queries):
    places.find_communes(text, departement="85")  # what a process reads once
    with django_assert_max_num_queries(4):
        places.find_communes(text, departement="85")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=140))
def test_no_text_makes_it_fail(db, text):
    assert len(places.find_communes(text, departement="85")) <= 8
    places.resolve(text, departement="85")


# What a text means exactly


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Pouzauges", ["Pouzauges"]),
        ("Pouzauges (85700)", ["Pouzauges"]),
        ("85700 POUZAUGES", ["Pouzauges"]),
        ("85182", ["Pouzauges"]),
        ("85020 LA ROCHE SUR YON CEDEX 9", ["La Roche-sur-Yon"]),
        ("la roche", ["La Roche-sur-Yon"]),
        ("Aubigny", ["Aubigny-Les Clouzeaux"]),
        ("Aubigny (Aubigny-Les Clouzeaux)", ["Aubigny-Les Clouzeaux"]),
        ("Aubigny (Deux-Sèvres)", ["Aubigny"]),
        ("Aubigny (79)", ["Aubigny"]),
        ("Boufféré", ["Montaigu-Vendée"]),
        ("Nantes", ["Nantes"]),
        ("pouz", []),
        ("pouzaugues", []),
        ("Pouzauges (44000)", []),
        ("Pouzauges (Nantes)", []),
        ("857", []),
    ],
)
def test_what_a_text_means(text, names):
    assert [commune.name for commune in places.resolve(text, departement="85")] == names


def test_a_shared_postal_code_means_all_its_communes():
    assert len(places.resolve("85700", departement="85")) == 7


def test_a_name_shared_by_several_communes_means_those_of_the_departement_or_all():
    assert [c.departement.code for c in places.resolve("aubigny", departement="79")] == ["79"]
    assert {c.departement.code for c in places.resolve("aubigny")} >= {"79", "85"}
    assert len(places.resolve("saint hilaire", departement="85")) > 3


# Codes in files


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("85182", "Pouzauges"),
        (" 85182 ", "Pouzauges"),
        ("85154", "Mouilleron-Saint-Germain"),
        ("85008", "Aubigny-Les Clouzeaux"),
        ("85027", "Montaigu-Vendée"),
    ],
)
def test_a_code_designates_the_commune_of_today(code, name):
    found = places.resolve_commune_code(code)
    assert found.name == name
    assert places.CommuneCodes().get(code) == found.pk


@pytest.mark.parametrize("code", ["", "85", "99999", "Pouzauges", "85\x00182", "8518200"])
def test_a_code_of_no_commune_designates_nothing(code):
    assert places.resolve_commune_code(code) is None
    assert code not in places.CommuneCodes()


def test_the_zero_that_a_spreadsheet_took_off_is_put_back():
    ain = Territory.objects.create(kind="commune", code="01004", name="Ambérieu-en-Bugey")
    assert places.resolve_commune_code("1004") == ain
    assert places.CommuneCodes().get("1004") == ain.pk


def test_a_district_designates_its_city():
    paris = Territory.objects.create(kind="commune", code="75056", name="Paris")
    TerritoryAlias.objects.create(territory=paris, kind="arrondissement-municipal", code="75101")
    assert places.resolve_commune_code("75101") == paris


def test_a_commune_that_merged_since_designates_the_new_one():
    old = Territory.objects.create(kind="commune", code="85998", name="Ancienne")
    pouzauges = places.resolve_commune_code("85182")
    TerritoryAlias.objects.create(
        territory=pouzauges, kind="commune-deleguee", code="85998", name="Ancienne"
    )
    assert places.resolve_commune_code("85998") == pouzauges
    assert places.CommuneCodes().get("85998") == pouzauges.pk
    assert places.resolve("Ancienne") == [pouzauges]
    assert old.pk != pouzauges.pk


def test_codes_are_looked_up_in_two_queries_however_many(django_assert_num_queries):
    with django_assert_num_queries(2):
        codes = places.CommuneCodes()
        assert [codes.get(code) for code in ["85182"] * 50]


def test_given_codes_are_kept_as_keys():
    found = places.communes_by_code(["85182", "85027", "85999", "x"])
    assert {code: commune.name for code, commune in found.items()} == {
        "85182": "Pouzauges",
        "85027": "Montaigu-Vendée",
    }


def test_the_landlords_departement_is_found(settings):
    assert places.home_departement().name == "Vendée"
    settings.DEFAULT_DEPARTEMENT = "00"
    assert places.home_departement() is None
