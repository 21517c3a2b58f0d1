"""Rows of a data·inclusion file, one by one whatever its size: JSON Lines, JSON array, Parquet.

Told apart by their first bytes, gzipped or not. A file that breaks off raises, so that nothing of
it is kept; a bad line inside does not.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any

import ijson

from partners.imports.errors import NBSP, ImportRefused, quote

LONGEST_LINE = 4 * 1024 * 1024
ROWS_AT_ONCE = 1000
DEEPEST = 64
STARTS, ENDS = {"start_map", "start_array"}, {"end_map", "end_array"}
GZIP, PARQUET, BOM = b"\x1f\x8b", b"PAR1", b"\xef\xbb\xbf"
BROKEN = f"Le fichier est coupé ou abîmé{NBSP}: téléchargez-le de nouveau."

Numbered = tuple[int, Any]
"""(line or rank from 1, what it holds: a dict when all is well, None when it is not JSON)."""


def rows(path: Path) -> Iterator[Numbered]:
    """The rows of a file. Raises `ImportRefused` with one clear message."""
    try:
        with path.open("rb") as raw:
            if not path.is_file():  # a device has no end
                raise ImportRefused(f"{quote(str(path))} n'est pas un fichier ordinaire.")
            start = raw.read(4)
            raw.seek(0)
            if start.startswith(PARQUET):
                yield from _parquet_rows(raw)
            else:
                zipped = start.startswith(GZIP)
                yield from _json_rows(gzip.GzipFile(fileobj=raw) if zipped else raw)
    except FileNotFoundError:
        raise ImportRefused(f"Le fichier {quote(str(path))} n'existe pas.") from None
    except IsADirectoryError:
        raise ImportRefused(f"{quote(str(path))} est un dossier, pas un fichier.") from None
    except PermissionError:
        raise ImportRefused(f"Vous n'avez pas le droit de lire {quote(str(path))}.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise ImportRefused(f"{quote(path.name)}{NBSP}: {BROKEN}") from None
    except (OSError, ValueError):
        raise ImportRefused(f"Le fichier {quote(str(path))} ne peut pas être lu.") from None


def _json_rows(file: IO[bytes]) -> Iterator[Numbered]:
    first = file.readline(LONGEST_LINE)
    while first and not first.removeprefix(BOM).strip():
        first = file.readline(LONGEST_LINE)
    file.seek(0)
    if first.removeprefix(BOM).lstrip().startswith(b"["):
        return _array_rows(file)
    return _lines(file)


def _lines(file: IO[bytes]) -> Iterator[Numbered]:
    """One object per line; the last one must be whole, the first one must be JSON at all."""
    is_first = True
    for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), start=1):
        if len(line) > LONGEST_LINE:
            raise ImportRefused(
                f"La ligne {number} a plus de {LONGEST_LINE // 1024 // 1024} Mo{NBSP}: un fichier "
                "JSON Lines a une fiche par ligne, un tableau JSON commence par un crochet."
            )
        text = line.removeprefix(BOM).strip() if number == 1 else line.strip()
        if not text:
            continue
        found = _parsed(text)
        if found is None and is_first:
            raise ImportRefused(
                "Ce n'est pas un fichier data·inclusion. "
                f"Formats acceptés{NBSP}: JSON Lines, tableau JSON et Parquet."
            )
        if found is None and not line.endswith(b"\n"):
            raise ImportRefused(f"Ligne {number}, la dernière, incomplète. {BROKEN}")
        is_first = False
        yield number, found


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _array_rows(file: IO[bytes]) -> Iterator[Numbered]:
    number = 0
    if file.read(len(BOM)) != BOM:
        file.seek(0)
    try:
        for number, row in enumerate(_items(ijson.basic_parse(file, use_float=True)), start=1):
            yield number, row
    except (ijson.JSONError, UnicodeDecodeError):
        raise ImportRefused(f"JSON illisible après la fiche {number}. {BROKEN}") from None


def _items(events: Iterator[tuple[str, Any]]) -> Iterator[Any]:
    """What an array holds, one after the other. As `ijson.items`, whose memory grows with the
    square of the depth: brackets alone, a few kilobytes of them, would take all of it."""
    depth, builder = 0, ijson.ObjectBuilder()
    for event, value in events:
        depth -= event in ENDS
        if depth == 0:  # the array itself
            depth += event in STARTS
            continue
        builder.event(event, value)
        depth += event in STARTS
        if depth > DEEPEST:
            raise ijson.JSONError("too deep")
        if depth == 1:
            yield builder.value
            builder = ijson.ObjectBuilder()


def _parquet_rows(file: IO[bytes]) -> Iterator[Numbered]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ImportRefused(
            f"Pour lire un fichier Parquet, installez pyarrow{NBSP}: pip install '.[parquet]'"
        ) from None
    try:
        source = parquet.ParquetFile(file)
        batches = source.iter_batches(batch_size=ROWS_AT_ONCE, columns=_known_columns(source))
        found = chain.from_iterable(batch.to_pylist() for batch in batches)
        yield from enumerate(found, start=1)
    except pyarrow.ArrowException as error:
        raise ImportRefused(f"Parquet illisible. {BROKEN}") from error
    except (OSError, OverflowError):  # a date that no calendar has
        raise ImportRefused(f"Parquet illisible. {BROKEN}") from None


def _known_columns(source: Any) -> list[str]:
    """Published files carry more than the schema says, sometimes heavy."""
    from partners.imports.data_inclusion.schema import KEYS

    return [name for name in source.schema_arrow.names if name in KEYS]
