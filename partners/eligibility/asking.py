"""Which questions to ask, each once for all the schemes of a page, and in which order."""

from collections.abc import Iterable, Iterator, Mapping

from partners.eligibility.kinds import Rule
from partners.eligibility.schemes import Criterion, Group, Question, Scheme

EXCLUSION, REQUIRED, ALTERNATIVE, ASIDE = range(4)


def questions(schemes: Iterable[Scheme], known: Mapping[str, Question]) -> list[Question]:
    """Of the facts that schemes ask for, those `known`: {key: its question}.

    First what excludes, then what is required, then what has alternatives, then what is only told;
    among those, what more schemes ask for; then as they come.
    """
    ranks: dict[str, int] = {}
    asked_by: dict[str, set[int]] = {}
    for scheme, group, criterion in _criteria(schemes):
        for key in criterion.test.facts:
            rank = _rank(group, criterion)
            ranks[key] = min(ranks.get(key, rank), rank)
            asked_by.setdefault(key, set()).add(scheme.id)
    place = {key: number for number, key in enumerate(ranks)}
    keys = sorted(ranks, key=lambda key: (ranks[key], -len(asked_by[key]), place[key]))
    return [known[key] for key in keys if key in known]


def _criteria(schemes: Iterable[Scheme]) -> Iterator[tuple[Scheme, Group, Criterion]]:
    for scheme in schemes:
        for group in scheme.groups:
            for criterion in group.criteria:
                if criterion.is_asked:
                    yield scheme, group, criterion


def _rank(group: Group, criterion: Criterion) -> int:
    if not criterion.is_blocking:
        return ASIDE
    ranks = {Rule.NONE.value: EXCLUSION, Rule.ALL.value: REQUIRED}
    return ranks.get(group.rule, ALTERNATIVE)
