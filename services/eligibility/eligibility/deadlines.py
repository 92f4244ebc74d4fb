"""Time in: payers are asked."""

from __future__ import annotations

from common.deadlines import Deadlines
from common.timers import Timer
from common.uow import UnitOfWork
from eligibility.operations import asking
from eligibility.store.checks import ASK

DEADLINES = Deadlines()


@DEADLINES.when(ASK)
async def ask_payer(uow: UnitOfWork, timer: Timer) -> None:
    await asking.ask(uow, timer.key)
