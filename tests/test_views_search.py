"""From the box to a phone number, as requests."""

import html
import logging

import pytest
from django.urls import reverse

from partners.forms import CHOICES, NO_FILTER, YES_OR_NO
from partners.pins import decode
from partners.views import filters
from tests.factories import ListingFactory, UserFactory, commune

pytestmark = pytest.mark.django_db

POUZAUGES = "85182"


@pytest.fixture
def adviser(client):
    client.force_login(UserFactory())
    return client


def submit(client, **body):
    return client.post(reverse("search_form"), body)


def test_commune_and_tile_lead_to_an_address_of_codes(adviser):
    response = submit(adviser, texte="pouzauges", situation="personnes-agees")
    assert response.url == "/recherche/?situation=personnes-agees&commune=85182"


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Pouzauges", "commune=85182"),
        ("alcool pouzauges", "situation=addictions&commune=85182"),
        ("la roche sur yon personnes âgées", "situation=personnes-agees&commune=85191"),
        ("ile d yeu", "commune=85113"),
        ("addictions", "situation=addictions"),
        ("pers", "situation=personnes-agees"),
        ("alcool pouzauge", "situation=addictions&commune=85182"),
    ],
)
def test_box_reads_a_situation_a_commune_or_both(adviser, text, query):
    assert submit(adviser, texte=text).url == f"/recherche/?{query}"


@pytest.mark.parametrize(
    ("situation", "facts"),
    [("isolement", "&amp;commune=85182"), ("violences", "&amp;commune=85182&amp;discret=1")],
)
def test_sheet_without_a_script_knows_where_and_whether_to_keep_silent(adviser, situation, facts):
    made = ListingFactory(situations=[situation])
    html = adviser.get(f"/recherche/?situation={situation}&commune=85182").content.decode()
    assert f'href="/feuille/?fiches={made.pk}{facts}"' in html
    html = adviser.get(f"{made.get_absolute_url()}?commune=85182").content.decode()
    assert f'href="/feuille/?fiches={made.pk}&amp;commune=85182"' in html


def test_postal_code_searches_its_communes_together(adviser):
    response = adviser.get(submit(adviser, texte="85700", situation="isolement").url)
    assert response.status_code == 200
    assert len(response.context["narrow"]) > 1


def test_words_left_over_are_searched_and_stay_out_of_the_address(adviser, caplog):
    with caplog.at_level(logging.DEBUG):
        response = submit(adviser, texte="Mme Durand boit beaucoup")
    assert response.status_code == 200
    criteria = response.context["criteria"]
    assert criteria.text == "Durand"
    assert [situation.slug for situation in criteria.situations] == ["addictions"]
    assert "Durand" not in caplog.text
    assert "Location" not in response.headers


def test_words_left_over_are_searched_beside_what_was_chosen_and_understood(adviser):
    criteria = submit(adviser, texte="xyzzy pouzauges", situation="isolement").context["criteria"]
    assert criteria.text == "xyzzy"
    assert [commune.name for commune in criteria.communes] == ["Pouzauges"]
    assert [situation.slug for situation in criteria.situations] == ["isolement"]


def test_an_age_and_a_sign_of_danger_reach_the_address(adviser):
    url = submit(adviser, texte="son fils la frappe, 82 ans, pouzauges").url
    assert url == (
        "/recherche/?situation=personnes-agees&situation=violences&commune=85182"
        "&signe=violences&public=seniors"
    )


def test_completion_offers_situations_and_communes(adviser):
    html = adviser.post(reverse("complete"), {"texte": "pouz"}).content.decode()
    assert 'data-value="85182"' in html
    html = adviser.post(reverse("complete"), {"texte": "addic"}).content.decode()
    assert 'data-value="addictions"' in html


@pytest.mark.parametrize("text", ["", " ", "\0", "%", "'; --", "é" * 10_000, "🦄"])
def test_completion_survives_any_text(adviser, text):
    assert adviser.post(reverse("complete"), {"texte": text}).status_code == 200


@pytest.mark.parametrize("text", ["\0", "%", "'; --", "é" * 10_000, "🦄"])
def test_box_survives_any_text(adviser, text):
    assert submit(adviser, texte=text).status_code in {200, 302}


def test_results_show_the_phone_and_the_verdict(adviser):
    listing = ListingFactory(situations=["personnes-agees"], phone="+33261910042")
    html = adviser.get(f"/recherche/?situation=personnes-agees&commune={POUZAUGES}")
    text = html.content.decode()
    assert "02 61 91 00 42" in text
    assert "Dessert Pouzauges · zone\u00a0: CC du Pays de Pouzauges" in text
    assert listing.get_absolute_url() in text


def test_list_is_markup_in_the_page_as_in_a_swap(adviser):
    ListingFactory()
    url = f"/recherche/?situation=isolement&commune={POUZAUGES}"
    for headers in ({}, {"HX-Request": "true"}):
        assert '<section id="resultats"' in adviser.get(url, headers=headers).content.decode()


def test_swap_is_the_same_answer_without_the_page(adviser):
    url = f"/recherche/?situation=isolement&commune={POUZAUGES}"
    part = adviser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Numéros utiles" in part or "numéros" in part.lower()


def test_map_draws_the_cards_that_have_a_place(adviser):
    listing = ListingFactory()
    ListingFactory(is_confidential=True)
    data = adviser.get(f"/recherche/carte.json?situation=isolement&commune={POUZAUGES}").json()
    (pin,) = decode(data["reperes"])
    assert (pin.pk, pin.block) == (listing.pk, "pres")
    assert data["numeros"] == [[listing.pk, 1]]
    assert data["communes"][0]["properties"]["code"] == POUZAUGES
    assert data["communes"][0]["geometry"]["type"] in {"Polygon", "MultiPolygon"}


def test_confidential_address_reaches_no_page(adviser):
    shelter = ListingFactory(
        situations=["violences"],
        is_confidential=True,
        address="12 rue Secrète",
        website="https://secret.example.org",
        postal_code="85799",
    )
    url = f"/recherche/?situation=violences&commune={POUZAUGES}"
    pages = [url, url.replace("/?", "/carte.json?"), shelter.get_absolute_url(), "/carte/"]
    pages.append("/carte/points.json")
    for page in pages:
        text = adviser.get(page).content.decode()
        assert "Secrète" not in text
        assert "secret.example.org" not in text
        assert "85799" not in text


def test_new_call_starts_empty(adviser):
    assert adviser.post(reverse("new_call")).url == reverse("home")


def test_without_commune_the_sector_of_the_agency_is_searched(adviser):
    ListingFactory()
    response = adviser.get("/recherche/?situation=isolement")
    assert response.status_code == 200
    assert response.context["results"].total == 1


def test_former_commune_code_leads_to_todays_commune(adviser):
    response = adviser.get("/recherche/?commune=85021")
    assert response.context["results"].criteria.communes == (commune("85076"),)


def test_kind_of_help_is_a_filter_that_shows_its_count_and_can_be_removed(adviser):
    ListingFactory(help_kinds=["visites"], audiences=["seniors"])
    ListingFactory(help_kinds=["argent"])
    base = f"/recherche/?situation=isolement&commune={POUZAUGES}"
    links = {(f.name, f.value): f for f in adviser.get(base).context["filters"]}
    assert links["aide", "visites"].count == 1
    assert ("aide", "soins") not in links
    assert links["public", "seniors"].count == 2
    response = adviser.get(links["aide", "visites"].url)
    assert response.context["results"].total == 1
    active = [f for f in response.context["filters"] if f.is_active]
    assert [f.value for f in active] == ["visites"]
    assert "aide" not in active[0].url


def test_folded_filters_stand_under_headings_and_none_is_left_out(adviser):
    ListingFactory(help_kinds=["visites"], phone="+33261910101", fees="gratuit")
    context = adviser.get(f"/recherche/?situation=isolement&commune={POUZAUGES}").context
    groups = dict(context["filter_groups"])
    assert [f.name for f in groups["Coût et garanties"]] == ["gratuit"]
    assert [f.value for f in groups["Nature de l'aide"]] == ["visites"]
    folded = [f for f in context["filters"] if f.is_folded]
    assert sorted(f.name for links in groups.values() for f in links) == sorted(
        f.name for f in folded
    )
    named = {name for names in filters.GROUPS.values() for name in names}
    assert named == {*list(YES_OR_NO)[filters.IN_VIEW :], *CHOICES}


def test_filters_are_links_that_turn_on_and_off(adviser):
    ListingFactory(home_visits=True)
    base = f"/recherche/?situation=isolement&commune={POUZAUGES}"
    domicile = adviser.get(base).context["filters"][1]
    assert (domicile.count, domicile.is_active) == (1, False)
    again = adviser.get(domicile.url).context["filters"][1]
    assert again.is_active
    assert "domicile" not in again.url


@pytest.mark.parametrize("situation", ["Mme Durand boit", "x\0"])
def test_forged_choice_reaches_no_address(adviser, situation):
    response = submit(adviser, texte="pouzauges", situation=situation)
    assert response.status_code == 404
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["public", "aide", "qui"])
def test_unknown_value_of_a_filter_says_what_to_do_and_repeats_nothing(adviser, name):
    response = adviser.get(f"/recherche/?commune={POUZAUGES}&{name}=Durand")
    assert response.status_code == 404
    assert NO_FILTER in html.unescape(response.content.decode())
    assert "Durand" not in response.content.decode()


def test_unknown_parameter_is_not_repeated_in_links(adviser):
    url = f"/recherche/?situation=isolement&commune={POUZAUGES}&q=Mme+Durand"
    assert "Durand" not in adviser.get(url).content.decode()


def test_list_of_results_stands_in_the_page_as_it_was_written(adviser):
    listing = ListingFactory(name="Relais <du> Bocage")
    page = adviser.get(f"/recherche/?situation=isolement&commune={POUZAUGES}").content.decode()
    assert '<section id="resultats"' in page
    assert "Relais &lt;du&gt; Bocage" in page
    assert listing.name not in page


def test_words_found_only_in_part_are_searched_all_the_same(adviser):
    listing = ListingFactory(summary="Portage de repas chauds.")
    body = {"faits": f"situation=isolement&commune={POUZAUGES}", "texte": "portage de licornes"}
    response = adviser.post("/recherche/", body)
    assert response.status_code == 200
    assert listing.name in response.content.decode()
