"""The pages that tell duplicates, on names that are hard to tell apart.

    python3 manage.py shell -v0 -c "from tests.benchmarks.likeness import main; main()"

Needs an installed demonstration (`manage.py demo --no-server`); writes nothing that stays.
"""

from itertools import product
from string import ascii_lowercase
from time import perf_counter

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse

from partners import likeness
from partners.models import Listing, Territory
from tests.benchmarks.census import FIRST, THEN, nothing_stays
from tests.benchmarks.run import say

PAGES = ("manage_home", "manage_merge")


def main():
    inhabited = Territory.objects.of_departement("85").communes().order_by("code")
    everywhere = list(inhabited.values_list("pk", flat=True))
    here = everywhere[:1]
    say("noms", "décompte", "liste", *(reverse(page) for page in PAGES), "paires")
    for words, names, communes in (
        ("3 000 numérotés, une commune", numbered(3_000), here),
        ("15 000 numérotés, une commune", numbered(15_000), here),
        ("15 000 à trois lettres près, une commune", lettered(15_000), here),
        ("15 000 fois le même, une commune", ["Essai import"] * 15_000, here),
        ("3 000 différents, une commune", different(3_000), here),
        ("25 000 différents, 255 communes", different(25_000), everywhere),
        ("25 000 numérotés, 255 communes", numbered(25_000), everywhere),
    ):
        with nothing_stays():
            write(names, communes)
            say(words, *figures())


def numbered(number):
    return [f"Essai import {n}" for n in range(number)]


def lettered(number):
    return [f"Essai import {''.join(letters)}" for letters in product(ascii_lowercase, repeat=3)][
        :number
    ]


def different(number):
    """Names of a kind, two words and a place of their own."""
    kinds = [" ".join(words) for words in product(FIRST, THEN, THEN)]
    return [f"{kinds[n * 7 % len(kinds)]} {n // len(kinds)}" for n in range(number)]


def write(names, communes):
    Listing.objects.bulk_create(
        [
            Listing(
                name=name,
                commune_id=communes[n * len(communes) // len(names)],
                phone=f"+332619{n:05d}",
                source="banc",
            )
            for n, name in enumerate(names)
        ],
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE partners_listing")


def figures():
    manager = get_user_model().objects.get(email="responsable@example.org")
    browser = Client(headers={"host": "localhost"})
    browser.force_login(manager)
    yield timed(likeness.count)
    yield timed(lambda: likeness.pairs(limit=20))
    for page in PAGES:
        address = reverse(page)
        assert browser.get(address).status_code == 200
        yield timed(lambda address=address: browser.get(address))
    yield str(likeness.pairs(limit=1)[1])


def timed(do):
    began = perf_counter()
    do()
    return f"{perf_counter() - began:.2f} s"
