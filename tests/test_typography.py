"""French typography of what people read: no plain space before « : ; ? ! » nor inside quotes.

A browser would send the sign alone to the next line. What is printed in a terminal keeps plain
spaces: commands and paths are copied from there.
"""

import ast
import re

import pytest
from django.conf import settings

PLAIN = re.compile(r" [:;?!](?=\s|$|<|»)|« | »")
TERMINAL = ("checks.py", "extensions.py", "management", "migrations")
"""In `partners/`, what speaks to who installs."""

JS_VALUE = r"\$\{(?:[^{}`]|`[^`]*`)*\}"
JS = re.compile(
    r"/\*.*?\*/|//[^\n]*|(?P<text>"
    r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|" + JS_VALUE + r"|[^`\\])*`)",
    re.DOTALL,
)
TAG = re.compile(r"\{%(?P<tag>.*?)%\}|\{\{(?P<value>.*?)\}\}|\{#.*?#\}", re.DOTALL)
QUOTED = re.compile(r'"([^"]*)"')


def python_texts(source):
    """The strings of a module that are no docstrings."""
    tree = ast.parse(source)
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in statements:
            yield node.value


def script_texts(source):
    """The strings of a script, « x » for what is worked out."""
    for found in JS.finditer(source):
        if text := found["text"]:
            yield re.sub(JS_VALUE, "x", text[1:-1])


def template_texts(source):
    """What a template writes, « x » for values, then the literals of its tags."""
    yield TAG.sub(lambda found: "x" if found["value"] else "", source)
    for found in TAG.finditer(source):
        yield from QUOTED.findall(found["tag"] or found["value"] or "")


def paper_texts(source):
    """What a page to print writes, comments apart."""
    yield re.sub(r"^\s*//.*", "", source, flags=re.MULTILINE)


def is_read(path):
    parts = path.relative_to(settings.BASE_DIR).parts
    return parts[0] != "partners" or not set(parts) & set(TERMINAL)


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("partners/**/*.py", python_texts),
        ("static/js/*.js", script_texts),
        ("templates/**/*.html", template_texts),
        ("templates/**/*.txt", template_texts),
        ("templates/typst/*.typ", paper_texts),
    ],
)
def test_spaces_before_signs_and_inside_quotes_do_not_break(pattern, texts):
    files = [path for path in settings.BASE_DIR.glob(pattern) if is_read(path)]
    assert files
    sources = {path: path.read_text(encoding="utf-8") for path in files}
    wrong = [
        f"{path.relative_to(settings.BASE_DIR)}: {text[max(0, fault.start() - 30) :][:70]!r}"
        for path, source in sources.items()
        if PLAIN.search(source)
        for text in texts(source)
        for fault in PLAIN.finditer(text)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("texts", "source", "expected"),
    [
        (python_texts, '"""Doc : x."""\nA = f"Merci : {a} ?"', ["Merci : ", " ?"]),
        (script_texts, "/* a : b */ x ? `${y ? 1 : 2} : z` : 'q' // c ?", ["x : z", "q"]),
        (
            template_texts,
            '{# a : b #}{% if x %}« {{ y }} »{% include "p" with t="Où ?" %}{% endif %}',
            ["« x »", "p", "Où ?"],
        ),
        (paper_texts, "// a : b\n#text[a : b]", ["\n#text[a : b]"]),
    ],
)
def test_texts_are_told_from_code_and_comments(texts, source, expected):
    assert list(texts(source)) == expected
