"""A sheet of six records: reading them, drawing their maps, and the PDF.

DEMO=1 python3 manage.py shell -v0 -c "from tests.benchmarks.handout import main; main()"
"""

from statistics import median
from time import perf_counter, process_time

from django.utils import timezone

from partners import handouts
from partners.coverage import place_of_communes
from partners.exports import handout as printed
from partners.matches import Moment
from partners.models import Listing, Territory, User
from tests.benchmarks.run import say

ROUNDS = 15


def main():
    place = place_of_communes(Territory.objects.communes().filter(code="85182"))
    moment = Moment(place, timezone.localtime())
    user = User.objects.exclude(agency=None).order_by("pk").first()
    placed = Listing.objects.published().exclude(papers=None).order_by("pk")
    towns = Listing.objects.published().exclude(latitude=None).order_by("pk")
    keys = [*placed.values_list("pk", flat=True)[:2], *towns.values_list("pk", flat=True)[:4]]

    def sheet():
        return handouts.sheet_of(handouts.choose(keys, moment), place, user, moment.at)

    found = timed("lire six fiches et dessiner leurs cartes", sheet)
    for is_large in (False, True):
        name = "PDF, gros caractères" if is_large else "PDF"
        content = timed(name, lambda large=is_large: printed.pdf(found, is_large=large))
        say("octets", str(len(content)))


def timed(what, work):
    elapsed, spent = [], []
    for _ in range(ROUNDS):
        began, used = perf_counter(), process_time()
        result = work()
        elapsed.append(perf_counter() - began)
        spent.append(process_time() - used)
    say(what, f"{median(elapsed) * 1000:.0f} ms", f"{median(spent) * 1000:.0f} ms de processeur")
    return result
