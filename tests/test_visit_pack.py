"""The pack of a visit: what it holds, what never gets in, who may ask, bad requests."""

import json
from datetime import date
from itertools import accumulate

import pytest
import time_machine
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from partners.models import (
    AgencyCallGuide,
    Contact,
    EntryPoint,
    InternalReferent,
    Listing,
    Paper,
    SectorCommune,
    Situation,
    User,
)
from partners.visit import outlines
from tests.factories import (
    AgencyFactory,
    ListingFactory,
    PermanenceFactory,
    UserFactory,
    change,
    commune,
    territory,
    verify,
)

pytestmark = pytest.mark.django_db

NOON = "2026-11-23 12:00:00+01:00"  # a Monday
URL = "/visite/paquet/"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def agency():
    """One of two communes: Pouzauges and Le Boupère."""
    agency = AgencyFactory(slug="bocage", name="Agence du bocage", phone="+33261910000")
    for code in ("85182", "85031"):
        SectorCommune.objects.create(sector=agency.sector, commune=commune(code))
    return agency


@pytest.fixture
def user(agency):
    return UserFactory(role=User.Role.ADVISER, agency=agency)


@pytest.fixture
def adviser(client, user):
    client.force_login(user)
    return client


def get(client, **asked):
    return client.get(URL, asked)


def pack(client, **asked):
    response = get(client, **asked)
    assert response.status_code == 200, response.content.decode()
    return response.json()


def names(found):
    return {record["name"] for record in found["records"]}


# Who, and how it travels


@pytest.mark.parametrize("role", User.Role.values)
def test_every_account_may_take_a_pack(client, agency, role):
    client.force_login(UserFactory(role=role, agency=agency))
    assert pack(client)["sector"]["name"] == "Agence du bocage"


def test_stranger_is_asked_to_sign_in_and_nothing_is_written_by_a_post(client, adviser):
    assert adviser.post(URL).status_code == 405
    client.logout()
    response = client.get(URL)
    assert response.status_code == 302
    assert response.url.startswith(reverse("login"))


def test_nothing_but_the_device_keeps_it_and_an_unchanged_pack_is_not_sent_again(adviser):
    ListingFactory()
    first = get(adviser)
    assert "no-store" in first["Cache-Control"]
    assert "private" in first["Cache-Control"]
    with time_machine.travel("2026-11-23 15:00:00+01:00", tick=False):
        again = adviser.get(URL, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again["Prepared-At"] == "2026-11-23T15:00:00+01:00"
        assert again["Expires-At"] == "2026-11-30T15:00:00+01:00"
        assert "no-store" in again["Cache-Control"]
        ListingFactory()
        changed = adviser.get(URL, headers={"If-None-Match": first["ETag"]})
        assert changed.status_code == 200
        assert changed.json()["prepared_at"] == "2026-11-23T15:00:00+01:00"


def test_yesterdays_pack_is_sent_anew(adviser, user):
    first = get(adviser)
    with time_machine.travel("2026-11-24 12:00:00+01:00", tick=False):
        adviser.force_login(user)
        assert adviser.get(URL, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_same_number_of_queries_for_one_record_and_for_ten(adviser, user):
    ListingFactory(kind=Listing.Kind.SCHEME)
    get(adviser)
    with CaptureQueriesContext(
        connection,
    ) as one:
        get(adviser)
    for place in range(9):
        listing = ListingFactory(kind=Listing.Kind.SCHEME)
        PermanenceFactory(listing=listing)
        Paper.objects.create(listing=listing, name=f"papier {place}")
    with CaptureQueriesContext(connection) as ten:
        assert len(get(adviser).json()["records"]) == 10
    assert len(ten) <= len(one) <= 30


def test_same_number_of_queries_for_two_communes_and_for_two_hundred(adviser):
    get(adviser)
    with CaptureQueriesContext(connection) as few:
        get(adviser)
    with CaptureQueriesContext(connection) as many:
        assert len(pack(adviser, secteur="85")["communes"]) > 200
    assert len(many) <= len(few) + 1  # finding the sector


# Bad requests


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"secteur": "inconnu"}, 404, "n'existe pas"),
        ({"secteur": "52"}, 400, "trop grand pour un téléphone"),
        ({"secteur": "x" * 300}, 404, "n'existe pas"),
        ({"situation": ["isolement", "inconnue"]}, 404, "« inconnue » n'existe pas"),
        ({"situation": [f"s{number}" for number in range(100)]}, 400, "60 situations au plus"),
    ],
)
def test_bad_request_says_what_is_wrong(adviser, asked, status, words):
    response = get(adviser, **asked)
    assert response.status_code == status
    assert words in response.json()["erreur"].replace("\u00a0", " ")
    assert "no-store" in response["Cache-Control"]


def test_hundred_times_the_same_situation_is_one(adviser):
    assert pack(adviser, situation=["isolement"] * 100)["chosen"] == ["isolement"]


def test_too_many_records_are_refused_with_a_way_out(adviser, monkeypatch):
    ListingFactory.create_batch(2)
    monkeypatch.setattr("partners.visit.pack.MOST_RECORDS", 1)
    response = get(adviser)
    assert response.status_code == 413
    assert "Choisissez un secteur plus petit" in response.json()["erreur"]


def test_account_without_agency_takes_the_departement(client):
    client.force_login(UserFactory())
    found = pack(client)
    assert found["sector"]["kind"] == "departement"
    assert len(found["communes"]) > 200
    assert found["agency"] is None


def test_epci_may_be_chosen(adviser):
    epci = commune("85182").epci
    found = pack(adviser, secteur=epci.code)
    assert found["sector"]["name"] == epci.name
    assert {row["name"] for row in found["communes"]} > {"Pouzauges", "Le Boupère"}


# What it holds


def test_week_and_version_are_told(adviser, settings):
    found = pack(adviser)
    assert found["prepared_at"] == "2026-11-23T12:00:00+01:00"
    assert found["expires_at"] == "2026-11-30T12:00:00+01:00"
    assert found["app"] == getattr(staticfiles_storage, "manifest_hash", "")
    assert found["agency"] == {
        "name": "Agence du bocage",
        "phone": "02 61 91 00 00",
        "href": "tel:+33261910000",
    }


def test_commune_has_its_names_codes_centre_and_outline(adviser):
    found = pack(adviser)
    rows = {row["code"]: row for row in found["communes"]}
    assert set(rows) == {"85182", "85031"}
    assert rows["85182"]["postal"] == ["85700"]
    assert rows["85182"]["key"] == "pouzauges"
    lat, lon = rows["85182"]["point"]
    south, west = found["outlines"]["origin"]
    x, y, *moves = found["outlines"]["shapes"]["85182"][0]
    assert abs(south + y * found["outlines"]["step"] - lat) < 0.15
    assert abs(west + x * found["outlines"]["step"] - lon) < 0.15
    assert len(moves) > 20
    assert abs(sum(moves[::2])) + abs(sum(moves[1::2])) == 0


def test_record_says_all_that_a_card_and_a_page_say(adviser):
    other = Situation.objects.get(slug="addictions")
    listing = ListingFactory(
        name="Le Relais", acronym="LR", opening_hours="Mo-Fr 09:00-12:00", website="https://e.org",
        address="1 rue du Puits", postal_code="85700", phone="+33261915000", home_visits=True,
        phone_instructions="taper 2", mobilisable_by=["professionnels"], helps=[other.slug],
        notice="Déménage", notice_until=date(2026, 11, 25), has_convention=True,
        suspended_from=date(2026, 12, 1), suspension_message="Fermé pour travaux",
    )  # fmt: skip
    verify(listing, on=date(2026, 11, 3))
    Paper.objects.create(listing=listing, name="Livret de famille")
    PermanenceFactory(listing=listing, commune=commune("85031"))
    found = pack(adviser)
    [record] = found["records"]
    assert record["id"] == listing.pk
    assert record["phone"] == "02 61 91 50 00"
    assert record["href"] == "tel:+33261915000"
    assert record["address"] == ["1 rue du Puits", "85700 Pouzauges"]
    assert (record["core"], record["helps"]) == (["isolement"], ["addictions"])
    assert [found["zones"][zone]["kind"] for zone in record["zones"]] == ["epci"]
    assert record["notice"] == {"text": "Déménage", "until": "2026-11-25"}
    assert record["closed"] == {"message": "Fermé pour travaux", "from": "2026-12-01"}
    assert record["convention_until"] == "9999-12-31"
    assert record["recheck_after"] == "2027-11-03"
    assert record["agreement"] is True
    assert record["papers"] == [{"name": "Livret de famille"}]
    assert set(record["filters"]) == {"domicile", "telephone", "sur_place"}
    assert record["freshness"] == "Téléphone vérifié le 3 novembre 2026 (appel)"
    hours = found["hours"][record["hours"]]
    assert hours["spans"][0] == [1440 + 540, 1440 + 720, 0]
    assert hours["week"][0] == ["Lundi au vendredi", "9\u00a0h\u00a0– 12\u00a0h"]
    [permanence] = record["permanences"]
    assert (permanence["where"], permanence["place"]) == ("au Boupère", "mairie")
    assert found["hours"][permanence["hours"]]["said"].startswith("2e mardi du mois")
    assert len(record["sites"]) == 2


def test_scheme_says_who_instructs_it_in_the_sector_the_most_local_first(adviser):
    scheme = ListingFactory(kind=Listing.Kind.SCHEME, name="Le Fonds")
    pouzauges = commune("85182")
    where = [pouzauges.departement, pouzauges, territory("departement", "44")]
    for place in where:
        EntryPoint.objects.create(scheme=scheme, territory=place, label=f"Porte de {place}")
    [record] = pack(adviser)["records"]
    assert [door["name"] for door in record["doors"]] == ["Porte de Pouzauges", "Porte de Vendée"]


def test_sector_without_a_commune_has_an_empty_pack(client):
    client.force_login(UserFactory(agency=AgencyFactory()))
    ListingFactory()
    found = pack(client)
    assert (found["communes"], found["outlines"]["shapes"]) == ([], {})
    assert len(found["situations"]) > 20


def test_guide_is_in_the_words_of_the_accounts_agency(adviser, agency):
    situation = Situation.objects.get(slug="isolement")
    AgencyCallGuide.objects.create(situation=situation, agency=agency, opening="Bonjour du bocage.")
    [row] = pack(adviser, situation="isolement")["situations"]
    assert row["guide"]["opening"] == "Bonjour du bocage."
    assert "isolement" in row["words"][0]


def test_numbers_of_each_situation_and_sign_of_danger_are_there(adviser):
    found = pack(adviser)
    by_slug = {row["slug"]: row for row in found["situations"]}
    violence = by_slug["violences"]
    numbers = [found["helplines"][line]["number"] for line, *_ in violence["helplines"]]
    assert "3919" in "".join(numbers).replace(" ", "").replace("\u00a0", "")
    assert violence["danger"] is True
    assert {"115"} <= {found["helplines"][line]["number"] for line in found["fallback"]}
    assert all(sign["helplines"] for sign in found["signs"])


def test_words_are_those_of_the_vocabulary_of_now(adviser):
    def phrases():
        return pack(adviser)["words"]["phrases"]["needs"]["strict"]

    assert "trombone" not in phrases()["isolement"]
    situation = Situation.objects.get(slug="isolement")
    situation.synonyms.append("trombone")
    situation.save()
    assert phrases()["isolement"]["trombone"] == ""
    assert pack(adviser)["words"]["forms"]["trombone"] == "trombone| s"


# What it leaves out


def test_chosen_situations_leave_out_the_others_but_not_the_generalists(adviser):
    ListingFactory(name="Isolement")
    ListingFactory(name="Deuil", situations=["addictions"])
    ListingFactory(name="Mairie", situations=[], is_generalist=True)
    found = pack(adviser, situation="isolement")
    assert names(found) == {"Isolement", "Mairie"}
    assert [row["slug"] for row in found["situations"]] == ["isolement"]


def test_only_published_records_that_a_search_of_the_sector_may_find(adviser):
    far = commune("85194")
    ListingFactory(name="Publié")
    ListingFactory(name="Voisin hors zone", zones=[commune("85109")], commune=commune("85109"))
    ListingFactory(name="Strict ailleurs", zones=[commune("85109")], is_zone_strict=True)
    ListingFactory(name="Loin", zones=[far], commune=far)
    ListingFactory(name="Loin, zone non précisée", zones=[], commune=far)
    ListingFactory(name="Brouillon", status=Listing.Status.DRAFT)
    change(ListingFactory(name="Suspendu"), status=Listing.Status.SUSPENDED)
    assert names(pack(adviser)) == {"Publié", "Voisin hors zone"}


SECRETS = ["12 rue Secrète", "bâtiment Z", "85700", "foyer.example.org", "Mairie cachée"]


def test_confidential_record_leaves_without_its_place(adviser):
    listing = ListingFactory(
        name="Foyer", is_confidential=True, address="12 rue Secrète", address_extra="bâtiment Z",
        postal_code="85700", website="https://foyer.example.org/lieu", email="foyer@example.org",
        accessibility_url="https://foyer.example.org/acces",
        mobilisation_url="https://foyer.example.org/demande",
    )  # fmt: skip
    PermanenceFactory(listing=listing, place="Mairie cachée")
    [record] = pack(adviser)["records"]
    text = json.dumps(record, ensure_ascii=False)
    assert record["is_confidential"] is True
    assert record["phone"]
    assert not [secret for secret in SECRETS if secret in text]
    assert not record.keys() & {"sites", "address", "commune", "permanences", "website"}


def test_people_and_the_line_for_professionals_stay_here(adviser, agency):
    listing = ListingFactory(professional_phone="+33261914321")
    Contact.objects.create(
        listing=listing, name="Camille Inventée", phone="+33261914322", source="x",
        recorded_on=date(2026, 1, 1), visibility=Contact.Visibility.ALL,
    )  # fmt: skip
    InternalReferent.objects.create(
        agency=agency, subject="social", name="Dominique Inventé", phone="+33261914323"
    )
    found = pack(adviser)
    text = json.dumps(found, ensure_ascii=False)
    assert not [one for one in ("4321", "4322", "43 21", "43 22", "Inventé") if one in text]
    assert found["referents"] == [
        {
            "subject": "social",
            "label": "accompagnement social",
            "agency": "Agence du bocage",
            "phone": "02 61 91 43 23",
            "href": "tel:+33261914323",
            "zone": found["communes"][0]["zones"][-1],
        }
    ]


# Outlines

POSITIONS = st.tuples(st.floats(-2, 0), st.floats(46, 47))


@given(st.lists(st.lists(POSITIONS, min_size=3, max_size=9, unique=True), max_size=3))
def test_outline_read_back_is_within_half_a_step(rings):
    closed = [[*ring, ring[0]] for ring in rings]
    geometry = {"type": "MultiPolygon", "coordinates": [[ring] for ring in closed]}
    found = outlines.quantise({"85000": geometry})
    south, west = found["origin"]
    corners = {point for ring in rings for point in ring}
    for ring in found["shapes"]["85000"]:
        xs, ys = accumulate(ring[::2]), accumulate(ring[1::2])
        for x, y in zip(xs, ys, strict=True):
            lon, lat = west + x * outlines.STEP, south + y * outlines.STEP
            assert min(max(abs(lon - a), abs(lat - b)) for a, b in corners) <= outlines.STEP * 0.51
        assert (sum(ring[2::2]), sum(ring[3::2])) == (0, 0)
