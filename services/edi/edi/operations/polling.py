"""Looking into a partner's mailbox: every file once, in order, whatever happens on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from common.http import RemoteRefusal, RemoteUnavailable
from common.uow import UnitOfWork
from edi import store
from edi.domain.inbound import Flaw, Reason
from edi.domain.mailbox import DOWNLOADS, PAGE, Place, pause
from edi.domain.partner import Partner
from edi.operations.line import Line, Listed
from edi.operations.reading import digest
from edi.operations.receiving import Arrival, Move, receive

TOO_LARGE = "too-large"


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
        mailbox = await store.load_mailbox(tx, partner_id)
        visit = Visit(await store.load_partner(tx, partner_id), mailbox.place, mailbox.failures)
    try:
        await _look(uow, visit)
    except (RemoteUnavailable, RemoteRefusal) as fault:
        word = fault.reason if isinstance(fault, RemoteUnavailable) else f"http-{fault.status}"
        await _looked(uow, visit.partner, error=word)
    else:
        await _looked(uow, visit.partner)


async def _look(uow: UnitOfWork, visit: Visit) -> None:
    partner, place = visit.partner, visit.place
    async with Line(partner.facts.base_url) as line:
        while True:
            # The files already taken from this listing come again in front.
            listing = await line.listing(partner.facts.ours.id, place.cursor, place.taken + PAGE)
            if len(listing.files) <= place.taken:
                return
            for listed in listing.files[place.taken :]:
                arrival = await _fetch(line, visit, listed)
                after = place.after_one(listed=len(listing.files), next_cursor=listing.next)
                await receive(uow, replace(arrival, move=Move(place, after)))
                place = after


async def _fetch(line: Line, visit: Visit, listed: Listed) -> Arrival:
    """The file as it came. What cannot be had, ever, is kept as a note in quarantine, so that the next can come.

    Raises RemoteUnavailable when it should be tried again.
    """
    partner = visit.partner
    try:
        content = await line.read(listed.name)
    except RemoteRefusal as refusal:
        flaw = Flaw(f"http-{refusal.status}", "The partner lists the file and refuses to give it.")
        return Arrival(partner, "mailbox", listed.name, None, flaw, Reason.NOT_FETCHED)
    except RemoteUnavailable as fault:
        if fault.reason != TOO_LARGE:
            raise
        flaw = Flaw(TOO_LARGE, "The file is larger than is taken over this wire.")
        return Arrival(partner, "mailbox", listed.name, None, flaw, Reason.NOT_FETCHED)
    if listed.sha256 is None or digest(content) == listed.sha256:
        return Arrival(partner, "mailbox", listed.name, content)
    if visit.failures < DOWNLOADS:
        raise RemoteUnavailable("partner", "damaged-download")
    flaw = Flaw("sha256", "The bytes are not those that the partner's listing names.")
    return Arrival(partner, "mailbox", listed.name, content, flaw, Reason.DAMAGED)


async def _looked(uow: UnitOfWork, partner: Partner, error: str | None = None) -> None:
    """Note how it went and set the next look."""
    async with uow.begin() as tx:
        mailbox = await store.lock_mailbox(tx, partner.id)
        failures = mailbox.failures + 1 if error else 0
        await store.save_mailbox(tx, partner.id, store.Mailbox(mailbox.place, failures, error, tx.now))
        wait = pause(timedelta(seconds=partner.facts.poll_seconds), failures)
        tx.schedule("poll-partner", partner.id, due_at=tx.now + wait, version=partner.version)
