"""A file as it arrives: read to its end once, kept in the database until applied or abandoned.

In the database, not in a folder: the web server and the worker may be on two machines, a backup
takes both together, and the file goes in the transaction that writes the records.
"""

from contextlib import nullcontext, suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import PurePath

from django.db import transaction
from django.utils import timezone

from partners import words
from partners.imports import cells, guessing, reader
from partners.imports.errors import NBSP, ImportRefused, quote
from partners.models import SavedMapping, Upload, UploadSheet

HEAD_ROWS = 300
"""Rows by which columns are recognised."""

NAME_LENGTH = 120
REASON = "raison du refus"
"""The column that the file of refused rows has more: it is no part of a header."""

SHEET_FILE = "feuille.csv.gz"
NO_ROWS = f"Le fichier n'a aucune ligne sous son en-tête{NBSP}: rien à importer."

ABANDONED_AFTER = timedelta(days=30)
Status = Upload.Status


def receive(file, *, by):
    """Keep an uploaded file; returns the `Upload`, that of the first click for a second one.

    One that takes long to read is left to the worker (`Upload.Status.READING`), whom the caller
    asks. Raises `ImportRefused` for whatever cannot be read as a census.
    """
    data = file.read()
    name = _name(file.name)
    fingerprint = sha256(data).hexdigest()
    facts = _to_read(data) if reader.is_slow(data) else _read(data, name)
    twin = Upload.objects.filter(
        fingerprint=fingerprint, created_by=by, status=facts["status"], file_name=name
    )
    return twin.first() or Upload.objects.create(
        file_name=name,
        fingerprint=fingerprint,
        size=len(data),
        content=data,
        created_by=by,
        **facts,
    )


def _to_read(data):
    """What is known of a workbook that takes long to read: the worker does it."""
    from partners.imports import workbook  # openpyxl is slow to load

    workbook.check(data)
    return {"status": Status.READING, "rows": 0, "asked_at": timezone.now()}


def _read(data, name):
    table, count = reader.head(data, name, size=HEAD_ROWS, to_end=True)
    if not count:
        raise ImportRefused(NO_ROWS)
    return {
        "status": Status.RECEIVED,
        "rows": count,
        "mapping": proposed(table, source=_source(name)),
    }


def read_sheets(upload, track):
    """Read every sheet of a large workbook, once for all; returns what is then known of it.

    `track` is given the rows of a sheet and how many it says it has, and returns them. Raises
    `ImportRefused`.
    """
    from partners.imports import workbook  # openpyxl is slow to load

    found = []
    for name, said, rows in workbook.every(bytes(upload.content)):
        with (
            suppress(ImportRefused) if found else nullcontext()
        ):  # others than the first may be bad
            content = reader.compressed(track(rows, said))
            facts = {"position": len(found), "name": name[:100], "content": content}
            found.append(UploadSheet(upload=upload, **facts))
    if not found:
        raise ImportRefused("Le classeur n'a aucune feuille de calcul.")
    known = _read(bytes(found[0].content), SHEET_FILE)
    known["mapping"]["options"]["source"] = _source(upload.file_name)
    UploadSheet.objects.bulk_create(found)
    return known | {"content": b""}


def _name(name):
    """The name of a file without its folders, nor what no screen can show."""
    clean = "".join(c for c in PurePath(name.replace("\\", "/")).name if c.isprintable())
    stem, dot, suffix = (clean or "recensement").rpartition(".")
    return f"{stem[: NAME_LENGTH - len(suffix) - 1]}{dot}{suffix}"[:NAME_LENGTH]


def _source(name):
    return " ".join(PurePath(name).stem.replace("_", " ").split())[:60]


def head(upload):
    """The first rows of its file (`Table`)."""
    data, name, sheet = _file(upload, upload.sheet)
    return reader.head(data, name, size=HEAD_ROWS, sheet=sheet)[0]


def table(upload):
    """All the rows of its file (`Table`). Raises `ImportRefused`."""
    data, name, sheet = _file(upload, upload.sheet)
    return reader.parse(data, name, sheet=sheet)


def _file(upload, sheet):
    """(bytes, file name, sheet) for `reader`; those of the sheet alone once it was read apart."""
    if upload.content:
        return bytes(upload.content), upload.file_name, sheet
    found = upload.sheets.filter(name=sheet) if sheet else upload.sheets.all()
    chosen = found.first()
    if chosen is None:
        raise ImportRefused(f"Le classeur n'a pas de feuille {quote(sheet)}.")
    return bytes(chosen.content), SHEET_FILE, ""


def records(upload):
    """Every record of its file (lists of str), headers and all sheets included, read or not.

    Raises `ImportRefused`.
    """
    from partners.imports import workbook  # openpyxl is slow to load

    data = bytes(upload.content or b"")
    if data.startswith(reader.ZIP):
        for _, _, rows in workbook.every(data):
            yield from rows
    elif data:
        yield from reader.records(data, upload.file_name)
    for sheet in upload.sheets.all():
        yield from reader.records(bytes(sheet.content), SHEET_FILE)


def sheets(upload):
    """The names of the sheets among which to choose ([] when there is one, or a CSV)."""
    from partners.imports import workbook  # openpyxl is slow to load

    data = bytes(upload.content)
    if not data:
        found = list(upload.sheets.values_list("name", flat=True))
    else:
        found = workbook.sheets(data) if data.startswith(reader.ZIP) else []
    return found if len(found) > 1 else []


def choose_sheet(upload, name):
    """Read another sheet of its workbook. Raises `ImportRefused`, having changed nothing."""
    data, file_name, sheet = _file(upload, name)
    found, count = reader.head(data, file_name, size=HEAD_ROWS, sheet=sheet, to_end=True)
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
    said = content.get("values", {})
    found = guessing.unknown_words(table, content["columns"], sign, said)
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
        return _drop(upload, [Status.READING, Status.RECEIVED, Status.PLANNED, Status.PLANNING])


def _drop(upload, statuses):
    waiting = Upload.objects.filter(pk=upload.pk, status__in=statuses)
    is_done = bool(waiting.update(status=Status.ABANDONED, **FORGOTTEN))
    if is_done:
        upload.lines.all().delete()
        upload.sheets.all().delete()
    return is_done


def with_file():
    """Those whose file we hold, or the sheets of it, the oldest first."""
    return Upload.objects.filter(content__isnull=False).order_by("pk")


def drop(upload):
    """As `abandon`, an import that is being written too, when the caller holds off the imports."""
    _drop(upload, [status for status in Status if status != Status.ABANDONED])


FORGOTTEN = {"content": None, "mapping": {}, "decisions": {}, "remarks": [], "problem": ""}
"""What is left of a file that is no longer needed (rule R8)."""


def abandon_old():
    """Forget the files that nobody applied for a month; returns their number."""
    before = timezone.now() - ABANDONED_AFTER
    waiting = Upload.objects.filter(status__in=[Status.READING, Status.RECEIVED, Status.PLANNED])
    return sum(map(abandon, waiting.filter(created_at__lt=before).defer("content")))
