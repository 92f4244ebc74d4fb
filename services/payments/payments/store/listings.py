"""Lists for people, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from common.pagination import Cursor, keyset
from common.uow import Transaction
from payments.store.queue import Item, Kind, item
from payments.store.remittances import Cheque, Payment, PaymentState, RemittanceState, cheque, payment
from payments.tables import claim_payments, queue_items
from payments.tables import remittances as cheques


async def remittances(
    tx: Transaction, *, state: RemittanceState | None, cursor: Cursor | None, limit: int
) -> Sequence[Cheque]:
    statement = select(cheques)
    if state:
        statement = statement.where(cheques.c.state == state)
    return [cheque(tx, row) for row in await tx.rows(keyset(statement, cheques.c.id, cursor, limit))]


async def claim_payments_of(
    tx: Transaction, remittance_id: UUID, *, state: PaymentState | None, cursor: Cursor | None, limit: int
) -> Sequence[Payment]:
    """In the payer's order: ids are made in it."""
    statement = select(claim_payments).where(claim_payments.c.remittance_id == remittance_id)
    if state:
        statement = statement.where(claim_payments.c.state == state)
    return [payment(row) for row in await tx.rows(keyset(statement, claim_payments.c.id, cursor, limit))]


async def items(
    tx: Transaction, *, kind: Kind | None, closed: bool, cursor: Cursor | None, limit: int
) -> Sequence[Item]:
    row = queue_items.c
    statement = select(queue_items).where(row.closed_at.is_not(None) if closed else row.closed_at.is_(None))
    if kind:
        statement = statement.where(row.kind == kind)
    return [item(tx, row) for row in await tx.rows(keyset(statement, row.id, cursor, limit))]
