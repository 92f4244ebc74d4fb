"""A denial was upheld for good: what is still open of it comes off the books."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from common.money import Money
from common.uow import UnitOfWork
from payments.domain.receivable import written_off
from payments.operations.desk import Desk
from payments.store.ledger import Source


async def denial_upheld(uow: UnitOfWork, claim_id: UUID, amount: Money, *, event_id: UUID, today: date) -> None:
    """Write a denied amount off. Raises NotFound, WriteOffTooLarge beyond what is open as denied."""
    async with uow.begin() as tx:
        desk = await Desk.of(tx, claim_id)
        entries = written_off(desk.balances[claim_id], claim_id, amount)
        desk.book(Source(f"write-off/{event_id}", claim_id), entries)
        await desk.close(today=today)
        tx.audit("update", "claim account", claim_id, written_off=str(amount))
