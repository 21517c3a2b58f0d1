"""What stops an import, said in French to the person who gave the file."""

import re

NBSP = "\N{NO-BREAK SPACE}"


class ImportRefused(Exception):
    """The file as a whole cannot be imported; nothing was written. The message is in French."""


class Refused(ValueError):
    """A cell refuses its row; the message is the reason, in French."""


class Dropped(ValueError):
    """A cell's value is left out and its row kept; the message is the reason, in French."""


def quote(text: str, *, limit: int = 80) -> str:
    """`text` in French quotation marks, on one line, cut at `limit` characters."""
    line = " ".join(text.split())
    cut = line if len(line) <= limit else f"{line[: limit - 1]}…"
    return f"«{NBSP}{cut}{NBSP}»"


def french(text: str) -> str:
    """`text` with no-break spaces before « : ; ! ? » and inside quotation marks."""
    return re.sub("(?<=«) | (?=[:;!?»])", NBSP, text)
