"""The acronyms that a page explains where it names them: one link to the glossary, with the words.

They are read once per process. The query that finds the account of a request tells whether the
glossary has changed since (`note`), so that no page asks for it.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.safestring import mark_safe
from django.utils.text import slugify
from markupsafe import escape

from partners.addresses import address
from partners.models import GlossaryTerm
from partners.models.history import end_of

WRITTEN = re.compile(r"[A-ZÀ-Ý][A-ZÀ-Ý0-9]+")
MOST_TITLE = 200


@dataclass
class Known:
    """The glossary of this process: `version` is the end of its history when it was read."""

    version: object = None
    is_read: bool = False
    expansions: dict[str, tuple[str, str]] = field(default_factory=dict)
    pattern: re.Pattern[str] | None = None


_known = Known()

VERSION_SQL = end_of(GlossaryTerm)


def note(version):
    """Tell the version of the glossary (`VERSION_SQL`); what is known of another is forgotten."""
    if version != _known.version:
        _known.version, _known.is_read = version, False
        _explained.cache_clear()


def explained(text):
    """`text` (HTML of ours, or a text to escape), the first of each acronym linked to its words."""
    return _explained(escape(text or ""), True)


def titled(text):
    """As `explained` where no link may stand: the words are a title."""
    return _explained(escape(text or ""), False)


@lru_cache(maxsize=4096)
def _explained(html, is_link):
    pattern, seen = _pattern(), set()
    if pattern is None:
        return html

    def explain(found):
        acronym = found[0]
        if acronym in seen:
            return acronym
        seen.add(acronym)
        anchor, words = _known.expansions[acronym]
        if not is_link:
            return f'<abbr title="{words}">{acronym}</abbr>'
        href = f"{address('glossary')}#{anchor}"
        return f'<a class="acronym" href="{href}" title="{words}">{acronym}</a>'

    return mark_safe(pattern.sub(explain, html))  # noqa: S308 (escaped above and in _read)


def _pattern():
    if not _known.is_read:
        _read()
    return _known.pattern


def _read():
    """Acronyms in capitals and their other spellings; those of several words are left out."""
    rows = GlossaryTerm.objects.order_by("pk").values_list("acronym", "aliases", "expansion")
    _known.expansions = {
        spelling: (slugify(acronym), escape(expansion[:MOST_TITLE]))
        for acronym, aliases, expansion in rows
        for spelling in (acronym, *aliases)
        if WRITTEN.fullmatch(spelling)
    }
    longest = sorted(_known.expansions, key=len, reverse=True)
    joined = "|".join(map(re.escape, longest))
    _known.pattern = re.compile(rf"(?<![\w&#@./-])(?:{joined})(?![\w@])") if longest else None
    _known.is_read = True
