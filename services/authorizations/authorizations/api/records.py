"""Authorizations: asked for, amended, decided, looked at; and the board of what needs somebody."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from authorizations.domain.lifecycle import Status
from authorizations.domain.wish import Kind
from authorizations.models.records import (
    AnswerFaultOut,
    AssignIn,
    AuthorizationOut,
    AuthorizationWithHistory,
    DecisionIn,
    SettleIn,
)
from authorizations.models.wishes import ReferralIn, SubmitIn, WishIn
from authorizations.operations import pas_reading, requesting
from authorizations.store import records as store
from authorizations.store.records import Wanted
from common.pagination import Cursor, Limit, Page
from common.phi import Phi
from common.refusal import NotFound
from common.web import Creates, IfMatch, Reads, Today, Writes, etag, needs

router = APIRouter(tags=["authorizations"])

READ, WRITE = "authorizations:read", "authorizations:write"
MEDIA_TYPE = "application/edi-x12"
RAW: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}
FHIR_TYPE = "application/fhir+json"
FHIR_RAW: dict[int | str, dict[str, Any]] = {
    200: {"content": {FHIR_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}
PayerQuery = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9._-]{1,40}$")]


@router.post("/authorizations", status_code=202, dependencies=[needs(WRITE)])
async def open_one(body: WishIn, uow: Creates, today: Today) -> AuthorizationOut:
    """Make a record of what a payer has to agree to; with `submit` the payer is asked at once."""
    answering = uow.answering(lambda one: AuthorizationOut.of(one, today), 202)
    return AuthorizationOut.of(await requesting.open_authorization(answering, body.wish(), submit=body.submit), today)


@router.post("/referrals", status_code=201, dependencies=[needs(WRITE)])
async def record_referral(body: ReferralIn, uow: Creates, today: Today) -> AuthorizationOut:
    """Write down a referral that came on paper, by fax or by telephone: it holds at once, its visits are counted."""
    answering = uow.answering(lambda one: AuthorizationOut.of(one, today), 201)
    one = await requesting.record_referral(
        answering, body.wish(), body.payer_id, body.said(), reason=Phi(body.reason), today=today
    )
    return AuthorizationOut.of(one, today)


@router.get("/authorizations", dependencies=[needs(READ)])
async def list_authorizations(
    reads: Reads,
    today: Today,
    status: Status | None = None,
    attention: bool | None = None,
    patient_id: UUID | None = None,
    payer_id: PayerQuery = None,
    kind: Kind | None = None,
    ending_before: date | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[AuthorizationOut]:
    """Authorizations, oldest first; `attention=true` is the worklist of those that a person has to look at."""
    wanted = Wanted(status, attention, patient_id, payer_id, kind, ending_before)
    async with reads.begin() as tx:
        found = await store.page(tx, wanted, cursor, limit)
    return Page.of(found, limit, lambda one: AuthorizationOut.of(one, today), lambda one: one.id)


@router.get("/authorizations/{authorization_id}", dependencies=[needs(READ)])
async def get(authorization_id: UUID, reads: Reads, today: Today, response: Response) -> AuthorizationWithHistory:
    async with reads.begin() as tx:
        one = await store.load(tx, authorization_id)
        history = await store.history_of(tx, authorization_id)
        tx.audit("read", "authorization", one.id)
    response.headers["ETag"] = etag(one.version)
    return AuthorizationWithHistory.told(one, history, today)


@router.get(
    "/authorizations/{authorization_id}/answer.x12",
    dependencies=[needs(READ)],
    response_class=Response,
    responses=RAW,
)
async def raw_answer(authorization_id: UUID, reads: Reads) -> Response:
    """The payer's last 278 byte for byte. The read is in the audit trail."""
    return Response(await _answer(reads, authorization_id, fhir=False), media_type=MEDIA_TYPE)


@router.get(
    "/authorizations/{authorization_id}/answer.fhir.json",
    dependencies=[needs(READ)],
    response_class=Response,
    responses=FHIR_RAW,
)
async def fhir_answer(authorization_id: UUID, reads: Reads) -> Response:
    """The payer's last FHIR Bundle byte for byte. The read is in the audit trail."""
    return Response(await _answer(reads, authorization_id, fhir=True), media_type=FHIR_TYPE)


@router.get("/authorizations/{authorization_id}/answer.fhir.json/faults", dependencies=[needs(READ)])
async def fhir_answer_faults(authorization_id: UUID, reads: Reads) -> list[AnswerFaultOut]:
    """Where the payer's last answer over FHIR is not as FHIR has it, for a call to the payer."""
    content = await _answer(reads, authorization_id, fhir=True)
    try:
        pas_reading.read(content)
    except pas_reading.NotFhir as refusal:
        return [AnswerFaultOut(where=fault.where, what=fault.what) for fault in refusal.faults]
    return []


async def _answer(reads: Reads, authorization_id: UUID, *, fhir: bool) -> bytes:
    """The last answer where it came over the wire that is asked for. Raises NotFound."""
    async with reads.begin() as tx:
        one = await store.load(tx, authorization_id)
        content = await store.answer_of(tx, authorization_id)
        # An interchange begins with ISA, whatever stands before it.
        if content is None or content.lstrip().startswith(b"{") is not fhir:
            raise NotFound(kind="answer to authorization", id=authorization_id)
        tx.audit("read", "authorization answer", one.id, bytes=len(content))
    return content


@router.post("/authorizations/{authorization_id}/requests", status_code=202, dependencies=[needs(WRITE)])
async def submit(
    authorization_id: UUID, body: SubmitIn, version: IfMatch, uow: Writes, today: Today
) -> AuthorizationOut:
    """Ask the payer: at first, again after something was mended, for more, by appeal, or to cancel."""
    wish = body.wish.wish() if body.wish else None
    answering = uow.answering(lambda one: AuthorizationOut.of(one, today), 202)
    one = await requesting.submit(answering, authorization_id, version, body.certification, wish)
    return AuthorizationOut.of(one, today)


@router.post("/authorizations/{authorization_id}/decision", dependencies=[needs(WRITE)])
async def record(
    authorization_id: UUID, body: DecisionIn, version: IfMatch, uow: Writes, today: Today
) -> AuthorizationOut:
    """Write down what the payer said by telephone or on its portal."""
    answering = uow.answering(lambda one: AuthorizationOut.of(one, today), 200)
    one = await requesting.record(
        answering, authorization_id, version, body.payer_id, body.said(), reason=Phi(body.reason), today=today
    )
    return AuthorizationOut.of(one, today)


@router.post("/authorizations/{authorization_id}/settle", dependencies=[needs(WRITE)])
async def settle(
    authorization_id: UUID, body: SettleIn, version: IfMatch, uow: Writes, today: Today
) -> AuthorizationOut:
    """Somebody looked at what asked for attention."""
    answering = uow.answering(lambda one: AuthorizationOut.of(one, today), 200)
    one = await requesting.settle(answering, authorization_id, version, reason=Phi(body.reason))
    return AuthorizationOut.of(one, today)


@router.post("/authorizations/{authorization_id}/assign", dependencies=[needs(WRITE)])
async def assign(
    authorization_id: UUID, body: AssignIn, version: IfMatch, uow: Writes, today: Today
) -> AuthorizationOut:
    """Give it to somebody."""
    answering = uow.answering(lambda one: AuthorizationOut.of(one, today), 200)
    return AuthorizationOut.of(await requesting.assign(answering, authorization_id, version, body.owner), today)
