"""Time in: a remittance that lies with edi is read, an accepted cheque is posted."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID

from common.deadlines import Deadlines
from common.http import RemoteRefusal, RemoteUnavailable
from common.timers import Timer
from common.uow import UnitOfWork
from payments.operations import intake, posting
from payments.operations.reading import Unreadable, cheques
from payments.operations.receivables import POST

DEADLINES = Deadlines()

LARGEST_FILE = 50 * 1024 * 1024


@DEADLINES.when(intake.READ)
async def read_remittance(uow: UnitOfWork, timer: Timer) -> None:
    """Fetch the interchange and take its cheques in, after those that came before it.

    An earlier one that cannot be had now does not hold this one up: it has a timer of its own.
    """
    for earlier in await intake.unread_before(uow, timer.key):
        with suppress(RemoteRefusal, RemoteUnavailable):
            await _read(uow, earlier)
    await _read(uow, timer.key)


async def _read(uow: UnitOfWork, interchange_id: UUID) -> None:
    """Reading is work for a processor, so a thread does it."""
    if not await intake.to_read(uow, interchange_id):
        return
    content = await uow.clients["edi"].get_bytes(
        f"/interchanges/{interchange_id}/content", practice_id=uow.practice_id, limit=LARGEST_FILE
    )
    try:
        read = await asyncio.to_thread(cheques, content)
    except Unreadable as fault:
        await intake.refuse_file(uow, interchange_id, fault.code, fault.finding)
    else:
        await intake.accept(uow, interchange_id, read, today=uow.today)


@DEADLINES.when(POST)
async def post_remittance(uow: UnitOfWork, timer: Timer) -> None:
    """Post a cheque, after those that came before it: a correction follows what it corrects."""
    for remittance_id in (*await posting.waiting_before(uow, timer.key), timer.key):
        while await posting.post_chunk(uow, remittance_id, today=uow.today):
            pass
