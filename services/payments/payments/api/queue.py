"""What a person has to look at: refused files and cheques, unmatched payments, doubts about what was posted."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from common.pagination import Cursor, Limit, Page
from common.web import Reads, Today, Writes, needs
from payments.operations import matching
from payments.store import listings
from payments.store import queue as items
from payments.store.queue import Item, Kind

router = APIRouter(prefix="/queue", tags=["queue"])


class QueueItemOut(BaseModel):
    """`findings` say in sentences what is wrong, where, and by how much."""

    id: UUID
    kind: Kind
    code: str
    findings: list[str]
    interchange_id: UUID
    remittance_id: UUID | None
    claim_payment_id: UUID | None
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    resolution: str | None

    @classmethod
    def of(cls, item: Item) -> QueueItemOut:
        return cls.model_validate(item, from_attributes=True)


class Match(BaseModel):
    claim_id: UUID


class Resolution(StrEnum):
    """Why an item needs nothing more. A word from a list, so that no name gets in here."""

    CORRECTED_FILE_RECEIVED = "corrected_file_received"
    NOT_OURS = "not_ours"
    REVIEWED = "reviewed"


class Close(BaseModel):
    resolution: Resolution


@router.get("", dependencies=[needs("payments:read")])
async def listed(
    reads: Reads,
    kind: Kind | None = None,
    closed: bool = False,
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Page[QueueItemOut]:
    """The queue, oldest first; with `closed` what was in it."""
    async with reads.begin() as tx:
        rows = await listings.items(tx, kind=kind, closed=closed, cursor=cursor, limit=limit)
    return Page.of(rows, limit, QueueItemOut.of, id_of=lambda row: row.id)


@router.get("/{item_id}", dependencies=[needs("payments:read")])
async def get(item_id: UUID, reads: Reads) -> QueueItemOut:
    async with reads.begin() as tx:
        found = await items.find(tx, item_id)
        tx.audit("read", "queue item", item_id)
    return QueueItemOut.of(found)


@router.post("/{item_id}/match", dependencies=[needs("payments:write")])
async def match(item_id: UUID, body: Match, uow: Writes, today: Today) -> QueueItemOut:
    """Post an unmatched payment to a claim."""
    work = uow.answering(QueueItemOut.of, 200)
    return QueueItemOut.of(await matching.match(work, item_id, body.claim_id, today=today))


@router.post("/{item_id}/close", dependencies=[needs("payments:write")])
async def close(item_id: UUID, body: Close, uow: Writes) -> QueueItemOut:
    """Close a refused or reviewed item; a payment that is not posted cannot be closed away."""
    work = uow.answering(QueueItemOut.of, 200)
    return QueueItemOut.of(await matching.close(work, item_id, body.resolution.value))
