"""Time in: claims are assembled, weighed, built again; batches leave, 277CAs are read; waits end, a crossover's too."""

from __future__ import annotations

from claims.operations import acknowledgement, adjudication, assembly, batching, patient_changed, readiness, waiting
from claims.store.claims import DEADLINE_TIMER
from common.deadlines import Deadlines
from common.timers import Timer
from common.uow import UnitOfWork

DEADLINES = Deadlines()


@DEADLINES.when(assembly.ASSEMBLE)
async def assemble_claim(uow: UnitOfWork, timer: Timer) -> None:
    await assembly.assemble_claim(uow, timer.key)


@DEADLINES.when(readiness.WEIGH)
async def weigh_claim(uow: UnitOfWork, timer: Timer) -> None:
    await readiness.weigh_claim(uow, timer.key)


@DEADLINES.when(patient_changed.REBUILD)
async def rebuild_held(uow: UnitOfWork, timer: Timer) -> None:
    await patient_changed.rebuild_held(uow, timer.key)


@DEADLINES.when(batching.SEND)
async def send_batch(uow: UnitOfWork, timer: Timer) -> None:
    await batching.send_batch(uow, timer.key)


@DEADLINES.when(acknowledgement.READ)
async def read_acknowledgement(uow: UnitOfWork, timer: Timer) -> None:
    await acknowledgement.read_acknowledgement(uow, timer.key)


@DEADLINES.when(DEADLINE_TIMER)
async def wait_is_over(uow: UnitOfWork, timer: Timer) -> None:
    await waiting.wait_is_over(uow, timer.key)


@DEADLINES.when(adjudication.CROSSOVER)
async def crossover_due(uow: UnitOfWork, timer: Timer) -> None:
    await adjudication.crossover_due(uow, timer.key)
