"""Emptying a mailbox whose files are cleared away: nothing is cleared that is not in the archive, byte for byte."""

from __future__ import annotations

from common.failpoints import failpoint
from common.http import RemoteRefusal, RemoteUnavailable
from common.uow import UnitOfWork
from edi.domain.inbound import Flaw, Reason
from edi.domain.mailbox import LOOKS, MOST_FILES, looks_whole
from edi.domain.partner import Partner
from edi.operations.line import CLEARED, FETCHED, TAKEN_IN, TOO_LARGE, UNFINISHED, Line, Listed
from edi.operations.reading import digest
from edi.operations.receiving import Arrival, receive
from edi.store import pickups


async def collect(uow: UnitOfWork, line: Line, partner: Partner) -> None:
    """Take in every file of the folder and clear it away.

    A file is fetched, archived with a note of its name and digest in the same transaction, and cleared after that.
    Whoever comes after a crash fetches it again and finds the note: then only the clearing is left to do. Where the
    bytes are others, it is another file. Raises what the line raises, after the other files were taken in.
    """
    listing = await line.listing(None, MOST_FILES)
    trouble: RemoteRefusal | RemoteUnavailable | None = None
    for listed in listing.files:
        try:
            await _take(uow, line, partner, listed)
        except RemoteRefusal as fault:
            trouble = fault
        except RemoteUnavailable as fault:
            if fault.reason != UNFINISHED:
                raise
            trouble = fault
    if len(listing.files) < MOST_FILES:
        async with uow.begin() as tx:
            await pickups.forget_all_but(tx, partner.id, [listed.name for listed in listing.files])
    if trouble is not None:
        raise trouble


async def _take(uow: UnitOfWork, line: Line, partner: Partner, listed: Listed) -> None:
    try:
        content = await line.read(listed)
    except RemoteUnavailable as fault:
        if fault.reason != TOO_LARGE:
            raise
        await _note_too_large(uow, partner, listed)
        return
    failpoint(FETCHED)
    mark = digest(content)
    if not await _is_ready(uow, partner, listed, content, mark):
        return
    await receive(uow, Arrival(partner, "mailbox", listed.name, content, mark=mark))
    failpoint(TAKEN_IN)
    await line.clear(listed)
    failpoint(CLEARED)


async def _is_ready(uow: UnitOfWork, partner: Partner, listed: Listed, content: bytes, mark: str) -> bool:
    """Whether the partner has finished writing: it looks whole, or was seen unchanged often enough to be as it is."""
    if looks_whole(content):
        return True
    async with uow.begin() as tx:
        seen = await pickups.of(tx, partner.id, listed.name)
        looks = seen["looks"] + 1 if seen is not None and seen["mark"] == mark else 1
        if seen is not None and seen["file_id"] is not None and seen["mark"] == mark:
            return True
        await pickups.note(tx, partner.id, listed.name, mark, looks=looks)
    return looks >= LOOKS


async def _note_too_large(uow: UnitOfWork, partner: Partner, listed: Listed) -> None:
    """Kept as a note in quarantine, once. The file itself stays where it is: nobody has it but the partner."""
    mark = f"{listed.size}-{listed.changed_at}"
    async with uow.begin() as tx:
        seen = await pickups.of(tx, partner.id, listed.name)
        if seen is not None and seen["mark"] == mark:
            return
    flaw = Flaw(TOO_LARGE, "The file is larger than is taken over this wire.")
    await receive(uow, Arrival(partner, "mailbox", listed.name, None, flaw, Reason.NOT_FETCHED, mark=mark))
