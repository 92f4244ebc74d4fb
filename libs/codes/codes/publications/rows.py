"""Lines and cells of a published file, whatever it is packed in, and what is wrong with a row."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, TextIO

_BLOCK = 1 << 20
_TEXT = frozenset({".txt", ".csv"})


class BadRow(Exception):
    """A row that cannot be read: the file, its line (1 is the first), the column's name and why."""

    def __init__(self, file: str, line: int, column: str, why: str) -> None:
        super().__init__(f"{file}, line {line}, {column}: {why}")
        self.file, self.line, self.column, self.why = file, line, column, why


@dataclass(frozen=True, slots=True)
class Row:
    """One line's cells, and where it stands."""

    file: str
    line: int
    cells: Sequence[str]

    def cell(self, place: int) -> str:
        """The cell without white space around it; empty when the row is shorter."""
        return self.cells[place].strip() if place < len(self.cells) else ""

    def bad(self, column: str, why: str) -> BadRow:
        return BadRow(self.file, self.line, column, why)

    def code(self, place: int, column: str) -> str:
        """A five-character procedure code; a spreadsheet's bare number is given its zeros back."""
        text = self.cell(place).upper()
        if text.isdigit() and len(text) < 5:
            text = text.zfill(5)
        if len(text) != 5 or not text.isalnum() or not text.isascii():
            raise self.bad(column, "must be a code of five letters and digits")
        return text

    def day(self, place: int, column: str) -> date:
        text = self.cell(place)
        try:
            if len(text) != 8 or not text.isdigit():
                raise ValueError
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            raise self.bad(column, "must be a date of eight digits, year first") from None

    def whole(self, place: int, column: str) -> int:
        text = self.cell(place)
        if not (text.isdigit() and text.isascii()):
            raise self.bad(column, "must be a whole number")
        return int(text)


def sha256_of(path: Path) -> str:
    """The file's SHA-256, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def _opened(path: Path) -> Generator[Iterator[tuple[str, BinaryIO]]]:
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if Path(name).suffix.lower() in _TEXT)
            yield ((f"{path.name}/{name}", io.BufferedReader(archive.open(name))) for name in names)  # pyright: ignore[reportArgumentType]
    else:
        with path.open("rb") as file:
            yield iter([(path.name, file)])


def read_texts(path: Path, encoding: str = "latin-1") -> Iterator[tuple[str, TextIO]]:
    """The text files in a path, a zip's members one after another."""
    with _opened(path) as members:
        for name, file in members:
            # CMS writes Latin-1; what differs from UTF-8 there is in titles, never in a code.
            yield name, io.TextIOWrapper(file, encoding, newline="")


def tabbed(path: Path) -> Iterator[Row]:
    """Tab-delimited rows."""
    for name, text in read_texts(path):
        for line, content in enumerate(text, 1):
            yield Row(name, line, content.rstrip("\r\n").split("\t"))


def commas(path: Path, encoding: str = "latin-1") -> Iterator[Row]:
    """Comma-separated rows; a quoted cell may run over several lines, and `line` is where the row ends."""
    for name, text in read_texts(path, encoding):
        reader = csv.reader(text)
        for cells in reader:
            yield Row(name, reader.line_num, cells)


def fixed(path: Path) -> Iterator[Row]:
    """Rows of fixed columns: one cell, the whole line."""
    for name, text in read_texts(path):
        for line, content in enumerate(text, 1):
            yield Row(name, line, (content.rstrip("\r\n"),))


def after_header(rows: Iterable[Row], *words: str) -> Iterator[Row]:
    """The rows below the header, which is the row where every word stands in a cell of its own.

    Raises BadRow when a file has no such row.
    """
    file, last, found = "", 0, False
    for row in rows:
        if row.file != file:
            if file and not found:
                raise BadRow(file, last, "header", f"no row holds {', '.join(words)}")
            file, found = row.file, False
        last = row.line
        if found:
            if any(cell.strip() for cell in row.cells):
                yield row
        else:
            cells = [" ".join(cell.lower().split()) for cell in row.cells]
            found = all(any(word in cell for cell in cells) for word in words)
    if not found:
        raise BadRow(file or "the file", last, "header", f"no row holds {', '.join(words)}")
