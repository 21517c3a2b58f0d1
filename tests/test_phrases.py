"""What advisers type, and what must be understood: the score of each file of phrases."""

import pytest

from tests.phrases.score import NO_SIGNS, SIGNS, TEXTS, read, score

GOAL = 0.98


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
    assert len(all_of(SIGNS)) >= 110
    assert len(all_of(NO_SIGNS)) >= 200


@pytest.mark.parametrize("phrase", all_of(SIGNS), ids=lambda phrase: phrase.text)
def test_danger_is_raised(phrase):
    assert phrase.faults() == []


@pytest.mark.parametrize("phrase", all_of(NO_SIGNS), ids=lambda phrase: phrase.text)
def test_ordinary_words_raise_no_danger(phrase):
    assert phrase.dangers == ""
    assert phrase.faults() == []
