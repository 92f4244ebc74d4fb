"""Time in: a remittance that lies with edi is read, an accepted cheque is posted."""

from __future__ import annotations

import asyncio

from common.deadlines import Deadlines
from common.timers import Timer
from common.uow import UnitOfWork
from payments.operations import intake, posting
from payments.operations.reading import Unreadable, cheques
from payments.operations.receivables import POST

DEADLINES = Deadlines()

LARGEST_FILE = 50 * 1024 * 1024


@DEADLINES.when(intake.READ)
async def read_remittance(uow: UnitOfWork, timer: Timer) -> None:
    """Fetch the interchange and take its cheques in. Reading is work for a processor, so a thread does it."""
    if not await intake.to_read(uow, timer.key):
        return
    content = await uow.clients["edi"].get_bytes(
        f"/interchanges/{timer.key}/content", practice_id=uow.practice_id, limit=LARGEST_FILE
    )
    try:
        read = await asyncio.to_thread(cheques, content)
    except Unreadable as fault:
        await intake.refuse_file(uow, timer.key, fault.code, fault.finding)
    else:
        await intake.accept(uow, timer.key, read, today=uow.today)


@DEADLINES.when(POST)
async def post_remittance(uow: UnitOfWork, timer: Timer) -> None:
    while await posting.post_chunk(uow, timer.key, today=uow.today):
        pass
