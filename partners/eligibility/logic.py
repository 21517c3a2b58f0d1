"""True, false and unknown (None): the strong logic of Kleene, and a count.

« Je ne sais pas » and no answer yet are the same unknown. What is unknown decides nothing by
itself: « aucune de » with a criterion that is true is false whatever the others are.
(Kleene 1952, « Introduction to Metamathematics », § 64.)
"""

from collections.abc import Sequence

Truth = bool | None


def negation(value: Truth) -> Truth:
    return None if value is None else not value


def every(values: Sequence[Truth]) -> Truth:
    """False as soon as one is false; true of none at all."""
    if False in values:
        return False
    return None if None in values else True


def some(values: Sequence[Truth]) -> Truth:
    """True as soon as one is true; false of none at all."""
    return negation(every([negation(value) for value in values]))


def at_least(number: int, values: Sequence[Truth]) -> Truth:
    """Whether `number` of them are true: false once too few may still be."""
    known = sum(value is True for value in values)
    if known >= number:
        return True
    return None if known + sum(value is None for value in values) >= number else False
