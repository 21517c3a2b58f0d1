"""The soft warning on what looks like a tenant (rule R2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.privacy import suspicions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mme Durand boit", "Mme Durand"),
        ("mme durand ne répond plus", "mme durand"),
        ("voir M. X", "M. X"),
        ("M DUPONT", "M DUPONT"),
        ("Monsieur X", "Monsieur X"),
        ("Madame X", "Madame X"),
        ("MONSIEUR DUPONT", "MONSIEUR DUPONT"),
        ("mr martin", "mr martin"),
        ("M. Le Goff", "M. Le Goff"),
        ("Mme d'Ormesson", "Mme d'Ormesson"),
        ("né le 12/03/1950", "né le 12/03/1950"),
        ("née le 3 mars 1950", "née le 3 mars 1950"),
        ("Né(e) en 1950", "Né(e) en 1950"),
        ("DDN : 12/03/50", "DDN : 12/03/50"),
    ],
)
def test_a_name_or_a_birth_date_is_noticed(text, found):
    assert [found in said for said in suspicions(text)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "écrire à M. le maire",
        "M. le Maire",
        "MONSIEUR LE MAIRE",
        "Mme la directrice",
        "MADAME LA PRÉSIDENTE",
        "Madame l'adjointe au social",
        "place Mme de Sévigné",
        "12 rue Monsieur le Prince",
        "rue de Mme X",
        "Madame, Monsieur,",
        "monsieur ou madame",
        "200 m de la gare",
        "à 3 m. environ",
        "une association née en Vendée",
        "",
    ],
)
def test_functions_streets_and_plain_words_are_not_noticed(text):
    assert suspicions(text) == []


def test_each_suspicion_is_said_once():
    assert len(suspicions("Mme Durand. Mme Durand. Née le 12/03/1950.")) == 2


@given(st.text())
def test_any_text_is_read(text):
    assert isinstance(suspicions(text), list)
