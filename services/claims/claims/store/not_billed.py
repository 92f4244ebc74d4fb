"""What of an encounter no payer sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects.postgresql import insert

from claims.domain.coding import NotBilled
from claims.tables import not_billed
from common.ids import new_id
from common.uow import Transaction


async def keep(tx: Transaction, facts: NotBilled) -> None:
    """One row per revision of the encounter; a repeat changes nothing."""
    row = asdict(facts) | {
        "practice_id": tx.practice_id,
        "id": new_id(),
        "lines": [asdict(line) for line in facts.lines],
        "told_at": tx.now,
    }
    await tx.execute(insert(not_billed).values(row).on_conflict_do_nothing())


async def of_encounter(tx: Transaction, encounter_id: UUID) -> Sequence[RowMapping]:
    """Oldest revision first."""
    wanted = select(not_billed).where(not_billed.c.encounter_id == encounter_id)
    return await tx.rows(wanted.order_by(not_billed.c.revision))
