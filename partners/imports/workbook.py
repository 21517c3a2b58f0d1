"""XLSX workbooks as rows of text, through openpyxl (streamed) and defusedxml (no entities)."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from defusedxml import DefusedXmlException
from openpyxl import load_workbook

from partners.imports.errors import NBSP, ImportRefused, quote
from partners.imports.reader import UNCALCULATED

MAX_UNZIPPED = 100 * 1024 * 1024
MOST_RECORDS = 200_000  # a spreadsheet holds more, the importer takes 50,000 that are filled
FORMULA = re.compile(rb"<f[ >/]")
BROKEN = "Le classeur .xlsx est abîmé ou n'en est pas un."
UNREADABLE = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    EOFError,
    SyntaxError,  # what ElementTree's ParseError is
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    DefusedXmlException,
)


def rows(data: bytes, *, sheet: str = "") -> Iterator[list[str]]:
    """The rows of a sheet, blank ones included, each cell as text. Raises `ImportRefused`.

    Dates are ISO texts, whole numbers have no decimals, booleans are « oui » and « non ».
    """
    try:
        has_formulas = _checked(data)
        yield from _rows(data, sheet, has_formulas=has_formulas)
    except UNREADABLE:
        raise ImportRefused(BROKEN) from None


def every(data: bytes) -> Iterator[tuple[str, int, Iterator[list[str]]]]:
    """Each sheet of cells: its name, how many rows it says it has (0 unknown), its `rows`.

    The workbook is opened once: the texts that its sheets share are the slow part of it.
    """
    try:
        kinds = [True, False] if _checked(data) else [True]
        books = [_opened(data, data_only=kind) for kind in kinds]
        for sheet in books[0].worksheets:
            said = sheet.max_row or 0
            yield sheet.title, said, _guarded(_records([_cells(b, sheet.title) for b in books]))
    except UNREADABLE:
        raise ImportRefused(BROKEN) from None


def _guarded(records: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from records
    except UNREADABLE:
        raise ImportRefused(BROKEN) from None


def sheets(data: bytes) -> list[str]:
    """The names of the sheets of cells of a workbook that `rows` reads, in their order."""
    return [sheet.title for sheet in _opened(data, data_only=True).worksheets]


def check(data: bytes) -> None:
    """Raises `ImportRefused` for what is seen at once not to be a workbook of a decent size."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive)
    except UNREADABLE:
        raise ImportRefused(BROKEN) from None


def _checked(data: bytes) -> bool:
    """Whether a sheet holds formulas, once it is known to be a workbook of a decent size."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check(archive)
        names = archive.namelist()
        sheets = [name for name in names if name.startswith("xl/worksheets/sheet")]
        return any(_has_formula(archive, name) for name in sheets)


def _check(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if "mimetype" in names:
        raise ImportRefused(
            "Le fichier est un classeur LibreOffice (.ods)"
            f"{NBSP}: ouvrez-le et enregistrez-le en .xlsx ou en CSV."
        )
    if any(name.endswith("vbaProject.bin") for name in names):
        raise ImportRefused(
            f"Le classeur contient des macros (.xlsm){NBSP}: enregistrez-le en .xlsx."
        )
    if sum(info.file_size for info in archive.infolist()) > MAX_UNZIPPED:
        limit = MAX_UNZIPPED // 1024 // 1024
        raise ImportRefused(f"Le classeur décompressé dépasse {limit} Mo.")


def _has_formula(archive: zipfile.ZipFile, name: str) -> bool:
    with archive.open(name) as file:
        tail = b""
        while chunk := file.read(1 << 20):
            if FORMULA.search(tail + chunk):
                return True
            tail = chunk[-2:]
    return False


def _rows(data: bytes, sheet: str, *, has_formulas: bool) -> Iterator[list[str]]:
    kinds = [True, False] if has_formulas else [True]
    yield from _records([_cells(_opened(data, data_only=kind), sheet) for kind in kinds])


def _records(sheets: list[Any]) -> Iterator[list[str]]:
    """`sheets`: the values, then the formulas when the workbook has some."""
    if len(sheets) == 1:
        for record in _bounded(sheets[0].iter_rows(values_only=True)):
            yield [_text(value) for value in record]
        return
    pairs = zip(*(sheet.iter_rows() for sheet in sheets), strict=True)
    for saved, written in _bounded(pairs):
        yield [
            UNCALCULATED if cell.data_type == "f" and value.value is None else _text(value.value)
            for value, cell in zip(saved, written, strict=True)
        ]


def _bounded(records: Iterator[Any]) -> Iterator[Any]:
    """No more records than a spreadsheet can hold: a forged row number pads blank ones for ever."""
    for number, record in enumerate(records):
        if number == MOST_RECORDS:
            raise ImportRefused(f"La feuille dépasse {MOST_RECORDS} lignes, même vides.")
        yield record


def _cells(book: Any, name: str) -> Any:
    if not book.worksheets:
        raise ImportRefused("Le classeur n'a aucune feuille de calcul.")
    if not name:
        sheet = book.worksheets[0]
    elif name in book.sheetnames and book[name] in book.worksheets:
        sheet = book[name]
    else:
        names = ", ".join(quote(sheet.title) for sheet in book.worksheets)
        raise ImportRefused(f"Le classeur n'a pas de feuille {quote(name)}. Il a{NBSP}: {names}.")
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    return sheet


def _opened(data: bytes, *, data_only: bool):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about drawings and styles it does not read
        return load_workbook(io.BytesIO(data), read_only=True, data_only=data_only)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case int() | float() | Decimal():
            return str(value)
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
    return str(value)
