"""Good-faith estimates, with their clocks and their document."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from common.pagination import Cursor, Limit, Page
from common.refusal import NotFound
from common.web import Creates, IfMatch, Practice, Reads, Today, Writes, etag, needs
from eligibility.models.good_faith import EstimateProviderIn, EstimateProviderOut, GoodFaithIn, GoodFaithOut
from eligibility.operations import good_faith as operations
from eligibility.operations.document import as_pdf
from eligibility.store import good_faith as store

router = APIRouter(tags=["good-faith estimates"])

READ, WRITE = "eligibility:read", "eligibility:write"
PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post("/good-faith-estimates", status_code=201, dependencies=[needs(WRITE)])
async def make(body: GoodFaithIn, uow: Creates, today: Today) -> GoodFaithOut:
    """Estimate what is expected for a patient without insurance; the answer says by when it has to be given."""
    made = await operations.make(uow.answering(lambda done: GoodFaithOut.of(done, today)), body.expected())
    return GoodFaithOut.of(made, today)


@router.get("/good-faith-estimates", dependencies=[needs(READ)])
async def list_estimates(
    reads: Reads,
    today: Today,
    patient_id: UUID | None = None,
    due_by: date | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[GoodFaithOut]:
    """With `due_by` those that have still to be given by that day."""
    async with reads.begin() as tx:
        found = await store.page(tx, patient_id, due_by, cursor, limit)
    return Page.of(found, limit, lambda one: GoodFaithOut.of(one, today), lambda one: one.id)


@router.get("/good-faith-estimates/{estimate_id}", dependencies=[needs(READ)])
async def get(estimate_id: UUID, reads: Reads, today: Today, response: Response) -> GoodFaithOut:
    async with reads.begin() as tx:
        found = await store.load(tx, estimate_id)
    response.headers["ETag"] = etag(found.version)
    return GoodFaithOut.of(found, today)


@router.get(
    "/good-faith-estimates/{estimate_id}/document", dependencies=[needs(READ)], response_class=Response, responses=PDF
)
async def document(estimate_id: UUID, reads: Reads) -> Response:
    """The estimate as a tagged PDF (PDF/UA-1). The read is in the audit trail."""
    async with reads.begin() as tx:
        found = await store.document(tx, estimate_id)
        tx.audit("read", "good-faith estimate", estimate_id)
    return Response(await asyncio.to_thread(as_pdf, estimate_id, found), media_type="application/pdf")


@router.post("/good-faith-estimates/{estimate_id}/give", dependencies=[needs(WRITE)])
async def give(estimate_id: UUID, version: IfMatch, uow: Writes, today: Today) -> GoodFaithOut:
    """It was handed over or sent: its clock stops."""
    given = await operations.give(uow.answering(lambda done: GoodFaithOut.of(done, today), 200), estimate_id, version)
    return GoodFaithOut.of(given, today)


@router.get("/estimate-provider", dependencies=[needs(READ)])
async def get_provider(reads: Reads, practice_id: Practice) -> EstimateProviderOut:
    async with reads.begin() as tx:
        found = await store.provider(tx)
    if found is None:
        raise NotFound(kind="estimate provider", id=practice_id)
    return EstimateProviderOut.of(found)


@router.put("/estimate-provider", dependencies=[needs(WRITE)])
async def put_provider(body: EstimateProviderIn, uow: Writes) -> EstimateProviderOut:
    """Whose services are estimated from now on; estimates already made keep what they say."""
    put = await operations.put_provider(uow.answering(EstimateProviderOut.of, 200), body.provider())
    return EstimateProviderOut.of(put)
