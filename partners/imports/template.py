"""The census, empty: what to fill in, and what each column is for."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from partners.imports.columns import COLUMNS
from partners.imports.errors import NBSP, ImportRefused, quote
from partners.models import Situation

GUIDE_HEADERS = ["colonne", "à quoi elle sert", "ce qu'elle accepte", "exemple"]
GUIDE_WIDTHS = [28, 60, 60, 40]


def write(path: Path) -> None:
    """The template at `path` (.csv or .xlsx). Raises `ImportRefused` when it cannot be written."""
    formats = {".csv": _csv, ".xlsx": _xlsx}
    if path.suffix.lower() not in formats:
        raise ImportRefused(
            f"Donnez au modèle un nom en .csv ou en .xlsx{NBSP}: {quote(path.name)}."
        )
    content = formats[path.suffix.lower()]()
    try:
        path.write_bytes(content)
    except OSError:
        raise ImportRefused(f"Le fichier {quote(str(path))} ne peut pas être écrit.") from None


def guide() -> Iterator[str]:
    """One line in French per column, for the terminal."""
    for column in COLUMNS:
        example = f" Exemple{NBSP}: {column.example}" if column.example else ""
        yield f"{column.header}{NBSP}: {column.help} ({column.expects}){example}"
    yield f"Situations{NBSP}:"
    yield from (f"    {slug}{NBSP}: {label}" for slug, label in situations())


def _headers() -> list[str]:
    return [column.header for column in COLUMNS]


def _csv() -> bytes:
    """With a byte order mark and semicolons, as a French spreadsheet opens it."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow(_headers())
    return text.getvalue().encode("utf-8-sig")


def _xlsx() -> bytes:
    book = Workbook()
    census = book.active
    census.title = "Recensement"
    census.append(_headers())
    census.freeze_panes = "A2"
    for cells in census.iter_rows(max_row=1):
        for cell in cells:
            cell.font = Font(bold=True)
            census.column_dimensions[cell.column_letter].width = max(14, len(cell.value) + 2)
    _add_guide(book)
    _add_situations(book)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _add_situations(book: Workbook) -> None:
    """What may be written in the columns of situations; empty before `import_vocabulary`."""
    sheet = book.create_sheet("Situations")
    sheet.append(["mot-clé", "nom"])
    for situation in situations():
        sheet.append(situation)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 50


def situations() -> list[tuple[str, str]]:
    """(keyword, name) of each situation, in the order of the home page."""
    return list(Situation.objects.order_by("order", "pk").values_list("slug", "label"))


def _add_guide(book: Workbook) -> None:
    sheet = book.create_sheet("Mode d'emploi")
    sheet.append(GUIDE_HEADERS)
    for column in COLUMNS:
        sheet.append([column.header, column.help, column.expects, column.example])
    for index, width in enumerate(GUIDE_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
        sheet.cell(1, index).font = Font(bold=True)
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.data_type = "s"  # no example is a formula
    sheet.freeze_panes = "A2"
