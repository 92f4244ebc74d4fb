"""Changes to report as rows, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from common.pagination import Cursor, keyset
from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction
from credentialing.domain.changes import ChangeKind, Recipient, ToReport
from credentialing.store import history
from credentialing.store.holders import holder_in, owned_by, with_holder
from credentialing.tables import changes

_STATEMENT = with_holder(changes)


async def add(tx: Transaction, change: ToReport) -> None:
    values = {"practice_id": tx.practice_id, "id": change.id, "version": 1, **owned_by(change.holder)}
    facts = {
        "kind": change.kind.value,
        "recipient": change.recipient.value,
        "happened_on": change.happened_on,
        "due_on": change.due_on,
    }
    await tx.execute(insert(changes).values(**values, **facts))
    await history.note(tx, change.holder.id, "change to report", change_id=change.id, **facts)


async def load(tx: Transaction, change_id: UUID) -> ToReport:
    """Raises NotFound."""
    row = await tx.row(_STATEMENT.where(changes.c.id == change_id))
    if row is None:
        raise NotFound(kind="change", id=change_id)
    return _change(row)


async def save(tx: Transaction, change: ToReport) -> ToReport:
    """Raises Stale."""
    values = {"reported_on": change.reported_on, "reference": change.reference}
    version = await save_version(tx, changes, change.id, change.version, values, kind="change")
    await history.note(tx, change.holder.id, "change reported", change_id=change.id, reported_on=change.reported_on)
    return replace(change, version=version)


async def due(tx: Transaction, until: date, limit: int) -> list[ToReport]:
    """Those not reported yet whose time ends by `until`, the nearest first."""
    open_ = (changes.c.reported_on.is_(None), changes.c.due_on <= until)
    rows = await tx.rows(_STATEMENT.where(*open_).order_by(changes.c.due_on, changes.c.id).limit(limit))
    return [_change(row) for row in rows]


async def page(tx: Transaction, cursor: Cursor | None, limit: int) -> list[ToReport]:
    return [_change(row) for row in await tx.rows(keyset(_STATEMENT, changes.c.id, cursor, limit))]


def _change(row: Any) -> ToReport:
    names = ("id", "happened_on", "due_on", "reported_on", "reference", "version")
    return ToReport(
        holder=holder_in(row),
        kind=ChangeKind(row["kind"]),
        recipient=Recipient(row["recipient"]),
        **{name: row[name] for name in names},
    )
