"""What a person calls a territory in a census: « Vendée », « CC du Pays des Herbiers », « France ».

Codes are read elsewhere (`lookups`). A name counts when it designates one territory only: written
as we have it first, then without what such names begin with.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches

from django.conf import settings

from partners import words
from partners.imports.errors import NBSP, Refused, quote
from partners.imports.writing import zone_code
from partners.models import Territory

Zone = tuple[int, str]
"""(primary key, code as `zone_eligibilite` writes it)."""
Kind = Territory.Kind

HOME = {"departement", "tout le departement", "departemental", "departementale"}
COUNTRY = {"national", "nationale", "france entiere", "toute la france", "tout le pays"}
OF_KINDS = {"cc", "ca", "cu", "communaute", "communes", "agglomeration", "agglo", "urbaine"}
OF_KINDS |= {"intercommunalite", "departement", "region", "secteur", "territoire"}
OF_KINDS |= {"commune", "ville"}
BEGINNINGS = OF_KINDS | {"tout", "toute", "de", "du", "des", "d", "l", "la", "le", "les"}
SEPARATORS = re.compile(r"[,;/\n]|\bet\b")
EXPECTED = (
    "écrivez le nom d'une commune, d'une intercommunalité ou d'un département, ou son code, "
    "«\u00a0France\u00a0», ou «\u00a0zone non précisée\u00a0»"
)


class ZoneNames:
    """The names of all territories but communes, and of the communes of the département."""

    def __init__(self) -> None:
        here = settings.DEFAULT_DEPARTEMENT
        wide = Territory.objects.exclude(kind=Kind.COMMUNE).order_by("pk")
        home = Territory.objects.of_departement(here).communes().order_by("pk")
        self._home = {
            zone_code(t): t.pk for t in wide if t.kind in (Kind.DEPARTEMENT, Kind.COUNTRY)
        }
        self._whole = _by_key([*wide, *home], words.fold_place)
        self._core = _by_key([*wide, *home], _core)
        self._labels = {words.fold_place(t.name): t.name for t in (*wide, *home)}

    def find(self, text: str) -> Zone | None:
        """The territory that `text` names. Raises `Refused` when there are several."""
        key = words.fold_place(text)
        for aliases, code in ((HOME, settings.DEFAULT_DEPARTEMENT), (COUNTRY, "france")):
            if key in aliases and code in self._home:
                return self._home[code], code
        found = self._whole.get(key) or self._core.get(_core(text)) or []
        if len(found) > 1:
            raise Refused(f"plusieurs territoires s'appellent {quote(text)}{NBSP}: donnez son code")
        return found[0] if found else None

    def near(self, text: str) -> str:
        """The name that is the nearest to `text`, if one is near enough."""
        near = get_close_matches(words.fold_place(text), self._labels, n=1, cutoff=0.75)
        return self._labels[near[0]] if near else ""


def parts(text: str) -> list[str]:
    """The names of a list written by hand."""
    return [part.strip() for part in SEPARATORS.split(text) if part.strip()]


def _by_key(territories: Iterable[Territory], key_of) -> dict[str, list[Zone]]:
    found = defaultdict(list)
    for territory in territories:
        if key := key_of(territory.name):
            found[key].append((territory.pk, zone_code(territory)))
    return found


def _core(name: str) -> str:
    """A folded name without its first words that say only what kind it is."""
    parts = words.fold_place(name).split()
    while parts and parts[0] in BEGINNINGS:
        parts = parts[1:]
    return " ".join(parts)
