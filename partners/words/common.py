"""Ordinary words that are read as they are typed, whatever they resemble."""

from pathlib import Path

LISTED = Path(__file__).with_name("common.txt")


def _read() -> frozenset[str]:
    lines = LISTED.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


COMMON = _read()
"""Folded words of `common.txt`, whose first lines say what they are."""
