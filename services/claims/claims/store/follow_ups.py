"""What a person has to look at."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, select, update

from claims.domain.refusals import FollowUpSettled
from claims.tables import follow_ups
from common.pagination import Cursor, keyset
from common.refusal import NotFound
from common.uow import Transaction


async def of_claim(tx: Transaction, claim_id: UUID) -> Sequence[RowMapping]:
    return await tx.rows(select(follow_ups).where(follow_ups.c.claim_id == claim_id).order_by(follow_ups.c.id))


async def open_ones(tx: Transaction, reason: str | None, cursor: Cursor | None, limit: int) -> Sequence[RowMapping]:
    statement = select(follow_ups).where(follow_ups.c.settled_at.is_(None))
    if reason is not None:
        statement = statement.where(follow_ups.c.reason == reason)
    return await tx.rows(keyset(statement, follow_ups.c.id, cursor, limit))


async def settle(tx: Transaction, follow_up_id: UUID, *, by: str, reason: str) -> RowMapping:
    """Raises NotFound, FollowUpSettled."""
    row = await tx.row(select(follow_ups).where(follow_ups.c.id == follow_up_id).with_for_update())
    if row is None:
        raise NotFound(kind="follow-up", id=follow_up_id)
    if row["settled_at"] is not None:
        raise FollowUpSettled(follow_up_id=follow_up_id)
    settled = (
        update(follow_ups)
        .where(follow_ups.c.id == follow_up_id)
        .values(settled_at=tx.now, settled_by=by, settled_reason=reason)
        .returning(follow_ups)
    )
    row = await tx.row(settled)
    assert row is not None
    return row
