"""Compares what is understood of each phrase with what must be."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from partners.words.reading import Understood, understand
from tests.phrases.known import lexicon

FOLDER = Path(__file__).parent
HOME = "85"
TEXTS = [
    "tuned.csv",
    "aside.csv",
    "others.csv",
    "others-aside.csv",
    "fresh.csv",
    "fresh-two.csv",
    "fresh-three.csv",
    "fresh-four.csv",
    "fresh-five.csv",
    "fresh-six.csv",
    "fresh-seven.csv",
    "fresh-eight.csv",
]
SIGNS = [
    "danger.csv",
    "danger-others.csv",
    "danger-aside.csv",
    "danger-fresh.csv",
    "danger-fresh-two.csv",
    "danger-fresh-three.csv",
    "danger-fresh-four.csv",
    "danger-fresh-five.csv",
    "danger-fresh-six.csv",
]
NO_SIGNS = [f"no-{name}" for name in SIGNS]


@dataclass(frozen=True)
class Phrase:
    text: str
    situations: str | None = ""
    communes: str | None = ""
    audience: str | None = ""
    dangers: str = ""
    words: str = ""

    def faults(self) -> list[str]:
        """What was understood otherwise; empty when all is well."""
        found = understand(self.text, lexicon(), departement=HOME)
        return [
            *differ("situations", self.situations, found.situations),
            *differ("public", self.audience, [found.audience] if found.audience else []),
            *self._strip(found),
            *self._communes(found),
            *self._words(found),
        ]

    def _strip(self, found: Understood) -> list[str]:
        """A situation that is a danger shows the strip as its sign does."""
        shown = set(found.situations) & lexicon().vocabulary.dangerous
        if self.situations is None:
            return differ("danger", self.dangers, sorted({*found.dangers, *shown}))
        seen = sorted({*found.dangers, *shown})
        return differ("danger", " ".join([self.dangers, *sorted(shown)]).strip(), seen)

    def _communes(self, found: Understood) -> list[str]:
        if self.communes is None:
            return []
        towns = lexicon().towns
        names = {towns.by_key[key].name for key in found.towns}
        wanted = set(filter(None, self.communes.split("|")))
        if self.communes.isdigit():
            wanted = {towns.by_key[key].name for key in towns.of_code(self.communes)}
        must = {name for name in wanted if not name.endswith("?")}
        may = {name.rstrip("?") for name in wanted}
        return [] if must <= names <= may else [f"communes : {sorted(names)}"]

    def _words(self, found: Understood) -> list[str]:
        wanted = "" if self.words == "-" else self.words
        rest = " ".join(found.words)
        return [f"mots : {rest}"] if self.words and rest != wanted else []


def differ(what, wanted, found):
    if wanted is None:
        return []
    must = {slug for slug in wanted.split() if not slug.endswith("?")}
    may = {slug.rstrip("?") for slug in wanted.split()}
    is_right = must <= set(found) <= may
    return [] if is_right else [f"{what} : {' '.join(found) or '–'}"]


@cache
def read(name: str) -> list[Phrase]:
    """The phrases of a file of this folder."""
    return [
        Phrase(
            row["texte"],
            row.get("situations"),
            row.get("communes"),
            row.get("public"),
            row["danger"],
            row.get("mots", ""),
        )
        for row in told(name)
    ]


def told(name: str) -> list[dict[str, str]]:
    """The rows of a file of this folder."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def score(name: str) -> tuple[int, int, list[str]]:
    """(understood, all, a line for each that was not)."""
    phrases = read(name)
    missed = [
        f"{phrase.text} → {'; '.join(faults)}" for phrase in phrases if (faults := phrase.faults())
    ]
    return len(phrases) - len(missed), len(phrases), missed
