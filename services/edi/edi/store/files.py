"""What was received and sent, byte for byte, and what was found in it. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, insert, select

from common.ids import new_id
from common.refusal import NotFound
from common.uow import Transaction
from edi.domain.inbound import Known
from edi.sealing import NAME, open_content, seal_content
from edi.tables import (
    archive,
    files,
    interchanges,
)


@dataclass(frozen=True, slots=True)
class Stored:
    """Where some bytes are in the archive."""

    archive_id: UUID
    sha256: str
    size: int


async def keep(tx: Transaction, content: bytes, sha256: str) -> Stored:
    """Put bytes into the archive, sealed; `size` and digest are those of the bytes themselves."""
    stored = Stored(new_id(), sha256, len(content))
    await tx.execute(
        insert(archive).values(
            id=stored.archive_id,
            practice_id=tx.practice_id,
            sha256=sha256,
            size=stored.size,
            content=seal_content(tx.vault, tx.practice_id, stored.archive_id, content),
            stored_at=tx.now,
        )
    )
    return stored


async def slice_of(tx: Transaction, archive_id: UUID, start: int, size: int) -> bytes:
    """`size` bytes of the archive from `start`, counted from 0; sealed as a whole, it is opened as a whole.

    Raises CannotOpen.
    """
    sealed = await tx.scalar(select(archive.c.content).where(archive.c.id == archive_id))
    return open_content(tx.vault, tx.practice_id, archive_id, sealed)[start : start + size]


async def same_file(tx: Transaction, partner_id: UUID, sha256: str) -> RowMapping | None:
    """The first file with these bytes from that partner."""
    return await tx.row(
        select(files).where(files.c.partner_id == partner_id, files.c.sha256 == sha256).order_by(files.c.id).limit(1)
    )


async def known_interchanges(tx: Transaction, partner_id: UUID, controls: Sequence[str]) -> list[Known]:
    """Interchanges received from the partner under those ISA13, latest last; duplicates left out."""
    rows = await tx.rows(
        select(interchanges)
        .where(
            interchanges.c.partner_id == partner_id,
            interchanges.c.direction == "in",
            interchanges.c.control.in_(controls),
            interchanges.c.duplicate_of.is_(None),
        )
        .order_by(interchanges.c.id)
    )
    return [
        Known(row["id"], row["sha256"], (row["sender_id"], row["control"], tuple(sorted(row["groups"]))))
        for row in rows
    ]


async def load_file(tx: Transaction, file_id: UUID, *, lock: bool = False) -> RowMapping:
    """Raises NotFound."""
    statement = select(files).where(files.c.id == file_id)
    row = await tx.row(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound(kind="file", id=file_id)
    return row


def named(tx: Transaction, row: RowMapping) -> dict[str, Any]:
    """The row of a file with its name opened."""
    name = NAME.open_if(tx.vault, tx.practice_id, row["id"], row["sealed_name"])
    return {**row, "name": name or ""}


async def load_interchange(tx: Transaction, interchange_id: UUID) -> RowMapping:
    """Raises NotFound."""
    row = await tx.row(select(interchanges).where(interchanges.c.id == interchange_id))
    if row is None:
        raise NotFound(kind="interchange", id=interchange_id)
    return row
