"""What 277CAs said, each once, whether or not it could be applied yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, update
from sqlalchemy.dialects.postgresql import insert

from claims.domain.acknowledgement import Acknowledgement
from claims.tables import acknowledgements
from common.ids import new_id
from common.pagination import Cursor, keyset
from common.uow import Transaction


async def keep(tx: Transaction, said: Acknowledgement, claim_id: UUID | None, *, applied: bool) -> bool:
    """Put it on file; False when it was there before, read from the same place of the same interchange."""
    row = {name: getattr(said, name) for name in Acknowledgement.__slots__} | {
        "practice_id": tx.practice_id,
        "id": new_id(),
        "claim_id": claim_id,
        "categories": list(said.categories),
        "statuses": list(said.statuses),
        "received_at": tx.now,
        "applied_at": tx.now if applied else None,
    }
    kept = insert(acknowledgements).values(row).on_conflict_do_nothing().returning(acknowledgements.c.id)
    return await tx.scalar(kept) is not None


async def waiting(tx: Transaction, claim_ids: Iterable[UUID]) -> list[tuple[UUID, UUID, Acknowledgement]]:
    """Those not applied yet, as (row, claim, what was said), oldest word first."""
    rows = await tx.rows(
        select(acknowledgements)
        .where(acknowledgements.c.claim_id.in_(set(claim_ids)), acknowledgements.c.applied_at.is_(None))
        .order_by(acknowledgements.c.said_at, acknowledgements.c.id)
    )
    return [(row["id"], row["claim_id"], _said(row)) for row in rows]


async def applied(tx: Transaction, ids: Iterable[UUID]) -> None:
    await tx.execute(update(acknowledgements).where(acknowledgements.c.id.in_(set(ids))).values(applied_at=tx.now))


async def unmatched(tx: Transaction, cursor: Cursor | None, limit: int) -> Sequence[RowMapping]:
    """Those about a control number that no submission has."""
    statement = select(acknowledgements).where(acknowledgements.c.claim_id.is_(None))
    return await tx.rows(keyset(statement, acknowledgements.c.id, cursor, limit))


def _said(row: RowMapping) -> Acknowledgement:
    facts: dict[str, Any] = {name: row[name] for name in Acknowledgement.__slots__}
    facts |= {"categories": tuple(row["categories"]), "statuses": tuple(row["statuses"])}
    return Acknowledgement(**facts)
