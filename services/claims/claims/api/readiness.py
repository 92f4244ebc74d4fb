"""The gate as staff see it: what is held and why, what was heard of a claim, and what the practice asks for."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from claims.api.readiness_models import (
    FindingId,
    GatePolicyIn,
    GatePolicyOut,
    HeldClaimOut,
    HoldTotalsOut,
    ReadinessOut,
)
from claims.api.register_models import PayerId
from claims.domain.gate_policy import DEFAULT_POLICY
from claims.operations import readiness as operations
from claims.store import claims as claims_store
from claims.store import holds
from claims.store import readiness as store
from common.pagination import Cursor, Limit, Page
from common.web import IfMatch, Reads, Writes, etag, needs

router = APIRouter(tags=["readiness"])

READ, WRITE = "claims:read", "claims:write"


@router.get("/holds", dependencies=[needs(READ)])
async def list_holds(
    reads: Reads,
    reason: Annotated[FindingId | None, Query()] = None,
    payer_id: Annotated[PayerId | None, Query()] = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[HeldClaimOut]:
    """Held claims with every reason, its dollars, what would release it and by when; oldest first."""
    async with reads.begin() as tx:
        ids = await holds.listed(tx, reason=reason, payer_id=payer_id, cursor=cursor, limit=limit)
        found = await claims_store.of_ids(tx, ids, lock=False)
    return Page.of(found, limit, HeldClaimOut.of, id_of=lambda claim: claim.id)


@router.get("/holds/totals", dependencies=[needs(READ)])
async def hold_totals(reads: Reads) -> HoldTotalsOut:
    """Held claims and dollars by reason, and each claim once in the sums."""
    async with reads.begin() as tx:
        return HoldTotalsOut.of(await holds.totals(tx), await holds.held(tx))


@router.get("/claims/{claim_id}/readiness", dependencies=[needs(READ)])
async def get_readiness(claim_id: UUID, reads: Reads) -> ReadinessOut:
    """What was heard that bears on a claim, and what the gate makes of it now."""
    async with reads.begin() as tx:
        claim = await claims_store.load(tx, claim_id, lock=False)
        facts = await store.facts_of(tx, claim)
        tx.audit("read", "claim", claim_id)
    return ReadinessOut.of(claim, facts)


@router.get("/gate-policy", dependencies=[needs(READ)])
async def get_gate_policy(reads: Reads, response: Response) -> GatePolicyOut:
    """What the practice asks for; a practice that never said holds what is known to forbid, at version 0."""
    async with reads.begin() as tx:
        put = await store.policy(tx)
    response.headers["ETag"] = etag(put.version if put else 0)
    return GatePolicyOut.of(put.entry, put.version) if put else GatePolicyOut.of(DEFAULT_POLICY, 0)


@router.put("/gate-policy", dependencies=[needs(WRITE)])
async def put_gate_policy(body: GatePolicyIn, version: IfMatch, uow: Writes, response: Response) -> GatePolicyOut:
    """Change what the practice asks for; every claim that has not left is judged by it."""
    unit = uow.answering(lambda put: GatePolicyOut.of(put.entry, put.version), 200)
    put = await operations.put_policy(unit, body.policy(), version)
    response.headers["ETag"] = etag(put.version)
    return GatePolicyOut.of(put.entry, put.version)
