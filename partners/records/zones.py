"""The zone of a record while it is chosen, by names and on a map: what a touch makes of it.

A zone is a list of territories. To take a commune out of a wider one, the wider one gives way to
its other communes; when all communes of an EPCI are there, they fold into its name.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from partners.imports.errors import NBSP, quote
from partners.imports.writing import zone_code
from partners.models import Agency, Territory
from partners.records import naming
from partners.records.naming import Unclear

Kind = Territory.Kind
MOST_ZONES = 3000
MOST_CHIPS = 300
TOO_MANY = f"{MOST_ZONES} territoires au plus{NBSP}: prenez plus grand."
WITHOUT_END = {Kind.COUNTRY, Kind.REGION}
"""Territories that never give way to their communes: there are thousands."""


@dataclass(frozen=True)
class Chosen:
    """`zones`: territories, as they were added. `said`: what was done, in a French sentence."""

    zones: list[Territory]
    said: str


@dataclass(frozen=True)
class Shown:
    """How a form shows a zone: `chips` (code, label), or `together` when there are too many."""

    count: int
    chips: list[tuple[str, str]]
    together: str


def shown(codes: list[str], known: Iterable[Territory] = ()) -> Shown:
    """The territories of these codes, to tick out; beyond `MOST_CHIPS`, one text that keeps all.

    `known`: territories at hand, which are not asked for again.
    """
    if len(codes) > MOST_CHIPS:
        return Shown(len(codes), [], "|".join(codes))
    found = {zone_code(territory): territory for territory in known}
    if missing := [code for code in codes if code not in found]:
        found |= naming.zones_by_code(missing)
    chips = [(code, found[code].zone_label) for code in codes if code in found]
    return Shown(len(chips), chips, "")


def of_codes(codes: list[str]) -> list[Territory]:
    """The territories of a form's codes; those that no longer exist are left out."""
    return list(naming.zones_by_code(codes).values())


def add(zones: list[Territory], added: list[Territory]) -> Chosen:
    """`zones` and these. Raises `Unclear` when there are too many."""
    new = [territory for territory in dict.fromkeys(added) if territory not in zones]
    if not new:
        return Chosen(zones, f"Déjà là{NBSP}: {_listed(added)}." if added else "Rien à ajouter.")
    found = fold([*zones, *new])
    if len(found) > MOST_ZONES:
        raise Unclear(TOO_MANY)
    return Chosen(found, f"Ajouté{NBSP}: {_listed(new)}.")


def remove(zones: list[Territory], commune: Territory) -> Chosen:
    """`zones` without this commune. Raises `Unclear` when it is in a région or in France."""
    holding = _holding(zones, commune)
    endless = [zone for zone in holding if zone.kind in WITHOUT_END]
    if endless:
        raise Unclear(
            f"{commune} est comprise dans {quote(endless[0].zone_label)}{NBSP}: "
            "retirez d'abord ce territoire."
        )
    kept = [zone for zone in zones if zone not in holding]
    rest = _communes_of(holding).exclude(pk=commune.pk)
    return Chosen(fold([*kept, *rest]), f"Retiré{NBSP}: {commune}.")


def toggle(zones: list[Territory], commune: Territory) -> Chosen:
    """`commune` in or out, the other way round."""
    return remove(zones, commune) if _holding(zones, commune) else add(zones, [commune])


def of_agency(agency: Agency) -> list[Territory]:
    """The communes of an agency's sector, folded: a zone does not follow the landlord's own."""
    return fold(list(agency.sector.communes.order_by("search_key", "pk")))


def fold(zones: list[Territory]) -> list[Territory]:
    """`zones`, the communes of a whole EPCI in its name, where the first of them stood."""
    communes = {zone.pk for zone in zones if zone.kind == Kind.COMMUNE}
    epcis = {zone.pk for zone in zones if zone.kind == Kind.EPCI}
    whole = epcis | _whole({zone.epci_id for zone in zones if zone.pk in communes}, communes)
    by_key = Territory.objects.in_bulk(whole)
    return list(dict.fromkeys(by_key.get(zone.epci_id, zone) for zone in zones))


def covered(zones: list[Territory], departement: str) -> list[str]:
    """INSEE codes of the communes of a département that these territories hold, sorted."""
    communes = Territory.objects.communes().of_departement(departement)
    if any(zone.kind == Kind.COUNTRY for zone in zones):
        return sorted(communes.values_list("code", flat=True))
    return sorted(communes.filter(_inside(zones)).values_list("code", flat=True).distinct())


def _inside(zones):
    """Communes that are one of these territories or in one of them."""
    keys = [zone.pk for zone in zones]
    wider = Q(epci__in=keys) | Q(departement__in=keys) | Q(region__in=keys) | Q(sectors__in=keys)
    return Q(pk__in=keys) | wider


def _communes_of(zones):
    found = Territory.objects.communes().filter(_inside(zones))
    return found.distinct().order_by("search_key", "pk")


def _holding(zones, commune):
    sectors = set(commune.sectors.values_list("pk", flat=True))
    near = {commune.pk, commune.epci_id, commune.departement_id, commune.region_id, *sectors}
    return [zone for zone in zones if zone.pk in near or zone.kind == Kind.COUNTRY]


def _whole(epcis, communes):
    """Keys of the EPCI among `epcis` whose every commune is one of `communes`."""
    missing = Territory.objects.communes().filter(epci__in=epcis).exclude(pk__in=communes)
    return (epcis - {None}) - set(missing.values_list("epci", flat=True))


def _listed(zones):
    return zones[0].zone_label if len(zones) == 1 else f"{len(zones)} territoires"
