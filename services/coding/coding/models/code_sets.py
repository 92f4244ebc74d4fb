"""Which published tables were loaded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, TypeAdapter

from coding.editions import Edition
from coding.published import Entry

_ROW = TypeAdapter(dict[str, Any])


class FileOut(BaseModel):
    name: str
    sha256: str


class EditionOut(BaseModel):
    """One loaded table of one quarter, with the files it was made of."""

    kind: str
    quarter: str
    in_force_from: date
    files: list[FileOut]
    rows: int
    loaded_at: datetime

    @classmethod
    def of(cls, edition: Edition) -> EditionOut:
        return cls(
            kind=edition.kind,
            quarter=edition.quarter,
            in_force_from=edition.in_force_from,
            files=[FileOut(name=file["name"], sha256=file["sha256"]) for file in edition.files],
            rows=edition.rows,
            loaded_at=edition.loaded_at,
        )


class EntryOut(BaseModel):
    """What one loaded table says: its rows as they were published, and the edition that holds on the date."""

    kind: str
    quarter: str
    in_force_from: date
    rows: list[dict[str, Any]]

    @classmethod
    def of(cls, entry: Entry) -> EntryOut:
        kept = [{name: value for name, value in row.items() if name != "edition_id"} for row in entry.rows]
        return cls(
            kind=entry.edition.kind,
            quarter=entry.edition.quarter,
            in_force_from=entry.edition.in_force_from,
            rows=[_ROW.dump_python(row, mode="json") for row in kept],
        )
