"""The page of a record, as several roles read it, beside an empty page of the same application.

DEMO=1 python3 manage.py shell -v0 -c "from tests.benchmarks.record import main; main()"
"""

from statistics import median
from time import perf_counter

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from partners.models import Listing, User
from tests.benchmarks.run import say

RECORDS, ROUNDS = 60, 5
CALL = "?situation=isolement&commune=85182"
ROLES = (User.Role.ADVISER, User.Role.MANAGER)


def main():
    say("page d'une fiche", "médiane", "page vide", "rapport", "questions au plus")
    with override_settings(ALLOWED_HOSTS=["*"], ROOT_URLCONF="tests.benchmarks.urls"):
        for role in ROLES:
            client = Client()
            client.force_login(User.objects.filter(role=role).order_by("pk").first())
            for kind in Listing.Kind:
                measure(client, role, kind)


def measure(client, role, kind):
    listings = Listing.objects.published().filter(kind=kind).order_by("pk")[:RECORDS]
    pages = [listing.get_absolute_url() + CALL for listing in listings]
    times = [best(client, page) for page in pages]
    empty = [best(client, "/mesures/vide/") for _ in pages]
    asked = max(questions(client, page) for page in pages)
    ours, bare = median(times) * 1000, median(empty) * 1000
    say(
        f"{role.label}, {kind.label}",
        f"{ours:.1f} ms",
        f"{bare:.1f} ms",
        f"{ours / bare:.1f}",
        asked,
    )


def best(client, page):
    """The least of `ROUNDS` (seconds): what the machine does besides is left out."""
    return min(seconds(client, page) for _ in range(ROUNDS))


def seconds(client, page):
    began = perf_counter()
    answer = client.get(page, secure=True)
    elapsed = perf_counter() - began
    assert answer.status_code == 200, page
    return elapsed


def questions(client, page):
    with CaptureQueriesContext(connection) as captured:
        client.get(page, secure=True)
    return str(len(captured))
