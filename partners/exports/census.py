"""Records as the census: what is taken away, changed in a spreadsheet or not, and brought back.

The columns are those of `partners.imports.columns`, but for people (rule R6): a file that lacks
them leaves them alone. What would show where a shelter is says « (confidentiel) » (rule R7).
Brought back as it left, a file changes nothing (tests/test_take_away.py).
"""

import io
from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from partners import phones
from partners.exports import sheets
from partners.imports import cells, marks, writing
from partners.imports.column import PERSON, PLACE, Column
from partners.imports.columns import COLUMNS
from partners.models import Listing

TAKEN = [column for column in COLUMNS if column.secrecy != PERSON]
SECRET = {column.header for column in TAKEN if column.secrecy == PLACE} | {"lien_source"}
"""Of a confidential shelter; the page of the source may tell its address."""

AT_ONCE = 5000
"""Records whose relations are read together: a directory is in one block, some 50 MB of memory."""
WIDE, NARROW = 40, 16


def headers() -> list[str]:
    return [column.header for column in TAKEN]


def rows(listings: QuerySet[Listing]) -> Iterator[list[str]]:
    """The cells of each record, in the order of `listings`."""
    for listing in writing.with_relations(listings).iterator(chunk_size=AT_ONCE):
        yield [_cell(column, listing) for column in TAKEN]


def as_csv(listings: QuerySet[Listing]) -> bytes:
    return sheets.as_csv([headers(), *rows(listings)])


def as_xlsx(listings: QuerySet[Listing]) -> bytes:
    return workbook([headers(), *rows(listings)])


def workbook(lines: Iterable[Iterable[str]]) -> bytes:
    """Every cell is a text: no postal code loses its zero, no number its sign."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Fiches")
    sheet.freeze_panes = "A2"
    for place, column in enumerate(TAKEN, start=1):
        width = WIDE if column.is_text else NARROW
        sheet.column_dimensions[get_column_letter(place)].width = width
    for line in lines:
        sheet.append(_shown(line))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _shown(row: Iterable[str]) -> list[str]:
    return [ILLEGAL_CHARACTERS_RE.sub("", marks.neutral(cell)) for cell in row]


def _cell(column: Column, listing: Listing) -> str:
    if listing.is_confidential and column.header in SECRET:
        return marks.CONFIDENTIAL
    return cell_of(column, listing)


def cell_of(column: Column, listing: Listing) -> str:
    """What a column says of a record (from `with_relations`), in the words of the census."""
    if column.header == "id" and not listing.source_id:
        return marks.own(listing)
    text = column.write(listing)
    return _dialled(text, listing) if column.read is cells.phone else text


def _dialled(number: str, listing: Listing) -> str:
    """« 02 61 91 00 00 », which no spreadsheet takes for a number, where it reads back the same."""
    shown = phones.display(number)
    try:
        is_same = phones.normalise(shown, departement=_departement(listing)) == number
    except phones.PhoneError:
        return number
    return shown if is_same else number


def _departement(listing: Listing) -> str:
    """The code (INSEE) of where a record is, as a file that says so would be read."""
    if listing.is_confidential or listing.commune is None:
        return ""
    code: str = listing.commune.code
    return code[:3] if code.startswith("97") else code[:2]
