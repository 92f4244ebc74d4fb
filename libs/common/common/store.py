"""The few statements that every service's store.py would otherwise repeat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table, update

from common.refusal import Stale
from common.uow import Transaction


async def save_version(
    tx: Transaction,
    table: Table,
    id: UUID,
    version: int,
    values: Mapping[str, Any],
    *,
    kind: str | None = None,
) -> int:
    """Write `values` over the row that is still at `version`, and give the new version.

    Raises Stale when the row has moved on, or is not in this practice.
    """
    statement = update(table).where(table.c.id == id, table.c.version == version).values(**values, version=version + 1)
    result = await tx.execute(statement)
    if result.rowcount != 1:
        raise Stale(kind=kind or table.name, id=id, version=version)
    return version + 1
