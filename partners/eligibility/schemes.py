"""The shapes that Python and the browser share: a scheme, its groups, their criteria, the verdict.

In JSON they are the same under the same names (`as_json`, `from_json`).
"""

from dataclasses import asdict, dataclass
from typing import Any

from partners.eligibility.kinds import ASKED, Assessor, Rule, Strength

YES_NO, NUMBER, DATE, STAGE, CHOICE = "oui-non", "nombre", "date", "etape", "choix"
"""How a question is answered: true or false, a number, a day (AAAA-MM-JJ), the place of a stage in
its procedure (from 0), the slug of a choice."""

DONT_KNOW = "?"
Answer = bool | int | float | str
Answers = dict[str, Answer]
"""{key of a question: what was answered}; `DONT_KNOW` for « je ne sais pas »."""
Bound = float | str | None


@dataclass(frozen=True)
class Test:
    """What a criterion asks of one fact or, by yes or no, of several, one of which is enough.

    `low` and `high` are numbers, days as « 2026-01-31 », or places of stages; None: no bound.
    """

    form: str
    facts: tuple[str, ...]
    low: Bound = None
    high: Bound = None
    has_low: bool = True
    has_high: bool = True
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Criterion:
    id: int
    label: str
    test: Test
    strength: str = Strength.BLOCKING
    by: str = Assessor.ADVISER
    instead: bool = False
    """Whether it says where to turn instead."""

    @property
    def is_asked(self) -> bool:
        return self.by in ASKED

    @property
    def is_blocking(self) -> bool:
        return self.strength == Strength.BLOCKING


@dataclass(frozen=True)
class Group:
    rule: str
    criteria: tuple[Criterion, ...]
    least: int | None = None
    title: str = ""

    @property
    def blocking(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if criterion.is_blocking)

    @property
    def is_exclusion(self) -> bool:
        return self.rule == Rule.NONE


@dataclass(frozen=True)
class Scheme:
    id: int
    name: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Question:
    """`options`: (value, words); `hint`: a definition, to read when in doubt."""

    key: str
    text: str
    form: str = YES_NO
    unit: str = ""
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""


FITS, TO_CHECK, NO = "semble", "verifier", "non"
PERSON = "personne"


@dataclass(frozen=True)
class Verdict:
    """What the answers say of a scheme.

    `because`: criteria (ids) that exclude; `instead`: those of them that say where to turn.
    `pending`: those that are missing; `ask`: the question to ask next, None when all that can be
    asked has been; `check_with`: who knows the rest (« personne », « operateur », « instance »).
    `priority`, `remarks`: criteria told beside the verdict, which they never change.
    """

    verdict: str
    because: tuple[int, ...] = ()
    instead: tuple[int, ...] = ()
    pending: tuple[int, ...] = ()
    ask: str | None = None
    check_with: tuple[str, ...] = ()
    priority: tuple[int, ...] = ()
    remarks: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}


def as_json(scheme: Scheme) -> dict[str, Any]:
    """A scheme as the browser gets it."""
    return asdict(scheme)


def from_json(facts: dict[str, Any]) -> Scheme:
    """The scheme of what `as_json` gives; what is absent is as its default."""
    groups = tuple(_group(group) for group in facts["groups"])
    return Scheme(facts["id"], facts.get("name", ""), groups)


def _group(facts: dict[str, Any]) -> Group:
    criteria = tuple(_criterion(criterion) for criterion in facts["criteria"])
    return Group(**facts | {"criteria": criteria})


def _criterion(facts: dict[str, Any]) -> Criterion:
    lists = {name: tuple(facts["test"].get(name, ())) for name in ("facts", "values")}
    return Criterion(**{"label": ""} | facts | {"test": Test(**facts["test"] | lists)})
