"""The small Markdown of documents written here, as safe HTML (pure Python).

What it keeps: paragraphs, titles, lists, strong and emphasised words, quotations, rules and links.
Raw HTML, images and tables are text like any other: nothing of another site is ever fetched
(rule R13). What comes out passes through an allowlist, whatever the parser makes of it.
"""

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {"p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "blockquote", "hr", "a"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "*": set[str]()}
SCHEMES = {"http", "https", "mailto", "tel"}
RULES = ["heading", "list", "blockquote", "hr", "emphasis", "link", "autolink", "newline", "escape"]
FIRST, LAST = 2, 4
"""Titles of a page that has its own first one."""

_parser = MarkdownIt("zero", {"html": False, "breaks": False}).enable(RULES)


def render(text: str) -> str:
    """Safe HTML of a text, "" for a blank one; its highest title becomes a second-level one."""
    tokens = _parser.parse(text)
    _lower_titles(tokens)
    html: str = _parser.renderer.render(tokens, _parser.options, {})
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    ).strip()


def _lower_titles(tokens: list[Token]) -> None:
    titles = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1]) for token in titles), default=FIRST)
    for token in titles:
        token.tag = f"h{min(LAST, int(token.tag[1]) - highest + FIRST)}"
