"""Documents written here: a small Markdown, and nothing that runs or is fetched."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.markdown import TAGS, render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Un *mot* **fort**", "<p>Un <em>mot</em> <strong>fort</strong></p>"),
        ("# A\n\n### B\n\n###### C", "<h2>A</h2>\n<h4>B</h4>\n<h4>C</h4>"),
        ("## A\n\n### B", "<h2>A</h2>\n<h3>B</h3>"),
        ("1. un\n2. deux", "<ol>\n<li>un</li>\n<li>deux</li>\n</ol>"),
        ("> cité", "<blockquote>\n<p>cité</p>\n</blockquote>"),
        (
            "[site](https://example.org)",
            '<p><a href="https://example.org" rel="noopener noreferrer">site</a></p>',
        ),
    ],
)
def test_text_becomes_html(text, html):
    assert render(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        "![photo](https://example.org/x.png)",
        '[x](https://example.org "onmouseover=alert(1)")',
        '<a href="x" onclick="y">z</a>',
        "<style>*{display:none}</style>",
        "```\n<iframe src=x></iframe>\n```",
    ],
)
def test_nothing_runs_nor_is_fetched(text):
    assert not wrong(render(text))


@given(st.text(alphabet="<>/[]()!\"'&#:;=* \nascript:onx1", max_size=60))
def test_any_text_gives_only_allowed_tags(text):
    assert not wrong(render(text))


def wrong(html):
    """The tags and attributes that have no place there."""
    tags = re.findall(r"<([a-z0-9]+)([^>]*)>", html)
    names = {name for name, _ in tags} - TAGS
    attributes = {key for _, rest in tags for key in re.findall(r'([\w-]+)="', rest)}
    links = [
        u for u in re.findall(r'href="([^"]*)"', html) if re.match(r"(?i)\s*(java|data|vb)", u)
    ]
    return names | (attributes - {"href", "rel", "start"}) | set(links)
