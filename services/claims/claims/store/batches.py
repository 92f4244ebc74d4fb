"""Batches, and which claims they carry (a submission names its batch)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, update
from sqlalchemy.dialects.postgresql import insert

from claims.domain.batches import Batch, BatchStatus
from claims.domain.numbering import batch_reference
from claims.tables import BATCH_NUMBERS, batches
from common.ids import new_id
from common.money import Money
from common.pagination import Cursor, keyset
from common.uow import Transaction


async def gathering(tx: Transaction, payer_id: str, departs_at: datetime) -> UUID:
    """The batch that gathers for the payer until that moment; begun if there is none, or it has just departed."""
    row = {
        "practice_id": tx.practice_id,
        "payer_id": payer_id,
        "departs_at": departs_at,
        "status": BatchStatus.GATHERING.value,
        "claim_count": 0,
        "charge": Money.zero(),
    }
    same = select(batches.c.id).where(
        batches.c.payer_id == payer_id,
        batches.c.departs_at == departs_at,
        batches.c.status == BatchStatus.GATHERING.value,
    )
    while True:
        begun = insert(batches).values(row | {"id": new_id()}).on_conflict_do_nothing().returning(batches.c.id)
        found = await tx.scalar(begun) or await tx.scalar(same)
        if found is not None:
            return found


async def load(tx: Transaction, batch_id: UUID) -> Batch | None:
    """The batch, its row locked for the rest of the transaction."""
    return _batch(await tx.row(select(batches).where(batches.c.id == batch_id).with_for_update()))


async def of_reference(tx: Transaction, reference: str) -> Batch | None:
    """The batch whose BHT03 is `reference`, locked; None when it is none of ours."""
    return _batch(await tx.row(select(batches).where(batches.c.reference == reference).with_for_update()))


async def next_reference(tx: Transaction) -> str:
    return batch_reference(await tx.scalar(select(BATCH_NUMBERS.next_value())))


async def put(tx: Transaction, batch_id: UUID, status: BatchStatus, **values: Any) -> None:
    await tx.execute(update(batches).where(batches.c.id == batch_id).values(status=status.value, **values))


async def listed(tx: Transaction, cursor: Cursor | None, limit: int) -> Sequence[RowMapping]:
    return await tx.rows(keyset(select(batches), batches.c.id, cursor, limit))


def _batch(row: RowMapping | None) -> Batch | None:
    if row is None:
        return None
    return Batch(
        id=row["id"],
        payer_id=row["payer_id"],
        departs_at=row["departs_at"],
        status=BatchStatus(row["status"]),
        reference=row["reference"],
        intended_at=row["intended_at"],
        transmission_id=row["transmission_id"],
    )
