"""What a criterion may speak of, how each kind is asked, and the words of its answers."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    AGE = "age"
    HOUSEHOLD = "menage"
    STATUS = "statut"
    LANDLORD = "bailleur"
    TERRITORY = "territoire"
    RESOURCES = "ressources"
    DEBT = "dettes"
    STAGE = "procedure"
    RIGHTS = "droits"
    MOBILITY = "mobilite"
    AGREEMENT = "accord"
    SOCIAL_LINK = "services-sociaux"
    DWELLING = "logement"
    DATES = "dates"
    PRIOR_STEPS = "demarches"
    OTHER = "libre"


class Rule(StrEnum):
    """How the criteria of a group hold together; the groups of a scheme are joined by AND."""

    ALL = "toutes"
    AT_LEAST = "au-moins"
    NONE = "aucune"


class Assessor(StrEnum):
    """Who says whether a criterion is met. The last two are never asked of the household."""

    ADVISER = "conseillere"
    DECLARATION = "declaration"
    OPERATOR = "operateur"
    BODY = "instance"


ASKED = (Assessor.ADVISER, Assessor.DECLARATION)


class Strength(StrEnum):
    """Only a blocking criterion makes a verdict; the others are told beside it."""

    BLOCKING = "bloquant"
    PRIORITY = "prioritaire"
    INDICATIVE = "indicatif"


@dataclass(frozen=True)
class Subject:
    """A kind of criterion: its words, and the ways in which it can be tested besides yes or no.

    `unit` with `measure`: a number between bounds, and the question that gets it. `options` with
    `choice`: one answer among several. `several`: {slug: (words, question)}, each by yes or no.
    """

    label: str
    unit: str = ""
    measure: str = ""
    is_whole: bool = True
    choice: str = ""
    options: dict[str, str] = field(default_factory=dict)
    several: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        """{slug: words} of what may be ticked for it."""
        return self.options or {slug: words for slug, (words, _) in self.several.items()}


@dataclass(frozen=True)
class Procedure:
    """A procedure whose stages come one after the other."""

    label: str
    question: str
    stages: dict[str, str]


SUBJECTS = {
    Kind.AGE: Subject("âge", unit="ans", measure="Quel âge a la personne\u00a0?"),
    Kind.HOUSEHOLD: Subject(
        "ménage",
        unit="personnes",
        measure="Combien de personnes vivent dans le logement\u00a0?",
        choice="Avec qui vit la personne\u00a0?",
        options={
            "seul": "seule",
            "couple": "en couple, sans enfant",
            "monoparental": "seule avec un ou des enfants",
            "famille": "en couple avec un ou des enfants",
            "autre": "avec d'autres personnes",
        },
    ),
    Kind.STATUS: Subject(
        "statut d'occupation",
        choice="À quel titre la personne habite-t-elle le logement\u00a0?",
        options={
            "titulaire": "locataire, le bail est à son nom",
            "occupant": "occupante, le bail n'est pas à son nom",
            "heberge": "hébergée",
            "proprietaire": "propriétaire",
            "sans": "sans logement",
        },
    ),
    Kind.LANDLORD: Subject(
        "bailleur",
        choice="Chez quel bailleur la personne est-elle locataire\u00a0?",
        options={
            "nous": "chez nous",
            "social": "chez un autre bailleur social",
            "prive": "chez un bailleur privé",
            "aucun": "elle n'est pas locataire",
        },
    ),
    Kind.TERRITORY: Subject("territoire"),
    Kind.RESOURCES: Subject(
        "ressources",
        unit="€ par mois",
        measure="Quelles sont les ressources du ménage, par mois\u00a0?",
        is_whole=False,
    ),
    Kind.DEBT: Subject(
        "dettes",
        unit="mois",
        measure="Combien de mois de loyer restent dus\u00a0?",
        several={
            "loyer": ("dette de loyer", "Reste-t-il du loyer à payer\u00a0?"),
            "energie": ("dette d'énergie", "Reste-t-il une facture d'énergie à payer\u00a0?"),
            "eau": ("dette d'eau", "Reste-t-il une facture d'eau à payer\u00a0?"),
            "credits": (
                "crédits difficiles à rembourser",
                "Y a-t-il des crédits difficiles à rembourser\u00a0?",
            ),
        },
    ),
    Kind.STAGE: Subject("étape d'une procédure"),
    Kind.RIGHTS: Subject(
        "droits ouverts",
        several={
            "rsa": ("RSA", "La personne perçoit-elle le RSA\u00a0?"),
            "aide-logement": (
                "aide au logement",
                "La personne perçoit-elle une aide au logement\u00a0?",
            ),
            "aah": ("AAH", "La personne perçoit-elle l'AAH\u00a0?"),
            "pch": ("PCH", "La personne perçoit-elle la PCH\u00a0?"),
            "apa": ("APA", "La personne perçoit-elle l'APA\u00a0?"),
            "aspa": ("ASPA", "La personne perçoit-elle l'ASPA\u00a0?"),
            "css": (
                "complémentaire santé solidaire",
                "La personne a-t-elle la complémentaire santé solidaire\u00a0?",
            ),
            "retraite": ("retraite", "La personne perçoit-elle une retraite\u00a0?"),
            "prestations": (
                "prestations sociales",
                "La personne perçoit-elle des prestations sociales\u00a0?",
            ),
        },
    ),
    Kind.MOBILITY: Subject("mobilité"),
    Kind.AGREEMENT: Subject("accord de la personne"),
    Kind.SOCIAL_LINK: Subject(
        "lien avec les services sociaux",
        choice="Un travailleur social suit-il la personne\u00a0?",
        options={
            "suivi": "oui",
            "rupture": "plus maintenant, le lien est rompu",
            "aucun": "non, jamais",
        },
    ),
    Kind.DWELLING: Subject(
        "logement",
        choice="Dans quelle sorte de logement la personne vit-elle\u00a0?",
        options={
            "individuel": "une maison",
            "collectif": "un appartement",
            "residence": "une résidence autonomie, un foyer",
            "autre": "autre chose",
        },
    ),
    Kind.DATES: Subject("dates"),
    Kind.PRIOR_STEPS: Subject("démarches déjà faites"),
    Kind.OTHER: Subject("autre point"),
}

PROCEDURES = {
    "expulsion": Procedure(
        "procédure d'expulsion",
        "Où en est la procédure d'expulsion\u00a0?",
        {
            "aucune": "aucune procédure",
            "commandement": "commandement de payer",
            "assignation": "assignation au tribunal",
            "jugement": "jugement rendu",
            "quitter": "commandement de quitter les lieux",
            "force-publique": "concours de la force publique demandé ou accordé",
        },
    ),
    "surendettement": Procedure(
        "dossier de surendettement",
        "Où en est le dossier de surendettement\u00a0?",
        {
            "aucune": "aucun dossier",
            "depose": "dossier déposé",
            "recevable": "dossier recevable",
            "mesures": "mesures décidées",
        },
    ),
}
"""Stages of legal procedures, in their order (loi du 6 juillet 1989, article 24; code des
procédures civiles d'exécution, L411-1 and L153-1; code de la consommation, livre VII)."""


def stage_choices() -> list[tuple[str, str]]:
    """(« expulsion:assignation », words) of all the stages of all the procedures."""
    return [
        (f"{slug}:{stage}", f"{procedure.label}\u00a0: {words}")
        for slug, procedure in PROCEDURES.items()
        for stage, words in procedure.stages.items()
    ]


def rank(stage: str) -> tuple[str, int]:
    """(procedure, place in it from 0) of « expulsion:assignation ». Raises `KeyError`."""
    procedure, _, name = stage.partition(":")
    stages = list(PROCEDURES[procedure].stages)
    if name not in stages:
        raise KeyError(stage)
    return procedure, stages.index(name)


def value_choices() -> list[tuple[str, str]]:
    """(slug, words) of all that may be ticked, for every kind, each once."""
    found: dict[str, str] = {}
    for subject in SUBJECTS.values():
        for slug, words in subject.values.items():
            found.setdefault(slug, words)
    return list(found.items())
