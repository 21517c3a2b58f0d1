"""The name of a record typed in the one box: searched whole, whatever its words mean elsewhere."""

import re
from html import unescape

import pytest
from django.utils.html import strip_tags

from partners import box, own_names
from partners.models import derived
from tests.factories import ListingFactory, UserFactory, commune

pytestmark = pytest.mark.django_db
NAMES = [
    "Fenêtre Ouverte",
    "Voisins de Palier",
    "La Maison du Tilleul",
    "Infirmières du Grand Marais",
    "Comptoir des familles – antenne du Lay",
    "CCAS de Luçon",
]


@pytest.fixture(autouse=True)
def directory():
    made = {name: ListingFactory(name=name) for name in NAMES}
    derived.refresh()
    return made


def read(text):
    found = box.read(text, departement="85")
    return found.rest, [commune.name for commune in found.communes]


@pytest.mark.parametrize(
    ("text", "words", "communes"),
    [
        ("fenêtre ouverte challans", "fenêtre ouverte", ["Challans"]),
        ("Challans, FENETRE OUVERTE", "FENETRE OUVERTE", ["Challans"]),
        ("voisins de palier", "voisins de palier", []),
        ("Maison du Tilleul", "Maison du Tilleul", []),
        ("infirmières du grand marais", "infirmières du grand marais", []),
        ("comptoir des familles pouzauges", "comptoir des familles", ["Pouzauges"]),
        ("CCAS de Luçon", "CCAS de Luçon", ["Luçon"]),
        ("fenêtre challans", "", ["Challans"]),
        ("comptoir des", "comptoir", []),
    ],
)
def test_name_is_searched_whole_and_gives_no_commune_of_elsewhere(text, words, communes):
    assert read(text) == (words, communes)


def test_situations_that_a_name_speaks_of_stay():
    found = box.read("voisins de palier", departement="85")
    assert [situation.slug for situation in found.situations] == ["voisinage"]


def test_beginning_of_many_names_is_a_kind_of_partner():
    for number in range(4):
        ListingFactory(name=f"Atelier des petites mains {number}")
    derived.refresh()
    assert "atelier des petites mains" not in read("atelier des petites mains")[0]


def test_beginning_of_a_hundred_names_elsewhere_is_one_too():
    ListingFactory(name="Atelier des petites mains du Lay")
    derived.refresh()
    assert own_names.find("atelier des petites mains", "85")
    elsewhere = commune("49007")
    for number in range(own_names.MOST_ANYWHERE):
        ListingFactory(name=f"Atelier des petites mains {number}", commune=elsewhere)
    derived.refresh()
    assert own_names.find("atelier des petites mains", "85") is None


def test_danger_is_never_taken_for_a_name():
    ListingFactory(name="Son mari la frappe")
    derived.refresh()
    found = box.read("son mari la frappe", departement="85")
    assert [sign.slug for sign in found.dangers] == ["violences"]
    assert found.rest == ""


@pytest.mark.parametrize("text", ["", "à", "de la", "!", "x" * 2000, "a " * 500, "' OR 1=1 --"])
def test_any_text_is_read(text):
    box.read(text, departement="85")


def test_long_text_is_looked_at_for_its_first_words_only():
    text = "relais " * 40 + "fenêtre ouverte"
    assert own_names.find(text, "85") is None
    assert own_names.find(text[-60:], "85").typed == "fenêtre ouverte"


def first_card(client, text):
    """The name of the first record of the page that Enter leads to."""
    client.force_login(UserFactory())
    page = client.post("/chercher/", {"texte": text}, follow=True).content.decode()
    [name, *_] = re.findall(r'<h3[^>]*class="card-name"[^>]*>(.*?)</h3>', page, re.DOTALL)
    return " ".join(unescape(strip_tags(name)).split())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("fenêtre ouverte pouzauges", "Fenêtre Ouverte"),
        ("Maison du Tilleul", "La Maison du Tilleul"),
        ("voisins de palier pouzauges", "Voisins de Palier"),
        ("infirmiere du grand marais pouzauges", "Infirmières du Grand Marais"),
        ("bavarde du bocaje pouzauges", "Les Bavardes du Bocage"),
    ],
)
def test_record_of_this_name_is_the_first_card(client, text, name):
    """Typed with a mistake too, before those that hold one of the words."""
    ListingFactory(name="Les Bavardes du Bocage")
    for number in range(3):
        ListingFactory(name=f"Entraide du bocage {number}", summary="Infirmières, palier, maison.")
    derived.refresh()
    assert first_card(client, text).endswith(f"repère 1 {name}")
