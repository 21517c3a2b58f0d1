"""The columns of the census as a person reads them: names, and groups for a list to choose from."""

from partners.imports import columns
from partners.imports.column import Column
from partners.models import Listing

NAMES = {
    "statut": "état de la fiche",
    "structure_parente": "structure dont elle dépend (identifiant)",
    "situations_coeur": "situations, cœur de métier",
    "situations_aide": "situations où il peut aider",
    "en_premier": "situations où il est à faire en premier",
    "zone_eligibilite": "zone desservie",
    "code_insee": "commune\u00a0: code officiel (INSEE)",
    "commune": "commune\u00a0: nom",
    "roles": "rôles dans un dispositif",
    "papiers": "papiers à apporter",
    "venir_sans_voiture": "venir sans voiture",
    "contact_nom": "contact\u00a0: nom",
    "contact_fonction": "contact\u00a0: fonction",
    "contact_telephone": "contact\u00a0: téléphone",
    "contact_courriel": "contact\u00a0: courriel",
    "contact_visibilite": "contact\u00a0: qui le voit",
    "telephone_verifie_le": "téléphone vérifié le",
    "telephone_verifie_par": "téléphone vérifié comment",
}
PERMANENCE = {
    "code_insee": "code officiel de la commune (INSEE)",
    "lieu": "lieu",
    "horaires": "horaires",
    "sur_rendez_vous": "sur rendez-vous",
}
GROUPS = {
    "Qui": columns.IDENTITY,
    "Pour quoi, pour qui": columns.PURPOSE,
    "Où": columns.PLACES,
    "Comment le joindre": columns.REACHING,
    "Partenariat": columns.PARTNERSHIP,
    "Personne à contacter": columns.CONTACT,
    "Origine": columns.ORIGIN,
    "Permanences": [c for c in columns.COLUMNS if c.header.startswith("permanence_")],
}
"""{words of the group: its columns}: every column once."""


def label(header: str) -> str:
    """The name of one of our columns on the screen; the header itself for what is none of them."""
    column = columns.BY_HEADER.get(header)
    return _name(column) if column else header


def _name(column: Column) -> str:
    if column.attr:
        return str(Listing._meta.get_field(column.attr).verbose_name)
    if column.header.startswith("permanence_"):
        _, number, part = column.header.split("_", 2)
        return f"permanence {number}\u00a0: {PERMANENCE[part]}"
    return NAMES[column.header]
