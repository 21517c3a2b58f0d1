"""Published records as data·inclusion v1: rows that the official models accept.

A record that came from a source keeps that source and its identifier; ours are
« cartographie-<bailleur>--<clé> ». What the schema has no word for (natures of help beyond its
types, contacts, the line for professionals) stays here.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import slugify

from partners.imports import cells, writing
from partners.imports.data_inclusion import schema
from partners.imports.data_inclusion.drafts import cut
from partners.imports.data_inclusion.purpose import HELP, Themes
from partners.models import (
    CoverageZone,
    Listing,
    ListingSituation,
    SchemeRole,
    SectorCommune,
    Territory,
)
from partners.models.vocabulary import Audience

Row = dict[str, Any]

AT_ONCE = 1000
TYPE_OF_HELP = {help_kind: service for service, help_kind in HELP.items()}
PLACE = [
    "adresse",
    "complement_adresse",
    "code_postal",
    "code_insee",
    "commune",
    "latitude",
    "longitude",
    "siret",
    "site_web",
    "accessibilite_lieu",
    "lien_mobilisation",
    "lien_source",
]
OPERATORS = [SchemeRole.Role.OPERATOR, SchemeRole.Role.CARRIER, SchemeRole.Role.FUNDER]
SHOWN_WITH_SCHEMES = [Listing.Status.PUBLISHED, Listing.Status.TO_CHECK]


def own_source() -> str:
    """The source of what was born here: told apart from other landlords' directories."""
    return f"cartographie-{slugify(settings.LANDLORD_NAME)}"[:60].strip("-")


def own_key(identifier: str) -> int | None:
    """The primary key in an identifier of ours, None for somebody else's."""
    source, _, key = identifier.rpartition("--")
    if not (key.isascii() and key.isdigit()):
        return None
    return int(key) if source == own_source() else None


class Exporter:
    """Rows of records; reads what they all need once."""

    def __init__(self) -> None:
        self.themes = Themes()
        self.departements, self.sectors = _departements_by_region(), _communes_by_sector()

    def structures(self, departements: Iterable[str] = ()) -> Iterator[Row]:
        """Published structures, those that run published schemes, and stand-ins for the rest."""
        for listing in _batches(_structures(list(departements))):
            yield self.structure(listing)
        for scheme in _batches(_schemes(list(departements))):
            if operator(scheme) is None:
                yield self.stand_in(scheme)

    def services(self, departements: Iterable[str] = ()) -> Iterator[Row]:
        """Published schemes."""
        for listing in _batches(_schemes(list(departements))):
            yield self.service(listing)

    def row(self, listing: Listing) -> Row:
        """A record (from `with_relations`), whatever its kind and its status."""
        is_scheme = listing.kind == Listing.Kind.SCHEME
        return self.service(listing) if is_scheme else self.structure(listing)

    def structure(self, listing: Listing) -> Row:
        row = self._common(listing) | {
            "siret": listing.siret,
            "site_web": listing.website,
            "accessibilite_lieu": listing.accessibility_url,
            "reseaux_porteurs": listing.networks,
        }
        return _valid(Listing.Kind.STRUCTURE, row, listing)

    def stand_in(self, scheme: Listing) -> Row:
        """The schema wants a structure for each service: a scheme without one is its own."""
        row = self.structure(scheme) | {"description": None, "siret": None}
        return row | {"source": own_source(), "id": f"{own_source()}--{scheme.pk}"}

    def service(self, listing: Listing) -> Row:
        runner = operator(listing)
        row = self._common(listing) | {
            "structure_id": identity(runner)[1] if runner else f"{own_source()}--{listing.pk}",
            "type": next((TYPE_OF_HELP[k] for k in listing.help_kinds if k in TYPE_OF_HELP), None),
            "thematiques": listing.themes or self._main_themes(listing),
            "frais": listing.fees,
            "frais_precisions": listing.fees_details,
            "publics": _publics(listing.audiences),
            "publics_precisions": listing.audience_details,
            "conditions_acces": listing.access_conditions or _criteria(listing),
            "modes_accueil": listing.reception_modes,
            "zone_eligibilite": self._zones(listing),
            "lien_mobilisation": listing.mobilisation_url,
            "modes_mobilisation": listing.mobilisation_modes,
            "mobilisable_par": listing.mobilisable_by,
            "mobilisation_precisions": listing.mobilisation_details or _papers(listing),
            "volume_horaire_hebdomadaire": _number(listing.weekly_hours),
            "nombre_semaines": listing.weeks or None,
            "contact_nom_prenom": None,
        }
        return _valid(Listing.Kind.SCHEME, row, listing)

    def _common(self, listing: Listing) -> Row:
        source, identifier = identity(listing)
        commune = listing.commune
        return {
            "source": source,
            "id": identifier,
            "nom": _name(listing),
            "description": _description(listing),
            "date_maj": _day(listing).isoformat(),
            "lien_source": listing.source_url,
            "commune": commune.name if commune else None,
            "code_insee": commune.code if commune else None,
            "code_postal": listing.postal_code,
            "adresse": listing.address,
            "complement_adresse": listing.address_extra,
            "longitude": listing.longitude,
            "latitude": listing.latitude,
            "telephone": listing.phone,
            "courriel": listing.email,
            "horaires_accueil": listing.opening_hours,
        }

    def _main_themes(self, listing: Listing) -> list[str]:
        """The theme that says best each situation that is its core trade."""
        core = [
            link.situation.slug
            for link in listing.situation_links.all()
            if link.role == ListingSituation.Role.CORE
        ]
        return sorted({self.themes.first[slug] for slug in core if slug in self.themes.first})

    def _zones(self, listing: Listing) -> list[str]:
        codes: set[str] = set()
        for link in listing.zone_links.all():
            codes |= self._codes(link.territory)
        return sorted(codes)

    def _codes(self, territory: Territory) -> set[str]:
        """The schema has no region: their départements; nor our sectors: their communes."""
        match territory.kind:
            case Territory.Kind.REGION:
                return self.departements.get(territory.pk, set())
            case Territory.Kind.SECTOR:
                return self.sectors.get(territory.pk, set())
        return {territory.code}


def with_relations(listings: QuerySet[Listing]) -> QuerySet[Listing]:
    """`listings` with all that their rows say."""
    related = writing.with_relations(listings).select_related("source_record")
    return related.prefetch_related(
        "scheme_roles__structure__source_record", "criterion_groups__criteria__territory"
    )


def identity(listing: Listing) -> tuple[str, str]:
    """(source, identifier): those of the source that the record was born from, else ours."""
    born = getattr(listing, "source_record", None)
    if born is not None and born.is_creator:
        return born.source, born.identifier
    return own_source(), f"{own_source()}--{listing.pk}"


def operator(scheme: Listing) -> Listing | None:
    """The structure that runs a scheme, else that carries it, else that pays; None for none."""
    roles = [
        (OPERATORS.index(role.role), role.pk, role.structure)
        for role in scheme.scheme_roles.all()
        if role.role in OPERATORS
        and role.structure.status in SHOWN_WITH_SCHEMES
        and role.structure.kind == Listing.Kind.STRUCTURE
    ]
    return min(roles)[2] if roles else None


def _structures(departements: list[str]) -> QuerySet[Listing]:
    """Those published, and those « à vérifier » that run a published scheme."""
    running = SchemeRole.objects.filter(structure=OuterRef("pk"), role__in=OPERATORS)
    running = running.filter(scheme__in=_schemes(departements))
    here = _of(departements) & Q(status=Listing.Status.PUBLISHED)
    needed = Q(status__in=SHOWN_WITH_SCHEMES) & Exists(running)
    return Listing.objects.filter(here | needed, kind=Listing.Kind.STRUCTURE)


def _schemes(departements: list[str]) -> QuerySet[Listing]:
    return Listing.objects.published().filter(_of(departements), kind=Listing.Kind.SCHEME)


def _of(departements: list[str]) -> Q:
    """In one of these départements, or saying that it serves it; all when none is given."""
    if not departements:
        return Q()
    zones = Territory.objects.filter(
        Q(kind=Territory.Kind.DEPARTEMENT, code__in=departements)
        | Q(departement__code__in=departements)
    )
    links = CoverageZone.objects.filter(listing=OuterRef("pk"), territory__in=zones)
    return Q(commune__departement__code__in=departements, is_confidential=False) | Exists(links)


def _batches(listings: QuerySet[Listing]) -> Iterator[Listing]:
    return with_relations(listings.order_by("pk")).iterator(chunk_size=AT_ONCE)


def _valid(kind: str, row: Row, listing: Listing) -> Row:
    """The row without what is confidential, nor what the schema would refuse."""
    hidden = PLACE if listing.is_confidential else ()
    row = {key: None if key in hidden or value in ("", []) else value for key, value in row.items()}
    _, faults = schema.checked(kind, row)
    return row | {fault.column: None for fault in faults}


def _day(listing: Listing) -> date:
    said = listing.source_updated_on
    return said if said and said >= schema.FIRST_DAY else listing.updated_at.date()


def _name(listing: Listing) -> str:
    name = cut(listing.name, 150)
    return name if len(name) >= 3 else f"{name} ({listing.get_kind_display()})"


def _description(listing: Listing) -> str:
    text = listing.description or listing.summary
    text = text if len(text) >= 5 else f"{listing.name}\u00a0: {text}"
    return text if len(text) <= 10_000 else f"{text[:9_999]}…"


def _criteria(listing: Listing) -> str:
    """The criteria of a scheme as lines, when nobody wrote its conditions."""
    return "\n".join(filter(None, (group.sentence for group in listing.criterion_groups.all())))


def _papers(listing: Listing) -> str:
    """The papers to bring, when nobody wrote what to prepare; the schema has no word for them."""
    cell = writing.papers(listing)
    return f"À apporter\u00a0: {cell.replace(cells.SEPARATOR, ', ')}." if cell else ""


def _publics(audiences: list[str]) -> list[str]:
    return [Audience.EVERYONE.value] if Audience.EVERYONE in audiences else audiences


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _departements_by_region() -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    rows = Territory.objects.filter(kind=Territory.Kind.DEPARTEMENT, region__isnull=False)
    for region, code in rows.values_list("region_id", "code"):
        found.setdefault(region, set()).add(code)
    return found


def _communes_by_sector() -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for sector, code in SectorCommune.objects.values_list("sector_id", "commune__code"):
        found.setdefault(sector, set()).add(code)
    return found
