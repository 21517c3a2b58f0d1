"""The files that wait to be imported: one that holds a value to remove is dropped whole.

To write it again without the value would be to change what a person gave, and to be applied later
it would bring the value back. Its planned rows go with it.
"""

from partners.imports import load
from partners.imports.errors import ImportRefused
from partners.redaction.pattern import Pattern
from partners.uploads import receiving


def holding(values):
    """The imports (list of `Upload`) whose file has one of these values, in a row of any sheet."""
    patterns = [Pattern(value) for value in values]
    return [upload for upload in receiving.with_file() if _holds(upload, patterns)]


def drop(values):
    """Abandon them, inside the caller's transaction; returns how many (int).

    Waits for the one that is being written, if any: it has then no file any more, and what it wrote
    is where the value is looked for next.
    """
    load.one_at_a_time()
    found = holding(values)
    for upload in found:
        receiving.drop(upload)
    return len(found)


def _holds(upload, patterns):
    """One that can no longer be read may hold anything."""
    try:
        records = (" ".join(record) for record in receiving.records(upload))
        return any(pattern.is_in(text) for text in records for pattern in patterns)
    except ImportRefused:
        return True
