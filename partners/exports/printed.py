"""What is printed: a template of `templates/typst/` and data, as a tagged PDF (PDF/UA-1).

The font is ours: Typst takes another one silently, so a warning is an error here. What no font
can draw (an emoji in a name) is left out: the standard refuses a page with a hole.
"""

import json
import re
from typing import Any

import typst
from django.conf import settings

FONTS = settings.BASE_DIR / "static" / "vendor" / "atkinson-hyperlegible"
TEMPLATES = settings.BASE_DIR / "templates" / "typst"


UNDRAWN = re.compile(r'the text `"(.*?)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
"""How Typst writes, in a fault, a character that is not seen."""
TRIES = 5
NOTHING_LEFT = "…"
NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
"""Signs that an SVG cannot hold: those that are not seen, pasted from a word processor."""


class Unprintable(Exception):
    """The template or its font is at fault, never the data."""


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of a template (name of a file) filled with data. Raises `Unprintable`."""
    facts = _without(common() | data, NOT_XML)
    for _ in range(TRIES):
        try:
            return _compiled(template, facts)
        except typst.TypstError as error:
            undrawn = _undrawn(error.diagnostic)
            if not undrawn:
                raise Unprintable(error.message) from error
            facts = _without(facts, undrawn)
    raise Unprintable(f"{template}: signs that no font has, after {TRIES} tries")


def _compiled(template: str, facts: dict[str, Any]) -> bytes:
    content, warnings = typst.compile_with_warnings(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(facts, ensure_ascii=False)},
    )
    if warnings:
        raise Unprintable("; ".join(warning.message for warning in warnings))
    return bytes(content)


def _undrawn(diagnostic: str) -> dict[int, None]:
    """The characters that a fault of Typst says no font has, for `str.translate`."""
    found = "".join(UNDRAWN.findall(diagnostic))
    said = ESCAPED.sub(lambda match: chr(int(match[1], 16)), found)
    return {ord(sign): None for sign in said if not (sign.isascii() and sign.isprintable())}


def _without(value: Any, undrawn: dict[int, None]) -> Any:
    """The same data without these characters; a text made of them alone says « … »."""
    if isinstance(value, dict):
        return {name: _without(inside, undrawn) for name, inside in value.items()}
    if isinstance(value, list):
        return [_without(inside, undrawn) for inside in value]
    if not isinstance(value, str):
        return value
    kept = value.translate(undrawn)
    return value if kept == value else re.sub(" {2,}", " ", kept).strip() or NOTHING_LEFT


def common() -> dict[str, Any]:
    """What every print says of the landlord."""
    return {"bailleur": settings.LANDLORD_NAME, "couleur": settings.LANDLORD_COLOR}
