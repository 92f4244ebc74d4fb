"""Changes of clinicians, groups and locations that Medicare and NPPES have to hear of."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from common.pagination import Cursor, Limit, Page
from common.web import Creates, IfMatch, Reads, Writes, etag, needs
from credentialing.api.acts import Reference
from credentialing.api.holders import HOLDERS, Path, WhoseName
from credentialing.api.words import READ, STRICT, WRITE
from credentialing.domain.changes import ChangeKind, Recipient, ToReport
from credentialing.domain.holders import HolderType, Named
from credentialing.operations import reporting as operations
from credentialing.store import changes as store

router = APIRouter(tags=["changes"])


class ChangeIn(BaseModel):
    """What changed and when; each recipient is reported to by itself."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "practice_location", "happened_on": "2026-03-02"}]},
    )
    kind: ChangeKind
    happened_on: date
    recipients: list[Recipient] = Field(default_factory=lambda: [*Recipient], min_length=1, max_length=len(Recipient))


class ReportIn(BaseModel):
    model_config = STRICT
    on: date
    reference: Reference | None = None


class ChangeOut(BaseModel):
    """`due_on` is the last day on which it is reported in time."""

    id: UUID
    held_by: HolderType
    npi: str
    location_code: str | None
    kind: ChangeKind
    recipient: Recipient
    happened_on: date
    due_on: date
    reported_on: date | None
    reference: str | None
    version: int

    @classmethod
    def of(cls, change: ToReport) -> ChangeOut:
        whose = change.holder
        names = ("id", "kind", "recipient", "happened_on", "due_on", "reported_on", "reference", "version")
        told = {name: getattr(change, name) for name in names}
        return cls(held_by=whose.type, npi=whose.npi, location_code=whose.code, **told)


class NotedOut(BaseModel):
    """One for each recipient."""

    changes: list[ChangeOut]

    @classmethod
    def of(cls, noted: list[ToReport]) -> NotedOut:
        return cls(changes=[ChangeOut.of(change) for change in noted])


def _changes(path: Path, whose: WhoseName) -> None:
    @router.post(f"{path}/changes", status_code=201, dependencies=[needs(WRITE)])
    async def note_change(body: ChangeIn, uow: Creates, named: Named = Depends(whose)) -> NotedOut:
        """Note what changed; it is listed as due until it was reported."""
        unit, recipients = uow.answering(NotedOut.of, 201), dict.fromkeys(body.recipients)
        noted = await operations.note_change(unit, named, body.kind, body.happened_on, recipients)
        return NotedOut.of(noted)


for _path, _whose in HOLDERS.items():
    _changes(_path, _whose)


@router.get("/changes", dependencies=[needs(READ)])
async def list_changes(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[ChangeOut]:
    """What changed, oldest first, reported or not."""
    async with reads.begin() as tx:
        found = await store.page(tx, cursor, limit)
    return Page.of(found, limit, ChangeOut.of, lambda change: change.id)


@router.get("/changes/{change_id}", dependencies=[needs(READ)])
async def get_change(change_id: UUID, reads: Reads, response: Response) -> ChangeOut:
    async with reads.begin() as tx:
        found = await store.load(tx, change_id)
    response.headers["ETag"] = etag(found.version)
    return ChangeOut.of(found)


@router.post("/changes/{change_id}/report", dependencies=[needs(WRITE)])
async def report(change_id: UUID, body: ReportIn, version: IfMatch, uow: Writes, response: Response) -> ChangeOut:
    """Say that the recipient was told, when, and by which reference."""
    unit = uow.answering(ChangeOut.of, 200)
    after = await operations.report(unit, change_id, version, body.on, body.reference)
    response.headers["ETag"] = etag(after.version)
    return ChangeOut.of(after)
