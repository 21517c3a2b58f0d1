"""What says of files that they are this directory's own export: their digests, beside them.

An export holds what is published; what waits to be checked is not gone for all that.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from partners.exports.data_inclusion import own_source

NAME = "manifeste.json"
LONGEST = 64 * 1024


def write(paths: Iterable[Path]) -> None:
    """Write the manifest of files of one folder, in that folder."""
    digests = {path.name: _digest(path) for path in paths}
    folder = next(iter(paths)).parent
    draft = folder / f"{NAME}.draft"
    facts = {"source": own_source(), "fichiers": digests}
    draft.write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(folder / NAME)


def is_own_export(paths: Iterable[Path]) -> bool:
    """Whether each file is as an export of this directory wrote it, by the manifest beside it."""
    return all(_is_told(path) for path in paths)


def _is_told(path: Path) -> bool:
    facts = _read(path.parent / NAME)
    told = facts.get("fichiers")
    if facts.get("source") != own_source() or not isinstance(told, dict):
        return False
    try:
        return path.is_file() and told.get(path.name) == _digest(path)
    except OSError:
        return False


def _read(path: Path) -> dict[str, Any]:
    """{} when there is none, or when it cannot be read."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(LONGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
