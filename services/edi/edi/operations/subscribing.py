"""Partners' FHIR servers are asked to tell us what changed, and asked again where they forgot."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from uuid import UUID

from common.http import Outside, RemoteRefusal, RemoteUnavailable
from common.ids import new_id
from common.refusal import NotFound
from common.uow import Transaction, UnitOfWork
from edi.domain.fhir import MEDIA_TYPE
from edi.domain.partner import FHIR
from edi.domain.refusals import NoPublicAddress, NotThisWire
from edi.domain.subscription import Content, Status, Subscription, resource_of, standing_of
from edi.operations.http_line import endpoint
from edi.operations.line import refusal_word
from edi.operations.reach import Installation, installation_of
from edi.store import partners, subscriptions

KEEP = "keep-subscription"
# A handshake comes within minutes; whether the partner still knows us is looked up once a day.
UNTIL_HANDSHAKE, BETWEEN_LOOKS = timedelta(minutes=10), timedelta(days=1)
_GONE = frozenset({404, 410})
_ENDED_THERE = frozenset({"off", "error"})


async def subscribe(
    uow: UnitOfWork, partner_id: UUID, content: Content, narrowed: str | None, *, installation: Installation
) -> Subscription:
    """Have the partner tell us of what it pended. Where it does already, nothing changes.

    Raises NotFound, NotThisWire, NoPublicAddress.
    """
    if not installation.public_url:
        raise NoPublicAddress
    async with uow.begin() as tx:
        partner = await partners.load_partner(tx, partner_id)
        if partner.facts.wire != FHIR:
            raise NotThisWire(partner_id=partner.id, wire=partner.facts.wire)
        there = await subscriptions.of_partner(tx, partner_id)
        if there is not None and (there.content, there.filter) == (content, narrowed):
            return tx.done(there)
        if there is not None:
            await _end(tx, there)
        made = Subscription(new_id(), partner_id, content, narrowed, Status.REQUESTED, None, 0, None, tx.now, None)
        await subscriptions.add(tx, made, secrets.token_urlsafe(32))
        tx.schedule(KEEP, made.id, due_at=tx.now)
        tx.audit("create", "subscription", made.id, partner=str(partner_id))
        return tx.done(made)


async def standing(tx: Transaction, partner_id: UUID) -> Subscription:
    """Raises NotFound."""
    found = await subscriptions.of_partner(tx, partner_id)
    if found is None:
        raise NotFound(kind="subscription of partner", id=partner_id)
    return found


async def end(uow: UnitOfWork, partner_id: UUID) -> None:
    """Be told nothing more: what still comes is refused from now on. Raises NotFound."""
    async with uow.begin() as tx:
        await _end(tx, await standing(tx, partner_id))
        tx.done(None)


async def _end(tx: Transaction, subscription: Subscription) -> None:
    await subscriptions.change(tx, subscription.id, status=Status.OFF.value)
    tx.schedule(KEEP, subscription.id, due_at=tx.now)
    tx.audit("delete", "subscription", subscription.id)


async def keep(uow: UnitOfWork, subscription_id: UUID) -> None:
    """See that the partner has the subscription, or that it has it no more when we ended it.

    Raises RemoteUnavailable where the partner does not answer.
    """
    async with uow.begin() as tx:
        found = await subscriptions.find(tx, subscription_id)
        if found is None:
            return
        partner = await partners.load_partner(tx, found.partner_id)
        secret = await subscriptions.secret_of(tx, subscription_id)
    outside = await endpoint(partner, installation_of(uow))
    try:
        if found.status is Status.OFF:
            await _take_back(outside, found)
            return
        columns = await _kept(outside, uow, found, secret)
    finally:
        await outside.close()
    async with uow.begin() as tx:
        now = await subscriptions.find(tx, subscription_id, lock=True)
        if now is None or now.status is Status.OFF:
            return
        if now.status is Status.ACTIVE and columns.get("status") == Status.REQUESTED.value:
            # The handshake was quicker than the answer to our own request.
            del columns["status"]
        await subscriptions.change(tx, subscription_id, **columns)
        waits = columns.get("status", now.status.value) == Status.REQUESTED.value
        tx.schedule(KEEP, subscription_id, due_at=tx.now + (UNTIL_HANDSHAKE if waits else BETWEEN_LOOKS))


async def _kept(outside: Outside, uow: UnitOfWork, found: Subscription, secret: str) -> dict[str, str | None]:
    """What is to be noted: the partner's id of the subscription, its status, or why the partner refuses."""
    try:
        if found.remote_id is not None:
            status = await _status_there(outside, found.remote_id)
            if status is not None:
                return {"status": Status.ACTIVE.value, "last_error": None} if status == Status.ACTIVE.value else {}
        address = f"{installation_of(uow).public_url}/notifications/{uow.practice_id}/{found.id}"
        body = json.dumps(resource_of(found, address, secret)).encode()
        answer = await outside.request(
            "POST", "/Subscription", body=body, media_type=MEDIA_TYPE, headers={"Accept": MEDIA_TYPE}, once=True
        )
    except RemoteRefusal as refusal:
        return {"status": Status.ERROR.value, "last_error": refusal_word(refusal)}
    id, _ = standing_of(_decoded(answer.body))
    if id is None:
        raise RemoteUnavailable("partner", "no-subscription")
    return {"status": Status.REQUESTED.value, "remote_id": id, "last_error": None}


async def _status_there(outside: Outside, remote_id: str) -> str | None:
    """The status that the partner gives; None where it does not have it any more, or gave it up."""
    try:
        _, status = standing_of(await outside.get_json(f"/Subscription/{remote_id}"))
    except RemoteRefusal as refusal:
        if refusal.status in _GONE:
            return None
        raise
    return None if status in _ENDED_THERE else status


async def _take_back(outside: Outside, found: Subscription) -> None:
    if found.remote_id is None:
        return
    try:
        await outside.request("DELETE", f"/Subscription/{found.remote_id}", safe=True)
    except RemoteRefusal as refusal:
        if refusal.status not in _GONE:
            raise


def _decoded(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
