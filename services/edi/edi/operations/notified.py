"""In: a notification of a subscription, into the archive and on to whom it concerns, once."""

from __future__ import annotations

import asyncio
import secrets
from uuid import UUID

from sqlalchemy import select

from common.uow import Transaction, UnitOfWork
from edi.domain.events import InterchangeReceived
from edi.domain.inbound import Flaw, Found, Reading, Reason
from edi.domain.notification import KIND, NotANotification, Notification, Purpose, read
from edi.domain.partner import Partner
from edi.domain.refusals import NotificationSecretWrong, NotificationUnreadable, SubscriptionUnknown
from edi.domain.subscription import Status, Subscription
from edi.operations import archive
from edi.operations.reading import digest
from edi.operations.receiving import Arrival, take_in
from edi.store import files, partners, subscriptions
from edi.tables import interchanges


async def prove(uow: UnitOfWork, subscription_id: UUID, secret: str) -> None:
    """That whoever sends is the partner of the subscription. Raises SubscriptionUnknown, NotificationSecretWrong."""
    async with uow.begin() as tx:
        found = await subscriptions.find(tx, subscription_id)
        if found is None or found.status is Status.OFF:
            raise SubscriptionUnknown
        ours = await subscriptions.secret_of(tx, subscription_id)
    if not secrets.compare_digest(ours.encode(), secret.encode()):
        raise NotificationSecretWrong


async def take(uow: UnitOfWork, subscription_id: UUID, content: bytes) -> None:
    """Keep what a partner tells. The same bytes again change nothing; what cannot be read is kept for a person.

    Raises SubscriptionUnknown, NotificationUnreadable.
    """
    fault: NotANotification | None = None
    try:
        told = await asyncio.to_thread(read, content)
    except NotANotification as caught:
        told, fault = None, caught
    async with uow.begin() as tx:
        found = await subscriptions.find(tx, subscription_id, lock=True)
        if found is None or found.status is Status.OFF:
            raise SubscriptionUnknown
        partner = await partners.load_partner(tx, found.partner_id)
        if told is not None and found.remote_id not in (None, told.subscription):
            fault = NotANotification("Bundle.entry[0].resource subscription", "is another one")
        if told is None or fault is not None:
            await _set_aside(tx, partner, content, fault)
        else:
            await _keep(tx, found, partner, told, content)
        tx.done(None)
    if fault is not None:
        raise NotificationUnreadable(where=fault.where, what=fault.what)


async def _keep(tx: Transaction, found: Subscription, partner: Partner, told: Notification, content: bytes) -> None:
    columns = {"heard_at": tx.now, "last_error": None, "status": Status.ACTIVE.value}
    if told.purpose is Purpose.EVENT:
        columns["last_event"] = max(found.last_event, told.number)
        await _record(tx, partner, told, content)
    await subscriptions.change(tx, found.id, **columns)


async def _record(tx: Transaction, partner: Partner, told: Notification, content: bytes) -> None:
    facts, sha256 = partner.facts, digest(content)
    kept = Found(
        sender=facts.theirs.id,
        receiver=facts.ours.id,
        control=f"{told.number:09d}"[-9:],
        groups=(),
        usage=facts.usage,
        start=0,
        size=len(content),
        sha256=sha256,
        kinds={KIND: 1},
    )
    if await _was_here(tx, partner, kept):
        return
    stored = await files.keep(tx, content, sha256)
    interchange_id = await archive.answer(tx, partner.id, stored.archive_id, 1, kept)
    sets = max(len(told.events), 1)
    tx.publish(InterchangeReceived(interchange_id, KIND, partner.id, kept.control, sets), key=interchange_id, version=1)


async def _was_here(tx: Transaction, partner: Partner, found: Found) -> bool:
    """Under the lock of the subscription, so that two that come at once are one."""
    statement = select(interchanges.c.id).where(
        interchanges.c.partner_id == partner.id,
        interchanges.c.sender_id == found.sender,
        interchanges.c.control == found.control,
        interchanges.c.kind == KIND,
        interchanges.c.sha256 == found.sha256,
    )
    return await tx.scalar(statement.limit(1)) is not None


async def _set_aside(tx: Transaction, partner: Partner, content: bytes, fault: NotANotification | None) -> None:
    what = f"{fault.where} {fault.what}." if fault else ""
    reading = Reading(reason=Reason.MALFORMED, flaws=(Flaw("notification", what),))
    await take_in(tx, Arrival(partner, "notification", f"notification-{digest(content)[:12]}", content), reading)
