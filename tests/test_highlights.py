"""Words that were looked for, marked without opening a door to markup."""

import pytest

from partners.highlights import excerpt, marked


@pytest.mark.parametrize(
    ("text", "asked", "found"),
    [
        ("Portage de repas", "portage de repas", "<mark>Portage</mark> de <mark>repas</mark>"),
        ("Familles hébergées", "hebergement", "Familles <mark>hébergées</mark>"),
        ("Le CMP de Luçon", "cmp", "Le <mark>CMP</mark> de Luçon"),
        ("Aide <b>aux</b> repas", "repas", "Aide &lt;b&gt;aux&lt;/b&gt; <mark>repas</mark>"),
        ("Aide & repas", "", "Aide &amp; repas"),
        ("Rien de cela", "de la", "Rien de cela"),
    ],
)
def test_words_are_marked_whatever_their_ending_and_the_rest_is_escaped(text, asked, found):
    assert marked(text, asked) == found


def test_excerpt_stands_around_the_first_word_and_is_empty_without_one():
    text = "x " * 80 + "portage de repas" + " y" * 80
    assert excerpt(text, "repas").startswith("… ")
    assert "<mark>repas</mark>" in excerpt(text, "repas")
    assert excerpt("rien", "repas") == ""
