"""Rows of batches and their items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update

from common.ids import new_id
from common.pagination import Cursor, keyset
from common.refusal import NotFound
from common.uow import Transaction
from eligibility.domain.check import OPEN, Status
from eligibility.tables import batch_items, batches, checks

REFUSED, WAITING = "refused", "waiting"
KNOWN = frozenset({WAITING, *(status.value for status in Status)})
ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Item:
    """One patient of a batch; `refused` names the place that could not be read."""

    number: int
    patient_id: UUID | None = None
    on: date | None = None
    coverage_id: UUID | None = None
    service_types: tuple[str, ...] = ()
    refused: str | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """How far a batch has come. `counts` are items by what became of them: refused, waiting, or the status of
    their check.
    """

    id: UUID
    accepted_at: datetime
    items: int
    started: int
    counts: dict[str, int]

    @property
    def done(self) -> bool:
        """Whether every item has its result."""
        return not any(self.counts.get(one) for one in (WAITING, *(status.value for status in OPEN)))


async def add(tx: Transaction, items: Sequence[Item]) -> UUID:
    batch_id = new_id()
    await tx.execute(
        insert(batches).values(practice_id=tx.practice_id, id=batch_id, accepted_at=tx.now, items=len(items), started=0)
    )
    for start in range(0, len(items), ROWS_AT_ONCE):
        await tx.execute(insert(batch_items), [_row(tx, batch_id, one) for one in items[start : start + ROWS_AT_ONCE]])
    return batch_id


async def load(tx: Transaction, batch_id: UUID) -> Batch:
    """Raises NotFound."""
    row = await tx.row(select(batches).where(batches.c.id == batch_id))
    if row is None:
        raise NotFound(kind="batch", id=batch_id)
    state = func.coalesce(checks.c.status, batch_items.c.refused, WAITING).label("state")
    statement = (
        select(state, func.count().label("count"))
        .select_from(batch_items.outerjoin(checks, checks.c.id == batch_items.c.check_id))
        .where(batch_items.c.batch_id == batch_id)
        .group_by(state)
    )
    counts: dict[str, int] = {}
    for found in await tx.rows(statement):
        name = found["state"] if found["state"] in KNOWN else REFUSED
        counts[name] = counts.get(name, 0) + found["count"]
    return Batch(row["id"], row["accepted_at"], row["items"], row["started"], counts)


async def next_items(tx: Transaction, batch_id: UUID, limit: int) -> list[Item]:
    """Items that are no check yet, in their order, held until the transaction ends."""
    statement = (
        select(batch_items)
        .where(batch_items.c.batch_id == batch_id, batch_items.c.check_id.is_(None), batch_items.c.refused.is_(None))
        .order_by(batch_items.c.number)
        .limit(limit)
        .with_for_update()
    )
    return [_item(row) for row in await tx.rows(statement)]


async def first_attempts(tx: Transaction, batch_id: UUID) -> int:
    """How many checks of the batch are still before the end of their first attempt."""
    mine = select(batch_items.c.id).where(batch_items.c.check_id == checks.c.id, batch_items.c.batch_id == batch_id)
    # From the few that are open: of the batch's thousands most are done, or not begun.
    statement = (
        select(func.count())
        .select_from(checks)
        .where(checks.c.status.in_([status.value for status in OPEN]), checks.c.attempts == 0, mine.exists())
    )
    return int(await tx.scalar(statement) or 0)


async def started(tx: Transaction, batch_id: UUID, begun: Iterable[tuple[UUID, UUID]]) -> None:
    """Each (item, check)."""
    rows = [{"item": item_id, "check": check_id} for item_id, check_id in begun]
    if not rows:
        return
    statement = update(batch_items).where(batch_items.c.id == bindparam("item"))
    await tx.execute(statement.values(check_id=bindparam("check")), rows)
    await tx.execute(update(batches).where(batches.c.id == batch_id).values(started=batches.c.started + len(rows)))


async def page_of_items(
    tx: Transaction, batch_id: UUID, cursor: Cursor | None, limit: int
) -> Sequence[tuple[UUID, Item, UUID | None, str, list[str]]]:
    """Items with their check, what became of them, and the codes why."""
    joined = batch_items.outerjoin(checks, checks.c.id == batch_items.c.check_id)
    statement = (
        select(batch_items, checks.c.status, checks.c.codes)
        .select_from(joined)
        .where(batch_items.c.batch_id == batch_id)
    )
    rows = await tx.rows(keyset(statement, batch_items.c.id, cursor, limit))
    return [
        (
            row["id"],
            _item(row),
            row["check_id"],
            REFUSED if row["refused"] else row["status"] or WAITING,
            [row["refused"]] if row["refused"] else list(row["codes"] or []),
        )
        for row in rows
    ]


def _row(tx: Transaction, batch_id: UUID, item: Item) -> dict[str, Any]:
    return {
        "practice_id": tx.practice_id,
        "id": new_id(),
        "batch_id": batch_id,
        "number": item.number,
        "patient_id": item.patient_id,
        "day": item.on,
        "coverage_id": item.coverage_id,
        "service_types": list(item.service_types),
        "refused": item.refused,
    }


def _item(row: Any) -> Item:
    return Item(
        row["number"],
        row["patient_id"],
        row["day"],
        row["coverage_id"],
        tuple(row["service_types"]),
        row["refused"],
        row["id"],
    )
