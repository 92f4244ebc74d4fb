"""ICD-10-CM's order file and HCPCS Level II's list (rulebook 15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from codes.publications.rows import BadRow, Row, commas, fixed

_CONTINUED = frozenset({"4", "8"})


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One code of the order file, dotted; a header (`billable` False) needs more characters."""

    code: str
    billable: bool
    title: str


@dataclass(frozen=True, slots=True)
class Supply:
    """One HCPCS Level II code with its dates of service, both inclusive."""

    code: str
    title: str
    added: date | None
    ended: date | None


def read_diagnoses(path: Path) -> Iterator[Diagnosis]:
    """`icd10cm_order_YYYY.txt`: columns 7-13 the code, 15 the flag, 78 on the long title. Raises BadRow."""
    for row in fixed(path):
        line = row.cells[0]
        if not line.strip():
            continue
        plain, flag = line[6:13].strip(), line[14:15]
        if not 3 <= len(plain) <= 7 or not plain.isalnum():
            raise row.bad("code", "must be three to seven letters and digits")
        if flag not in ("0", "1"):
            raise row.bad("flag", "must be 0 or 1")
        yield Diagnosis(plain if len(plain) == 3 else f"{plain[:3]}.{plain[3:]}", flag == "1", line[77:].strip())


def read_supplies(path: Path) -> Iterator[Supply]:
    """HCPCS as CSV with named columns; a long title goes on in the rows of record 4. Raises BadRow."""
    rows = commas(path)
    header = next(rows, None)
    if header is None:
        raise BadRow(path.name, 1, "header", "the file is empty")
    places = {" ".join(cell.upper().split()): place for place, cell in enumerate(header.cells)}
    for name in ("HCPC", "RECID", "LONG DESCRIPTION", "ADD DT", "TERM DT"):
        if name not in places:
            raise header.bad("header", f"has no column {name}")
    open_supply: Supply | None = None
    for row in rows:
        if not row.cell(places["HCPC"]):
            continue
        title = row.cell(places["LONG DESCRIPTION"])
        if row.cell(places["RECID"]) in _CONTINUED and open_supply is not None:
            known = open_supply
            open_supply = Supply(known.code, f"{known.title} {title}".strip(), known.added, known.ended)
            continue
        if open_supply is not None:
            yield open_supply
        code = row.code(places["HCPC"], "HCPC") if row.cell(places["RECID"]) == "3" else row.cell(places["HCPC"])
        open_supply = Supply(code, title, _day(row, places["ADD DT"]), _day(row, places["TERM DT"]))
    if open_supply is not None:
        yield open_supply


def _day(row: Row, place: int) -> date | None:
    return row.day(place, "date") if row.cell(place) else None
