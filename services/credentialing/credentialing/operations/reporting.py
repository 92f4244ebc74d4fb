"""Changes that Medicare and NPPES have to hear of in time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from common.ids import new_id
from common.refusal import Stale
from common.uow import UnitOfWork
from credentialing.domain.changes import ChangeKind, Recipient, ToReport, due_on
from credentialing.domain.holders import Named
from credentialing.domain.refusals import InTheFuture
from credentialing.store import changes as store
from credentialing.store import holders


async def note_change(
    uow: UnitOfWork, named: Named, kind: ChangeKind, happened_on: date, recipients: Iterable[Recipient]
) -> list[ToReport]:
    """Note a change once for each that has to hear of it. Raises NotFound, InTheFuture."""
    if happened_on > uow.today:
        raise InTheFuture(what="change", day=happened_on)
    async with uow.begin() as tx:
        holder = await holders.find(tx, named)
        noted = [
            ToReport(new_id(), holder, kind, recipient, happened_on, due_on(recipient, kind, happened_on))
            for recipient in recipients
        ]
        for change in noted:
            await store.add(tx, change)
            tx.audit("create", "change", change.id, recipient=change.recipient.value)
        return tx.done(noted)


async def report(uow: UnitOfWork, change_id: UUID, version: int, on: date, reference: str | None) -> ToReport:
    """It was reported. Raises NotFound, Stale, AlreadyReported, InTheFuture, DatesOutOfOrder."""
    async with uow.begin() as tx:
        before = await store.load(tx, change_id)
        if before.version != version:
            raise Stale(kind="change", id=change_id, version=version)
        after = await store.save(tx, before.reported(on, reference, uow.today))
        tx.audit("update", "change", after.id, version=after.version)
        return tx.done(after)
