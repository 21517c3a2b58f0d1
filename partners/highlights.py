"""The words that were looked for, marked in what a card says."""

import re

from django.utils.html import format_html
from markupsafe import Markup, escape

from partners import words
from partners.words.french import STOP

WORD = re.compile(r"\w+")
LEAST, MOST = 4, 6  # letters of a word that must be the same, its ending apart
AROUND = 70  # characters of an excerpt on each side


def marked(text: str, asked: str) -> Markup:
    """`text`, escaped, with <mark> around the words of `asked`, whatever their ending."""
    if not asked:
        return escape(text)
    parts, end = [], 0
    for hit in _hits(text, asked):
        parts += [
            escape(text[end : hit.start()]),
            format_html("<mark>{}</mark>", hit[0]),
        ]
        end = hit.end()
    return Markup("".join([*parts, escape(text[end:])]))  # noqa: S704 (escaped)


def excerpt(text: str, asked: str) -> Markup:
    """What stands around the first word of `asked` in `text`, marked; empty without one."""
    hit = next(_hits(text, asked), None)
    if hit is None:
        return Markup("")
    start, end = max(0, hit.start() - AROUND), min(len(text), hit.end() + AROUND)
    before = "… " if start else ""
    after = " …" if end < len(text) else ""
    return marked(before + text[start:end].strip() + after, asked)


def _hits(text, asked):
    stems = [_stem(word) for word in words.fold(asked).split() if word not in STOP]
    return (hit for hit in WORD.finditer(text) if _is_one_of(words.fold(hit[0]), stems))


def _stem(word):
    """(beginning, whether it is the whole word)."""
    return (
        (word, True) if len(word) < LEAST else (word[: max(LEAST, min(MOST, len(word) - 2))], False)
    )


def _is_one_of(word, stems):
    return any(word == stem if is_whole else word.startswith(stem) for stem, is_whole in stems)
