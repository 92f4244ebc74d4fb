"""Time in: effective dates that come, renewals that fall due."""

from __future__ import annotations

from common.deadlines import Deadlines
from common.timers import Timer
from common.uow import UnitOfWork
from credentialing.operations import enrolling

DEADLINES = Deadlines()


@DEADLINES.when(enrolling.TAKES_EFFECT)
async def enrollment_takes_effect(uow: UnitOfWork, timer: Timer) -> None:
    await enrolling.take_effect(uow, timer.key)


@DEADLINES.when(enrolling.FALLS_DUE)
async def enrollment_falls_due(uow: UnitOfWork, timer: Timer) -> None:
    await enrolling.fall_due(uow, timer.key)
