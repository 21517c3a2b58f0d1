"""A QR code as an SVG without style, for a page and for a PDF."""

import io

import segno
from django.utils.safestring import mark_safe


def svg(address: str) -> str:
    """The code of an address, dark on white whatever the theme, with its quiet zone."""
    drawn = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(drawn, kind="svg", xmldecl=False, nl=False, light="#ffffff", omitsize=True)
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 (numbers alone)
