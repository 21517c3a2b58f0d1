"""No page asks the database for more than a dozen things, whatever it shows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.models import Listing, User
from tests.factories import UserFactory

MOST = 12
PAGES = [
    "/",
    "/recherche/?situation=personnes-agees&commune=85182",
    "/recherche/?situation=violences&commune=85182&signe=violences",
    "/recherche/?situation=impayes&situation=energie&situation=isolement&commune=85092",
    "/recherche/?situation=isolement&commune=85076",
    "/recherche/?situation=addictions&commune=85113&ouvert=1&domicile=1",
    "/recherche/?aide=visites",
    "/recherche/carte.json?situation=isolement&commune=85076",
    "/carte/",
    "/carte/points.json",
    "/situations/",
    "/numeros-utiles/",
    "/sigles/",
    "/favoris/",
    "/signaler-un-manque/?situation=isolement&commune=85182",
]


@pytest.fixture(scope="module", autouse=True)
def directory(demonstration):
    return demonstration


@pytest.fixture(params=["conseillere", "responsable"])
def reader(request, client, db):
    client.force_login(UserFactory(role=User.Role(request.param)))
    return client


def queries(client, address):
    """Of a page like any other: what a process reads once, the first has read."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", PAGES)
def test_page_asks_a_dozen_things_at_most(reader, address):
    assert queries(reader, address) <= MOST


def test_words_cost_three_things_more_at_most(reader):
    facts = "situation=isolement&commune=85182"
    without = queries(reader, f"/recherche/?{facts}")
    with CaptureQueriesContext(connection) as captured:
        reader.post(reverse("results"), {"texte": "portage de repas", "faits": facts})
    assert len(captured) <= min(without + 3, MOST)


def test_any_record_asks_a_dozen_things_at_most(reader):
    """The richest of each kind: permanences, zones, related records."""
    for kind in Listing.Kind.values:
        listings = Listing.objects.published().filter(kind=kind).order_by("pk")
        for listing in [*listings[:3], *listings.filter(permanences__isnull=False)[:3]]:
            address = f"{listing.get_absolute_url()}?situation=isolement&commune=85182"
            assert queries(reader, address) <= MOST
