"""What was received: files, their interchanges and flaws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import RowMapping

MEDIA_TYPE = "application/edi-x12"
LARGEST_UPLOAD = 50 * 1024 * 1024


class InterchangeOut(BaseModel):
    """An interchange in the archive; `reason` and `duplicate_of` when it was not processed."""

    id: UUID
    partner_id: UUID
    direction: str
    kind: str
    kinds: dict[str, int]
    sender_id: str
    receiver_id: str
    control: str
    groups: list[str]
    usage: str
    size: int
    sha256: str
    file_id: UUID | None
    ordinal: int
    reason: str | None
    duplicate_of: UUID | None
    at: datetime

    @classmethod
    def of(cls, row: RowMapping) -> InterchangeOut:
        return cls.model_validate(dict(row))


class FlawOut(BaseModel):
    code: str
    what: str
    interchange: int
    group: int
    set: int
    segment: int


class FileOut(BaseModel):
    """A file that came in: processed, a duplicate, or in quarantine with its flaws."""

    id: UUID
    partner_id: UUID
    source: str
    name: str
    sha256: str | None
    size: int | None
    status: str
    reason: str | None
    flaws: list[FlawOut]
    duplicate_of: UUID | None
    corrected_by: UUID | None
    received_at: datetime
    released_at: datetime | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> FileOut:
        return cls.model_validate(dict(row))


class FileTaken(BaseModel):
    file_id: UUID

    @classmethod
    def of(cls, file_id: UUID) -> FileTaken:
        return cls(file_id=file_id)
