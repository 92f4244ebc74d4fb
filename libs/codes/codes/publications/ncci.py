"""NCCI: procedure-to-procedure pairs, unit limits and add-on codes as CMS publishes them (rulebook 15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from codes.publications.rows import Row, after_header, commas, tabbed

_INDICATORS = frozenset("019")
_CONTRACTOR_DEFINED = "CCCCC"


@dataclass(frozen=True, slots=True)
class Pair:
    """Column 1 contains column 2. `deleted` is the last day in force, inclusive; `indicator` 0, 1 or 9."""

    column1: str
    column2: str
    effective: date
    deleted: date | None
    indicator: str


@dataclass(frozen=True, slots=True)
class UnitLimit:
    """The most units of a code in a day; `adjudication` 1 line, 2 absolute, 3 clinical."""

    code: str
    units: int
    adjudication: int


@dataclass(frozen=True, slots=True)
class AddOn:
    """An add-on and one code it may stand beside; `parent` is None where the contractor decides."""

    add_on: str
    parent: str | None
    type: int
    effective: date
    deleted: date | None


def read_pairs(path: Path) -> Iterator[Pair]:
    """The rows of `ccipra-*.txt`, tab-delimited, below whatever preamble. Raises BadRow."""
    for row in _below_codes(tabbed(path)):
        indicator = row.cell(5)
        if indicator not in _INDICATORS:
            raise row.bad("Modifier", "must be 0, 1 or 9")
        yield Pair(row.code(0, "Column 1"), row.code(1, "Column 2"), row.day(3, "Effective Date"),
                   _deleted(row, 4), indicator)  # fmt: skip


def _below_codes(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows from the first that begins with two codes: the header runs over one to four lines, or is missing."""
    file, begun = "", False
    for row in rows:
        if row.file != file:
            file, begun = row.file, False
        begun = begun or (_is_code(row.cell(0)) and _is_code(row.cell(1)))
        if begun and any(cell.strip() for cell in row.cells):
            yield row


def _is_code(text: str) -> bool:
    return len(text) == 5 and text.isascii() and text.isalnum() and any(mark.isdigit() for mark in text)


def _deleted(row: Row, place: int) -> date | None:
    return None if row.cell(place) in ("*", "") else row.day(place, "Deletion Date")


def read_unit_limits(path: Path) -> Iterator[UnitLimit]:
    """The rows of `MCR_MUE_PractitionerServices_*.csv`, below the notice and its header. Raises BadRow."""
    for row in after_header(commas(path), "hcpcs", "mue values", "adjudication"):
        words = row.cell(2)
        if words[:1] not in ("1", "2", "3"):
            raise row.bad("MUE Adjudication Indicator", "must begin with 1, 2 or 3")
        yield UnitLimit(row.code(0, "HCPCS/CPT Code"), row.whole(1, "MUE Values"), int(words[0]))


def read_add_ons(path: Path) -> Iterator[AddOn]:
    """The rows of the add-on file: add-on, type, primary, effective, deletion. Raises BadRow."""
    rows = commas(path) if path.suffix.lower() == ".csv" else tabbed(path)
    for row in after_header(rows, "add-on", "type", "primary"):
        kind = row.whole(1, "Type")
        if kind not in (1, 2, 3):
            raise row.bad("Type", "must be 1, 2 or 3")
        parent = None if row.cell(2).upper() in (_CONTRACTOR_DEFINED, "") else row.code(2, "Primary Code")
        yield AddOn(row.code(0, "Add-on Code"), parent, kind, row.day(3, "Effective Date"), _deleted(row, 4))
