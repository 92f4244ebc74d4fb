"""What was seen in a mailbox whose files are cleared away, until they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import RowMapping, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from common.uow import Transaction
from edi.sealing import name_hash
from edi.tables import pickups

# Longer than anybody holds a file between reading it and taking it in.
REMEMBERED = timedelta(minutes=10)


async def of(tx: Transaction, partner_id: UUID, name: str) -> RowMapping | None:
    """What is known of a file of that name that may still be in the mailbox."""
    hashed = _hashed(tx, name)
    return await tx.row(select(pickups).where(pickups.c.partner_id == partner_id, pickups.c.name == hashed))


async def note(
    tx: Transaction, partner_id: UUID, name: str, mark: str, *, looks: int = 1, file_id: UUID | None = None
) -> None:
    values = {"mark": mark, "looks": looks, "noted_at": tx.now, "file_id": file_id}
    row = upsert(pickups).values(practice_id=tx.practice_id, partner_id=partner_id, name=_hashed(tx, name), **values)
    await tx.execute(row.on_conflict_do_update(index_elements=["partner_id", "name"], set_=values))


async def forget_all_but(tx: Transaction, partner_id: UUID, names: Sequence[str]) -> None:
    """Forget what is no longer in the mailbox and was noted a while ago."""
    await tx.execute(
        delete(pickups).where(
            pickups.c.partner_id == partner_id,
            pickups.c.name.not_in([_hashed(tx, name) for name in names]),
            pickups.c.noted_at < tx.now - REMEMBERED,
        )
    )


def _hashed(tx: Transaction, name: str) -> str:
    return name_hash(tx.vault, tx.practice_id, name)
