"""What a telephone understands of the phrases of advisers, against the box online.

    DEMO=1 python3 manage.py shell -v0 -c "from tests.benchmarks.visit_words import main; main()"

Needs an installed demonstration (`manage.py demo --no-server`); `main(more=5_000)` also reads so
many damaged phrases. Every text that is read otherwise is told.
"""

import random
import tempfile
from pathlib import Path

from django.utils import timezone

from partners import known, visit
from partners.models import Territory, User
from tests.benchmarks.run import say
from tests.visit import in_browser, texts

READ = """({ pack, asked }, { understand }) => {
    const began = performance.now();
    understand(pack, "");
    const ready = performance.now();
    const found = asked.map((text) => understand(pack, text));
    return { found, ready: ready - began, each: (performance.now() - ready) / asked.length };
}"""

NAMES = ["situations", "communes", "public"]


def main(more=0):
    home = Territory.objects.get(kind="departement", code="85")
    pack = visit.pack_of(home, User.objects.order_by("pk").first(), timezone.localtime())
    asked = texts.written()
    tell("phrases des conseillères", asked, pack, known.lexicon())
    if more:
        tell("phrases abîmées", texts.damaged(random.Random(1), more), pack, texts.at_home(pack))


def tell(title, asked, pack, lexicon):
    with tempfile.TemporaryDirectory() as folder:
        read = in_browser(Path(folder), {"pack": pack, "asked": asked}, READ)
    mine = [texts.told(one, pack) for one in read["found"]]
    online = [texts.understood(text, lexicon, pack) for text in asked]
    count = len(asked)
    same = [
        sum(m[at] == o[at] for m, o in zip(mine, online, strict=True)) for at in range(len(NAMES))
    ]
    seen = [(alarms(m, pack), alarms(o, pack)) for m, o in zip(mine, online, strict=True)]
    must = sum(is_online for _, is_online in seen)
    say(
        title,
        f"{count} textes",
        *(f"{name} {n / count:.1%}" for name, n in zip(NAMES, same, strict=True)),
        f"danger vu {sum(a and b for a, b in seen)}/{must}",
        f"pour rien {sum(a and not b for a, b in seen)}/{count - must}",
        f"mots prêts en {read['ready']:.0f} ms, un texte {read['each']:.1f} ms",
    )
    for text, m, o in zip(asked, mine, online, strict=True):
        if m != o:
            say(text, f"ici {m}", f"en ligne {o}")


def alarms(understood, pack):
    """Whether the strip is shown: a sign of danger, or a situation that is one."""
    situations, _, _, dangers = understood
    dangerous = {row["slug"] for row in pack["situations"] if row.get("danger")}
    return bool(dangers or dangerous.intersection(situations))
