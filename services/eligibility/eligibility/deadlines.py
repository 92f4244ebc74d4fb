"""Time in: payers are asked, batches are worked through, and visits come near."""

from __future__ import annotations

from common.deadlines import Deadlines
from common.timers import Timer
from common.uow import UnitOfWork
from eligibility.operations import asking, batching, reviewing, scheduling
from eligibility.store.appointments import CHECK
from eligibility.store.checks import ASK
from eligibility.store.coded_visits import REVIEW

# Most of them wait for a payer, up to twenty seconds, and hold no connection meanwhile.
DEADLINES = Deadlines(at_once=32)


@DEADLINES.when(ASK)
async def ask_payer(uow: UnitOfWork, timer: Timer) -> None:
    await asking.ask(uow, timer.key)


@DEADLINES.when(batching.WORK)
async def work_batch(uow: UnitOfWork, timer: Timer) -> None:
    await batching.work(uow, timer.key)


@DEADLINES.when(CHECK)
async def visit_comes_near(uow: UnitOfWork, timer: Timer) -> None:
    await scheduling.check_appointment(uow, timer.key)


@DEADLINES.when(REVIEW)
async def look_at_coded_visit_again(uow: UnitOfWork, timer: Timer) -> None:
    await reviewing.look_again(uow, timer.key)
