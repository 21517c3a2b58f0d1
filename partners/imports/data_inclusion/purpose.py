"""What a theme or a network of data·inclusion means here: situations, type of structure.

Themes lead to situations by the table that managers edit (`Situation.themes`). A theme belongs to
the situation that ranks it first in its list, ties going to the first situation on the home page:
a service with this theme has that situation as « cœur de métier », and the others that name the
theme as « peut aider ». A service that touches more than `MOST_CORE` situations is nobody's
specialist: it « peut aider » in all of them.
"""

from collections.abc import Iterable

from partners import words
from partners.models import HelpKind, Situation, StructureType

MOST_CORE = 4

HELP = {
    "accompagnement": HelpKind.SUPPORT.value,
    "aide-financiere": HelpKind.MONEY.value,
    "aide-materielle": HelpKind.GOODS.value,
    "atelier": HelpKind.COLLECTIVE.value,
    "information": HelpKind.INFORMATION.value,
}
"""Type of service to nature of help; « formation » has no word here."""

TYPES = {
    "ccas-cias": StructureType.CCAS,
    "communes": StructureType.TOWN_HALL,
    "departements": StructureType.DEPARTEMENT,
    "maisons-des-solidarites": StructureType.DEPARTEMENT,
    "cms": StructureType.DEPARTEMENT,
    "france-service": StructureType.FRANCE_SERVICES,
    "msap": StructureType.FRANCE_SERVICES,
    "caf": StructureType.SOCIAL_SECURITY,
    "cpam": StructureType.SOCIAL_SECURITY,
    "cnam": StructureType.SOCIAL_SECURITY,
    "mutualite-sociale-agricole": StructureType.SOCIAL_SECURITY,
    "csapa": StructureType.HEALTH,
    "caarud": StructureType.HEALTH,
    "cmp": StructureType.HEALTH,
    "points-justice": StructureType.JUSTICE,
    "spip": StructureType.JUSTICE,
    "fcsf": StructureType.SOCIAL_CENTRE,
    "france-travail": StructureType.EMPLOYMENT,
    "mission-locale": StructureType.EMPLOYMENT,
    "cap-emploi-reseau-cheops": StructureType.EMPLOYMENT,
    "plie": StructureType.EMPLOYMENT,
}
"""Network to type of structure, when the network has one type."""

NAMES = {
    "ccas": StructureType.CCAS,
    "centre communal d action sociale": StructureType.CCAS,
    "cias": StructureType.CIAS,
    "centre intercommunal d action sociale": StructureType.CIAS,
    "mairie": StructureType.TOWN_HALL,
    "france services": StructureType.FRANCE_SERVICES,
}
"""How the name of a structure begins, which says more than its network."""

GENERALISTS = {
    StructureType.CCAS: "Action sociale de la commune\u00a0: écoute, aides, dossiers.",
    StructureType.CIAS: "Action sociale de l'intercommunalité\u00a0: écoute, aides, dossiers.",
    StructureType.TOWN_HALL: "La mairie\u00a0: premiers renseignements et orientation.",
    StructureType.DEPARTEMENT: "Le service social du Département.",
    StructureType.FRANCE_SERVICES: "Aide aux démarches administratives et numériques.",
}
"""Types that receive everybody, and what they do when the source does not say it."""

SITUATIONS = {
    "csapa": "addictions",
    "caarud": "addictions",
    "cmp": "sante-mentale",
    "cidff": "violences",
    "mdph": "handicap",
    "siao": "sans-logement",
    "banques-alimentaires": "precarite-alimentation",
    "restos-du-coeur": "precarite-alimentation",
    "secours-populaire": "precarite-alimentation",
    "points-conseil-budget": "dettes-budget",
    "cresus": "dettes-budget",
    "france-travail": "chomage-emploi",
    "mission-locale": "chomage-emploi",
}
"""Network to the situation that is its whole trade; the rest are found by their services."""


class Themes:
    """The table of today: situations (slugs) by theme."""

    def __init__(self) -> None:
        self.owners: dict[str, str] = {}
        self.users: dict[str, list[str]] = {}
        ranks: dict[str, int] = {}
        self.first: dict[str, str] = {}  # situation: the theme that says it best
        for slug, themes in Situation.objects.values_list("slug", "themes"):
            for rank, theme in enumerate(themes):
                self.users.setdefault(theme, []).append(slug)
                if rank < ranks.get(theme, len(themes)):
                    ranks[theme], self.owners[theme] = rank, slug
            if themes:
                self.first[slug] = themes[0]

    def situations(self, themes: Iterable[str]) -> tuple[list[str], list[str]]:
        """(situations as « cœur », situations as « peut aider »), sorted slugs."""
        found = {slug for theme in themes for slug in self.users.get(theme, [])}
        core = {self.owners[theme] for theme in themes if theme in self.owners}
        if len(core) > MOST_CORE:
            core = set()
        return sorted(core), sorted(found - core)


def structure_type(name: str, networks: Iterable[str]) -> str:
    """The type of a structure, "" when neither its name nor its networks tell."""
    folded = words.fold(name)
    for start, found in NAMES.items():
        if folded == start or folded.startswith(f"{start} "):
            return found.value
    return next((TYPES[network].value for network in networks if network in TYPES), "")


def structure_situations(networks: Iterable[str], known: Iterable[str]) -> list[str]:
    """Those that are the whole trade of its networks, sorted, among the situations that exist."""
    return sorted({SITUATIONS[name] for name in networks if name in SITUATIONS} & set(known))
