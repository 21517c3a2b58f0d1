"""The papers to bring as one cell of the census: « Bail | Avis d'imposition (le dernier) ».

A paper that may be left at home says « si possible » between the brackets, alone or after its note.
"""

import re
from collections import Counter

from partners.imports import cells
from partners.imports.errors import Refused
from partners.models import Paper

IF_POSSIBLE = "si possible"
PARTS = re.compile(r"(?P<name>.*\S)\s*\((?P<note>[^()]*)\)")
LONGEST = {name: Paper._meta.get_field(name).max_length for name in ("name", "note")}
MOST = 60


def read(cell: str, reading: cells.Reading) -> list[str]:
    """The papers of a cell, each as `written`. Raises `Refused`."""
    found = list(dict.fromkeys(written(paper) for paper in parsed(cells.items(cell, reading))))
    if len(found) > MOST:
        raise Refused(f"{len(found)} papiers, {MOST} au plus")
    return found


def parsed(items: list[str]) -> list[Paper]:
    """The papers that items say, of no record yet. Raises `Refused`.

    « Avis (2025) | Avis (2026) » are two papers, not one with two notes.
    """
    found = [_parsed(item) for item in items]
    names = Counter(paper.name for paper in found)
    return [
        _parsed(item, is_name=names[paper.name] > 1)
        for item, paper in zip(items, found, strict=True)
    ]


def _parsed(item: str, *, is_name: bool = False) -> Paper:
    split = None if is_name else PARTS.fullmatch(item)
    name, note = (split["name"], split["note"].strip()) if split else (item, "")
    *notes, last = note.rsplit(",", 1)
    is_required = last.strip() != IF_POSSIBLE
    note = note if is_required else "".join(notes).strip()
    for text, limit in ((name, LONGEST["name"]), (note, LONGEST["note"])):
        if len(text or "") > (limit or 0):
            raise Refused(f"papier trop long\u00a0: {len(text)} caractères, {limit} au plus")
    return Paper(name=name, note=note, is_required=is_required)


def written(paper: Paper) -> str:
    """As an item of the cell, on one line and without what parts items."""
    notes = [paper.note, "" if paper.is_required else IF_POSSIBLE]
    said = ", ".join(filter(None, notes))
    text = f"{paper.name} ({said})" if said else str(paper.name)
    return " ".join(text.replace(cells.SEPARATOR, "/").split())
