"""Claims: looked for, looked at, and acted on by a biller."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from claims.api.claim_models import (
    ClaimOut,
    ClaimSummary,
    EncounterOut,
    EntryOut,
    NotBilledOut,
    OverrideIn,
    ReasonIn,
)
from claims.api.register_models import PayerId
from claims.domain.lifecycle import Status
from claims.operations import review
from claims.store import claims as store
from claims.store import follow_ups, not_billed
from common.pagination import Cursor, Limit, Page
from common.phi import Phi
from common.refusal import NotFound
from common.web import IfMatch, Reads, Writes, etag, needs

router = APIRouter(tags=["claims"])

READ, WRITE = "claims:read", "claims:write"


@router.get("/claims", dependencies=[needs(READ)])
async def list_claims(
    reads: Reads,
    status: Status | None = None,
    payer_id: Annotated[PayerId | None, Query()] = None,
    encounter_id: UUID | None = None,
    patient_id: UUID | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[ClaimSummary]:
    """The practice's claims, oldest first."""
    async with reads.begin() as tx:
        found = await store.search(
            tx,
            status=status,
            payer_id=payer_id,
            encounter_id=encounter_id,
            patient_id=patient_id,
            cursor=cursor,
            limit=limit,
        )
    return Page.of(found, limit, ClaimSummary.of)


@router.get("/claims/{claim_id}", dependencies=[needs(READ)])
async def get_claim(claim_id: UUID, reads: Reads, response: Response) -> ClaimOut:
    """The claim with its lines, findings, submissions, follow-ups and parties."""
    async with reads.begin() as tx:
        claim = await store.load(tx, claim_id, lock=False)
        raised = await follow_ups.of_claim(tx, claim_id)
        tx.audit("read", "claim", claim_id)
    response.headers["ETag"] = etag(claim.version)
    return ClaimOut.of(claim, raised)


@router.get("/claims/{claim_id}/history", dependencies=[needs(READ)])
async def get_history(claim_id: UUID, reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[EntryOut]:
    """Everything that happened to the claim, oldest first, with the facts and reasons."""
    async with reads.begin() as tx:
        await store.load(tx, claim_id, lock=False)
        found = await store.history(tx, claim_id, cursor, limit)
        tx.audit("read", "claim-history", claim_id)
    return Page.of(found, limit, EntryOut.of, id_of=lambda row: row.id)


@router.post("/claims/{claim_id}/rebuild", status_code=202, dependencies=[needs(WRITE)])
async def rebuild(claim_id: UUID, uow: Writes, response: Response) -> ClaimOut:
    """Assemble a held or rejected claim again, after what was wrong was mended."""
    claim = await review.rebuild_claim(uow.answering(ClaimOut.of, 202), claim_id)
    response.headers["ETag"] = etag(claim.version)
    return ClaimOut.of(claim)


@router.post("/claims/{claim_id}/void", dependencies=[needs(WRITE)])
async def void(claim_id: UUID, body: ReasonIn, uow: Writes, response: Response) -> ClaimOut:
    """Give up a claim that no payer has seen."""
    claim = await review.void_claim(uow.answering(ClaimOut.of, 200), claim_id, reason=Phi(body.reason))
    response.headers["ETag"] = etag(claim.version)
    return ClaimOut.of(claim)


@router.put("/claims/{claim_id}/overrides", dependencies=[needs(WRITE)])
async def override(claim_id: UUID, body: OverrideIn, version: IfMatch, uow: Writes, response: Response) -> ClaimOut:
    """Let a finding pass, with a reason that stays in the history; the claim is judged again."""
    claim = await review.override_finding(
        uow.answering(ClaimOut.of, 200),
        claim_id,
        version,
        finding=body.finding,
        where=body.where,
        reason=Phi(body.reason),
    )
    response.headers["ETag"] = etag(claim.version)
    return ClaimOut.of(claim)


@router.get("/encounters/{encounter_id}", dependencies=[needs(READ)])
async def get_encounter(encounter_id: UUID, reads: Reads) -> EncounterOut:
    """What became of an encounter here."""
    async with reads.begin() as tx:
        claim = await store.of_encounter(tx, encounter_id)
        rows = await not_billed.of_encounter(tx, encounter_id)
    if claim is None and not rows:
        raise NotFound(kind="encounter", id=encounter_id)
    return EncounterOut(
        encounter_id=encounter_id,
        claim_id=claim.id if claim else None,
        status=claim.status if claim else None,
        not_billed=[NotBilledOut.of(row) for row in rows],
    )
