"""The map of the territory and what maps ask, as requests."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners import atlas
from partners.models import Listing, Territory, User, derived
from partners.pins import decode
from partners.views import map as map_views
from tests.factories import ListingFactory, PermanenceFactory, UserFactory, commune, territory

pytestmark = pytest.mark.django_db

POUZAUGES = "85182"
AROUND_POUZAUGES = "-0.9,46.7,-0.7,46.9"
AT_SEA = "-4,45,-3,46"


@pytest.fixture
def adviser(client):
    client.force_login(UserFactory())
    return client


def points(client, **query):
    return client.get(reverse("map_points"), query)


def listed(client, **query):
    rows = client.get(reverse("map"), query).context["rows"]
    return [row.listing for row in rows]


# The list beside the map


def test_list_and_map_hold_the_same_partners(adviser):
    here = [ListingFactory(name="Amarrage"), ListingFactory(name="Boussole")]
    ListingFactory(commune=commune("79191"))
    assert listed(adviser) == here
    assert {pin.pk for pin in decode(points(adviser).json()["reperes"])} == {p.pk for p in here}


def test_list_is_paged_and_the_map_has_every_point(adviser, monkeypatch):
    monkeypatch.setattr(map_views, "ROWS", 2)
    everyone = [ListingFactory(name=name, situations=["addictions"]) for name in "ABC"]
    first = adviser.get(reverse("map"), {"situation": "addictions"})
    text = " ".join(unescape(first.content.decode()).split())
    assert "3 partenaires" in text
    assert "Page 1 sur 2" in text
    assert "situation=addictions&page=2" in text
    assert 'rel="prev"' not in text
    assert [row.listing for row in first.context["rows"]] == everyone[:2]
    assert listed(adviser, situation="addictions", page=2) == everyone[2:]
    assert points(adviser, situation="addictions").json()["total"] == 3


def test_zone_of_the_map_narrows_the_list_and_the_map_and_can_be_removed(adviser):
    inside = ListingFactory()
    ListingFactory(commune=commune("85191"))
    response = adviser.get(reverse("map"), {"bbox": AROUND_POUZAUGES, "type": "association"})
    assert [row.listing for row in response.context["rows"]] == [inside]
    text = unescape(response.content.decode())
    assert "Zone de la carte" in text
    assert 'href="/carte/?type=association"' in text
    assert 'data-src="/carte/points.json?type=association&bbox=' in text
    data = points(adviser, bbox=AROUND_POUZAUGES).json()
    assert [pin.pk for pin in decode(data["reperes"])] == [inside.pk]
    assert data["bornes"] == [[46.7, -0.9], [46.9, -0.7]]


def test_empty_zone_of_the_map_says_so(adviser):
    ListingFactory()
    text = adviser.get(reverse("map"), {"bbox": AT_SEA}).content.decode()
    assert "Aucun partenaire connu" in text
    assert points(adviser, bbox=AT_SEA).json()["total"] == 0


@pytest.mark.parametrize("name", ["map", "map_points"])
@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("bbox=1,46,-1,47", 400, "à l'envers"),
        ("bbox=-1,46,1,147", 400, "sort du globe"),
        ("bbox=ici", 400, "quatre nombres"),
        ("situation=licorne", 404, ""),
        ("secteur=licorne", 404, ""),
        ("type=licorne", 404, "licorne"),
        ("page=0", 400, ""),
        ("page=beaucoup", 400, ""),
    ],
)
def test_wrong_address_of_the_map_says_why(adviser, name, query, status, sentence):
    response = adviser.get(f"{reverse(name)}?{query}")
    assert response.status_code == status
    text = response.json()["erreur"] if name == "map_points" else response.content.decode()
    assert sentence in unescape(text)
    assert "no-store" in response.headers["Cache-Control"]


def test_page_past_the_last_says_so(adviser):
    response = adviser.get(reverse("map"), {"page": 2})
    assert response.status_code == 400
    assert "pas autant de pages" in response.content.decode()


@pytest.mark.parametrize("name", ["map_points", "map_data"])
@pytest.mark.parametrize("query", ["vue=1,46,-1,47", "vue=0", "niveau=quartier"])
def test_wrong_view_is_refused_with_a_sentence(adviser, name, query):
    response = adviser.get(f"{reverse(name)}?{query}")
    assert response.status_code == 400
    assert response.json()["erreur"]


def test_box_of_the_whole_globe_is_everything(adviser):
    listing = ListingFactory()
    assert listed(adviser, bbox="-180,-90,180,90") == [listing]


def test_other_places_are_offered_once_partners_are_there(adviser):
    ListingFactory()
    assert "Toute la" not in adviser.get(reverse("map")).content.decode()
    assert points(adviser, secteur="france").status_code == 404
    away = ListingFactory(commune=commune("79191"))
    html = adviser.get(reverse("map")).content.decode()
    assert '<option value="france">' in html
    assert '<option value="79">' in html
    data = points(adviser, secteur="79").json()
    assert [pin.pk for pin in decode(data["reperes"])] == [away.pk]
    data = points(adviser, secteur="france").json()
    assert data["total"] == 2
    assert data["bornes"] == atlas.METROPOLE


def test_map_of_a_sector_takes_few_queries(adviser):
    PermanenceFactory()
    sector = Territory.objects.create(kind="secteur", code="bocage", name="Bocage")
    sector.sector_members.create(commune=commune(POUZAUGES))
    query = {"secteur": "bocage", "situation": "isolement"}
    with CaptureQueriesContext(connection) as queries:
        response = adviser.get(reverse("map"), query)
    assert len(response.context["rows"]) == 1
    assert len(queries) <= 12
    with CaptureQueriesContext(connection) as queries:
        assert points(adviser, **query).json()["total"] == 2
    assert len(queries) <= 12


def test_map_takes_the_same_queries_for_one_and_ten(adviser):
    PermanenceFactory()
    adviser.get(reverse("map"))
    counts = []
    for more in (0, 9):
        for _ in range(more):
            PermanenceFactory()
        for name in ("map", "map_points"):
            with CaptureQueriesContext(connection) as queries:
                adviser.get(reverse(name))
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


# The map of a search


def numbered(response):
    """{primary key: number} of the cards of a page of results that have a place."""
    cards = response.context["results"].cards
    return {card.listing.pk: card.number for card in cards if card.number}


def test_every_match_is_drawn_and_those_shown_bear_the_number_of_their_card(adviser):
    for _ in range(25):
        ListingFactory()
    facts = f"situation=isolement&commune={POUZAUGES}"
    for suite, shown in (("", 20), ("&suite=pres", 25)):
        page = adviser.get(f"{reverse('results')}?{facts}{suite}")
        url = reverse("map_data")
        assert f'data-map="{url}?{facts}{suite}"' in unescape(page.content.decode())
        data = adviser.get(f"{url}?{facts}{suite}").json()
        assert data["total"] == len(decode(data["reperes"])) == 25
        assert dict(data["numeros"]) == numbered(page)
        assert len(data["numeros"]) == shown


def test_words_typed_reach_the_map_in_a_body_and_it_keeps_nothing(adviser):
    ListingFactory(name="Amarrage")
    wanted = ListingFactory(name="Portage de repas", situations=["addictions"])
    facts = f"situation=isolement&commune={POUZAUGES}"
    url = f"{reverse('map_data')}?{facts}"
    assert adviser.get(url).json()["total"] == 1
    response = adviser.post(url, {"texte": "portage de repas"})
    assert response.json()["numeros"][0] == [wanted.pk, 1]
    assert "no-store" in response.headers["Cache-Control"]


def test_search_of_a_whole_territory_draws_every_place_in_it(adviser):
    listing = ListingFactory()
    PermanenceFactory(listing=listing, commune=commune("85191"))
    PermanenceFactory(listing=listing, commune=commune("79191"))
    data = adviser.get(reverse("map_data"), {"situation": "isolement"}).json()
    assert sorted(pin.is_permanence for pin in decode(data["reperes"])) == [False, True]
    assert data["communes"] == []


def test_first_frame_is_what_is_near(adviser):
    near = ListingFactory()
    ListingFactory(commune=commune("85113"), zones=[territory("departement", "85")])
    data = adviser.get(f"{reverse('map_data')}?situation=isolement&commune={POUZAUGES}").json()
    assert data["total"] == 2
    assert data["bornes"][0] == data["bornes"][1]
    assert data["bornes"][0] == [near.commune.latitude, near.commune.longitude]


def test_search_with_too_many_places_is_drawn_as_bubbles(adviser, monkeypatch):
    monkeypatch.setattr(atlas, "MOST_PINS", 1)
    ListingFactory()
    ListingFactory()
    facts = f"situation=isolement&commune={POUZAUGES}"
    data = adviser.get(f"{reverse('map_data')}?{facts}").json()
    assert (data["niveau"], data["total"]) == ("departement", 2)
    view = f"{facts}&vue={AROUND_POUZAUGES}&niveau=commune"
    data = adviser.get(f"{reverse('map_data')}?{view}").json()
    assert [bubble[2:] for bubble in data["bulles"]] == [[2, "Pouzauges"]]
    assert "communes" not in data


# How long an answer is kept


def test_points_are_checked_before_they_are_used_again(adviser):
    for name in ("map_points", "map_data"):
        ListingFactory()
        first = adviser.get(reverse(name))
        assert first.headers["Cache-Control"] == "private, no-cache"
        again = adviser.get(reverse(name), headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        assert again.content == b""
        ListingFactory()
        changed = adviser.get(reverse(name), headers={"If-None-Match": first.headers["ETag"]})
        assert changed.status_code == 200


@pytest.mark.parametrize("name", ["map_points", "map_data"])
def test_points_of_a_danger_are_never_kept(adviser, name):
    response = adviser.get(reverse(name), {"situation": "violences"})
    assert "no-store" in response.headers["Cache-Control"]
    assert "ETag" not in response.headers


def test_point_takes_at_most_fifteen_bytes_on_the_wire(adviser):
    communes = list(territory("departement", "85").departement_territories.filter(kind="commune"))
    Listing.objects.bulk_create(
        Listing(
            name=f"Relais inventé {n}",
            summary="Accueille.",
            status=Listing.Status.PUBLISHED,
            phone="+33261910001",
            source="test",
            commune=communes[n % len(communes)],
            latitude=46.3 + (n * 7919 % 70_000) / 100_000,
            longitude=-2.1 + (n * 104_729 % 130_000) / 100_000,
        )
        for n in range(1500)
    )
    derived.refresh()
    response = adviser.get(reverse("map_points"), headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.content) / 1500 <= 15


# What a point says


def popup(client, *listings, **query):
    return client.get(reverse("map_popup"), {"fiche": [x.pk for x in listings]} | query)


def test_point_says_the_number_and_the_verdict_of_the_search(adviser):
    listing = ListingFactory(phone="+33261910042")
    text = popup(adviser, listing, commune=POUZAUGES, situation="isolement").content.decode()
    assert listing.name in text
    assert "02 61 91 00 42" in text
    assert "Dessert Pouzauges" in text
    assert f"{listing.get_absolute_url()}?commune={POUZAUGES}" in text


def test_point_without_a_commune_has_no_verdict(adviser):
    assert "Dessert" not in popup(adviser, ListingFactory()).content.decode()


def test_several_partners_at_one_address_are_listed_in_the_order_asked(adviser):
    first, second = ListingFactory(), ListingFactory()
    cards = popup(adviser, second, first).context["cards"]
    assert [card.listing for card in cards] == [second, first]


def test_point_takes_the_same_queries_for_one_and_ten(adviser):
    many = [PermanenceFactory().listing for _ in range(10)]
    counts = []
    for asked in (many[:1], many):
        with CaptureQueriesContext(connection) as queries:
            assert popup(adviser, *asked).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_point_of_a_confidential_address_does_not_exist(adviser):
    shelter = ListingFactory(is_confidential=True)
    assert popup(adviser, shelter).status_code == 404


def test_point_of_a_draft_is_for_managers(client):
    draft = ListingFactory(status=Listing.Status.DRAFT)
    client.force_login(UserFactory())
    assert popup(client, draft).status_code == 404
    client.force_login(UserFactory(role=User.Role.MANAGER))
    assert popup(client, draft).status_code == 200


def test_point_without_an_account_asks_to_sign_in(client):
    assert popup(client, ListingFactory()).url.startswith(reverse("login"))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("fiche=abc", 400),
        ("fiche=-1", 400),
        ("fiche=99999999999", 400),
        ("fiche=1&commune=99999", 404),
        ("&".join(f"fiche={n}" for n in range(1, 52)), 400),
    ],
)
def test_wrong_point_is_refused_with_a_sentence(adviser, query, status):
    response = adviser.get(f"{reverse('map_popup')}?{query}")
    assert response.status_code == status
    assert response.json()["erreur"]
