"""Words that tell a public of data·inclusion v1, beside ages. Two publics at once tell none."""

from collections.abc import Iterable

AUDIENCES = {
    "seniors": """
        senior, personne âgée, vieux, vieille dame, vieux monsieur, retraité, retraités, papi, papy,
        mamie, mamy, mémé, pépé, mémère, grand-mère, grand-père, monsieur âgé, madame âgée,
        dame âgée, mère âgée, père âgé, couple âgé, parents âgés, locataire âgé, tante âgée,
        mr âgé, femme âgée, homme âgé, voisin âgé, seniors, les anciens, âgé
    """,
    "jeunes": """
        jeune, ado, adolescent, lycéen, collégien, apprenti, jeune majeur, jeune homme,
        jeune fille, jeune femme
    """,
    "etudiants": "étudiant, jeune étudiant",
    "personnes-en-situation-de-handicap": """
        handicapé, fauteuil, fauteuil roulant, malvoyant, mal voyant, mal entendant, aveugle,
        sourd, malentendant, autiste, handicap, trisomique, paraplégique, tétraplégique,
        invalide, mobilité réduite, déficient
    """,
    "personnes-exilees": """
        réfugié, migrant, demandeur d'asile, sans papiers, exilé, ukrainien, afghan, afghane,
        syrien, érythréen, soudanais, mineur isolé, mineur étranger, débouté, asile
    """,
    "demandeurs-emploi": "chômeur, demandeur d'emploi, au chômage, cherche du travail",
    "familles": "famille nombreuse, famille monoparentale",
    "": "jeune maman, jeune mère, jeune papa, jeune couple, jeune enfant, jeunes enfants",
}
"""Slug to phrases; those of « » tell nothing, and keep a shorter one from telling."""

SAID_BY = {
    "seniors": frozenset(["personnes-agees"]),
    "jeunes": frozenset(["parents-ados", "jeunes"]),
    "etudiants": frozenset(["jeunes"]),
    "personnes-en-situation-de-handicap": frozenset(["handicap"]),
    "personnes-exilees": frozenset(["refugies-allophones"]),
    "demandeurs-emploi": frozenset(["chomage-emploi"]),
    "familles": frozenset(["parent-seul"]),
}
"""A public to the situations that are about it, beside which its word tells nothing more."""


def narrowing(audience: str, situations: Iterable[str], *, is_aged: bool) -> str:
    """The public to filter by, "" for none: not the one that a situation is about, unless an age
    says it. « mémé » is the tile « Personnes Âgées » and hides nothing; « 82 ans » is a public."""
    is_told = not SAID_BY.get(audience, frozenset()).isdisjoint(situations)
    return "" if is_told and not is_aged else audience


def phrases() -> list[tuple[str, str]]:
    """(phrase, slug), accents kept."""
    return [
        (phrase.strip(), slug)
        for slug, listed in AUDIENCES.items()
        for phrase in listed.replace("\n", " ").split(",")
        if phrase.strip()
    ]
