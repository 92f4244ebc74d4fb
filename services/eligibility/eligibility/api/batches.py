"""Batches of checks."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from common.pagination import Cursor, Limit, Page
from common.web import Creates, Reads, needs
from eligibility.models.batches import BatchIn, BatchItemOut, BatchOut
from eligibility.operations import batching
from eligibility.store import batches as store

router = APIRouter(tags=["batches"])

READ, WRITE = "eligibility:read", "eligibility:write"


@router.post("/batches", status_code=202, dependencies=[needs(WRITE)])
async def accept(body: BatchIn, uow: Creates) -> BatchOut:
    """Up to 10,000 checks, taken at once and worked through in the background. What is wrong with one item is said
    of it alone.
    """
    return BatchOut.of(await batching.accept(uow.answering(BatchOut.of, 202), body.items_read()))


@router.get("/batches/{batch_id}", dependencies=[needs(READ)])
async def get(batch_id: UUID, reads: Reads) -> BatchOut:
    """How far the batch has come."""
    async with reads.begin() as tx:
        return BatchOut.of(await store.load(tx, batch_id))


@router.get("/batches/{batch_id}/items", dependencies=[needs(READ)])
async def items(batch_id: UUID, reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[BatchItemOut]:
    """Each item with its result, in the order of the batch."""
    async with reads.begin() as tx:
        await store.load(tx, batch_id)
        found = await store.page_of_items(tx, batch_id, cursor, limit)
    return Page.of(found, limit, lambda one: BatchItemOut.of(*one[1:]), lambda one: one[0])
