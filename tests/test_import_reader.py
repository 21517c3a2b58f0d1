"""Files as rows of text, and one clear message for what is no such file."""

import csv
import gzip
import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from partners.imports import reader, workbook
from partners.imports.errors import ImportRefused


def write(tmp_path, content, name="census.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def write_book(tmp_path, *rows, change=lambda book: None):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    path = tmp_path / "census.xlsx"
    book.save(path)
    return path


def refusal(path, **options):
    with pytest.raises(ImportRefused) as refused:
        reader.read(path, **options)
    return str(refused.value).replace("\N{NO-BREAK SPACE}", " ")


def cells(table):
    return [row.cells for row in table.rows]


# What is read

HEADERS = st.lists(
    st.from_regex(r"[a-zé_]{1,12}", fullmatch=True), min_size=2, max_size=6, unique=True
)
CELLS = st.text(
    st.characters(codec="cp1252", exclude_characters="\0\r", exclude_categories=["Cc", "Cs"]),
    max_size=20,
)


@st.composite
def tables(draw):
    headers = draw(HEADERS)
    row = st.lists(CELLS, min_size=len(headers), max_size=len(headers))
    return headers, draw(st.lists(row.filter(lambda row: any(map(str.strip, row))), max_size=8))


@given(
    tables(),
    st.sampled_from(";,\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_any_encoding_and_separator_gives_the_same_cells(
    tmp_path_factory, table, delimiter, encoding, newline, is_zipped
):
    headers, rows = table
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_NONNUMERIC
    )
    writer.writerows([headers, *rows])
    content = text.getvalue().encode(encoding)
    path = tmp_path_factory.mktemp("any") / "census.csv"
    path.write_bytes(gzip.compress(content) if is_zipped else content)
    found = reader.read(path)
    if encoding == "cp1252" and _is_utf8(content):
        return  # the same bytes mean another text in UTF-8
    assert found.headers == headers
    assert [list(row.cells.values()) for row in found.rows] == rows


def _is_utf8(content):
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return not content.isascii()


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_refusal(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "census.csv"
    path.write_bytes(content)
    try:
        table = reader.read(path)
    except ImportRefused:
        return
    assert all(set(row.cells) == set(table.headers) for row in table.rows)


def test_lines_are_numbered_as_a_spreadsheet_does(tmp_path):
    path = write(tmp_path, 'nom;adresse\nA;"1 rue\nhaute"\n\n;\nB;2 rue basse\n')
    assert [row.line for row in reader.read(path).rows] == [2, 5]


def test_short_row_is_completed_with_empty_cells(tmp_path):
    table = reader.read(write(tmp_path, "nom;adresse;commune\nA\n"))
    assert cells(table) == [{"nom": "A", "adresse": "", "commune": ""}]


def test_row_with_more_cells_than_the_header_is_at_fault(tmp_path):
    table = reader.read(write(tmp_path, "nom,adresse\nA,1,rue haute\nB,2 rue basse,\n"))
    assert "La ligne a 3 cellules et l'en-tête 2" in table.rows[0].faults[0]
    assert table.rows[1].faults == ()


def test_separator_line_of_excel_is_obeyed(tmp_path):
    table = reader.read(write(tmp_path, "sep=;\r\nnom;adresse, ville, pays\r\nA;1\r\n"))
    assert table.headers == ["nom", "adresse, ville, pays"]


def test_commas_in_texts_do_not_hide_the_semicolons(tmp_path):
    path = write(tmp_path, "nom;adresse, rue, ville\nA;1\nB;2, rue haute, ici, là\n")
    assert reader.read(path).headers == ["nom", "adresse, rue, ville"]


def test_empty_last_columns_are_ignored(tmp_path):
    assert reader.read(write(tmp_path, "nom;adresse;;\nA;1;;\n")).headers == ["nom", "adresse"]


def test_workbook_cells_are_read_as_their_text(tmp_path):
    path = write_book(
        tmp_path,
        ["nom", "siret", "prix", "jour", "heure", "oui", "vide"],
        ["Été", 12345678901234.0, 1.5, date(2026, 3, 1), datetime(2026, 3, 1, 9, 30), True, None],
    )
    assert list(reader.read(path).rows[0].cells.values()) == [
        "Été",
        "12345678901234",
        "1.5",
        "2026-03-01",
        "2026-03-01T09:30:00",
        "oui",
        "",
    ]


def test_sheet_is_chosen_by_name(tmp_path):
    def add(book):
        sheet = book.create_sheet("Partenaires")
        sheet.append(["nom"])
        sheet.append(["B"])

    path = write_book(tmp_path, ["nom"], ["A"], change=add)
    assert cells(reader.read(path)) == [{"nom": "A"}]
    assert cells(reader.read(path, sheet="Partenaires")) == [{"nom": "B"}]
    assert "pas de feuille « Autre »" in refusal(path, sheet="Autre")
    assert "« Sheet », « Partenaires »" in refusal(path, sheet="Autre")


def test_formula_is_never_computed(tmp_path):
    path = write_book(tmp_path, ["nom", "adresse"], ["A", '=HYPERLINK("http://x","y")'])
    assert cells(reader.read(path)) == [{"nom": "A", "adresse": reader.UNCALCULATED}]


# What is refused


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"\xef\xbb\xbf", b" ; ; \n", gzip.compress(b"", mtime=0)]
)
def test_empty_file_is_refused(tmp_path, content):
    assert refusal(write(tmp_path, content)) == "Le fichier est vide."


@pytest.mark.parametrize(
    "content",
    [bytes(range(256)) * 10, b"\x89PNG\r\n\x1a\n" + bytes(200), b"%PDF-1.7\nnom;id", b"\0" * 100],
)
def test_binary_file_is_refused(tmp_path, content):
    assert "Ce n'est pas un tableau lisible" in refusal(write(tmp_path, content))


def test_missing_file_and_directory_are_refused(tmp_path):
    assert "n'existe pas" in refusal(tmp_path / "rien.csv")
    assert "est un dossier" in refusal(tmp_path)
    assert "n'est pas un fichier ordinaire" in refusal(Path("/dev/zero"))
    assert "ne peut pas être lu" in refusal(Path("a\0b.csv"))


def test_forbidden_file_is_refused(tmp_path, monkeypatch):
    def forbidden(*args, **options):
        raise PermissionError

    path = write(tmp_path, "nom\nA\n")
    monkeypatch.setattr(Path, "open", forbidden)  # root may read anything
    assert "pas le droit de lire" in refusal(path)


def test_file_over_fifty_megabytes_is_refused(tmp_path):
    path = tmp_path / "gros.csv"
    with path.open("wb") as file:
        file.truncate(reader.MAX_BYTES + 1)
    assert refusal(path) == "Le fichier est trop gros : 50 Mo au plus."


def test_small_file_that_unzips_to_a_big_one_is_refused(tmp_path):
    bomb = gzip.compress(b"a" * (reader.MAX_BYTES + 1), 1)
    assert (
        refusal(write(tmp_path, bomb, "petit.csv.gz"))
        == "Le fichier est trop gros : 50 Mo au plus."
    )
    assert "est abîmé" in refusal(write(tmp_path, bomb[:500], "coupe.csv.gz"))


def test_workbook_that_unzips_to_a_big_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_UNZIPPED", 1024)
    assert "décompressé dépasse" in refusal(write_book(tmp_path, ["nom"], ["A"]))


def test_too_many_rows_are_refused(tmp_path):
    content = "nom\n" + "A\n" * (reader.MAX_ROWS + 1)
    assert "trop de lignes : 50000 au plus" in refusal(write(tmp_path, content))


def test_old_excel_is_refused_with_the_way_out(tmp_path):
    for path in (write(tmp_path, reader.OLE + bytes(50)), write(tmp_path, "nom", "vieux.xls")):
        assert "enregistrez-le en .xlsx" in refusal(path)


def test_libreoffice_workbook_is_refused_with_the_way_out(tmp_path):
    path = tmp_path / "census.bin"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert ".ods" in refusal(path)
    assert "enregistrez-le en .xlsx" in refusal(write(tmp_path, "nom", "census.ods"))


def test_broken_workbook_is_refused(tmp_path):
    whole = write_book(tmp_path, ["nom"], ["A"]).read_bytes()
    assert "est abîmé" in refusal(write(tmp_path, whole[:-200], "coupe.xlsx"))
    path = tmp_path / "autre.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "a")
    assert "est abîmé" in refusal(path)


def test_workbook_with_entities_is_refused(tmp_path):
    whole = write_book(tmp_path, ["nom"], ["A"])
    path = tmp_path / "entites.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = b'<!DOCTYPE a [<!ENTITY b "c">]>' + content
            copy.writestr(name, content)
    assert "est abîmé" in refusal(path)


def test_sheet_of_a_text_file_is_refused(tmp_path):
    assert "ne vaut que pour un classeur" in refusal(write(tmp_path, "nom\nA\n"), sheet="1")


def test_same_header_twice_is_refused(tmp_path):
    assert refusal(write(tmp_path, "nom;Id;nom\nA;1;B\n")) == (
        "Des colonnes ont le même en-tête : « nom »."
    )


@pytest.mark.parametrize("content", ["nom;;id\nA;merged;1\n", "Recensement 2026;\nnom;id\nA;1\n"])
def test_column_without_header_is_refused(tmp_path, content):
    assert "La colonne B n'a pas d'en-tête" in refusal(write(tmp_path, content))


def test_merged_header_cells_are_refused(tmp_path):
    path = write_book(
        tmp_path, ["nom", "adresse", None], ["A", "1 rue", "Pouzauges"],
        change=lambda book: book.active.merge_cells("B1:C1"),
    )  # fmt: skip
    assert "cellules fusionnées" in refusal(path)


def test_quote_never_closed_is_refused(tmp_path):
    message = refusal(write(tmp_path, 'nom;adresse\nA;1\nB;"2 rue\nC;3\n'))
    assert "Le CSV est mal formé" in message
    assert "guillemet" in message


def test_unknown_encoding_is_refused(tmp_path):
    path = write(tmp_path, b"nom;adresse\nA;\x81\x8d\xe9\n")
    assert "Enregistrez le fichier en CSV UTF-8" in refusal(path)
