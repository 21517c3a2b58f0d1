"""Log lines that cannot repeat what an adviser typed (rule R3)."""

import logging
import re
import traceback

LINK = re.compile(r"(/(?:votre-fiche|agenda)/)[\w.-]{20,}")
"""A secret address opens a partner's record or a calendar: a log must not let anyone follow it."""


class QuietFormatter(logging.Formatter):
    """Writes a traceback's places and the exception's class, never its message nor any value.

    A database error quotes the value it refused; a ValueError quotes the text it could not read.
    """

    def format(self, record):
        return LINK.sub(r"\1…", super().format(record))

    def formatException(self, ei):
        kind, _, trace = ei
        places = "".join(traceback.format_tb(trace))
        return f"{places}{kind.__module__}.{kind.__qualname__}"
