"""What is printed: a template of `templates/typst/` and data, as a tagged PDF (PDF/UA-1).

The font is ours: Typst takes another one silently, so a warning is an error here.
"""

import json
from typing import Any

import typst
from django.conf import settings

FONTS = settings.BASE_DIR / "static" / "vendor" / "atkinson-hyperlegible"
TEMPLATES = settings.BASE_DIR / "templates" / "typst"


class Unprintable(Exception):
    """The template or its font is at fault, never the data."""


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of a template (name of a file) filled with data. Raises `Unprintable`."""
    content, warnings = typst.compile_with_warnings(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(common() | data, ensure_ascii=False)},
    )
    if warnings:
        raise Unprintable("; ".join(warning.message for warning in warnings))
    return bytes(content)


def common() -> dict[str, Any]:
    """What every print says of the landlord."""
    return {"bailleur": settings.LANDLORD_NAME, "couleur": settings.LANDLORD_COLOR}
