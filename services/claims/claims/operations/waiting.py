"""A claim waited as long as it may: somebody is told."""

from __future__ import annotations

from uuid import UUID

from claims.domain.waiting import remind
from claims.store import claims as store
from common.uow import UnitOfWork


async def wait_is_over(uow: UnitOfWork, claim_id: UUID) -> None:
    """Raise the follow-up of the wait that ended; nothing when the claim has moved on. Raises NotFound."""
    async with uow.begin() as tx:
        before = await store.load(tx, claim_id)
        await store.save(tx, before, remind(before, tx.now))
