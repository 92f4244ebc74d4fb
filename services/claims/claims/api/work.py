"""What waits for a person, and what is on the wire."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from claims.api.claim_models import BatchOut, FollowUpOut, Label, ReasonIn, UnmatchedOut
from claims.operations import review
from claims.store import acknowledgements, batches, follow_ups
from common.pagination import Cursor, Limit, Page
from common.phi import Phi
from common.web import Reads, Writes, needs

router = APIRouter(tags=["work"])

READ, WRITE = "claims:read", "claims:write"


@router.get("/follow-ups", dependencies=[needs(READ)])
async def list_follow_ups(
    reads: Reads,
    reason: Annotated[Label | None, Query()] = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[FollowUpOut]:
    """Open follow-ups: waits that ended, and facts that did not fit."""
    async with reads.begin() as tx:
        found = await follow_ups.open_ones(tx, reason, cursor, limit)
    return Page.of(found, limit, FollowUpOut.of, id_of=lambda row: row.id)


@router.post("/follow-ups/{follow_up_id}/settle", dependencies=[needs(WRITE)])
async def settle(follow_up_id: UUID, body: ReasonIn, uow: Writes) -> FollowUpOut:
    """Say what came of looking at it."""
    answer = Phi(body.reason)
    row = await review.settle_follow_up(uow.answering(FollowUpOut.of, 200), follow_up_id, answer=answer)
    return FollowUpOut.of(row)


@router.get("/batches", dependencies=[needs(READ)])
async def list_batches(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[BatchOut]:
    """Batches, oldest first."""
    async with reads.begin() as tx:
        found = await batches.listed(tx, cursor, limit)
    return Page.of(found, limit, BatchOut.of)


@router.get("/unmatched-acknowledgements", dependencies=[needs(READ)])
async def list_unmatched(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[UnmatchedOut]:
    """277CA statuses about claims that are none of ours."""
    async with reads.begin() as tx:
        found = await acknowledgements.unmatched(tx, cursor, limit)
    return Page.of(found, limit, UnmatchedOut.of)
