"""Time in: windows that close and decisions that are due."""

from __future__ import annotations

from common.deadlines import Deadlines
from common.timers import Timer
from common.uow import UnitOfWork
from denials import operations

DEADLINES = Deadlines()


@DEADLINES.when(operations.RESPOND_BY)
async def respond_by(uow: UnitOfWork, timer: Timer) -> None:
    await operations.remind(uow, timer.key, about=operations.RESPOND_BY, today=uow.today)


@DEADLINES.when(operations.DECISION_DUE)
async def decision_due(uow: UnitOfWork, timer: Timer) -> None:
    await operations.remind(uow, timer.key, about=operations.DECISION_DUE, today=uow.today)
