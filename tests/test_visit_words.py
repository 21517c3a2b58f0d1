"""What is typed without a network is understood as online."""

import random

import pytest
from django.utils import timezone

from partners import known
from partners.models import Situation
from tests.factories import UserFactory, territory
from tests.visit import in_browser, texts, worlds

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

DAMAGED = 250
LEAST = 0.99  # of the phrases, read online with all the communes of France

BOX = """({ pack, typed, asked, few }, { understand, complete, search, emergencies }) => {
    const refused = (facts) => {
        try {
            return search(pack, { at: new Date(pack.prepared_at), ...facts });
        } catch (error) {
            return [error.name, error.message];
        }
    };
    const chosen = pack.situations.filter(({ slug }) => slug === "impayes");
    return {
        read: Object.fromEntries(typed.map((text) => [text, understand(pack, text)])),
        options: Object.fromEntries(typed.map((text) => [text, complete(pack, text)])),
        refusals: [refused({ situations: ["inconnue"] }), refused({ communes: ["75056"] })],
        emergencies: emergencies(pack).map(({ number }) => number),
        few: few.map((text) => understand({ ...pack, situations: chosen }, text)),
        asked: asked.map((text) => understand(pack, text)),
    };
}"""
TYPED = {
    "": [[], [], [], "", ""],
    "seule mémé chall": [["personnes-agees", "isolement"], ["85047"], [], "", ""],
    "impayé la roche": [["impayes"], ["85191"], [], "", ""],
    "mémé de 62 ans": [["personnes-agees"], [], [], "seniors", ""],
    "isolement st michel mont mercure": [["isolement"], ["85257"], [], "", ""],
    "12000€ de dettes à pouzauges": [["impayes", "dettes-budget"], ["85182"], [], "", ""],
    "85 700 € de dettes": [["impayes", "dettes-budget"], [], [], "", ""],
    "85257": [[], ["85257"], [], "", ""],
    "saint michel mont mercure, sevremont": [[], ["85090"], [], "", ""],
    "fournisseur d'energie": [["energie"], [], [], "", ""],
    "handicap yeu": [["handicap"], ["85113"], [], "", ""],
    "Le voisin fait du bruit st jean de monts": [["voisinage"], ["85234"], [], "", ""],
    "alcolisme à pouzaugues": [["addictions"], ["85182"], [], "", ""],
    "82 ans": [["personnes-agees"], [], [], "seniors", ""],
    "depuis 10 ans": [[], [], [], "", "depuis"],
    "xylophone pouzauges": [[], ["85182"], [], "", "xylophone"],
    "alcool à Nantes": [["addictions"], [], [], "", "Nantes"],
    "il veut se tuer": [["sante-mentale"], [], ["suicide"], "", ""],
    "frappe à la porte": [[], [], [], "", ""],
    "n'a jamais frappé sa femme": [[], [], [], "", "frappé femme"],
    "constructor": [[], [], [], "", "constructor"],
}
RARE = [
    "à la rue pouzauges", "étudiant de 20 ans challans", "c'est pas un incendie",
    "70 ans après", "hxbergexent luçon",
]  # fmt: skip
CODES = ["85700", "alcool 85700"]
BEGUN = ["ado", "pouz", "pouzaugse"]
FEW = {
    "loyer impayé et alcool, son mari la frappe": [["impayes"], [], ["violences"], "", "alcool"],
}


@pytest.fixture
def pack():
    isolement = Situation.objects.get(slug="isolement")
    isolement.synonyms.append("energie du vide")  # as staff type it, without its accent
    isolement.save()
    return worlds.pack_of(territory("departement", "85"), UserFactory(), start=timezone.now())


def test_box_without_a_network_reads_as_online(tmp_path, pack):
    written = [*texts.written(), *RARE]
    damaged = texts.damaged(random.Random(5), DAMAGED)
    typed = [*TYPED, *CODES, *BEGUN]
    asked = {"pack": pack, "typed": typed, "few": list(FEW), "asked": written + damaged}
    box = in_browser(tmp_path, asked, BOX)
    assert {text: list(box["read"][text].values()) for text in TYPED} == TYPED
    assert [list(found.values()) for found in box["few"]] == list(FEW.values())
    _assert_options(box)
    _assert_same(box["asked"], written + damaged, texts.at_home(pack), pack, least=1)
    _assert_same(box["asked"], written, known.lexicon(), pack, least=LEAST)


def test_pack_of_the_version_before_is_read_all_the_same(tmp_path, pack):
    """A telephone that was given the new pages and could not renew its pack."""
    words = pack["words"]
    before = {
        "forms": {name: _whole(line) for name, line in words["forms"].items()},
        "lists": {k: v for k, v in words["lists"].items() if k not in ("money", "faint", "nouned")},
        "phrases": {
            use: {sort: _by_names(rows) for sort, rows in sorts.items()}
            for use, sorts in words["phrases"].items()
        },
    }
    communes = [
        row | {"former": [former[:2] for former in row.get("former", [])]}
        for row in pack["communes"]
    ]
    newer = ("mercure", "85257", "€")
    texts_before = [text for text in TYPED if not any(part in text for part in newer)]
    asked = {"typed": texts_before, "few": [], "asked": []}
    old = pack | {"words": words | before, "communes": communes}
    found = in_browser(tmp_path, asked | {"pack": old}, BOX)["read"]
    assert {text: list(found[text].values()) for text in texts_before} == {
        text: TYPED[text] for text in texts_before
    }


def _whole(line):
    stem, ends = line.split("|")
    return " ".join(stem + end for end in ends.split(" "))


def _by_names(rows):
    found = {}
    for slug, paths in rows.items():
        for names, said in paths.items():
            phrases = [said] if isinstance(said, str) else said
            found.setdefault(names, []).extend([slug, phrase or names] for phrase in phrases)
    return found


def _assert_options(box):
    options = {text: [one["label"] for one in found] for text, found in box["options"].items()}
    shared = box["read"]["alcool 85700"]
    assert shared["situations"] == ["addictions"]
    assert len(shared["communes"]) > 1
    assert options["pouz"] == options["pouzaugse"] == ["Pouzauges"]
    assert options["85700"][0].endswith("communes\u00a0: 85700")
    assert sorted(box["options"]["85700"][0]["communes"]) == sorted(shared["communes"])
    assert box["options"]["ado"][0]["situations"] == ["parents-ados"]
    assert options[""] == []
    assert [name for name, _ in box["refusals"]] == ["RangeError"] * 2
    assert "n'est pas dans le secteur préparé" in box["refusals"][1][1]
    assert {"15", "17", "112"} <= set(box["emergencies"])


def _assert_same(found, asked, lexicon, pack, *, least):
    """Situations, communes, signs of danger and public, of all these texts or nearly."""
    other = []
    for text, mine in zip(asked, found, strict=False):
        mine = texts.told(mine, pack)
        online = texts.understood(text, lexicon, pack)
        if mine != online:
            other.append(f"{text}: {mine}, online {online}")
    assert len(other) <= (1 - least) * len(asked), "\n".join(other)
