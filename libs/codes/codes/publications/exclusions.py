"""OIG's List of Excluded Individuals and Entities, the full download: one row for each exclusion in force."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from codes.publications.rows import BadRow, Row, commas

COLUMNS = (
    "LASTNAME", "FIRSTNAME", "MIDNAME", "BUSNAME", "GENERAL", "SPECIALTY", "UPIN", "NPI", "DOB", "ADDRESS", "CITY",
    "STATE", "ZIP", "EXCLTYPE", "EXCLDATE", "REINDATE", "WAIVERDATE", "WVRSTATE",
)  # fmt: skip
_PLACE = {name: place for place, name in enumerate(COLUMNS)}
# How the list writes that there is none.
_NO_NPI, _NO_DAY = frozenset({"", "0", "0000000000"}), frozenset({"", "0", "00000000"})


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A person, or a business where `family` is empty. Names are in capitals; `type` is the section of the Act as the
    list writes it.
    """

    line: int
    family: str
    given: str
    middle: str
    business: str
    general: str
    specialty: str
    npi: str | None
    birth_date: date | None
    city: str
    state: str
    type: str
    excluded_on: date
    reinstated_on: date | None
    waived_on: date | None
    waiver_state: str


def read_exclusions(path: Path) -> Iterator[Exclusion]:
    """The rows of a CSV file, or of a zip of one, one after another. Raises BadRow."""
    rows, last = commas(path), 0
    try:
        header = next(rows, None)
        if header is None:
            raise BadRow(path.name, 1, "header", "the file is empty")
        if tuple(cell.strip().lstrip("\ufeff\u00ef\u00bb\u00bf").upper() for cell in header.cells) != COLUMNS:
            raise header.bad("header", f"must be {','.join(COLUMNS)}")
        for row in rows:
            last = row.line
            if any(cell.strip() for cell in row.cells):
                yield _exclusion(row)
    except csv.Error as fault:
        raise BadRow(path.name, last + 1, "row", str(fault)) from None


def _exclusion(row: Row) -> Exclusion:
    if len(row.cells) != len(COLUMNS):
        raise row.bad("row", f"has {len(row.cells)} columns instead of {len(COLUMNS)}")
    family, business, kind = _text(row, "LASTNAME"), _text(row, "BUSNAME"), row.cell(_PLACE["EXCLTYPE"])
    if not family and not business:
        raise row.bad("LASTNAME", "must name somebody where BUSNAME is empty")
    if not kind:
        raise row.bad("EXCLTYPE", "must not be empty")
    return Exclusion(
        line=row.line,
        family=family,
        given=_text(row, "FIRSTNAME"),
        middle=_text(row, "MIDNAME"),
        business=business,
        general=_text(row, "GENERAL"),
        specialty=_text(row, "SPECIALTY"),
        npi=_npi(row),
        birth_date=_day(row, "DOB"),
        city=_text(row, "CITY"),
        state=_text(row, "STATE"),
        type=kind,
        excluded_on=row.day(_PLACE["EXCLDATE"], "EXCLDATE"),
        reinstated_on=_day(row, "REINDATE"),
        waived_on=_day(row, "WAIVERDATE"),
        waiver_state=_text(row, "WVRSTATE"),
    )


def _text(row: Row, column: str) -> str:
    text = " ".join(row.cell(_PLACE[column]).upper().split())
    if "\x00" in text:
        raise row.bad(column, "must not hold a zero byte")
    return text


def _npi(row: Row) -> str | None:
    text = row.cell(_PLACE["NPI"])
    if text in _NO_NPI:
        return None
    if len(text) != 10 or not (text.isascii() and text.isdigit()):
        raise row.bad("NPI", "must be ten digits, or zeros where there is none")
    return text


def _day(row: Row, column: str) -> date | None:
    return None if row.cell(_PLACE[column]) in _NO_DAY else row.day(_PLACE[column], column)
