"""Whether the rules of an expression can be said one by one without misleading.

Readers take later, narrower lines as exceptions to the usual week, and closings as winning over
all. Where the rules say otherwise, the expression has no safe sentence.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from partners.hours.clauses import Clause, Period
from partners.hours.french import MINUTES_PER_DAY

ODD_WEEKS, EVEN_WEEKS = (1, 2), (2, 2)  # first week, step


def _rank(clause: Clause) -> int:
    """Usual weeks, then months and nth days, then dates and holidays, then closings."""
    if clause.is_weekly:
        return 0
    if clause.state == "off":
        return 3
    has_dates = any(period.first[2] for period in clause.periods)
    return 2 if clause.holiday or has_dates else 1


def is_ambiguous(clauses: Sequence[Clause]) -> bool:
    if any(clause.state == "off" and clause.spans for clause in clauses):
        return True
    weekly = [clause for clause in clauses if clause.is_weekly]
    if len(weekly) > 1 and any(_ends_next_day(clause) for clause in weekly):
        return True  # the next day's rule cuts it at midnight
    return any(_clash(first, second) for first, second in combinations(clauses, 2))


def _ends_next_day(clause: Clause) -> bool:
    return any(span.end and span.end > MINUTES_PER_DAY for span in clause.spans)


def _clash(first: Clause, second: Clause) -> bool:
    """Whether reading both lines would not tell which one wins on the days they share."""
    before, after = _rank(first), _rank(second)
    if not meet(first, second):
        return False
    if before > after:
        return True
    return before == after and before in (1, 2) and not second.is_extra


def meet(first: Clause, second: Clause) -> bool:
    """Whether some day may belong to both; when unsure, True."""
    if "SH" in (first.holiday, second.holiday):
        return False  # always said apart, never evaluated
    if first.periods and second.periods:
        months = [{m for period in c.periods for m in _months(period)} for c in (first, second)]
        if not months[0] & months[1]:
            return False
    if _is_otherparity(first, second):
        return False
    if "PH" in (first.holiday, second.holiday):
        return True
    if not first.days & second.days:
        return False
    return not (first.ranks and second.ranks and _ranks_apart(first.ranks, second.ranks))


def _is_otherparity(first: Clause, second: Clause) -> bool:
    kinds = {parity(first), parity(second)}
    return kinds == {ODD_WEEKS, EVEN_WEEKS}


def parity(clause: Clause) -> tuple[int, int] | None:
    if len(clause.weeks) != 1:
        return None
    first, last, step = clause.weeks[0]
    return (first, step) if (first, step) in (ODD_WEEKS, EVEN_WEEKS) and last >= 52 else None


def _ranks_apart(first: Sequence[int], second: Sequence[int]) -> bool:
    """The last two of a month may be its third to fifth."""
    low = [{rank for rank in ranks if rank > 0} for ranks in (first, second)]
    high = [{rank for rank in ranks if rank < 0} for ranks in (first, second)]
    if low[0] & low[1] or high[0] & high[1]:
        return False
    mixed = (high[0] and low[1]) | (high[1] and low[0])
    return all(rank < 3 for rank in mixed)


def _months(period: Period) -> Iterator[int]:
    first, last = period.first[1], period.last[1]
    for step in range((last - first) % 12 + 1):
        yield (first - 1 + step) % 12 + 1
    if first == last and period.first[2] > period.last[2]:
        yield from range(1, 13)
