"""Looking into a partner's mailbox: every file once, in order, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from common.failpoints import failpoint
from common.http import RemoteRefusal, RemoteUnavailable
from common.logging import get_logger
from common.refusal import Refusal, Stale
from common.uow import UnitOfWork
from edi.domain.inbound import Flaw, Reason
from edi.domain.mailbox import DOWNLOADS, PAGE, Place, pause
from edi.domain.partner import Partner
from edi.operations.collecting import collect
from edi.operations.line import DAMAGED, FETCHED, TAKEN_IN, TOO_LARGE, Line, Listed, refusal_word
from edi.operations.receiving import Arrival, Move, receive
from edi.operations.wires import open_line
from edi.store import partners

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A file that cannot be had as it should be: what to say of it, after so many looks in vain."""

    reason: Reason
    what: str
    looks: int = 0


_SPOILED: Mapping[str, Spoiled] = {
    TOO_LARGE: Spoiled(Reason.NOT_FETCHED, "The file is larger than is taken over this wire."),
    DAMAGED: Spoiled(Reason.DAMAGED, "What comes is not the file that the partner's listing names.", DOWNLOADS),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One look into a mailbox: where it begins, and how often looking failed before."""

    partner: Partner
    place: Place
    failures: int


async def poll(uow: UnitOfWork, partner_id: UUID) -> None:
    """Take in what is new in a partner's mailbox and set the next look.

    A partner that is down or refuses is looked at again after growing pauses; the mailbox says what was wrong.
    """
    async with uow.begin() as tx:
        mailbox = await partners.load_mailbox(tx, partner_id)
        visit = Visit(await partners.load_partner(tx, partner_id), mailbox.place, mailbox.failures)
    try:
        async with open_line(visit.partner, uow) as line:
            await (_read_on(uow, line, visit) if line.keeps else collect(uow, line, visit.partner))
    except RemoteUnavailable as fault:
        await _looked(uow, visit.partner, error=fault.reason)
    except RemoteRefusal as refusal:
        await _looked(uow, visit.partner, error=refusal_word(refusal))
    except Stale:
        raise
    except Refusal as refusal:
        # The address, its machine, its key or our secret: staff mend it, and the next look finds it mended.
        log.warning("a mailbox is not looked into", partner_id=partner_id, code=refusal.code)
        await _looked(uow, visit.partner, error=refusal.code)
    else:
        await _looked(uow, visit.partner)


async def _read_on(uow: UnitOfWork, line: Line, visit: Visit) -> None:
    """Read a mailbox that keeps everything on from the place where the last look ended."""
    place = visit.place
    while True:
        # The files already taken from this listing come again in front.
        listing = await line.listing(place.cursor, place.taken + PAGE)
        if len(listing.files) <= place.taken:
            return
        for listed in listing.files[place.taken :]:
            arrival = await _fetch(line, visit, listed)
            failpoint(FETCHED)
            after = place.after_one(listed=len(listing.files), next_cursor=listing.next)
            await receive(uow, replace(arrival, move=Move(place, after)))
            failpoint(TAKEN_IN)
            place = after


async def _fetch(line: Line, visit: Visit, listed: Listed) -> Arrival:
    """The file as it came. What cannot be had, ever, is kept as a note in quarantine, so that the next can come.

    Raises RemoteUnavailable when it should be tried again.
    """
    partner = visit.partner
    try:
        content = await line.read(listed)
    except RemoteRefusal as refusal:
        flaw = Flaw(refusal_word(refusal), "The partner lists the file and refuses to give it.")
        return Arrival(partner, "mailbox", listed.name, None, flaw, Reason.NOT_FETCHED)
    except RemoteUnavailable as fault:
        spoiled = _SPOILED.get(fault.reason)
        if spoiled is None or visit.failures < spoiled.looks:
            raise
        return Arrival(partner, "mailbox", listed.name, None, Flaw(fault.reason, spoiled.what), spoiled.reason)
    return Arrival(partner, "mailbox", listed.name, content)


async def _looked(uow: UnitOfWork, partner: Partner, error: str | None = None) -> None:
    """Note how it went and set the next look."""
    async with uow.begin() as tx:
        mailbox = await partners.lock_mailbox(tx, partner.id)
        failures = mailbox.failures + 1 if error else 0
        await partners.save_mailbox(tx, partner.id, partners.Mailbox(mailbox.place, failures, error, tx.now))
        wait = pause(timedelta(seconds=partner.facts.poll_seconds), failures)
        tx.schedule("poll-partner", partner.id, due_at=tx.now + wait, version=partner.version)
