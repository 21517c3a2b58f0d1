"""Acronyms explained where they stand, at no cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners import acronyms
from partners.models import GlossaryTerm, User
from tests.factories import ListingFactory, UserFactory

pytestmark = pytest.mark.django_db
RESULTS = "/recherche/?situation=isolement&commune=85182"


@pytest.fixture
def adviser(client):
    client.force_login(UserFactory(role=User.Role.ADVISER))
    return client


def test_first_of_each_acronym_is_a_link_with_its_words():
    acronyms.note(object())
    html = acronyms.explained("Le CCAS, puis le FSL. Le CCAS répond.")
    assert html.count('<a class="acronym" href="/sigles/#ccas"') == 1
    assert 'title="Fonds de solidarité pour le logement"' in html
    assert html.endswith("Le CCAS répond.")


@pytest.mark.parametrize(
    "text",
    ["ccas", "CCASX", "XCCAS", "ccas@CCAS.example", "mon-CCAS", "https://x.example/CCAS", "", None],
)
def test_only_whole_words_in_capitals_are_acronyms(text):
    assert "<a" not in acronyms.explained(text)


def test_text_is_escaped_and_so_are_the_words_of_the_glossary():
    GlossaryTerm.objects.create(acronym="ZZT", expansion='Dit "<script>" & fils')
    acronyms.note(object())
    html = acronyms.explained("<b>ZZT</b> & CAF")
    assert html.startswith("&lt;b&gt;<a")
    assert 'title="Dit &#34;&lt;script&gt;&#34; &amp; fils"' in html
    assert "<script" not in html


def test_card_and_record_explain_what_they_name(adviser):
    listing = ListingFactory(
        name="UDAF inventée", summary="Instruit le FSL.", description="Avec la CAF.\n\nEt l'ADIL."
    )
    card = adviser.get(RESULTS).content.decode()
    assert '<a class="acronym" href="/sigles/#fsl"' in card
    assert '<abbr title="Union départementale des associations familiales">UDAF</abbr>' in card
    record = adviser.get(listing.get_absolute_url()).content.decode()
    for anchor in ("udaf", "fsl", "caf", "adil"):
        assert f'<a class="acronym" href="/sigles/#{anchor}"' in record


def test_new_acronym_is_explained_by_the_next_page(adviser):
    ListingFactory(summary="Instruit le ZZT.")
    assert "Zone zinzoline" not in adviser.get(RESULTS).content.decode()
    GlossaryTerm.objects.create(acronym="ZZT", expansion="Zone zinzoline")
    assert 'title="Zone zinzoline"' in adviser.get(RESULTS).content.decode()
    GlossaryTerm.objects.filter(acronym="ZZT").delete()
    assert "Zone zinzoline" not in adviser.get(RESULTS).content.decode()


def test_pages_ask_nothing_more_for_it(adviser):
    ListingFactory(summary="Instruit le FSL.")
    adviser.get(RESULTS)
    with CaptureQueriesContext(connection) as captured:
        adviser.get(RESULTS)
    sql = [query["sql"] or "" for query in captured]
    alone = [text for text in sql if "FROM partners_user" not in text]
    assert not [text for text in alone if "glossaryterm" in text]
