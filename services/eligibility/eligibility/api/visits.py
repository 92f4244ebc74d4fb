"""Planned visits: the gaps in their coverage, and the patient's share."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter

from common.pagination import Cursor, Limit, Page
from common.web import Creates, Reads, Writes, needs
from eligibility.models.planned import EstimateOut, FeeOut, FeesIn, FeesPut, ReviewOut, VisitIn
from eligibility.models.words import PayerId
from eligibility.operations import estimating, reviewing
from eligibility.store import estimates as estimate_store
from eligibility.store import reviews as review_store

router = APIRouter(tags=["planned visits"])

READ, WRITE = "eligibility:read", "eligibility:write"


@router.post("/gap-reviews", status_code=201, dependencies=[needs(WRITE)])
async def review(body: VisitIn, uow: Creates) -> ReviewOut:
    """What is planned held against the latest answer for the day, with the sentence to tell the patient."""
    made = await reviewing.review(
        uow.answering(ReviewOut.of), body.patient_id, body.on, body.planned(), body.standing()
    )
    return ReviewOut.of(made)


@router.get("/gap-reviews", dependencies=[needs(READ)])
async def list_reviews(
    reads: Reads,
    patient_id: UUID | None = None,
    on: date | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[ReviewOut]:
    async with reads.begin() as tx:
        found = await review_store.page(tx, patient_id, on, cursor, limit)
    return Page.of(found, limit, ReviewOut.of, lambda one: one.id)


@router.get("/gap-reviews/{review_id}", dependencies=[needs(READ)])
async def get_review(review_id: UUID, reads: Reads) -> ReviewOut:
    async with reads.begin() as tx:
        return ReviewOut.of(await review_store.load(tx, review_id))


@router.post("/estimates", status_code=201, dependencies=[needs(WRITE)])
async def estimate(body: VisitIn, uow: Creates) -> EstimateOut:
    """What the payer is expected to allow and the patient to pay, from the latest answer for the day."""
    given = await estimating.give_estimate(
        uow.answering(EstimateOut.of), body.patient_id, body.on, body.planned(), body.standing()
    )
    return EstimateOut.of(given)


@router.get("/estimates", dependencies=[needs(READ)])
async def list_estimates(
    reads: Reads, patient_id: UUID | None = None, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[EstimateOut]:
    async with reads.begin() as tx:
        found = await estimate_store.page(tx, patient_id, cursor, limit)
    return Page.of(found, limit, EstimateOut.of, lambda one: one.id)


@router.get("/estimates/{estimate_id}", dependencies=[needs(READ)])
async def get_estimate(estimate_id: UUID, reads: Reads) -> EstimateOut:
    async with reads.begin() as tx:
        return EstimateOut.of(await estimate_store.load(tx, estimate_id))


@router.put("/fee-schedules/{payer_id}", dependencies=[needs(WRITE)])
async def put_fees(payer_id: PayerId, body: FeesIn, uow: Writes) -> FeesPut:
    """Add amounts to the payer's fee schedule, or change them; the others stay."""
    fees = {(fee.code, fee.effective_from): fee.fee() for fee in body.fees}
    count = await estimating.put_fees(uow.answering(lambda n: FeesPut(count=n), 200), payer_id, [*fees.values()])
    return FeesPut(count=count)


@router.get("/fee-schedules/{payer_id}", dependencies=[needs(READ)])
async def get_fees(payer_id: PayerId, reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[FeeOut]:
    async with reads.begin() as tx:
        found = await estimate_store.fees(tx, payer_id, cursor, limit)
    return Page.of(
        found,
        limit,
        lambda row: FeeOut(code=row["code"], effective_from=row["effective_from"], amount=row["amount"]),
        lambda row: row["id"],
    )
