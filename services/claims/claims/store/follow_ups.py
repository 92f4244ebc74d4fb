"""What a person has to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, select, update

from claims.domain.refusals import FollowUpSettled
from claims.sealing import ANSWER
from claims.tables import follow_ups
from common.pagination import Cursor, keyset
from common.phi import Phi
from common.refusal import NotFound
from common.uow import Transaction


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """A follow-up as it stands; `answer` is what somebody wrote who settled it."""

    id: UUID
    claim_id: UUID
    reason: str
    facts: Mapping[str, str]
    raised_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    answer: Phi[str] | None


async def of_claim(tx: Transaction, claim_id: UUID) -> list[FollowUpRow]:
    statement = select(follow_ups).where(follow_ups.c.claim_id == claim_id).order_by(follow_ups.c.id)
    return [_follow_up(tx, row) for row in await tx.rows(statement)]


async def open_ones(tx: Transaction, reason: str | None, cursor: Cursor | None, limit: int) -> list[FollowUpRow]:
    statement = select(follow_ups).where(follow_ups.c.settled_at.is_(None))
    if reason is not None:
        statement = statement.where(follow_ups.c.reason == reason)
    return [_follow_up(tx, row) for row in await tx.rows(keyset(statement, follow_ups.c.id, cursor, limit))]


async def settle(tx: Transaction, follow_up_id: UUID, *, by: str, answer: Phi[str]) -> FollowUpRow:
    """Raises NotFound, FollowUpSettled."""
    row = await tx.row(select(follow_ups).where(follow_ups.c.id == follow_up_id).with_for_update())
    if row is None:
        raise NotFound(kind="follow-up", id=follow_up_id)
    if row["settled_at"] is not None:
        raise FollowUpSettled(follow_up_id=follow_up_id)
    settled = (
        update(follow_ups)
        .where(follow_ups.c.id == follow_up_id)
        .values(
            settled_at=tx.now,
            settled_by=by,
            sealed_answer=ANSWER.seal(tx.vault, tx.practice_id, follow_up_id, answer),
        )
        .returning(follow_ups)
    )
    row = await tx.row(settled)
    assert row is not None
    return _follow_up(tx, row)


async def answered(tx: Transaction, claim_id: UUID, reasons: Sequence[str], *, by: str) -> None:
    """Settle the open follow-ups of a claim that nobody has to look at any more."""
    waiting = (follow_ups.c.claim_id == claim_id) & follow_ups.c.reason.in_(reasons) & follow_ups.c.settled_at.is_(None)
    await tx.execute(update(follow_ups).where(waiting).values(settled_at=tx.now, settled_by=by))


def _follow_up(tx: Transaction, row: RowMapping) -> FollowUpRow:
    return FollowUpRow(
        id=row["id"],
        claim_id=row["claim_id"],
        reason=row["reason"],
        facts=row["facts"],
        raised_at=row["raised_at"],
        settled_at=row["settled_at"],
        settled_by=row["settled_by"],
        answer=ANSWER.open_if(tx.vault, tx.practice_id, row["id"], row["sealed_answer"]),
    )
