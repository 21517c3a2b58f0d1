"""The facts of a record that a source may write, in a form that compares and leaves an imprint.

A fact is a field of `Listing`, or a relation: « situations », « zones », « roles », « contact ».
Latitude and longitude are one fact, « point »; codes of zones and « non précisée » are another.
"""

import zlib
from decimal import Decimal
from typing import Any

from partners.imports import writing
from partners.imports.draft import Draft, Reference
from partners.imports.lookups import Lookups
from partners.models import Listing, ListingSituation

Facts = dict[str, Any]

PROVENANCE = ("source", "source_id", "source_url", "source_updated_on")
RELATIONS = ("situations", "zones", "roles", "contact")
NO_POINT = (None, None)
NOT_FACTS = {"kind", "latitude", "longitude", "is_zone_unspecified"}
CORE, HELPS = ListingSituation.Role.CORE.value, ListingSituation.Role.HELPS.value

KEYS = {
    "nom": ["name", "structure_type", "is_generalist"],
    "description": ["description", "summary"],
    "reseaux_porteurs": ["networks", "structure_type", "is_generalist", "situations", "summary"],
    "siret": ["siret"],
    "accessibilite_lieu": ["accessibility_url"],
    "thematiques": ["themes", "situations"],
    "type": ["help_kinds"],
    "frais": ["fees"],
    "frais_precisions": ["fees_details"],
    "publics": ["audiences"],
    "publics_precisions": ["audience_details"],
    "conditions_acces": ["access_conditions"],
    "code_insee": ["commune_id"],
    "code_postal": ["postal_code"],
    "adresse": ["address"],
    "complement_adresse": ["address_extra"],
    "latitude": ["point"],
    "longitude": ["point"],
    "telephone": ["phone"],
    "courriel": ["email"],
    "site_web": ["website"],
    "horaires_accueil": ["opening_hours", "opening_hours_note"],
    "modes_accueil": ["reception_modes"],
    "zone_eligibilite": ["zones"],
    "contact_nom_prenom": ["contact"],
    "lien_mobilisation": ["mobilisation_url"],
    "modes_mobilisation": ["mobilisation_modes"],
    "mobilisable_par": ["mobilisable_by"],
    "mobilisation_precisions": ["mobilisation_details"],
    "volume_horaire_hebdomadaire": ["weekly_hours"],
    "nombre_semaines": ["weeks"],
    "structure_id": ["roles"],
    "lien_source": ["source_url"],
    "date_maj": ["source_updated_on"],
}
"""Key of the schema to the facts that follow from it."""


def reference(structure: Listing) -> Reference:
    """What designates a structure in « roles »."""
    return structure.source, structure.source_id or f"fiche-{structure.pk}"


def of_draft(draft: Draft) -> Facts:
    """What a draft would write."""
    facts = {attr: value for attr, value in draft.fields.items() if attr not in NOT_FACTS}
    facts["point"] = (draft.fields.get("latitude"), draft.fields.get("longitude"))
    if draft.core is not None:
        roles = [(CORE, slug) for slug in draft.core] + [(HELPS, s) for s in draft.helps or ()]
        facts["situations"] = sorted(roles)
    if draft.zones is not None:
        facts["zones"] = sorted(draft.zones.values())
    if draft.roles is not None:
        facts["roles"] = sorted(draft.roles)
    if draft.contact is not None:
        facts["contact"] = draft.contact.get("nom", "")
    return facts


def of_record(record: Listing, names: Facts) -> Facts:
    """The same facts as `names`, as the record (from `writing.with_relations`) has them."""
    return {name: _READERS[name](record) if name in _READERS else getattr(record, name)
            for name in names}  # fmt: skip


def imprint(facts: Facts) -> dict[str, int]:
    """A checksum of each fact that is not empty."""
    return {name: _checksum(value) for name, value in facts.items() if not is_empty(value)}


def mark(value: Any) -> int | None:
    """The checksum of one fact, None when it is empty."""
    return None if is_empty(value) else _checksum(value)


def is_empty(value: Any) -> bool:
    """Nothing said; zero is something."""
    if value:
        return value == NO_POINT
    return value is False or not isinstance(value, int | float | Decimal)


def remove(draft: Draft, name: str) -> None:
    """Make a draft say nothing of a fact, so that the record keeps its own."""
    match name:
        case "situations":
            draft.core = draft.helps = None
        case "zones":
            draft.zones = None
            draft.fields.pop("is_zone_unspecified", None)
        case "roles":
            draft.roles = None
        case "contact":
            draft.contact = None
        case "point":
            draft.fields.pop("latitude", None)
            draft.fields.pop("longitude", None)
        case _:
            draft.fields.pop(name, None)


def cells(draft: Draft, name: str, lookups: Lookups) -> dict[str, str]:
    """The columns of the census that hold a fact of a draft, with their text."""
    from partners.imports import links
    from partners.imports.plan import BY_ATTR

    if name == "commune_id":
        return {"code_insee": draft.commune_code}
    if name in RELATIONS:
        told = links.described(draft, lookups)
        return {header: told[header] for header in HEADERS[name]}
    attrs = ("latitude", "longitude") if name == "point" else (name,)
    blank = Listing(**{attr: draft.fields[attr] for attr in attrs})
    return {BY_ATTR[attr].header: BY_ATTR[attr].write(blank) for attr in attrs}


HEADERS = {
    "situations": ["situations_coeur", "situations_aide"],
    "zones": ["zone_eligibilite"],
    "roles": ["roles"],
    "contact": ["contact_nom"],
}


def _checksum(value: Any) -> int:
    text = value if isinstance(value, str) else repr(value)
    return zlib.crc32(text.encode("utf-8", "replace"))


def _situations(record: Listing) -> list[tuple[str, str]]:
    return sorted((link.role, link.situation.slug) for link in record.situation_links.all())


def _zones(record: Listing) -> list[str]:
    return sorted(writing.zone_code(link.territory) for link in record.zone_links.all())


def _roles(record: Listing) -> list[tuple[str, tuple[str, str]]]:
    return sorted((role.role, reference(role.structure)) for role in record.scheme_roles.all())


def _contact(record: Listing) -> str:
    found = writing.imported_contact(record)
    return found.name if found else ""


_READERS = {
    "situations": _situations,
    "zones": _zones,
    "roles": _roles,
    "contact": _contact,
    "point": lambda record: (record.latitude, record.longitude),
}
