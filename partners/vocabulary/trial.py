"""Words tried before they are saved: what a phrase would mean, and what to know of each word.

What is tried comes in the body of a request and is forgotten (rule R3).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from partners import words
from partners.models import Audience, DangerSign
from partners.words.french import SKIPPED
from partners.words.lexicon import Lexicon, Topic, phrases_of
from partners.words.reading import Understood, understand

UNSAVED = "-"
"""Stands for the short name of what has none yet."""
MOST_TOLD = 3
MOST_TRIED = 1_000


@dataclass(frozen=True)
class Trial:
    """What a phrase is understood as, in the words of the screen."""

    situations: tuple[tuple[str, bool], ...]
    """(label, whether it is the one being written)."""
    communes: tuple[str, ...]
    audience: str
    words: tuple[str, ...]
    signs: tuple[str, ...]
    """Labels of the signs of danger that it raises, but the one being written."""
    is_here: bool


@dataclass(frozen=True)
class Remark:
    """Something to know of a word; `is_new` when it is not saved yet."""

    word: str
    text: str
    is_new: bool


def try_phrase(text: str, lexicon: Lexicon, *, here: str) -> Trial:
    """What `text` means with a drafted lexicon; `here` is the slug that is being written."""
    found = _understand(text, lexicon)
    labels = {topic.slug: topic.label for topic in lexicon.vocabulary.topics}
    return Trial(
        tuple((labels[slug], slug == here) for slug in found.situations),
        tuple(lexicon.towns.by_key[key].name for key in found.towns),
        Audience(found.audience).label if found.audience else "",
        found.words,
        _labels_of_signs(set(found.dangers) - {here}),
        here in found.situations or here in found.dangers,
    )


def remarks(topic: Topic, lexicon: Lexicon, *, saved: tuple[str, ...]) -> list[Remark]:
    """What to know of the words of `topic`, as it is in the drafted `lexicon`; new words first."""
    before = {words.fold(word) for word in saved}
    others = _others(topic, lexicon)
    by_key: dict[str, list[str]] = {}
    for other in others:
        by_key.setdefault(other.key, []).append(other.label)
    found = []
    for word in topic.synonyms[:MOST_TRIED]:
        key = words.fold(word)
        is_new = key not in before
        told = [*_shared(key, by_key), *_alone(word, topic, lexicon)]
        if is_new and not told:
            told = _longer(key, others)
        found += [Remark(word, text, is_new) for text in told]
    return sorted(found, key=lambda remark: not remark.is_new)


def taken(topic: Topic, lexicon: Lexicon, *, saved: tuple[str, ...]) -> list[tuple[str, str]]:
    """(phrase, label of its situation) that the new words of `topic` would take to it alone."""
    new = {words.fold(word) for word in topic.synonyms} - {words.fold(word) for word in saved}
    mine = {word for said in new for word in said.split()}
    lost = []
    for other in _others(topic, lexicon):
        if mine.isdisjoint(other.key.split()):
            continue
        found = _understand(other.phrase, lexicon).situations
        if other.slug not in found and topic.slug in found:
            lost.append((other.phrase, other.label))
    return lost


@dataclass(frozen=True)
class _Other:
    """A phrase that leads to another situation; `key` is it folded."""

    phrase: str
    key: str
    label: str
    slug: str


def _others(topic: Topic, lexicon: Lexicon) -> list[_Other]:
    return [
        _Other(phrase, words.fold(phrase), other.label, other.slug)
        for other in lexicon.vocabulary.topics
        if other.slug != topic.slug
        for phrase in (*phrases_of(other), *other.synonyms)
    ]


def _shared(key: str, by_key: dict[str, list[str]]) -> Iterator[str]:
    if labels := list(dict.fromkeys(by_key.get(key, ()))):
        names = " et ".join(f"«\u00a0{label}\u00a0»" for label in labels)
        yield f"mène déjà à {names}\u00a0: toutes seront proposées."


def _alone(word: str, topic: Topic, lexicon: Lexicon) -> Iterator[str]:
    """What becomes of a word typed alone."""
    if all(part in SKIPPED for part in words.fold(word).split()):
        yield "n'a que des mots courants\u00a0: il serait trouvé partout où ils se suivent."
        return
    if words.fold_place(word) in lexicon.towns.home(settings.DEFAULT_DEPARTEMENT).names:
        yield "est aussi une commune d'ici\u00a0: elle ne serait plus comprise comme un lieu."
    found = _understand(word, lexicon)
    if topic.slug not in found.situations:
        yield _why_not(found, lexicon)


def _why_not(found: Understood, lexicon: Lexicon) -> str:
    """Why a word typed alone does not lead where it is written."""
    labels = {topic.slug: topic.label for topic in lexicon.vocabulary.topics}
    if found.situations:
        return f"tapé seul, il est compris comme «\u00a0{labels[found.situations[0]]}\u00a0»."
    if found.towns:
        return f"tapé seul, c'est la commune {lexicon.towns.by_key[found.towns[0]].name}."
    return "tapé seul, il n'est pas compris\u00a0: essayez une autre tournure."


def _longer(key: str, others: list[_Other]) -> list[str]:
    """The phrases of others that hold this one among more words win, being longer."""
    padded = f" {key} "
    found = [o for o in others if padded in f" {o.key} " and o.key != key]
    if not found:
        return []
    first = min(found, key=lambda other: len(other.key))
    also = f" (et {len(found) - 1} autres)" if len(found) > 1 else ""
    there = f"dans «\u00a0{first.phrase}\u00a0»{also}"
    return [f"{there}, il mènera toujours à «\u00a0{first.label}\u00a0»."]


def _understand(text: str, lexicon: Lexicon) -> Understood:
    return understand(text, lexicon, departement=settings.DEFAULT_DEPARTEMENT)


# Signs of danger


def _labels_of_signs(slugs: set[str]) -> tuple[str, ...]:
    found = DangerSign.objects.filter(slug__in=slugs) if slugs else DangerSign.objects.none()
    return tuple(found.order_by("slug", "pk").values_list("label", flat=True))


def failures(sign: str, alarms, calms, lexicon: Lexicon) -> list[str]:
    """Sentences on the phrases that do not do what is expected of them with a drafted lexicon:
    `alarms` must raise the sign, `calms` must not raise it."""
    missed = [text for text in alarms if sign not in _understand(text, lexicon).dangers]
    raised = [text for text in calms if sign in _understand(text, lexicon).dangers]
    return [
        *(f"«\u00a0{text}\u00a0» n'affiche pas ce signe." for text in missed),
        *(f"«\u00a0{text}\u00a0» l'affiche à tort." for text in raised),
    ]
