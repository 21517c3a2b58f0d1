"""France as the reference files describe it: places, former communes, EPCI that touch.

Pure Python: reads `fixtures/territories/`, whose README credits each file; writes nothing.
"""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

FOLDER = settings.BASE_DIR / "fixtures" / "territories"
COUNTRY = "france"

# Communes reached by boat or plane only, by code and name as in communes.csv.
ISLANDS = {
    # without EPCI by law (CGCT L. 5210-1-1, V: islands of a single commune)
    "22016": "Île-de-Bréhat",
    "29083": "Île-de-Sein",
    "29155": "Ouessant",
    "85113": "L'Île-d'Yeu",
    # in an EPCI of the mainland or of their own, without a bridge
    "17004": "Île-d'Aix",
    "29082": "Île-de-Batz",
    "29084": "Île-Molène",
    "56009": "Bangor",
    "56069": "Groix",
    "56085": "Hœdic",
    "56086": "Île-d'Houat",
    "56087": "Île-aux-Moines",
    "56088": "Île-d'Arz",
    "56114": "Locmaria",
    "56152": "Le Palais",
    "56241": "Sauzon",
    # off Guadeloupe
    "97108": "Capesterre-de-Marie-Galante",
    "97110": "La Désirade",
    "97112": "Grand-Bourg",
    "97126": "Saint-Louis",
    "97130": "Terre-de-Bas",
    "97131": "Terre-de-Haut",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A row to have among the territories; the places it lies in are given by their codes."""

    code: str
    name: str
    postal_codes: tuple[str, ...] = ()
    population: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    epci: str = ""
    departement: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class FormerCommune:
    """An old code and name, and the code of the commune it is part of today."""

    code: str
    name: str
    kind: str
    commune: str


@dataclass(frozen=True, slots=True)
class France:
    """Places in lists, links between EPCI as (SIREN, SIREN, « limite » or « pont »), once each."""

    communes: list[Place]
    epcis: list[Place]
    departements: list[Place]
    regions: list[Place]
    country: list[Place]
    former_communes: list[FormerCommune] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)

    def around(self, departements: Iterable[str]) -> "France":
        """The part that serves these départements (their codes, as « 85 » or « 2A »).

        Their communes and the EPCI that have one there, whole, so that « same EPCI » is true at
        the edge; every département and région. Raises KeyError for an unknown code.
        """
        wanted = set(departements)
        if unknown := wanted - {place.code for place in self.departements}:
            raise KeyError(min(unknown))
        epcis = {c.epci for c in self.communes if c.departement in wanted} - {""}
        communes = [c for c in self.communes if c.departement in wanted or c.epci in epcis]
        codes = {commune.code for commune in communes}
        return France(
            communes=communes,
            epcis=[epci for epci in self.epcis if epci.code in epcis],
            departements=self.departements,
            regions=self.regions,
            country=self.country,
            former_communes=[old for old in self.former_communes if old.commune in codes],
            links=self.links,
        )


def read(folder: Path = FOLDER) -> France:
    """All of France from the files of `folder`; raises OSError, KeyError or ValueError."""
    region_of = {row["code"]: row["code_region"] for row in _rows(folder, "departements")}
    rows = _rows(folder, "communes")
    communes = [_commune(row, region_of[row["code_departement"]]) for row in rows]
    epci_names = {row["siren_epci"]: row["epci"] for row in rows if row["siren_epci"]}
    departement_names = {row["code"]: row["nom"] for row in _rows(folder, "departements")}
    region_names = {row["code"]: row["nom"] for row in _rows(folder, "regions")}
    country = _whole(COUNTRY, "France", communes)
    return France(
        communes=communes,
        epcis=_groups(communes, "epci", epci_names),
        departements=_groups(communes, "departement", departement_names),
        regions=_groups(communes, "region", region_names),
        country=[Place(country.code, country.name, population=country.population)],
        former_communes=[_former_commune(row) for row in _rows(folder, "communes-anciennes")],
        links=[
            (row["siren_epci"], row["siren_epci_voisin"], row["lien"])
            for row in _rows(folder, "epci-voisins")
        ],
    )


def _rows(folder, name):
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _commune(row, region):
    has_point = row["latitude"] and row["longitude"]
    return Place(
        code=row["code_insee"],
        name=row["nom"],
        postal_codes=tuple(filter(None, row["codes_postaux"].split("|"))),
        population=int(row["population"]) if row["population"] else None,
        latitude=float(row["latitude"]) if has_point else None,
        longitude=float(row["longitude"]) if has_point else None,
        epci=row["siren_epci"],
        departement=row["code_departement"],
        region=region,
    )


def _former_commune(row):
    return FormerCommune(row["code_insee"], row["nom"], row["type"], row["code_chef_lieu"])


def _groups(communes, attribute, names):
    members = defaultdict(list)
    for commune in communes:
        members[getattr(commune, attribute)].append(commune)
    return [_whole(code, name, members[code], attribute) for code, name in names.items()]


def _whole(code, name, communes, attribute=""):
    """The place made of these communes; an EPCI of two départements is in neither."""
    latitude, longitude = _centre(communes)
    return Place(
        code=code,
        name=name,
        population=sum(commune.population or 0 for commune in communes),
        latitude=latitude,
        longitude=longitude,
        departement=_only(c.departement for c in communes) if attribute == "epci" else "",
        region=_only(c.region for c in communes) if attribute != "region" else "",
    )


def _only(values):
    distinct = Counter(values)
    return next(iter(distinct)) if len(distinct) == 1 else ""


def _centre(communes):
    """Where its inhabitants are on average, in degrees, to about 1 m; None if unknown."""
    placed = [(c.latitude, c.longitude, c.population or 0) for c in communes if c.latitude]
    if not placed:
        return None, None
    total = sum(weight for *_, weight in placed)
    weighed = placed if total else [(lat, lon, 1) for lat, lon, _ in placed]
    total = total or len(placed)
    return (
        round(sum(lat * weight for lat, _, weight in weighed) / total, 5),
        round(sum(lon * weight for _, lon, weight in weighed) / total, 5),
    )
