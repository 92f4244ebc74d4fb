"""Which published tables were loaded."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel

from coding.editions import Edition


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
