"""The physician fee schedule: relative values and their indicators, and the cost indices (rulebook 15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from codes.publications.rows import Row, after_header, commas, fixed

_COLUMNS = 31


@dataclass(frozen=True, slots=True)
class RelativeValue:
    """One code (and modifier) of the fee schedule. Values are relative value units; `factor` is dollars a unit.

    `global_days`, `multiple_procedure`, `bilateral`, `assistant`, `pctc` and `status` are the schedule's words.
    """

    code: str
    modifier: str
    status: str
    work: Decimal
    practice_nonfacility: Decimal
    practice_facility: Decimal
    malpractice: Decimal
    pctc: str
    global_days: str
    multiple_procedure: str
    bilateral: str
    assistant: str
    factor: Decimal


@dataclass(frozen=True, slots=True)
class CostIndex:
    """One locality's geographic indices."""

    contractor: str
    locality: str
    name: str
    work: Decimal
    practice: Decimal
    malpractice: Decimal


def read_relative_values(path: Path) -> Iterator[RelativeValue]:
    """PPRRVU as CSV (31 columns, by position: its header names repeat) or as 200-character text. Raises BadRow.

    Descriptions are passed over: they are the AMA's.
    """
    if path.suffix.lower() == ".txt":
        for row in fixed(path):
            if _begins_with_code(row.cells[0][:5]):
                yield _from_text(row)
        return
    begun = False
    for row in commas(path):
        begun = begun or _begins_with_code(row.cell(0))
        if begun and row.cell(0):
            if len(row.cells) < _COLUMNS:
                raise row.bad("row", f"must have {_COLUMNS} columns")
            yield _from_cells(row)


def _begins_with_code(text: str) -> bool:
    return len(text.strip()) == 5 and text.strip().isalnum() and any(mark.isdigit() for mark in text)


def _from_cells(row: Row) -> RelativeValue:
    return RelativeValue(
        row.code(0, "HCPCS"), row.cell(1), row.cell(3), _number(row, row.cell(5), "work RVU"),
        _number(row, row.cell(6), "non-facility PE RVU"), _number(row, row.cell(8), "facility PE RVU"),
        _number(row, row.cell(10), "MP RVU"), row.cell(13), row.cell(14), row.cell(18), row.cell(19), row.cell(20),
        _number(row, row.cell(24), "conversion factor"),
    )  # fmt: skip


def _from_text(row: Row) -> RelativeValue:
    line = row.cells[0].ljust(200)

    def part(first: int, last: int) -> str:
        return line[first - 1 : last].strip()

    return RelativeValue(
        part(1, 5), part(6, 7), part(58, 58), _number(row, part(60, 65), "work RVU"),
        _number(row, part(67, 72), "non-facility PE RVU"), _number(row, part(76, 81), "facility PE RVU"),
        _number(row, part(85, 89), "MP RVU"), part(103, 103), part(104, 106), part(116, 116), part(117, 117),
        part(118, 118), _number(row, part(133, 140), "conversion factor"),
    )  # fmt: skip


def read_cost_indices(path: Path) -> Iterator[CostIndex]:
    """GPCI as CSV: contractor, state, locality, name, work, practice expense, malpractice. Raises BadRow."""
    for row in after_header(commas(path), "locality", "pw gpci"):
        # Notes below the table begin with an asterisk or with words.
        if row.cell(0).isdigit():
            yield CostIndex(
                row.cell(0), row.cell(2).zfill(2), row.cell(3), _number(row, row.cell(4), "PW GPCI"),
                _number(row, row.cell(5), "PE GPCI"), _number(row, row.cell(6), "MP GPCI"),
            )  # fmt: skip


def _number(row: Row, text: str, column: str) -> Decimal:
    try:
        value = Decimal(text or "0")
    except InvalidOperation:
        raise row.bad(column, "must be a number") from None
    if not value.is_finite():
        raise row.bad(column, "must be a number")
    return value
