"""Time in: requests are put to payers, their clocks run out, and authorizations come to their end."""

from __future__ import annotations

from authorizations.operations import asking, hearing, inquiring, requesting
from authorizations.store.records import ASK, DECISION_DUE, EXPIRED, EXPIRING, INQUIRE, RESPONSE_DUE
from common.deadlines import Deadlines
from common.timers import Timer
from common.uow import UnitOfWork

DEADLINES = Deadlines()


@DEADLINES.when(ASK)
async def ask_payer(uow: UnitOfWork, timer: Timer) -> None:
    await asking.ask(uow, timer.key)


@DEADLINES.when(INQUIRE)
async def inquire(uow: UnitOfWork, timer: Timer) -> None:
    await inquiring.inquire(uow, timer.key)


@DEADLINES.when(hearing.READ)
async def read_answers(uow: UnitOfWork, timer: Timer) -> None:
    await hearing.read_answers(uow, timer.key)


@DEADLINES.when(RESPONSE_DUE)
async def response_due(uow: UnitOfWork, timer: Timer) -> None:
    await requesting.time_came(uow, timer.key, timer.kind)


@DEADLINES.when(DECISION_DUE)
async def decision_due(uow: UnitOfWork, timer: Timer) -> None:
    await requesting.time_came(uow, timer.key, timer.kind)


@DEADLINES.when(EXPIRING)
async def expiring(uow: UnitOfWork, timer: Timer) -> None:
    await requesting.time_came(uow, timer.key, timer.kind)


@DEADLINES.when(EXPIRED)
async def expired(uow: UnitOfWork, timer: Timer) -> None:
    await requesting.time_came(uow, timer.key, timer.kind)
