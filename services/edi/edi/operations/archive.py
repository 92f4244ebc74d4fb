"""Putting interchanges into the archive."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import insert

from common.ids import new_id
from common.uow import Transaction
from edi.domain.inbound import Found, Reason
from edi.domain.numbering import ControlNumbers
from edi.domain.partner import Partner
from edi.store.files import Stored
from edi.tables import interchanges


async def outbound(
    tx: Transaction, partner: Partner, numbers: ControlNumbers, kind: str, sets: int, stored: Stored
) -> UUID:
    """The row of an interchange that we wrote."""
    facts = partner.facts
    return await _add(
        tx,
        partner_id=partner.id,
        direction="out",
        kind=kind,
        kinds={kind: sets},
        sender_id=facts.ours.id,
        receiver_id=facts.theirs.id,
        control=numbers.interchange_text,
        groups=[numbers.group_text],
        usage=facts.usage,
        archive_id=stored.archive_id,
        start=0,
        size=stored.size,
        sha256=stored.sha256,
        ordinal=1,
    )


async def answer(tx: Transaction, partner_id: UUID, archive_id: UUID, ordinal: int, found: Found) -> UUID:
    """The row of an interchange that was answered in real time: it is in no file."""
    return await inbound(tx, partner_id, None, archive_id, ordinal, found)


async def inbound(
    tx: Transaction,
    partner_id: UUID,
    file_id: UUID | None,
    archive_id: UUID,
    ordinal: int,
    found: Found,
    *,
    reason: Reason | None = None,
    duplicate_of: UUID | None = None,
) -> UUID:
    """The row of an interchange in a received file; a duplicate says of what."""
    return await _add(
        tx,
        partner_id=partner_id,
        direction="in",
        kind=found.kind,
        kinds=dict(found.kinds),
        sender_id=found.sender,
        receiver_id=found.receiver,
        control=found.control,
        groups=list(found.groups),
        usage=found.usage,
        archive_id=archive_id,
        start=found.start,
        size=found.size,
        sha256=found.sha256,
        file_id=file_id,
        ordinal=ordinal,
        reason=reason.value if reason else None,
        duplicate_of=duplicate_of,
    )


async def _add(tx: Transaction, **columns: Any) -> UUID:
    interchange_id = new_id()
    await tx.execute(insert(interchanges).values(id=interchange_id, practice_id=tx.practice_id, at=tx.now, **columns))
    return interchange_id
