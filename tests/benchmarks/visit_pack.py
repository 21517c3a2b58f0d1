"""The pack of a visit for the whole département and for an agency, with a census of 500 records.

    DEMO=1 python3 manage.py shell -v0 -c "from tests.benchmarks.visit_pack import main; main()"

Needs an installed demonstration (`manage.py demo --no-server`); writes nothing that stays.
"""

import gzip
import json
import tempfile
from pathlib import Path
from statistics import median
from time import process_time

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners import visit
from partners.models import Listing, Territory, User, derived
from partners.visit.timetable import DAYS
from tests.benchmarks.census import nothing_stays
from tests.benchmarks.run import say
from tests.visit import in_browser

CENSUS = 500
COPIED = ("situation_links", "zone_links", "permanences", "papers", "verifications")
SEARCHES = """({ pack, asked }, { search }) => asked.map((facts) => {
    const began = performance.now();
    search(pack, { ...facts, at: new Date(pack.prepared_at) });
    return performance.now() - began;
})"""


def main():
    agency = User.objects.exclude(agency=None).order_by("pk").first()
    home = Territory.objects.get(kind="departement", code="85")
    with nothing_stays():
        count = fill(CENSUS)
        say("fiches du recensement", str(count), f"{DAYS} jours d'horaires")
        for territory in (home, agency.agency.sector):
            tell(territory, agency)


def fill(wanted):
    """Copies of records of the census until there are `wanted` of them; how many there are."""
    census = list(Listing.objects.published().filter(source="demonstration").order_by("pk"))
    for number, original in enumerate(census[: max(0, wanted - len(census))]):
        rows = {name: list(getattr(original, name).all()) for name in COPIED}
        original.pk, original.name = None, f"{original.name} bis"
        original.source_id = f"copie-{number}"
        original.save()
        for row in (row for found in rows.values() for row in found):
            row.pk, row.listing = None, original
            row.save()
    derived.refresh()
    return Listing.objects.published().filter(source="demonstration").count()


def tell(territory, user):
    at, spent = timezone.localtime(), []
    for _ in range(6):
        began = process_time()
        with CaptureQueriesContext(connection) as asked:
            pack = visit.pack_of(territory, user, at)
        spent.append(process_time() - began)
    content = json.dumps(pack, ensure_ascii=False, separators=(",", ":")).encode()
    say(
        territory.name,
        f"{len(pack['records'])} fiches",
        f"{len(content) / 1e6:.2f} Mo",
        f"{len(gzip.compress(content, 6)) / 1e3:.0f} ko gzip",
        f"{len(asked)} requêtes",
        f"processeur : {spent[0] * 1000:.0f} ms, puis {median(spent[1:]) * 1000:.0f} ms",
        f"recherche dans Chromium : {searching(pack):.0f} ms",
    )


def searching(pack):
    """Median of one search for each of forty situations and communes (ms)."""
    needs, communes = pack["situations"], pack["communes"]
    asked = [
        {
            "situations": [needs[number % len(needs)]["slug"]],
            "communes": [communes[number * 7 % len(communes)]["code"]],
        }
        for number in range(40)
    ]
    with tempfile.TemporaryDirectory() as folder:
        return median(in_browser(Path(folder), {"pack": pack, "asked": asked}, SEARCHES))
