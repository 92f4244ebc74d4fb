"""Coverage checks: wanted, looked at, settled; and what the payers answered."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from common.pagination import Cursor, Limit, Page
from common.phi import Phi
from common.refusal import NotFound
from common.web import Creates, IfMatch, Now, Reads, Today, Writes, etag, needs
from eligibility.domain.check import Cause, CoverageCheck, Status
from eligibility.models.checks import AnswerOut, CheckIn, CheckOut, CheckWithHistory, CoverageCardOut, SettleIn
from eligibility.models.picture import PictureOut
from eligibility.operations import asking, requesting, showing
from eligibility.store import checks as store
from eligibility.store import registers
from eligibility.store.checks import Wanted

router = APIRouter(tags=["checks"])

READ, WRITE = "eligibility:read", "eligibility:write"
MEDIA_TYPE = "application/edi-x12"
RAW: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}

PayerQuery = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9._-]{1,40}$")]


@router.post("/checks", status_code=202, dependencies=[needs(WRITE)])
async def want(body: CheckIn, uow: Creates) -> CheckOut:
    """Ask the payer about a patient for a day. With `wait` the answer is awaited, at most twenty seconds."""
    answering, wish = uow.answering(CheckOut.of, 202), body.wish()
    return CheckOut.of(await (asking.ask_now if body.wait else requesting.want_check)(answering, wish))


@router.get("/checks", dependencies=[needs(READ)])
async def list_checks(
    reads: Reads,
    status: Status | None = None,
    attention: bool | None = None,
    patient_id: UUID | None = None,
    payer_id: PayerQuery = None,
    cause: Cause | None = None,
    day_from: date | None = None,
    day_to: date | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[CheckOut]:
    """Checks, oldest first; `attention=true` is the worklist of those that a person has to look at."""
    wanted = Wanted(status, attention, patient_id, payer_id, day_from, day_to, cause)
    async with reads.begin() as tx:
        found = await store.page(tx, wanted, cursor, limit)
    return Page.of(found, limit, CheckOut.of, lambda check: check.id)


@router.get("/checks/{check_id}", dependencies=[needs(READ)])
async def get(check_id: UUID, reads: Reads, response: Response) -> CheckWithHistory:
    async with reads.begin() as tx:
        check = await store.load(tx, check_id)
        history = await store.history_of(tx, check_id)
        tx.audit("read", "coverage check", check.id)
    response.headers["ETag"] = etag(check.version)
    return CheckWithHistory.told(check, history)


@router.get("/checks/{check_id}/answer", dependencies=[needs(READ)])
async def answer(check_id: UUID, reads: Reads) -> AnswerOut:
    """What the payer answered: the picture, every line, and the whole 271 as data. The read is in the audit trail."""
    async with reads.begin() as tx:
        check = await store.load(tx, check_id)
        shown = await showing.show(tx, check)
        tx.audit("read", "coverage answer", check.id)
    return AnswerOut.of(check, shown)


@router.get("/checks/{check_id}/answer.x12", dependencies=[needs(READ)], response_class=Response, responses=RAW)
async def raw_answer(check_id: UUID, reads: Reads) -> Response:
    """The 271 byte for byte. The read is in the audit trail."""
    async with reads.begin() as tx:
        check = await store.load(tx, check_id)
        shown = await showing.show(tx, check)
        tx.audit("read", "coverage answer", check.id, bytes=len(shown.content))
    return Response(shown.content, media_type=MEDIA_TYPE)


@router.post("/checks/{check_id}/ask-again", status_code=202, dependencies=[needs(WRITE)])
async def ask_again(check_id: UUID, version: IfMatch, uow: Writes) -> CheckOut:
    """Ask once more, after what was wrong was mended."""
    return CheckOut.of(await requesting.ask_again(uow.answering(CheckOut.of, 202), check_id, version))


@router.post("/checks/{check_id}/settle", dependencies=[needs(WRITE)])
async def settle(check_id: UUID, body: SettleIn, version: IfMatch, uow: Writes, today: Today) -> CheckOut:
    """Somebody looked at the check; with `standing` also what an unclear answer means."""
    check = await requesting.settle(
        uow.answering(CheckOut.of, 200), check_id, version, standing=body.standing, reason=Phi(body.reason), today=today
    )
    return CheckOut.of(check)


@router.get("/patients/{patient_id}/coverage", dependencies=[needs(READ)])
async def coverage(patient_id: UUID, on: date, reads: Reads, now: Now) -> list[CoverageCardOut]:
    """The latest answer for the day from each payer: the front desk's cards."""
    async with reads.begin() as tx:
        latest: dict[str, CoverageCheck] = {}
        for check in await store.answered_for(tx, patient_id, on, on):
            latest.setdefault(check.payer_id or "", check)
        if not latest:
            raise NotFound(kind="answered check of patient", id=patient_id)
        cards = [
            CoverageCardOut(
                check=CheckOut.of(check),
                age_hours=(hours := int((now - (check.answered_at or now)).total_seconds() // 3600)),
                fresh=hours < (await registers.payer(tx, payer_id)).fresh_hours,
                picture=PictureOut.of(await showing.picture_of(tx, check)),
            )
            for payer_id, check in latest.items()
        ]
        tx.audit("read", "coverage picture", patient_id)
    return cards
