"""What people do with the queue: match a payment to its claim, or close an item that needs nothing more."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from common.uow import Transaction, UnitOfWork
from payments.domain.refusals import AlreadyClosed, MoneyWaiting, NotMatchable
from payments.operations.posting import post_by_hand
from payments.store import queue, remittances
from payments.store.queue import Item


async def match(uow: UnitOfWork, item_id: UUID, claim_id: UUID, *, today: date) -> Item:
    """Post an unmatched payment to the claim that a person found for it.

    Raises NotFound, AlreadyClosed, NotMatchable, and the reasons for which a payment cannot be posted to the
    claim (NothingOpen, OriginalNotFound); then the item stays as it is.
    """
    async with uow.begin() as tx:
        item = await _open(tx, item_id)
        if item.kind is not queue.Kind.UNMATCHED or not item.remittance_id or not item.claim_payment_id:
            raise NotMatchable(id=item_id, kind=item.kind.value)
        await queue.close(tx, item_id, f"matched to claim {claim_id}")
        payment = await remittances.payment_of(tx, item.claim_payment_id)
        cheque = await remittances.find(tx, item.remittance_id)
        await post_by_hand(tx, cheque, payment, claim_id, today=today)
        tx.audit("decide", "queue item", item_id, outcome="matched", claim_id=str(claim_id))
        return tx.done(await queue.find(tx, item_id))


async def close(uow: UnitOfWork, item_id: UUID, resolution: str) -> Item:
    """Close a refused or reviewed item. Raises MoneyWaiting for a payment that is not in the books."""
    async with uow.begin() as tx:
        item = await _open(tx, item_id)
        if item.kind is queue.Kind.UNMATCHED and item.claim_payment_id:
            payment = await remittances.payment_of(tx, item.claim_payment_id)
            raise MoneyWaiting(id=item_id, paid=payment.claim.paid)
        await queue.close(tx, item_id, resolution)
        tx.audit("decide", "queue item", item_id, outcome="closed", resolution=resolution)
        return tx.done(await queue.find(tx, item_id))


async def _open(tx: Transaction, item_id: UUID) -> Item:
    """Hold the cheque before the item, as posting does, so that the two never wait for one another."""
    known = await queue.find(tx, item_id)
    if known.remittance_id:
        await remittances.held(tx, known.remittance_id)
    item = await queue.held(tx, item_id)
    if item.closed_at is not None:
        raise AlreadyClosed(id=item_id)
    return item
