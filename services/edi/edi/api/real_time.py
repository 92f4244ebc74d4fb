"""HTTP in: questions that are answered on the line, and how fast payers answer them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from sqlalchemy import select

from common.pagination import Cursor, Limit, Page, keyset
from common.web import Creates, Reads, needs
from edi.api.partners import Settings
from edi.domain.real_time import Outcome
from edi.models.real_time import CoreReport, ExchangeOut, QuestionIn, RealTimeOut
from edi.operations import asking, typed
from edi.store import exchanges
from edi.tables import exchanges as table

router = APIRouter(tags=["real time"])

READ, WRITE = "edi:read", "edi:write"
PROBLEMS: dict[int | str, dict[str, Any]] = {
    429: {"description": "asked-too-recently: the same question has no answer yet; Retry-After says when"},
    502: {"description": "question-refused or answer-unreadable"},
    503: {"description": "payer-unavailable"},
    504: {"description": "payer-timeout: no answer within 19 seconds"},
}


@router.post("/realtime", status_code=201, dependencies=[needs(WRITE)], responses=PROBLEMS)
async def ask(body: QuestionIn, uow: Creates) -> RealTimeOut:
    """Ask a payer one thing and wait for the answer, at most nineteen seconds.

    What was asked under an Idempotency-Key is not asked again: the repeat gives the exchange without the content.
    """
    answer = await asking.ask(
        uow.answering(lambda done: RealTimeOut.of(done.exchange)),
        reference=body.reference,
        kind=body.kind,
        payer_id=body.payer_id,
        body=body.body if body.body is not None else typed.body_of(body.kind, body.question or {}),
        partner_id=body.partner_id,
    )
    refusal = asking.refusal_of(answer.exchange)
    if refusal is not None:
        raise refusal
    is_read = body.answers and answer.exchange.outcome is Outcome.ANSWERED
    said = typed.answers_of(body.kind, answer.content) if is_read else None
    return RealTimeOut.of(answer.exchange, answer.content, said)


@router.get("/exchanges", dependencies=[needs(READ)])
async def list_exchanges(
    reads: Reads,
    reference: UUID | None = None,
    outcome: str | None = Query(default=None, pattern="^[a-z]{1,20}$"),
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[ExchangeOut]:
    """Questions and what came of them, oldest first."""
    statement = select(table)
    if reference is not None:
        statement = statement.where(table.c.reference == reference)
    if outcome is not None:
        statement = statement.where(table.c.outcome == outcome)
    async with reads.begin() as tx:
        rows = await tx.rows(keyset(statement, table.c.id, cursor, limit))
    return Page.of(rows, limit, lambda row: ExchangeOut.of(exchanges.exchange_of(row)))


@router.get("/exchanges/{exchange_id}", dependencies=[needs(READ)])
async def get(exchange_id: UUID, reads: Reads) -> ExchangeOut:
    async with reads.begin() as tx:
        return ExchangeOut.of(await exchanges.load(tx, exchange_id))


@router.get("/reports/core", dependencies=[needs(READ)])
async def core_report(
    reads: Reads, settings: Settings, month: Annotated[str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
) -> CoreReport:
    """Response times of a calendar month (in the installation's time zone), from our own log."""
    since, until = bounds(month, ZoneInfo(settings.time_zone))
    async with reads.begin() as tx:
        asked = await exchanges.real_time_counts(tx, since, until)
        batches = await exchanges.batch_counts(tx, since, until)
    return CoreReport.of(month, asked, batches)


def bounds(month: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a month, and of the month after it."""
    year, number = int(month[:4]), int(month[5:])
    after = (year + 1, 1) if number == 12 else (year, number + 1)
    return datetime(year, number, 1, tzinfo=zone), datetime(*after, 1, tzinfo=zone)
