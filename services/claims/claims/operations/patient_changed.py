"""A card, an address or a name was mended in `patients`: the claims that are held are built again from it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from claims.domain import recoding
from claims.domain.lifecycle import Status
from claims.operations.following import follow
from claims.store import claims as store
from common.uow import UnitOfWork

REBUILD = "rebuild-claim"
# A claim that is being built may have asked `patients` before the change: it is looked at again when it is done.
BUILT_WITHIN = timedelta(seconds=20)


async def patient_changed(uow: UnitOfWork, patient_id: UUID) -> None:
    """Have every claim of the patient that is held, or may soon be, built again, each in a transaction of its own.

    One that is ready leaves within seconds as it is, and one that a payer rejected is a biller's.
    """
    async with uow.begin() as tx:
        for claim_id in await store.of_patient(tx, patient_id, (Status.HELD, Status.ASSEMBLING)):
            tx.schedule(REBUILD, claim_id, due_at=tx.now)


async def rebuild_held(uow: UnitOfWork, claim_id: UUID) -> None:
    """Build a claim again if it is held. Raises NotFound."""
    async with uow.begin() as tx:
        before = await store.load(tx, claim_id)
        if before.status is Status.ASSEMBLING:
            tx.schedule(REBUILD, claim_id, due_at=tx.now + BUILT_WITHIN)
        elif before.status is Status.HELD:
            await follow(tx, before, recoding.rebuild(before, tx.now, by=store.BY_ITSELF))
