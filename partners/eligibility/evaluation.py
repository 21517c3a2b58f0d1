"""The verdict of a scheme from answers. `static/js/eligibility-rules.js` does the same.

A scheme fits when all its groups do. A group looks at its blocking criteria alone: all true, at
least n true, or none true. Unknown stays unknown (`logic`): the scheme is then to check, with who
knows what is missing. What the operator or a body assesses is unknown for ever: it is never asked.
"""

import re
from collections.abc import Sequence
from typing import Any

from partners.eligibility import logic
from partners.eligibility.kinds import Assessor, Rule, Strength
from partners.eligibility.logic import Truth
from partners.eligibility.schemes import (
    CHOICE,
    DATE,
    DONT_KNOW,
    FITS,
    NO,
    NUMBER,
    PERSON,
    STAGE,
    TO_CHECK,
    YES_NO,
    Answers,
    Criterion,
    Group,
    Scheme,
    Test,
    Verdict,
)

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ORDER = (PERSON, Assessor.OPERATOR.value, Assessor.BODY.value)
KNOWS = {
    Assessor.ADVISER: PERSON,
    Assessor.DECLARATION: PERSON,
    Assessor.OPERATOR: Assessor.OPERATOR.value,
    Assessor.BODY: Assessor.BODY.value,
}


def evaluate(scheme: Scheme, answers: Answers, order: Sequence[str]) -> Verdict:
    """The verdict of a scheme; `order`: the keys of the questions, as they are asked."""
    states = [(group, _group(group, answers)) for group in scheme.groups]
    priority, remarks = _priorities(scheme, answers), _remarks(scheme, answers)
    if refused := [group for group, state in states if state is False]:
        because = [criterion for group in refused for criterion in _against(group, answers)]
        instead = tuple(criterion.id for criterion in because if criterion.instead)
        return Verdict(NO, _ids(because), instead, priority=priority, remarks=remarks)
    open_groups = [group for group, state in states if state is None]
    pending = [c for group in open_groups for c in group.blocking if value(c, answers) is None]
    if not pending:
        return Verdict(FITS, priority=priority, remarks=remarks)
    return Verdict(
        TO_CHECK,
        pending=_ids(pending),
        ask=_next(pending, answers, order),
        check_with=_who(pending),
        priority=priority,
        remarks=remarks,
    )


def value(criterion: Criterion, answers: Answers) -> Truth:
    """Whether a criterion is true of the household; None: unknown, or never asked."""
    if not criterion.is_asked:
        return None
    return logic.some([_holds(criterion.test, answers.get(key)) for key in criterion.test.facts])


def _holds(test: Test, answer: object) -> Truth:
    if answer is None or answer == DONT_KNOW:
        return None
    if test.form == YES_NO:
        return answer if isinstance(answer, bool) else None
    if test.form == CHOICE:
        return answer in test.values if isinstance(answer, str) else None
    if test.form == DATE:
        is_day = isinstance(answer, str) and DAY.fullmatch(answer)
        return _between(test, answer) if is_day else None
    is_number = isinstance(answer, int | float) and not isinstance(answer, bool)
    return _between(test, answer) if test.form in (NUMBER, STAGE) and is_number else None


def _between(test: Test, answer: Any) -> bool:
    """Of two numbers or two days, which compare as they are written."""
    low, high = test.low, test.high
    is_over = low is None or answer > low or (test.has_low and answer == low)
    return is_over and (high is None or answer < high or (test.has_high and answer == high))


def _group(group: Group, answers: Answers) -> Truth:
    values = [value(criterion, answers) for criterion in group.blocking]
    if group.rule == Rule.NONE:
        return logic.negation(logic.some(values))
    if group.rule == Rule.AT_LEAST:
        return logic.at_least(group.least or 1, values)
    return logic.every(values)


def _against(group: Group, answers: Answers) -> list[Criterion]:
    """The criteria that make a group false."""
    return [c for c in group.blocking if value(c, answers) is group.is_exclusion]


def _ids(criteria: Sequence[Criterion]) -> tuple[int, ...]:
    return tuple(criterion.id for criterion in criteria)


def _next(pending: Sequence[Criterion], answers: Answers, order: Sequence[str]) -> str | None:
    """The first question, in the order of the page, that is left to ask."""
    keys = {key for criterion in pending if criterion.is_asked for key in criterion.test.facts}
    return next((key for key in order if key in keys and answers.get(key) is None), None)


def _who(pending: Sequence[Criterion]) -> tuple[str, ...]:
    known = {KNOWS[Assessor(criterion.by)] for criterion in pending}
    return tuple(who for who in ORDER if who in known)


def _priorities(scheme: Scheme, answers: Answers) -> tuple[int, ...]:
    return _told(scheme, answers, Strength.PRIORITY, is_met=True)


def _remarks(scheme: Scheme, answers: Answers) -> tuple[int, ...]:
    """What usually is, and is not here."""
    return _told(scheme, answers, Strength.INDICATIVE, is_met=False)


def _told(scheme: Scheme, answers: Answers, strength: str, *, is_met: bool) -> tuple[int, ...]:
    return tuple(
        criterion.id
        for group in scheme.groups
        for criterion in group.criteria
        if criterion.strength == strength
        and value(criterion, answers) is (is_met is not group.is_exclusion)
    )
