"""The printed directory of 300 records: what reads the database, then what Typst takes.

DEMO=1 python3 manage.py shell -v0 -c "from tests.benchmarks.directory import main; main()"
"""

from itertools import cycle, islice
from time import perf_counter, process_time

from partners.exports import directory, printed
from partners.models import Territory
from tests.benchmarks.run import say

RECORDS = 300


def main():
    sector = Territory.objects.filter(kind=Territory.Kind.SECTOR).order_by("pk").first()
    data = timed("lire les fiches d'un secteur", lambda: directory.data(sector))
    blocks = [block for part in data["parties"] for block in part["fiches"]]
    many = [block | {"cle": number} for number, block in enumerate(islice(cycle(blocks), RECORDS))]
    keys = {block["cle"] for block in blocks} & set(range(RECORDS))
    index = [
        one | {"fiches": [item for item in one["fiches"] if item["cle"] in keys]}
        for one in data["index"]
    ]
    data |= {"parties": [{"titre": "Dans le secteur", "fiches": many}], "index": index}
    content = timed(f"{RECORDS} fiches en PDF", lambda: printed.pdf("directory.typ", data))
    say("octets", str(len(content)))


def timed(what, work):
    began, spent = perf_counter(), process_time()
    result = work()
    say(what, f"{perf_counter() - began:.2f} s", f"{process_time() - spent:.2f} s de processeur")
    return result
