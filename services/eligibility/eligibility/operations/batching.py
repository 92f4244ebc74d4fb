"""A batch: accepted at once, worked through in the background, each item with its own result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from common.uow import UnitOfWork
from eligibility.domain.check import Cause
from eligibility.operations.requesting import Wish, open_check
from eligibility.store import batches as store
from eligibility.store.batches import Batch, Item

WORK = "work-batch"

# So many questions of a batch are on their way at once: one that a desk asks waits behind no more than these.
AT_ONCE = 64
PAUSE = timedelta(milliseconds=500)


async def accept(uow: UnitOfWork, items: Sequence[Item]) -> Batch:
    """Take the batch, whatever is wrong with single items, and begin."""
    async with uow.begin() as tx:
        batch_id = await store.add(tx, items)
        tx.audit("create", "batch of checks", batch_id, items=len(items))
        tx.schedule(WORK, batch_id, due_at=tx.now)
        return tx.done(await store.load(tx, batch_id))


async def work(uow: UnitOfWork, batch_id: UUID) -> None:
    """Let the next items become checks, as many as fit beside those on their way; come again while any is left."""
    async with uow.begin() as tx:
        room = AT_ONCE - await store.first_attempts(tx, batch_id)
        items = await store.next_items(tx, batch_id, max(room, 0) + 1)
        begun: list[tuple[UUID, UUID]] = []
        for item in items[: max(room, 0)]:
            assert item.patient_id is not None
            assert item.on is not None
            assert item.id is not None
            wish = Wish(item.patient_id, item.on, Cause.BATCH, item.coverage_id, item.service_types)
            begun.append((item.id, (await open_check(tx, wish)).id))
        await store.started(tx, batch_id, begun)
        if len(items) > len(begun):
            tx.schedule(WORK, batch_id, due_at=tx.now + PAUSE)
