"""Criteria that contradict themselves or each other, told in French where they stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, inf

from partners.eligibility.kinds import SUBJECTS, Rule
from partners.eligibility.schemes import CHOICE, DATE, NUMBER, STAGE, Criterion, Group, Scheme, Test

LEAST, CRITERIA = "least", "criteria"
EMPTY = "Ces bornes se contredisent\u00a0: rien ne peut être entre les deux."
NO_CRITERION = "Ce groupe n'a aucun critère\u00a0: ajoutez-en un, ou retirez le groupe."
TWICE = "Ce critère est déjà dans ce groupe."


@dataclass(frozen=True)
class Fault:
    """What is wrong: the place of its group (from 0), and of its criterion; None: of the group.

    `field`: the name of the field of the group to tell it beside.
    """

    group: int
    criterion: int | None
    message: str
    field: str = ""


@dataclass(frozen=True)
class Span:
    """What is between two bounds, each included or not; days compare as texts."""

    low: float | str
    has_low: bool
    high: float | str
    has_high: bool

    @property
    def is_empty(self) -> bool:
        both = self.has_low and self.has_high
        # The bounds of one fact are two numbers or two texts, which a type cannot say of a pair.
        return not (self.low < self.high or (both and self.low == self.high))  # type: ignore[operator]


def is_empty(test: Test) -> bool:
    """Whether no answer is between the bounds of a test."""
    return test.form in (NUMBER, STAGE, DATE) and _span([test]).is_empty


def faults(scheme: Scheme) -> list[Fault]:
    """All that is wrong in the groups of a scheme, in their order."""
    found: list[Fault] = []
    for place, group in enumerate(scheme.groups):
        found += _of_group(place, group)
    return [*found, *_between_groups(scheme)]


def _of_group(place: int, group: Group) -> Iterator[Fault]:
    if not group.criteria:
        yield Fault(place, None, NO_CRITERION, CRITERIA)
    count = len(group.blocking)
    if group.rule == Rule.AT_LEAST and group.criteria and (group.least or 1) > count:
        yield Fault(place, None, _too_many(group.least or 1, count), LEAST)
    seen: set[Test] = set()
    for number, criterion in enumerate(group.criteria):
        if criterion.is_asked and criterion.test in seen:
            yield Fault(place, number, TWICE)
        if criterion.is_asked:
            seen.add(criterion.test)


def _too_many(least: int, count: int) -> str:
    held = {0: "aucun critère bloquant", 1: "un seul critère bloquant"}
    told = held.get(count, f"{count} critères bloquants")
    return f"«\u00a0Au moins {least}\u00a0»\u00a0: ce groupe n'a qu{_elided(told)}."


def _elided(words: str) -> str:
    return f"'{words}" if words[0] in "au" else f"e {words}"


Placed = tuple[int, int, Criterion]


def _between_groups(scheme: Scheme) -> Iterator[Fault]:
    required = list(_placed(scheme, Rule.ALL))
    for number, (place, row, criterion) in enumerate(required):
        before = [c for _, _, c in required[: number + 1] if _is_same_fact(c, criterion)]
        if len(before) > 1 and _is_impossible([c.test for c in before]):
            yield Fault(place, row, _both(before[0], criterion))
    for place, row, excluded in _placed(scheme, Rule.NONE):
        for _, _, criterion in required:
            if _is_same_fact(criterion, excluded) and _is_within(criterion.test, excluded.test):
                yield Fault(place, row, _both(criterion, excluded, is_excluded=True))
                break


def _placed(scheme: Scheme, rule: str) -> Iterator[Placed]:
    """(place of the group, place in it, criterion) of the blocking ones that are asked."""
    for place, group in enumerate(scheme.groups):
        for row, criterion in enumerate(group.criteria):
            if group.rule == rule and criterion.is_blocking and criterion.is_asked:
                yield place, row, criterion


def _both(first: Criterion, second: Criterion, *, is_excluded: bool = False) -> str:
    if is_excluded:
        return f"Contredit «\u00a0{first.label}\u00a0», qui est demandé\u00a0: personne n'irait."
    return f"Contredit «\u00a0{first.label}\u00a0»\u00a0: personne ne peut être les deux."


def _is_same_fact(first: Criterion, second: Criterion) -> bool:
    return first.test.facts == second.test.facts and first.test.form == second.test.form


def _is_impossible(tests: list[Test]) -> bool:
    """Whether no answer meets all these tests of one fact."""
    if tests[0].form == CHOICE:
        return not set.intersection(*(set(test.values) for test in tests))
    return tests[0].form in (NUMBER, STAGE, DATE) and _span(tests).is_empty


def _is_within(test: Test, other: Test) -> bool:
    """Whether whatever meets the first meets the other, which is of the same fact."""
    if test.form == CHOICE:
        return set(test.values) <= set(other.values)
    if test.form in (NUMBER, STAGE, DATE):
        return _span([test]) == _span([test, other])
    return True


def _span(tests: list[Test]) -> Span:
    """What is within the bounds of all these tests of one fact."""
    lowest, highest = ("", "9999-99-99") if tests[0].form == DATE else (-inf, inf)
    spans = [_whole(test) if _is_whole(test) else test for test in tests]
    lows = [(t.low, not t.has_low) for t in spans if t.low is not None] or [(lowest, False)]
    highs = [(t.high, t.has_high) for t in spans if t.high is not None] or [(highest, True)]
    low, is_over = max(lows)
    high, has_high = min(highs)
    return Span(low, not is_over, high, has_high)


def _is_whole(test: Test) -> bool:
    measured = [kind.value for kind, s in SUBJECTS.items() if s.unit and s.is_whole]
    return test.form == STAGE or (test.form == NUMBER and test.facts[0] in measured)


def _whole(test: Test) -> Test:
    """The same bounds as whole numbers, included: nobody is between 70 and 71 years old."""
    low, high = test.low, test.high
    if isinstance(low, int | float):
        low = ceil(low) + (not test.has_low and low == ceil(low))
    if isinstance(high, int | float):
        high = floor(high) - (not test.has_high and high == floor(high))
    return Test(test.form, test.facts, low, high)
