"""HTTP in: the denials desk."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from common.pagination import Cursor, Limit, Page
from common.phi import Phi
from common.refusal import Invalid
from common.web import IfMatch, Reads, Today, Writes, etag, needs
from denials import operations, store
from denials.domain.case import Status
from denials.domain.priority import priority
from denials.domain.terms import Terms
from denials.models import (
    AppealIn,
    AssignIn,
    CaseOut,
    CaseWithHistory,
    CorrectionIn,
    OutcomeIn,
    TermsIn,
)
from denials.store import Wanted

router = APIRouter(tags=["denials"])

READ, WRITE = "denials:read", "denials:write"
WORKLIST = 1000

PayerId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]{1,79}$")]


@router.get("/cases", dependencies=[needs(READ)])
async def list_cases(
    reads: Reads,
    today: Today,
    status: Status | None = None,
    category: Annotated[str | None, Query(pattern="^[a-z-]{1,40}$")] = None,
    payer_id: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9 ./-]{2,80}$")] = None,
    respond_before: date | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[CaseOut]:
    """Cases, oldest first."""
    wanted = Wanted(status, category, payer_id, respond_before)
    async with reads.begin() as tx:
        found = await store.page(tx, wanted, cursor, limit)
    return Page.of(found, limit, lambda case: CaseOut.of(case, today), lambda case: case.id)


@router.get("/worklist", dependencies=[needs(READ)])
async def worklist(reads: Reads, today: Today, limit: Limit = 50) -> list[CaseOut]:
    """What to work next, with the factors behind the order."""
    async with reads.begin() as tx:
        found = await store.open_cases(tx, WORKLIST)
    ranked = sorted(found, key=lambda case: (-priority(case, today).score, case.id))
    return [CaseOut.of(case, today) for case in ranked[:limit]]


@router.get("/cases/{case_id}", dependencies=[needs(READ)])
async def get(case_id: UUID, reads: Reads, today: Today, response: Response) -> CaseWithHistory:
    async with reads.begin() as tx:
        case = await store.load(tx, case_id)
        history = await store.history_of(tx, case_id)
        tx.audit("read", "denial case", case.id)
    response.headers["ETag"] = etag(case.version)
    return CaseWithHistory.told(case, history, today)


@router.post("/cases/{case_id}/correction", status_code=202, dependencies=[needs(WRITE)])
async def correction(case_id: UUID, body: CorrectionIn, version: IfMatch, uow: Writes, today: Today) -> CaseOut:
    """Have the claim corrected and sent again."""
    case = await operations.request_correction(
        uow,
        case_id,
        version,
        tuple(change.change() for change in body.changes),
        authorization_number=body.authorization_number,
        reason=Phi(body.reason),
        today=today,
    )
    return CaseOut.of(case, today)


@router.post("/cases/{case_id}/appeal", status_code=202, dependencies=[needs(WRITE)])
async def appeal(case_id: UUID, body: AppealIn, version: IfMatch, uow: Writes, today: Today) -> CaseOut:
    """Record that an appeal was filed today."""
    case = await operations.file_appeal(uow, case_id, version, reason=Phi(body.reason), today=today)
    return CaseOut.of(case, today)


@router.post("/cases/{case_id}/outcome", dependencies=[needs(WRITE)])
async def outcome(case_id: UUID, body: OutcomeIn, version: IfMatch, uow: Writes, today: Today) -> CaseOut:
    """Close the case: upheld writes the denied amount off, overturned says what the payer will pay."""
    if body.outcome == "upheld":
        case = await operations.uphold(uow, case_id, version, reason=Phi(body.reason))
    elif body.recovered is None:
        raise Invalid(what="An overturned case needs the amount recovered.", how="Give `recovered`.")
    else:
        case = await operations.overturn(uow, case_id, version, recovered=body.recovered, reason=Phi(body.reason))
    return CaseOut.of(case, today)


@router.post("/cases/{case_id}/assign", dependencies=[needs(WRITE)])
async def assign(case_id: UUID, body: AssignIn, version: IfMatch, uow: Writes, today: Today) -> CaseOut:
    """Give the case to somebody."""
    return CaseOut.of(await operations.assign(uow, case_id, version, body.owner), today)


@router.put("/payer-terms/{payer_id}", dependencies=[needs(WRITE)])
async def set_terms(payer_id: PayerId, body: TermsIn, uow: Writes) -> Terms:
    """A payer's windows for corrections and appeals, for denials from now on."""
    return await operations.set_terms(uow, payer_id, body.terms())


@router.get("/payer-terms/{payer_id}", dependencies=[needs(READ)])
async def get_terms(payer_id: PayerId, reads: Reads) -> Terms:
    """The payer's windows, or the defaults where none are set."""
    async with reads.begin() as tx:
        return await store.terms_of(tx, payer_id)
