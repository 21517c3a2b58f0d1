"""A file that somebody gives, as rows of text: CSV (also gzipped) and XLSX.

Never executes anything: formulas of a workbook are read by the value that was saved with them.
"""

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from partners.imports.errors import NBSP, ImportRefused, quote

MAX_BYTES = 50 * 1024 * 1024
SLOW_BYTES = 1_000_000
"""Of a workbook once unzipped: what takes about a second to read."""
MAX_ROWS = 50_000
MAX_COLUMNS = 500
DELIMITERS = ";,\t"
SAID_DELIMITER = re.compile(r'"?sep=([;,\t])"?\r?\n')  # a line that Excel writes and hides
SAMPLE_ROWS = 20
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b") | {127})
BINARY_SHARE = 0.05

UNCALCULATED = "\ue000"
"""Stands for a formula that was saved without its value (a private-use character)."""

OLE, ZIP, GZIP, PDF = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"\x1f\x8b", b"%PDF"
OTHER_FORMATS = {
    ".xls": "un ancien classeur Excel (.xls)",
    ".ods": "un classeur LibreOffice (.ods)",
}


@dataclass(frozen=True)
class Row:
    """`line`: its number as a spreadsheet shows it, the header being 1. `faults`: French."""

    line: int
    cells: dict[str, str]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """`headers` as written, without outer spaces; every row has a text for each of them."""

    headers: list[str]
    rows: list[Row] = field(default_factory=list)


def read(path: Path, *, sheet: str = "") -> Table:
    """The table of a file; `sheet` names the sheet of a workbook, the first one by default.

    Raises `ImportRefused` with one clear message for whatever is not such a file.
    """
    return parse(_bytes(path), path.name, sheet=sheet)


def parse(data: bytes, name: str, *, sheet: str = "") -> Table:
    """As `read`, of the bytes of a file called `name`."""
    return table(records(data, name, sheet))


def head(
    data: bytes, name: str, *, size: int, sheet: str = "", to_end: bool = False
) -> tuple[Table, int]:
    """The first rows of a file, `size` at most, and how many were read.

    `to_end`: it is all read, one row after the other, so that what is wrong with it is known.
    """
    headers, rows = _opened(records(data, name, sheet))
    result = Table(headers, list(islice(rows, size)))
    count = len(result.rows) + (sum(1 for _ in rows) if to_end else 0)
    _refuse_nameless_columns(result)
    return result, count


def is_slow(data: bytes) -> bool:
    """Whether these bytes are a workbook that takes more than a second to read."""
    if not data.startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(info.file_size for info in archive.infolist()) > SLOW_BYTES
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False


def compressed(records: Iterable[list[str]]) -> bytes:
    """Records as a file that `parse` reads fast: the same lines, the same cells."""
    plain = io.StringIO(newline="")
    plain.write("sep=;\r\n")
    csv.writer(plain, delimiter=";").writerows(records)
    return gzip.compress(plain.getvalue().encode(), compresslevel=3)


def table(records: Iterable[list[str]]) -> Table:
    """Records (the first one that is not blank is the header) as a table. Raises `ImportRefused`.

    Blank records are left out, their line numbers are not. A record with more filled cells than
    the header carries a fault.
    """
    headers, rows = _opened(records)
    result = Table(headers, list(rows))
    _refuse_nameless_columns(result)
    return result


def records(data: bytes, name: str, sheet: str = "") -> Iterator[list[str]]:
    """Every record of a file, the header and blank ones included. Raises `ImportRefused`."""
    data = _unzipped(data) if data.startswith(GZIP) else data
    suffix = Path(name).suffix.lower()
    if suffix in OTHER_FORMATS:
        raise _other_format(OTHER_FORMATS[suffix])
    if data.startswith(OLE):
        raise _other_format(OTHER_FORMATS[".xls"])
    if data.startswith(ZIP):
        from partners.imports import workbook  # openpyxl is slow to load

        return workbook.rows(data, sheet=sheet)
    if sheet:
        raise ImportRefused("L'option --sheet ne vaut que pour un classeur .xlsx.")
    return _csv_rows(_text(data))


def _opened(records: Iterable[list[str]]) -> tuple[list[str], Iterator[Row]]:
    """The headers, then the rows as they are read."""
    numbered = ((line, row) for line, row in enumerate(records, start=1) if _is_filled(row))
    first = next(numbered, None)
    if first is None:
        raise ImportRefused("Le fichier est vide.")
    headers = _headers(first[1])
    return headers, (_row(line, headers, record) for line, record in _bounded(numbered))


def _bounded(numbered: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for count, found in enumerate(numbered):
        if count == MAX_ROWS:
            raise ImportRefused(
                f"Le fichier a trop de lignes{NBSP}: {MAX_ROWS} au plus. Coupez-le en plusieurs."
            )
        yield found


def _is_filled(record: list[str]) -> bool:
    return any(cell.strip() for cell in record)


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise ImportRefused(f"{quote(str(path))} est un dossier, pas un fichier.")
        if path.exists() and not path.is_file():  # a device has no end
            raise ImportRefused(f"{quote(str(path))} n'est pas un fichier ordinaire.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ImportRefused(f"Le fichier {quote(str(path))} n'existe pas.") from None
    except PermissionError:
        raise ImportRefused(f"Vous n'avez pas le droit de lire {quote(str(path))}.") from None
    except (OSError, ValueError):
        raise ImportRefused(f"Le fichier {quote(str(path))} ne peut pas être lu.") from None
    if len(data) > MAX_BYTES:
        raise _too_big()
    return data


def _unzipped(data: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as file:
            plain = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise ImportRefused("Le fichier compressé (.gz) est abîmé.") from None
    if len(plain) > MAX_BYTES:
        raise _too_big()
    return plain


def _too_big() -> ImportRefused:
    limit = MAX_BYTES // 1024 // 1024
    return ImportRefused(f"Le fichier est trop gros{NBSP}: {limit} Mo au plus.")


def _other_format(name: str) -> ImportRefused:
    return ImportRefused(
        f"Le fichier est {name}{NBSP}: ouvrez-le et enregistrez-le en .xlsx ou en CSV."
    )


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16")
    if data.startswith(PDF) or _is_binary(data[:65536]):
        raise ImportRefused(
            f"Ce n'est pas un tableau lisible. Formats acceptés{NBSP}: CSV (texte) et XLSX."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded(data, "cp1252")


def _is_binary(start: bytes) -> bool:
    return len(start) - len(start.translate(None, CONTROLS)) > BINARY_SHARE * len(start)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise ImportRefused(
            "L'encodage du texte n'est pas reconnu. Enregistrez le fichier en CSV UTF-8."
        ) from None


def _csv_rows(text: str) -> Iterator[list[str]]:
    said = SAID_DELIMITER.match(text)
    text = text[said.end() :] if said else text
    delimiter = said[1] if said else _delimiter(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from rows
    except csv.Error:
        raise ImportRefused(
            f"Le CSV est mal formé vers la ligne {rows.line_num} du texte{NBSP}: "
            "un guillemet ouvert n'est pas refermé, ou une cellule est trop longue."
        ) from None


def _delimiter(text: str) -> str:
    """The one that cuts the first rows alike, then into the most cells."""
    return max(DELIMITERS, key=lambda delimiter: _regularity(text, delimiter))


def _regularity(text: str, delimiter: str) -> tuple[bool, float, int]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        widths = [len(row) for row in islice((row for row in rows if any(row)), SAMPLE_ROWS)]
    except csv.Error:
        return False, 0, 0
    header = widths[0] if widths else 0
    return header > 1, sum(width == header for width in widths) / max(len(widths), 1), header


def _headers(record: list[str]) -> list[str]:
    headers = [re.sub(r"\s+", " ", cell).strip() for cell in record]
    if any(headers[MAX_COLUMNS:]):
        raise ImportRefused(f"Le fichier a trop de colonnes{NBSP}: {MAX_COLUMNS} au plus.")
    twice = [header for header, count in Counter(filter(None, headers)).items() if count > 1]
    if twice:
        names = ", ".join(map(quote, twice))
        raise ImportRefused(f"Des colonnes ont le même en-tête{NBSP}: {names}.")
    return [header or _nameless(index) for index, header in enumerate(headers[:MAX_COLUMNS])]


def _nameless(index: int) -> str:
    """Stands for an empty header; no real one begins with a line break."""
    return f"\n{_letters(index)}"


def _letters(index: int) -> str:
    """The column's letters in a spreadsheet: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _row(line: int, headers: list[str], record: list[str]) -> Row:
    extra = [cell for cell in record[len(headers) :] if cell.strip()]
    faults = ()
    if extra:
        faults = (
            f"La ligne a {len(record)} cellules et l'en-tête {len(headers)}{NBSP}: "
            "un séparateur ou un guillemet est de trop.",
        )
    padded = record + [""] * (len(headers) - len(record))
    return Row(line, dict(zip(headers, padded, strict=False)), faults)


def _refuse_nameless_columns(result: Table) -> None:
    """An empty header over filled cells: often a merged cell, or a title above the header."""
    if result.rows and all(row.faults for row in result.rows):
        raise _no_header(_nameless(len(result.headers)))
    nameless = [header for header in result.headers if header.startswith("\n")]
    for header in nameless:
        if any(row.cells[header].strip() for row in result.rows):
            raise _no_header(header)
        result.headers.remove(header)
    for row in result.rows if nameless else ():
        for header in nameless:
            del row.cells[header]


def _no_header(nameless: str) -> ImportRefused:
    return ImportRefused(
        f"La colonne {nameless.strip()} n'a pas d'en-tête. La première ligne porte un nom "
        "par colonne, sans titre au-dessus ni cellules fusionnées."
    )
