"""Time in: effective dates that come, renewals that fall due, papers that expire, exclusion lists to look at."""

from __future__ import annotations

from common.deadlines import Deadlines
from common.timers import Timer
from common.uow import UnitOfWork
from credentialing.domain.sanctions import SCREENING
from credentialing.operations import enrolling, filing, screening

DEADLINES = Deadlines()


@DEADLINES.when(enrolling.TAKES_EFFECT)
async def enrollment_takes_effect(uow: UnitOfWork, timer: Timer) -> None:
    await enrolling.take_effect(uow, timer.key)


@DEADLINES.when(enrolling.FALLS_DUE)
async def enrollment_falls_due(uow: UnitOfWork, timer: Timer) -> None:
    await enrolling.fall_due(uow, timer.key)


@DEADLINES.when(filing.EXPIRES)
async def credential_expires(uow: UnitOfWork, timer: Timer) -> None:
    await filing.fall_due(uow, timer.key)


@DEADLINES.when(SCREENING)
async def provider_screening(uow: UnitOfWork, timer: Timer) -> None:
    await screening.screen_in_time(uow, timer.key)
