"""A criterion as it is kept: what it asks, how it is tested, its words, what is wrong in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from partners.eligibility import checks, sentences
from partners.eligibility.kinds import ASKED, PROCEDURES, SUBJECTS, Kind, Subject, rank
from partners.eligibility.schemes import CHOICE, DATE, NUMBER, STAGE, YES_NO, Question, Test
from partners.words import fold

KINDS = {kind.value for kind in Kind}


@dataclass(frozen=True)
class Parameters:
    """What a criterion says. Bounds are in the unit of its kind; stages as « expulsion:jugement ».

    `territory`: (code that is its own, name).
    """

    kind: str
    question: str = ""
    hint: str = ""
    assessor: str = "conseillere"
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    first_day: date | None = None
    last_day: date | None = None
    has_low: bool = True
    has_high: bool = True
    first_stage: str = ""
    last_stage: str = ""
    values: tuple[str, ...] = ()
    territory: tuple[str, str] | None = None

    @property
    def subject(self) -> Subject:
        """That of its kind; of an unknown one, that of what has no parameters."""
        return SUBJECTS[Kind(self.kind) if self.kind in KINDS else Kind.OTHER]

    @property
    def is_asked(self) -> bool:
        return self.assessor in ASKED

    @property
    def is_counted(self) -> bool:
        return (self.minimum, self.maximum) != (None, None)

    @property
    def is_dated(self) -> bool:
        return (self.first_day, self.last_day) != (None, None)

    @property
    def is_staged(self) -> bool:
        return bool(self.first_stage or self.last_stage)


Asked = tuple[tuple[Question, ...], Test]


def read(said: Parameters) -> Asked:
    """The questions of a criterion without fault, and its test; none of what is never asked."""
    if not said.is_asked:
        return (), Test(YES_NO, ())
    if said.is_counted:
        return _counted(said)
    if said.is_dated:
        return _dated(said)
    if said.is_staged:
        return _staged(said)
    if said.values:
        return _chosen(said) if said.subject.options else _any_of(said)
    if said.territory and not said.question:
        code, name = said.territory
        return _one(said, f"territoire:{code}", f"Le logement est-il ici\u00a0: {name}\u00a0?")
    return _one(said, f"{YES_NO}:{fold(said.question)}", said.question)


def words(said: Parameters) -> str:
    """Its typed parameters in French, "" when it has none."""
    flags = {"has_low": said.has_low, "has_high": said.has_high}
    if said.is_counted:
        low, high = (sentences.number(n) if n is not None else "" for n in _ends(said))
        return sentences.bounds(low, high, said.subject.unit, **flags)
    if said.is_dated:
        low, high = (sentences.day(d) if d else "" for d in (said.first_day, said.last_day))
        return sentences.days(low, high, **flags)
    if said.values:
        return _value_words(said)
    if said.territory:
        return said.territory[1]
    return sentences.stages(said.first_stage, said.last_stage)


def _ends(said: Parameters) -> tuple[Decimal | None, Decimal | None]:
    return said.minimum, said.maximum


def _value_words(said: Parameters) -> str:
    known = said.subject.values
    return sentences.either([known.get(value, value) for value in said.values])


# How it is asked


def _own(said: Parameters, form: str, default: str, key: str) -> tuple[str, str]:
    """(text, key) of its question: its own words, or those of its kind."""
    if said.question and fold(said.question) != fold(default):
        return said.question, f"{form}:{fold(said.question)}"
    return default, key


def _one(said: Parameters, key: str, text: str) -> Asked:
    return (Question(key, text, hint=said.hint),), Test(YES_NO, (key,))


def _counted(said: Parameters) -> Asked:
    low, high = (float(n) if n is not None else None for n in _ends(said))
    text, key = _own(said, NUMBER, said.subject.measure, said.kind)
    question = Question(key, text, NUMBER, said.subject.unit, hint=said.hint)
    return (question,), Test(NUMBER, (key,), low, high, said.has_low, said.has_high)


def _dated(said: Parameters) -> Asked:
    low, high = (d.isoformat() if d else None for d in (said.first_day, said.last_day))
    key = f"{DATE}:{fold(said.question)}"
    question = Question(key, said.question, DATE, hint=said.hint)
    return (question,), Test(DATE, (key,), low, high, said.has_low, said.has_high)


def _staged(said: Parameters) -> Asked:
    slug, _ = rank(said.first_stage or said.last_stage)
    low, high = (rank(s)[1] if s else None for s in (said.first_stage, said.last_stage))
    procedure, key = PROCEDURES[slug], f"procedure:{slug}"
    options = tuple((str(n), name) for n, name in enumerate(procedure.stages.values()))
    question = Question(key, procedure.question, STAGE, options=options, hint=said.hint)
    return (question,), Test(STAGE, (key,), low, high)


def _chosen(said: Parameters) -> Asked:
    text, key = _own(said, CHOICE, said.subject.choice, f"{said.kind}:{CHOICE}")
    options = tuple(said.subject.options.items())
    question = Question(key, text, CHOICE, options=options, hint=said.hint)
    return (question,), Test(CHOICE, (key,), values=said.values)


def _any_of(said: Parameters) -> Asked:
    asked = tuple(
        Question(f"{said.kind}:{value}", said.subject.several[value][1], hint=said.hint)
        for value in said.values
    )
    return asked, Test(YES_NO, tuple(question.key for question in asked))


# What is wrong in it


def faults(said: Parameters) -> dict[str, str]:
    """{name of a field: what is wrong, in French}; the first that is found of each."""
    found: dict[str, str] = {}
    for name, message in [*_misplaced(said), *_of_bounds(said), *_of_question(said)]:
        found.setdefault(name, message)
    return found


Faults = Iterator[tuple[str, str]]


def _misplaced(said: Parameters) -> Faults:
    """Parameters that its kind does not have."""
    label = f"«\u00a0{said.subject.label}\u00a0»"
    if said.is_counted and not said.subject.unit:
        name = "minimum" if said.minimum is not None else "maximum"
        yield name, f"{label} ne se compte pas\u00a0: videz les bornes."
    if said.is_dated and said.kind != Kind.DATES:
        name = "first_day" if said.first_day else "last_day"
        yield name, f"{label} n'a pas de dates\u00a0: videz-les."
    if said.is_staged and said.kind != Kind.STAGE:
        name = "first_stage" if said.first_stage else "last_stage"
        yield name, f"{label} n'a pas d'étapes\u00a0: videz-les."
    if said.territory and said.kind != Kind.TERRITORY:
        yield "territory", f"{label} n'est pas un territoire\u00a0: videz-le."
    if not set(said.values) <= set(said.subject.values):
        yield "values", f"Une réponse cochée n'est pas de celles de {label}."
    elif said.values and said.is_counted:
        yield "values", "Donnez des bornes ou cochez des réponses, pas les deux."


def _of_bounds(said: Parameters) -> Faults:
    for name, bound in (("minimum", said.minimum), ("maximum", said.maximum)):
        if bound is not None and bound < 0:
            yield name, "Une borne n'est pas négative."
    if said.is_counted and said.subject.unit and checks.is_empty(_counted(said)[1]):
        yield "maximum", checks.EMPTY
    if said.is_dated and checks.is_empty(_dated(said)[1]):
        yield "last_day", checks.EMPTY
    if said.first_stage and said.last_stage:
        (one, low), (other, high) = rank(said.first_stage), rank(said.last_stage)
        if one != other:
            yield "last_stage", "Ces deux étapes sont de deux procédures différentes."
        elif low > high:
            yield "last_stage", checks.EMPTY


def _of_question(said: Parameters) -> Faults:
    if not said.is_asked:
        if said.question:
            yield (
                "question",
                "Ce que l'opérateur ou l'instance apprécie ne se demande jamais\u00a0: videz la "
                "question.",
            )
        return
    if said.question and not fold(said.question):
        yield "question", "Écrivez la question avec des mots."
    if said.is_dated and not said.question:
        yield "question", "Dites de quelle date il s'agit, par exemple «\u00a0Quand…\u00a0?\u00a0»."
    is_several = bool(said.values) and bool(said.subject.several)
    if said.question and (is_several or said.is_staged):
        yield "question", "La question est déjà écrite pour ce critère\u00a0: laissez vide."
    if not (said.question or words(said)):
        yield "question", "Écrivez la question à poser, ou dites entre quelles bornes."
