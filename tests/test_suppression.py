"""Small numbers hidden in tables (rule R4): what a reader can work out, against every table."""

from collections import defaultdict
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.suppression import LEAST, is_small, published, published_row, totalled

FEW = st.integers(0, 12)


def tables(height, width):
    return st.lists(st.lists(FEW, min_size=width, max_size=width), min_size=height, max_size=height)


sizes = st.tuples(st.integers(1, 3), st.integers(1, 3))
any_table = sizes.flatmap(lambda size: tables(*size))


def flat(table):
    return [number for row in table for number in row]


def agree(numbers, shown):
    return all(s is None or s == n for n, s in zip(flat(numbers), flat(shown), strict=True))


def others(shown, *, most):
    """Every table (totals included) that shows the same numbers, no cell above `most`.

    The last row is what the totals leave: trying every one took up to a minute.
    """
    *above, last = shown[:-1]
    rows = [list(rows_of(row[:-1], row[-1], most)) for row in above]
    for found in product(*rows):
        left = [
            None if total is None else total - sum(row[place] for row in found)
            for place, total in enumerate(shown[-1][:-1])
        ]
        whole = last[-1]
        if whole is None and shown[-1][-1] is not None:
            whole = shown[-1][-1] - sum(map(sum, found))
        known = [n if n is not None else rest for n, rest in zip(last, left, strict=False)]
        for row in rows_of(known, whole, most):
            numbers = totalled([list(one) for one in (*found, row)])
            if agree(numbers, shown):
                yield numbers


def rows_of(known, total, most):
    """Every row of these cells and this total (None: unknown), none above `most`."""
    if any(number is not None and not 0 <= number <= most for number in known):
        return
    *first, end = [range(most + 1) if number is None else [number] for number in known]
    for row in product(*first):
        ends = end if total is None else [total - sum(row)]
        yield from ((*row, number) for number in ends if number in end)


def undecided(shown, *, most):
    """The cells that are not the same in all these tables."""
    values = defaultdict(set)
    for numbers in others(shown, most=most):
        for r, row in enumerate(numbers):
            for c, number in enumerate(row):
                values[r, c].add(number)
        if all(
            len(values[r, c]) > 1
            for r, row in enumerate(shown)
            for c, n in enumerate(row)
            if n is None
        ):
            break
    return {cell for cell, found in values.items() if len(found) > 1}


@given(any_table)
def test_what_is_shown_is_true_and_never_under_five(table):
    shown = published(table)
    assert agree(totalled(table), shown)
    assert all(number is None or number >= LEAST for row in shown for number in row)


@settings(max_examples=40)
@given(st.one_of(tables(1, 3), tables(2, 2), tables(2, 3)))
def test_no_small_number_can_be_worked_out_from_totals(table):
    numbers, shown = totalled(table), published(table)
    doubt = undecided(shown, most=13)  # one more than any cell holds: a path moves them by one
    for r, row in enumerate(numbers):
        for c, number in enumerate(row):
            assert not is_small(number) or (r, c) in doubt, (table, shown)


@cache
def _publications(width, most):
    """{what is shown: the rows that show it}, of every row."""
    found = defaultdict(list)
    for row in product(range(most + 1), repeat=width):
        shown, total = published_row(list(row))
        found[tuple(shown), total].append(row)
    return found


@pytest.mark.parametrize(("width", "most"), [(2, 20), (3, 12)])
def test_who_knows_the_rule_works_no_small_number_out_either(width, most):
    """Another row, published by the same rule, differs there and shows the same."""
    for (shown, _), rows in _publications(width, most).items():
        for place, number in enumerate(shown):
            small = {row[place] for row in rows if is_small(row[place]) and sum(row) <= most}
            if number is None and small:
                assert len({row[place] for row in rows}) > 1, (shown, rows)


@settings(max_examples=40)
@given(st.one_of(tables(1, 3), tables(2, 2), tables(3, 2)), st.data())
def test_neither_a_part_nor_the_rest_of_its_whole_is_small_once_shown(wholes, data):
    part = [[data.draw(st.integers(0, n)) for n in row] for row in wholes]
    shown, whole = published(part, wholes=wholes), published(wholes)
    assert agree(totalled(part), shown)
    for mine, all_of_it in zip(flat(shown), flat(whole), strict=True):
        if mine is not None:
            assert mine >= LEAST
            assert all_of_it is not None
            assert not is_small(all_of_it - mine)


def test_small_number_takes_the_smallest_with_it():
    assert published_row([3, 9, 30, 40]) == ([None, None, 30, 40], 82)


def test_two_small_numbers_that_could_be_told_apart_by_nothing_stay_alone():
    assert published_row([3, 2, 9]) == ([None, None, 9], 14)


def test_single_one_beside_zeros_is_told_by_its_total_neither():
    assert published_row([4, 0, 0, 9]) == ([None, None, None, 9], 13)


def test_total_under_five_hides_all():
    assert published([[1, 2], [0, 1]]) == [[None] * 3] * 3


def test_whole_table_without_small_numbers_is_shown():
    assert published([[5, 6], [7, 8]]) == [[5, 6, 11], [7, 8, 15], [12, 14, 26]]


def test_zero_hides_nothing_else():
    assert published([[0, 40], [12, 7]]) == [[None, 40, 40], [12, 7, 19], [12, 47, 59]]


def test_corner_of_a_large_table_takes_a_square_with_it():
    table = [[2, 50, 60], [50, 10, 70], [60, 70, 80]]
    shown = published(table)
    hidden = {(r, c) for r, row in enumerate(shown) for c, n in enumerate(row) if n is None}
    assert hidden == {(0, 0), (0, 1), (1, 0), (1, 1)}
