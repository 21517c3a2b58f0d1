"""Where a partner is: from its address (Base Adresse Nationale, served on this machine), or not."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from partners import geocoder
from partners.models import User
from partners.records import place
from tests.factories import ListingFactory, UserFactory, change, commune

ADDRESS = reverse("manage_records_locate")
RECORDED = Path(__file__).parent / "recorded" / "geocodage-sables.json"
SENT = {"adresse": "21 place du poilu", "code_postal": "85100", "commune": "Les Sables-d'Olonne"}


@contextmanager
def service(settings, body=b"", *, status=200, delay=0.0):
    """A geocoder that gives this answer; yields what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            time.sleep(delay)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *args: None  # who asked has gone
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.GEOCODER_URL = f"http://127.0.0.1:{server.server_port}/geocodage"
        try:
            yield asked
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


# The service


def test_places_of_an_address_say_how_exact_they_are(settings):
    with service(settings, RECORDED.read_bytes()) as asked:
        found = geocoder.find("21 place du poilu de france", insee_code="85194")
    assert [each.precision for each in found] == ["au numéro", "à la rue"]
    assert (found[0].latitude, found[0].longitude) == (46.497204, -1.783312)
    (url,) = map(urlsplit, asked)
    assert url.path == "/geocodage/search"
    assert parse_qs(url.query)["citycode"] == ["85194"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"features": 3}',
        b'{"features": [{}]}',
        b'{"features": [{"geometry": null, "properties": {}}]}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_answer_that_is_none_counts_as_no_service(settings, body):
    with service(settings, body), pytest.raises(geocoder.Unreachable):
        geocoder.find("mairie")


@pytest.mark.parametrize("status", [400, 429, 500, 503])
def test_error_counts_as_no_service(settings, status):
    with service(settings, b"{}", status=status), pytest.raises(geocoder.Unreachable):
        geocoder.find("mairie")


def test_nobody_waits_for_a_service_that_does_not_answer(settings, monkeypatch):
    monkeypatch.setattr(geocoder, "LIMIT", 0.1)
    with service(settings, RECORDED.read_bytes(), delay=0.5):
        begun = time.monotonic()
        with pytest.raises(geocoder.Unreachable):
            geocoder.find("mairie")
        assert time.monotonic() - begun < 0.5


def test_point_off_the_globe_is_left_out(settings):
    answer = json.loads(RECORDED.read_bytes())
    answer["features"][0]["geometry"]["coordinates"] = [900, 900]
    with service(settings, json.dumps(answer).encode()):
        assert [each.precision for each in geocoder.find("mairie")] == ["à la rue"]


# Asked by the form


@pytest.mark.django_db
def test_form_gets_places_to_choose_from(manager, settings):
    with service(settings, RECORDED.read_bytes()) as asked:
        found = manager.post(ADDRESS, SENT).json()
    assert found["lieux"][0] == {
        "nom": "21 Place du Poilu de France 85100 Les Sables-d'Olonne",
        "latitude": 46.497204,
        "longitude": -1.783312,
        "precision": "au numéro",
    }
    assert found["commune"]["nom"] == "Les Sables-d'Olonne"
    assert "citycode=85194" in asked[0]


@pytest.mark.django_db
@pytest.mark.parametrize("sent", [{"confidentielle": "1"}, {"fiche": "known"}])
def test_confidential_address_is_sent_nowhere(manager, settings, sent):
    listing = ListingFactory(is_confidential=True)
    sent = {name: listing.pk if value == "known" else value for name, value in sent.items()}
    with service(settings, RECORDED.read_bytes()) as asked:
        answer = manager.post(ADDRESS, SENT | sent)
    assert answer.status_code == 422
    assert answer.json() == {"erreur": place.CONFIDENTIAL}
    assert not asked


@pytest.mark.django_db
def test_without_the_service_the_commune_serves_and_it_is_said(manager, settings):
    with service(settings, status=503):
        found = manager.post(ADDRESS, SENT).json()
    assert found["lieux"] == []
    assert found["commune"]["nom"] == "Les Sables-d'Olonne"
    assert found["dit"].startswith("La Base Adresse Nationale ne répond pas. Le centre")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, place.OFF),
        ({"adresse": ""}, place.BY_HAND),
        ({"adresse": "", "commune": ""}, place.NOTHING_ASKED),
    ],
)
def test_search_that_is_off_or_of_nothing_asks_nobody(manager, settings, sent, said):
    settings.GEOCODER_URL = ""
    found = manager.post(ADDRESS, SENT | sent).json()
    assert found["dit"].startswith(said)
    assert found["lieux"] == []


@pytest.mark.django_db
def test_unknown_address_says_so(manager, settings):
    with service(settings, b'{"type": "FeatureCollection", "features": []}'):
        assert manager.post(ADDRESS, SENT).json()["dit"].startswith(place.UNKNOWN)


@pytest.mark.django_db
@pytest.mark.parametrize("commune", ["Nulle Part les Bains", "🙂", "x" * 4000, "\0"])
def test_commune_that_is_none_is_refused_with_a_sentence(manager, settings, commune):
    settings.GEOCODER_URL = ""
    answer = manager.post(ADDRESS, SENT | {"commune": commune})
    assert answer.status_code in {200, 422}
    assert answer.json().keys() & {"erreur", "dit"}


@pytest.mark.django_db
def test_form_of_a_confidential_record_has_no_map_of_its_place(manager):
    for is_confidential in (False, True):
        listing = ListingFactory(is_confidential=is_confidential)
        page = manager.get(reverse("manage_records_edit", args=[listing.pk])).content.decode()
        assert ('id="carte-lieu"' in page) == (not is_confidential)
        assert ("data-centre" in page) == (not is_confidential)


# What a point is of


def municipality(lat, lon):
    feature = {
        "geometry": {"coordinates": [lon, lat]},
        "properties": {"type": "municipality", "label": "Pouzauges"},
    }
    return json.dumps({"features": [feature]}).encode()


@pytest.mark.django_db
def test_place_exact_to_the_commune_only_stands_at_the_commune_s_own_point(manager, settings):
    here = commune("85182")
    with service(settings, municipality(here.latitude + 0.01, here.longitude)):
        answer = manager.post(ADDRESS, SENT | {"commune": "Pouzauges"}).json()
    [found] = answer["lieux"]
    assert (found["latitude"], found["longitude"]) == (here.latitude, here.longitude)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("shift", "said"),
    [
        (None, place.NO_POINT),
        (0, place.OF_COMMUNE),
        (0.0001, place.OF_COMMUNE),
        (0.01, place.PLACED),
    ],
)
def test_form_of_a_record_says_whether_its_point_is_that_of_the_commune(manager, shift, said):
    listing = ListingFactory()
    if shift is not None:
        here = listing.commune
        change(listing, latitude=here.latitude + shift, longitude=here.longitude)
    page = manager.get(reverse("manage_records_edit", args=[listing.pk])).content.decode()
    assert said.replace("'", "&#x27;") in page
