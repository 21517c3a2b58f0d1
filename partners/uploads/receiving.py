"""A file as it arrives: read to its end once, kept in the database until applied or abandoned.

In the database, not in a folder: the web server and the worker may be on two machines, a backup
takes both together, and the file goes in the transaction that writes the records.
"""

from datetime import timedelta
from hashlib import sha256
from pathlib import PurePath

from django.db import transaction
from django.utils import timezone

from partners import words
from partners.imports import cells, guessing, reader
from partners.imports.errors import NBSP, ImportRefused, quote
from partners.models import SavedMapping, Upload

HEAD_ROWS = 300
"""Rows by which columns are recognised."""

NAME_LENGTH = 120
REASON = "raison du refus"
"""The column that the file of refused rows has more: it is no part of a header."""

ABANDONED_AFTER = timedelta(days=30)
Status = Upload.Status


def receive(file, *, by):
    """Keep an uploaded file; returns the `Upload`, that of the first click for a second one.

    Raises `ImportRefused` for whatever cannot be read as a census.
    """
    data = file.read()
    name = _name(file.name)
    table, count = reader.head(data, name, size=HEAD_ROWS, to_end=True)
    if not count:
        raise ImportRefused(f"Le fichier n'a aucune ligne sous son en-tête{NBSP}: rien à importer.")
    fingerprint = sha256(data).hexdigest()
    twin = Upload.objects.filter(
        fingerprint=fingerprint, created_by=by, status=Status.RECEIVED, file_name=name
    )
    return twin.first() or Upload.objects.create(
        file_name=name,
        fingerprint=fingerprint,
        size=len(data),
        rows=count,
        content=data,
        mapping=proposed(table, source=_source(name)),
        created_by=by,
    )


def _name(name):
    """The name of a file without its folders, nor what no screen can show."""
    clean = "".join(c for c in PurePath(name.replace("\\", "/")).name if c.isprintable())
    stem, dot, suffix = (clean or "recensement").rpartition(".")
    return f"{stem[: NAME_LENGTH - len(suffix) - 1]}{dot}{suffix}"[:NAME_LENGTH]


def _source(name):
    return " ".join(PurePath(name).stem.replace("_", " ").split())[:60]


def head(upload):
    """The first rows of its file (`Table`)."""
    table, _ = reader.head(
        bytes(upload.content), upload.file_name, size=HEAD_ROWS, sheet=upload.sheet
    )
    return table


def table(upload):
    """All the rows of its file (`Table`). Raises `ImportRefused`."""
    return reader.parse(bytes(upload.content), upload.file_name, sheet=upload.sheet)


def sheets(upload):
    """The names of the sheets among which to choose ([] when there is one, or a CSV)."""
    from partners.imports import workbook  # openpyxl is slow to load

    data = bytes(upload.content)
    found = workbook.sheets(data) if data.startswith(reader.ZIP) else []
    return found if len(found) > 1 else []


def choose_sheet(upload, name):
    """Read another sheet of its workbook. Raises `ImportRefused`, having changed nothing."""
    data = bytes(upload.content)
    found, count = reader.head(data, upload.file_name, size=HEAD_ROWS, sheet=name, to_end=True)
    if not count:
        raise ImportRefused(f"La feuille {quote(name)} n'a aucune ligne sous son en-tête.")
    mapping = proposed(found, source=_source(upload.file_name))
    waiting = Upload.objects.filter(pk=upload.pk, status__in=[Status.RECEIVED, Status.PLANNED])
    waiting.update(
        sheet=name,
        rows=count,
        mapping=mapping,
        decisions={},
        status=Status.RECEIVED,
        problem="",
    )


def earlier(upload):
    """The last time that the same file was applied (an `Upload`), if ever."""
    same = Upload.objects.filter(fingerprint=upload.fingerprint, applied_at__isnull=False)
    return same.exclude(pk=upload.pk).select_related("applied_by").order_by("-applied_at").first()


# Mappings


def signature(headers):
    """The fingerprint (str) of a header, whatever the order, the case and the accents."""
    folded = sorted({words.fold(header) for header in headers} - {words.fold(REASON)})
    return sha256("\n".join(folded).encode()).hexdigest()


def saved(table):
    """The mapping kept for files with this header, the last one written (`SavedMapping`)."""
    found = SavedMapping.objects.filter(signature=signature(table.headers))
    return found.order_by("-updated_at", "-pk").first()


def proposed(table, *, source):
    """The sections of a mapping for this file: the one that was kept, else what is recognised."""
    kept = saved(table)
    return fitted(kept.content, table) if kept else _guessed(table, source)


def _guessed(table, source):
    found = guessing.columns(table)
    columns, hours = {}, {}
    for theirs, guess in found.items():
        if guess.target.startswith(guessing.HOURS_OF):
            hours[guess.target.removeprefix(guessing.HOURS_OF)] = theirs
        else:
            columns[guess.target] = theirs
    ignored = [theirs for theirs in table.headers if theirs not in found]
    options = {"source": source} | ({"ignored": ignored} if ignored else {})
    if "situations_coeur" in columns:
        options["separator"] = guessing.separator(table, columns["situations_coeur"])
    return translated({"options": options, "columns": columns, "hours": hours}, table)


def words_of(content, table):
    """{(our column, word)} of this mapping that a person has to translate."""
    sign = content["options"].get("separator", cells.SEPARATOR)
    found = guessing.unknown_words(table, content["columns"], sign)
    return {(ours, word) for ours, several in found.items() for word in several}


def translated(content, table, *, but=frozenset()):
    """The same mapping, with what the box understands of its words, but for those told already."""
    sign = content["options"].get("separator", cells.SEPARATOR)
    values = {ours: dict(said) for ours, said in content.get("values", {}).items()}
    for ours, said in guessing.meanings(table, content["columns"], sign).items():
        new = {word: slug for word, slug in said.items() if (ours, word) not in but}
        values[ours] = new | values.get(ours, {})
    return content | ({"values": values} if values else {})


def fitted(content, table):
    """A kept mapping for this file, whose header may differ by its accents or its case."""
    theirs = {words.fold(header): header for header in table.headers}

    def found(section):
        pairs = ((ours, theirs.get(words.fold(name))) for ours, name in section.items())
        return {ours: name for ours, name in pairs if name}

    return content | {name: found(content.get(name, {})) for name in ("columns", "hours")}


def keep_mapping(upload, table, name):
    """Keep the mapping of an upload under a name, for files with the same header."""
    SavedMapping.objects.update_or_create(
        name=name,
        defaults={"signature": signature(table.headers), "content": upload.mapping},
    )


# The end of a file


def abandon(upload):
    """Forget the file and all that was read of it; what is under way is left alone (False)."""
    with transaction.atomic():
        waiting = Upload.objects.filter(
            pk=upload.pk, status__in=[Status.RECEIVED, Status.PLANNED, Status.PLANNING]
        )
        is_done = waiting.update(status=Status.ABANDONED, **FORGOTTEN)
        if is_done:
            upload.lines.all().delete()
    return bool(is_done)


FORGOTTEN = {"content": None, "mapping": {}, "decisions": {}, "remarks": [], "problem": ""}
"""What is left of a file that is no longer needed (rule R8)."""


def abandon_old():
    """Forget the files that nobody applied for a month; returns their number."""
    before = timezone.now() - ABANDONED_AFTER
    waiting = Upload.objects.filter(status__in=[Status.RECEIVED, Status.PLANNED])
    return sum(map(abandon, waiting.filter(created_at__lt=before).defer("content")))
