"""What the codes and names of a file designate here: read once, asked thousands of times."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property

from partners import words
from partners.imports import zone_names
from partners.imports.errors import NBSP, ImportRefused, Refused, quote
from partners.imports.zone_names import Zone, ZoneNames
from partners.models import Situation, Territory, TerritoryAlias

Kind = Territory.Kind
PREFIXES = {"region": Kind.REGION, "secteur": Kind.SECTOR}
COUNTRY = "france"


@dataclass(frozen=True, slots=True)
class Commune:
    """`departement` is its INSEE code; `former` the old code by which it was asked, if any."""

    pk: int
    code: str
    name: str
    departement: str
    former: str = ""
    latitude: float | None = None
    longitude: float | None = None


class Lookups:
    """Raises `ImportRefused` when the territory or the vocabulary was never loaded."""

    def __init__(self) -> None:
        self.situations = dict(Situation.objects.values_list("slug", "pk"))  # in their order
        self._labels = dict(Situation.objects.values_list("slug", "label"))
        names = self._labels.items()
        self._slugs = {words.fold(name): slug for slug, label in names for name in (label, slug)}
        self._zones = {
            (kind, code): pk
            for kind, code, pk in Territory.objects.exclude(kind=Kind.COMMUNE).values_list(
                "kind", "code", "pk"
            )
        }
        self._communes: dict[str, Commune] = {}
        self._named: dict[str, list[tuple[Commune, list[str]]]] = defaultdict(list)
        self._load_communes()
        if not self._communes:
            raise ImportRefused(
                "Les communes ne sont pas chargées. Lancez d'abord la commande import_territories."
            )
        if not self.situations:
            raise ImportRefused(
                "Les situations ne sont pas chargées. Lancez d'abord la commande import_vocabulary."
            )

    def _load_communes(self) -> None:
        rows = Territory.objects.communes().values_list(
            "pk", "code", "name", "search_key", "departement__code", "postal_codes",
            "latitude", "longitude",
        )  # fmt: skip
        by_pk = {}
        for pk, code, name, key, departement, postal_codes, lat, lon in rows:
            commune = Commune(pk, code, name, departement or "", "", lat, lon)
            by_pk[pk] = self._communes[code] = commune
            self._named[key].append((commune, postal_codes))
        aliases = TerritoryAlias.objects.values_list("code", "search_key", "territory_id")
        for code, key, pk in aliases.order_by("pk"):
            today = by_pk[pk]
            former = code if code != today.code else ""
            self._communes[code] = replace(today, former=former)
            if all(commune.pk != pk for commune, _ in self._named[key]):
                self._named[key].append((today, []))

    def slug(self, name: str) -> str:
        """The keyword of a situation, written as such or as on the screen. Raises `Refused`."""
        found = self._slugs.get(words.fold(name))
        if found is None:
            near = get_close_matches(words.fold(name), self._slugs, n=1)
            advice = (
                f"vouliez-vous dire {quote(self._labels[self._slugs[near[0]]])}"
                if near
                else f"les voici{NBSP}: {' · '.join(self._labels.values())}"
            )
            raise Refused(f"la situation {quote(name)} n'existe pas{NBSP}: {advice}")
        return found

    def situation(self, slug: str) -> int:
        """Primary key. Raises `Refused`."""
        if slug not in self.situations:
            raise Refused(f"la situation {quote(slug)} n'existe pas")
        return self.situations[slug]

    def commune(self, code: str) -> Commune:
        """The commune of today of an INSEE code, former ones included. Raises `Refused`."""
        if code not in self._communes:
            raise Refused(
                f"aucune commune n'a le code INSEE {quote(code)} (son code officiel, qui n'est pas "
                "le code postal)"
            )
        return self._communes[code]

    def commune_named(self, name: str, postal_code: str) -> Commune:
        """The commune of this name, told from its namesakes by postal code. Raises `Refused`."""
        found = self._named.get(words.fold_place(name), [])
        exact = [commune for commune, codes in found if postal_code and postal_code in codes]
        near = [
            commune
            for commune, _ in found
            if not postal_code or commune.code[:2] == postal_code[:2]
        ]
        candidates = exact or near
        if len(candidates) == 1:
            return candidates[0]
        raise Refused(_unclear(name, postal_code, is_several=bool(candidates)))

    def zone(self, code: str) -> tuple[int, str]:
        """(primary key, canonical code) of a territory of a coverage zone. Raises `Refused`."""
        prefix, colon, name = code.partition(":")
        if colon:
            return self._zone(PREFIXES.get(prefix), name, code), code
        if code.lower() == COUNTRY:
            return self._zone(Kind.COUNTRY, COUNTRY, code), COUNTRY
        upper = code.upper()
        if re.fullmatch(r"\d{9}", code):
            return self._zone(Kind.EPCI, code, code), code
        if re.fullmatch(r"\d{2,3}|2[AB]", upper):
            return self._zone(Kind.DEPARTEMENT, upper, code), upper
        if not words.is_insee_code(code):
            raise Refused(_unknown_zone(code))
        commune = self.commune(upper)
        return commune.pk, commune.code

    def zones(self, text: str) -> list[Zone]:
        """As `zone`, where a name will do, or several with « , », « ; », « / » or « et » between.

        Raises `Refused`.
        """
        if found := self._zone_called(text):
            return [found]
        parts = zone_names.parts(text)
        found_each = [self._zone_called(part) for part in parts] if len(parts) > 1 else []
        if found_each and all(found_each):
            return [zone for zone in found_each if zone]
        if not any(character.isalpha() for character in text) or ":" in text:
            self.zone(text)
        raise Refused(_unknown_zone(text, self._zone_names.near(text)))

    def _zone_called(self, text: str) -> Zone | None:
        return self.zone(text) if self.has_zone(text) else self._zone_names.find(text)

    @cached_property
    def _zone_names(self) -> ZoneNames:
        return ZoneNames()

    def has_zone(self, code: str) -> bool:
        """Whether a territory was loaded here."""
        try:
            self.zone(code)
        except Refused:
            return False
        return True

    def _zone(self, kind: str | None, code: str, written: str) -> int:
        found = self._zones.get((kind or "", code))
        if found is None:
            raise Refused(_unknown_zone(written))
        return found


def _unclear(name: str, postal_code: str, *, is_several: bool) -> str:
    where = f" avec le code postal {postal_code}" if postal_code else ""
    if not is_several:
        return f"aucune commune ne s'appelle {quote(name)}{where}{NBSP}: vérifiez ce nom"
    what = "son code officiel (INSEE)" if postal_code else "aussi le code postal"
    return f"plusieurs communes s'appellent {quote(name)}{where}{NBSP}: donnez {what}"


def _unknown_zone(code: str, near: str = "") -> str:
    advice = f"vouliez-vous dire {quote(near)}" if near else zone_names.EXPECTED
    return f"le territoire {quote(code)} n'existe pas{NBSP}: {advice}"
