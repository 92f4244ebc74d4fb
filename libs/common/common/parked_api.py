"""What could not be handled, for the people who mend it: parked events and stopped timers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import select, update

from common import parking
from common.refusal import NotFound, Refusal
from common.tables import TIMER_GENERATION, timers
from common.web import Practice, Reads, Writes, needs

if TYPE_CHECKING:
    from common.service import Runtime

router = APIRouter(tags=["operations"])


class ParkedEvent(BaseModel):
    """An event that waits; nothing of its payload is shown."""

    event_id: UUID
    type: str | None
    key: str
    code: str
    reason: str
    behind: UUID | None
    parked_at: datetime


class StoppedTimer(BaseModel):
    """A timer whose work was refused."""

    kind: str
    key: UUID
    code: str
    reason: str
    stopped_at: datetime


class Parked(BaseModel):
    events: list[ParkedEvent]
    timers: list[StoppedTimer]


class Replayed(BaseModel):
    handled: int


class Reason(BaseModel):
    reason: str = Field(min_length=3, max_length=500, description="Why it may be dropped, in one sentence")


class ParkedDiscarded(BaseModel):
    event_id: UUID
    key: str


class Halted(BaseModel):
    was_halted: bool


class ReplayFailed(Refusal):
    code = "replay-failed"
    sentence = "The first parked event of {key} could not be handled: {reason}"
    mend = "Mend what the reason names, then replay again; what came before it is done."


@router.get("/parked", dependencies=[needs("operations:read")])
async def parked(
    request: Request, practice_id: Practice, reads: Reads, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Parked:
    """The practice's parked events in order, and its stopped timers."""
    runtime: Runtime = request.app.state.runtime
    rows = await parking.listing(runtime.database.platform, practice_id, limit=limit)
    async with reads.begin() as tx:
        stopped = await tx.rows(
            select(timers).where(timers.c.stopped_at.is_not(None)).order_by(timers.c.stopped_at).limit(limit)
        )
    return Parked(
        events=[ParkedEvent.model_validate(row, from_attributes=True) for row in rows],
        timers=[
            StoppedTimer(
                kind=row["kind"],
                key=row["key"],
                code=row["stopped_code"],
                reason=row["stopped_reason"],
                stopped_at=row["stopped_at"],
            )
            for row in stopped
        ],
    )


@router.post("/parked/keys/{key}/replay", dependencies=[needs("operations:write")])
async def replay(request: Request, key: UUID, practice_id: Practice, uow: Writes) -> Replayed:
    """Handle the parked events of one key again, in order."""
    runtime: Runtime = request.app.state.runtime
    rows = await parking.listing(runtime.database.platform, practice_id, limit=200)
    if not any(row.key == str(key) for row in rows):
        raise NotFound(kind="parked key", id=key)
    try:
        handled = await parking.replay_key(runtime.database.platform, runtime.dispatcher, str(key))
    except Refusal as refusal:
        raise ReplayFailed(key=key, reason=refusal.detail) from None
    async with uow.begin() as tx:
        tx.audit("decide", "parked key", key, handled=handled)
    return Replayed(handled=handled)


@router.post("/parked/events/{event_id}/discard", dependencies=[needs("operations:write")])
async def discard(request: Request, event_id: UUID, body: Reason, uow: Writes) -> ParkedDiscarded:
    """Drop one parked event for good; who did it and why stays in the audit trail."""
    runtime: Runtime = request.app.state.runtime
    async with uow.begin() as tx:
        key = await parking.discard(tx, runtime.service.name, event_id)
        tx.audit("delete", "parked event", event_id, key=key, reason=body.reason)
    return ParkedDiscarded(event_id=event_id, key=key)


@router.post("/parked/timers/{kind}/{key}/restart", dependencies=[needs("operations:write")])
async def restart_timer(kind: str, key: UUID, uow: Writes) -> Replayed:
    """Run a stopped timer again, now."""
    async with uow.begin() as tx:
        moved = await tx.execute(
            update(timers)
            .where(timers.c.kind == kind, timers.c.key == key, timers.c.stopped_at.is_not(None))
            .values(
                due_at=tx.now,
                generation=TIMER_GENERATION.next_value(),
                attempts=0,
                leased_until=None,
                stopped_at=None,
                stopped_code=None,
                stopped_reason=None,
            )
        )
        if moved.rowcount == 0:
            raise NotFound(kind="stopped timer", id=key)
        tx.audit("decide", "timer", key, timer=kind)
    return Replayed(handled=1)


@router.post("/parked/resume", dependencies=[needs("operations:write")])
async def resume(request: Request, uow: Writes) -> Halted:
    """Let a halted consumer go on."""
    runtime: Runtime = request.app.state.runtime
    halted = runtime.consumer is not None and runtime.consumer.halted is not None
    if runtime.consumer is not None:
        runtime.consumer.resume()
    async with uow.begin() as tx:
        tx.audit("decide", "consumer", tx.practice_id, was_halted=halted)
    return Halted(was_halted=halted)
