"""One text understood: rules, and what holds of any text."""

import re
import unicodedata
from collections import Counter
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners import words
from partners.words import tokens
from partners.words.folding import LIGATURES
from partners.words.reading import understand
from tests.phrases.known import lexicon

FIELD_WORDS = """
    mémé seule boit luçon challans 85700 82 ans loyer pas plus de frappe à la porte st hilaire edf
    l'huissier ne répond FSL paris 15 Mme depuis « ! saint , ado à la rue portage repas
""".split()  # noqa: SIM905
SENTENCES = st.lists(st.sampled_from(FIELD_WORDS), max_size=14).map(" ".join)
TEXTS = st.one_of(SENTENCES, st.text(max_size=150))


def read(text, departement="85"):
    return understand(text, lexicon(), departement=departement)


def towns(text, departement="85"):
    known = lexicon().towns.by_key
    return {known[key].name for key in read(text, departement).towns}


# The longest phrase, its inflections, its typos


@pytest.mark.parametrize(
    ("text", "situations"),
    [
        ("chauffage", ["energie"]),
        ("chauffage en panne", ["nuisibles-habitat"]),
        ("il parle tout seul", ["sante-mentale"]),
        ("seule avec ses deux gosses", ["parent-seul"]),
        ("elle a perdu hier son conjoint", ["isolement"]),
        ("facture", ["energie"]),
        ("vient d'être virée", ["chomage-emploi"]),
        ("ils boivent", ["addictions"]),
        ("alcolique", ["addictions"]),
        ("surendetement", ["dettes-budget"]),
        ("huissier", ["impayes", "expulsion"]),
        ("huissier pour une expulsion", ["expulsion"]),
        ("n'est pas violent", []),
        ("insultes du voisin de palier", ["voisinage"]),
        ("n'arrive plus à payer son chauffage", ["energie"]),
        ("il ne s'en sort plus avec ses crédits", ["dettes-budget"]),
        ("mineur en danger", ["enfant-en-danger"]),
        ("ne comprend rien aux papiers", ["demarches-numerique"]),
        ("la curatrice ne répond plus", ["protection-juridique"]),
        ("joue dehors le soir", []),
        ("coupe de bois", []),
        ("peut meme plus payer le loyer", ["impayes"]),
        ("meme seule", ["personnes-agees", "isolement"]),
        ("a faim avec son chien", ["precarite-alimentation"]),
        ("chien", ["voisinage"]),
        ("18 ans mis dehors par ses parents", ["sans-logement", "jeunes"]),
    ],
)
def test_the_longest_phrase_wins_whatever_its_inflection(text, situations):
    assert list(read(text).situations) == situations


@pytest.mark.parametrize("text", ["boîte", "la boite", "curé", "monsieur le curé", "dans"])
def test_a_short_word_is_never_taken_for_another(text):
    assert read(text).situations == ()


def test_no_more_than_six_situations_in_their_order():
    found = read("mémé seule impayé edf dettes alcool violences ado faim chômage").situations
    order = [topic.slug for topic in lexicon().vocabulary.topics]
    assert len(found) == 6
    assert list(found) == sorted(found, key=order.index)


# Communes


@pytest.mark.parametrize(
    "text",
    [
        "le mois de mars",
        "du bois de chauffage",
        "pas de chance pau",
        "aide",
        "sa vie",
        "bonne mère",
        "le voisin d'à coté",
        "reste à charge trop cher",
        "scooter à louer",
        "doit 12000e",
        "doit 85700 euros",
        "85700€ de dettes",
        "85 700 € de dettes",
    ],
)
def test_an_ordinary_word_is_no_commune(text):
    assert towns(text) == set()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Pau", {"Pau"}),
        ("habite à pau", {"Pau"}),
        ("impayé à Tours", {"Tours"}),
        ("saint denis 93", {"Saint-Denis"}),
        ("marseille 8e alcool", {"Marseille"}),
        ("2A004", {"Ajaccio"}),
        ("44850 Ligné", {"Ligné"}),
        ("st gilles croix", {"Saint-Gilles-Croix-de-Vie"}),
        ("l'oie", {"L'Oie"}),
        ("Mme Challans", set()),
        ("résidence les tilleuls", set()),
        ("12 rue de nantes à challans", {"Challans"}),
        ("à la rue challans", {"Challans"}),
        ("quand il a bu", set()),
        ("la baule", {"La Baule-Escoublac"}),
        ("la chapelle achard", {"Les Achards"}),
        ("plan social", set()),
        ("st hermine", {"Saint-Jean-d'Hermine"}),
        ("tribunal roche/yon", {"La Roche-sur-Yon"}),
        ("afghan à la rue la roche", {"La Roche-sur-Yon"}),
        ("cherche hébergement sables", {"Les Sables-d'Olonne"}),
        ("vieux monsieur talmont", {"Talmont-Saint-Hilaire"}),
        ("ehpad le poiré", {"Le Poiré-sur-Vie"}),
        ("impayé montaigue", {"Montaigu-Vendée"}),
    ],
)
def test_a_commune_is_told_by_what_stands_beside_it(text, names):
    assert towns(text) == names


def test_a_shared_name_is_the_one_at_home_else_the_largest():
    assert towns("montreuil", "85") == {"Montreuil"}
    assert read("montreuil", "85").towns != read("montreuil", "93").towns
    assert len(read("valence", "85").towns) == 1


def test_home_alone_is_cut_short():
    assert towns("chall", "85") == {"Challans"}
    assert towns("chall", "44") == set()


# Signs of danger


@pytest.mark.parametrize(
    ("text", "dangers"),
    [
        ("mamie maltraitée par son fils", ("adulte-vulnerable",)),
        ("ne répond plus depuis lundi", ("vie-en-danger",)),
        ("la caf ne répond plus", ()),
        ("ma fille de 13 ans a disparu", ("enfant-en-danger",)),
        ("dehors ce soir", ("rue-ce-soir",)),
        ("dehors le soir", ()),
        ("détecteur de monoxyde", ()),
        ("le détecteur de monoxyde sonne", ("gaz-feu",)),
    ],
)
def test_a_sign_is_raised_by_what_is_said_of_a_person_now(text, dangers):
    assert read(text).dangers == dangers


# Ages


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("82 ans", "seniors"),
        ("âgée de 82", "seniors"),
        ("16/17 ans", "jeunes"),
        ("octogénaire", "seniors"),
        ("plus de 75 ans", "seniors"),
        ("45 ans", ""),
        ("depuis 65 ans", ""),
        ("il y a 20 ans", ""),
        ("bail de 15 ans", ""),
        ("crédit sur 20 ans", ""),
        ("20 ans de bail", ""),
        ("82 ans loyer", "seniors"),
        ("ado et sa grand-mère", ""),
        ("étudiant de 20 ans", "etudiants"),
    ],
)
def test_an_age_tells_a_public_and_a_duration_does_not(text, audience):
    assert read(text).audience == audience


# Remaining words


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("bonjour je cherche une aide pour la locataire à challans", ()),
        ("portage de repas luçon", ("portage", "de", "repas")),
        ("F.S.L. challans", ("F.S.L.",)),
        ("Mme Durand boit", ("Durand",)),
        ("aquagym pouzauges", ("aquagym",)),
        ("logement", ("logement",)),
        ("привет", ("привет",)),
    ],
)
def test_precise_words_stay_and_spoken_ones_go(text, rest):
    assert read(text).words == rest


# Of any text


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_any_text_is_understood_within_bounds(text):
    found = read(text)
    typed = Counter(tokens.read(text).pieces)
    assert not Counter(found.words) - typed
    assert len(found.situations) <= 6
    assert len(found.towns) <= 20
    assert len(set(found.situations)) == len(found.situations)


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert words.fold(words.fold(text)) == words.fold(text)
    assert words.fold_place(words.fold_place(text)) == words.fold_place(text)


@given(st.text() | st.text("éÈçœÆ’'-\u0300\u034f\u0489ºĳⅣ Aa1"))
def test_folding_drops_every_mark_that_combines(text):
    decomposed = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    assert words.fold(text) == " ".join(re.findall("[0-9a-z]+", plain))


@settings(max_examples=60, deadline=None)
@given(st.permutations(["alcool", "pouzauges", "82 ans", "impayé"]))
def test_parts_set_apart_are_understood_in_any_order(parts):
    found = read(", ".join(parts))
    assert found.situations == ("personnes-agees", "impayes", "addictions")
    assert [lexicon().towns.by_key[key].code for key in found.towns] == ["85182"]
    assert found.audience == "seniors"
    assert found.words == ()


@pytest.mark.parametrize(
    "text", ["é" * 10_000, "mémé boit " * 1_000, "st " * 4_000, "x y " * 3_000]
)
def test_ten_thousand_characters_are_read_in_bounded_time(text):
    lexicon()
    began = perf_counter()
    read(text)
    assert perf_counter() - began < 2
