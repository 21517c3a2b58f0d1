"""What advisers type, and what must be understood: the score of each file of phrases."""

import pytest

from tests.phrases.score import NO_SIGNS, SIGNS, TEXTS, read, score, told

GOAL = 0.98
NOT_YET = {phrase["texte"]: phrase["pourquoi"] for phrase in told("not-yet.csv")}
"""Phrases that are not understood, and why: they count in the score of their table."""


def all_of(names):
    return [phrase for name in names for phrase in read(name)]


@pytest.mark.parametrize("name", TEXTS)
def test_phrases_of_each_table_are_understood(name):
    found, count, missed = score(name)
    assert found / count >= GOAL, "\n".join(missed)


def test_tables_are_large_enough_and_repeat_nothing():
    texts = [phrase.text for phrase in all_of(TEXTS)]
    assert len(texts) >= 650
    assert len(set(texts)) == len(texts)
    assert len(all_of(SIGNS)) >= 440
    assert len(all_of(NO_SIGNS)) >= 600


def cases(names):
    """A case a phrase; one that begins to be understood must leave `NOT_YET`."""
    return [
        pytest.param(
            phrase,
            id=phrase.text,
            marks=pytest.mark.xfail(reason=NOT_YET[phrase.text]) if phrase.text in NOT_YET else (),
        )
        for phrase in all_of(names)
    ]


@pytest.mark.parametrize("names", [SIGNS, NO_SIGNS])
def test_tables_of_danger_are_understood_as_a_whole(names):
    totals = [score(name) for name in names]
    assert sum(found for found, *_ in totals) / sum(count for _, count, _ in totals) >= GOAL


@pytest.mark.parametrize("phrase", cases(SIGNS))
def test_danger_is_raised(phrase):
    assert phrase.faults() == []


@pytest.mark.parametrize("phrase", cases(NO_SIGNS))
def test_ordinary_words_raise_no_danger(phrase):
    assert phrase.dangers == ""
    assert phrase.faults() == []
