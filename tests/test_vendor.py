"""What is vendored is what its authors published, and no page calls a third party (rule R13)."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
VERSIONS = (STATIC / "vendor/VERSIONS.md").read_text()
SUMS = dict(re.findall(r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", VERSIONS, re.MULTILINE))

OURS = [
    *(STATIC / "css").glob("*.css"),
    *(STATIC / "js").glob("*.js"),
    *(ROOT / "templates").rglob("*.html"),
]
COMMENTS = re.compile(
    r"/\*.*?\*/|<!--.*?-->|\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL
)
FETCHED = re.compile(
    r"""(?:\bsrc|\bsrcset|<link\b[^>]*\bhref|\baction|\bdata-[\w-]+)\s*=\s*["'](?:https?:)?//"""
    r"""|url\(\s*["']?(?:https?:)?//|@import\s+["'](?:https?:)?//"""
    r"""|\b(?:fetch|import)\s*\(?\s*["'`](?:https?:)?//|\bfrom\s+["'`](?:https?:)?//"""
)


@pytest.mark.parametrize("name", sorted(SUMS))
def test_vendored_file_is_the_published_one(name):
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == SUMS[name]


def test_every_vendored_file_is_listed():
    files = {
        str(path.relative_to(STATIC)) for path in (STATIC / "vendor").rglob("*") if path.is_file()
    }
    assert files - {"vendor/VERSIONS.md"} <= SUMS.keys()


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_fetched_from_a_third_party(path):
    text = COMMENTS.sub("", path.read_text())
    assert FETCHED.search(text) is None
    if path.suffix in {".css", ".js"}:
        assert not re.search(r"https?://(?!www\.w3\.org/)", text)


@pytest.mark.parametrize(
    "path", list((ROOT / "templates").rglob("*.html")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_inline_style_or_script(path):
    text = COMMENTS.sub("", path.read_text())
    assert not re.search(r"""\sstyle=|\son[a-z]+=["']|<style\b|hx-on|javascript:""", text)
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text)


def test_every_icon_named_in_a_template_is_in_the_sprite():
    symbols = set(re.findall(r'<symbol id="icon-([\w-]+)"', (STATIC / "icons.svg").read_text()))
    used = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'\{% icon "([\w-]+)"', path.read_text())
    }
    assert used <= symbols
