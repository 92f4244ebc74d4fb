"""What a person has to look at, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, insert, select, update

from common.ids import new_id
from common.refusal import NotFound
from common.uow import Transaction
from payments.sealing import FINDINGS
from payments.tables import queue_items


class Kind(StrEnum):
    """`review` is posted, but something about it is not understood; the others are not in the books."""

    REFUSED = "refused"
    UNMATCHED = "unmatched"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Item:
    id: UUID
    kind: Kind
    code: str
    findings: tuple[str, ...]
    interchange_id: UUID
    remittance_id: UUID | None
    claim_payment_id: UUID | None
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    resolution: str | None


async def put(
    tx: Transaction,
    kind: Kind,
    code: str,
    findings: Sequence[str],
    *,
    interchange_id: UUID,
    remittance_id: UUID | None = None,
    claim_payment_id: UUID | None = None,
) -> None:
    """Queue something. A payment that is in the queue already gets the newer reason."""
    waiting = await _waiting(tx, kind, claim_payment_id)
    id = waiting or new_id()
    said = {"code": code, "sealed_findings": FINDINGS.seal(tx.vault, tx.practice_id, id, tuple(findings))}
    if waiting:
        await tx.execute(update(queue_items).where(queue_items.c.id == id).values(said))
        return
    values = {
        "id": id,
        "practice_id": tx.practice_id,
        "kind": kind,
        "interchange_id": interchange_id,
        "remittance_id": remittance_id,
        "claim_payment_id": claim_payment_id,
        "opened_at": tx.now,
    }
    await tx.execute(insert(queue_items).values(values | said))


async def _waiting(tx: Transaction, kind: Kind, claim_payment_id: UUID | None) -> UUID | None:
    """The open item of that kind about the payment; whoever posts it holds its cheque, so no other adds one."""
    row = queue_items.c
    if claim_payment_id is None:
        return None
    return await tx.scalar(
        select(row.id).where(row.claim_payment_id == claim_payment_id, row.kind == kind, row.closed_at.is_(None))
    )


async def held(tx: Transaction, item_id: UUID) -> Item:
    """The item, held until the transaction ends. Raises NotFound."""
    return await _one(tx, item_id, select(queue_items).with_for_update())


async def find(tx: Transaction, item_id: UUID) -> Item:
    """Raises NotFound."""
    return await _one(tx, item_id, select(queue_items))


async def _one(tx: Transaction, item_id: UUID, statement: Select[Any]) -> Item:
    row = await tx.row(statement.where(queue_items.c.id == item_id))
    if row is None:
        raise NotFound(kind="queue item", id=item_id)
    return item(tx, row)


async def close(tx: Transaction, item_id: UUID, resolution: str) -> None:
    await tx.execute(
        update(queue_items)
        .where(queue_items.c.id == item_id)
        .values(closed_at=tx.now, closed_by=tx.actor.subject, resolution=resolution)
    )


async def close_payments(tx: Transaction, payment_ids: Sequence[UUID], resolution: str) -> None:
    """Close the unmatched items of payments that have found their claim."""
    row = queue_items.c
    if payment_ids:
        await tx.execute(
            update(queue_items)
            .where(row.claim_payment_id.in_(payment_ids), row.kind == Kind.UNMATCHED, row.closed_at.is_(None))
            .values(closed_at=tx.now, closed_by=tx.actor.subject, resolution=resolution)
        )


def item(tx: Transaction, row: RowMapping) -> Item:
    values: dict[str, Any] = {name: row[name] for name in Item.__slots__ if name != "findings"}
    sealed = row["sealed_findings"]
    values["findings"] = FINDINGS.open_if(tx.vault, tx.practice_id, row["id"], sealed) or ()
    values["kind"] = Kind(row["kind"])
    return Item(**values)
