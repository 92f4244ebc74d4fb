"""Time in: sending, looking into mailboxes, and acknowledgements that do not come."""

from __future__ import annotations

from common.deadlines import Deadlines
from common.timers import Timer
from common.uow import UnitOfWork
from edi.operations import polling, sending, subscribing

DEADLINES = Deadlines()


@DEADLINES.when("send-transmission")
async def send_transmission(uow: UnitOfWork, timer: Timer) -> None:
    await sending.send(uow, timer.key)


@DEADLINES.when("poll-partner")
async def poll_partner(uow: UnitOfWork, timer: Timer) -> None:
    await polling.poll(uow, timer.key)


@DEADLINES.when(subscribing.KEEP)
async def keep_subscription(uow: UnitOfWork, timer: Timer) -> None:
    await subscribing.keep(uow, timer.key)


@DEADLINES.when("no-acknowledgement")
async def no_acknowledgement(uow: UnitOfWork, timer: Timer) -> None:
    await sending.flag_overdue(uow, timer.key)
