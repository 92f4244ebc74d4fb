"""Rows to subscriptions, and back. Never commits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, update

from common.uow import Transaction
from edi.domain.subscription import Content, Status, Subscription
from edi.sealing import SECRET
from edi.tables import subscriptions


async def of_partner(tx: Transaction, partner_id: UUID) -> Subscription | None:
    """The partner's newest subscription, locked; one that was ended is none."""
    statement = (
        select(subscriptions)
        .where(subscriptions.c.partner_id == partner_id, subscriptions.c.status != Status.OFF.value)
        .order_by(subscriptions.c.id.desc())
        .limit(1)
        .with_for_update()
    )
    row = await tx.row(statement)
    return _subscription(row) if row else None


async def find(tx: Transaction, subscription_id: UUID, *, lock: bool = False) -> Subscription | None:
    statement = select(subscriptions).where(subscriptions.c.id == subscription_id)
    row = await tx.row(statement.with_for_update() if lock else statement)
    return _subscription(row) if row else None


async def secret_of(tx: Transaction, subscription_id: UUID) -> str:
    sealed = await tx.scalar(select(subscriptions.c.sealed_secret).where(subscriptions.c.id == subscription_id))
    return SECRET.open(tx.vault, tx.practice_id, subscription_id, sealed)


async def add(tx: Transaction, subscription: Subscription, secret: str) -> None:
    await tx.execute(
        insert(subscriptions).values(
            id=subscription.id,
            practice_id=tx.practice_id,
            partner_id=subscription.partner_id,
            content=subscription.content.value,
            filter=subscription.filter,
            status=subscription.status.value,
            sealed_secret=SECRET.seal(tx.vault, tx.practice_id, subscription.id, secret),
            last_event=subscription.last_event,
            asked_at=subscription.asked_at,
        )
    )


async def change(tx: Transaction, subscription_id: UUID, **columns: Any) -> None:
    """Columns alone: a handshake and our own request may be noted at the same time."""
    await tx.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(**columns))


def _subscription(row: RowMapping) -> Subscription:
    return Subscription(
        id=row["id"],
        partner_id=row["partner_id"],
        content=Content(row["content"]),
        filter=row["filter"],
        status=Status(row["status"]),
        remote_id=row["remote_id"],
        last_event=row["last_event"],
        last_error=row["last_error"],
        asked_at=row["asked_at"],
        heard_at=row["heard_at"],
    )
