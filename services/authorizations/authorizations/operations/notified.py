"""A payer's FHIR server tells that what it pended has changed (PAS subscription): its answer is kept, or asked for.

Inquiries go on by their clock beside it: a notification that never comes loses nothing.
"""

from __future__ import annotations

from uuid import UUID

from pydantic import TypeAdapter

from authorizations.domain.authorization import Authorization
from authorizations.domain.lifecycle import Fact
from authorizations.domain.request import Stage, Wire
from authorizations.domain.said import Said
from authorizations.operations import exchanging, hearing, pas_answer
from authorizations.operations.question import CannotHear
from authorizations.store import records as store
from common.uow import Transaction, UnitOfWork

READ = "read-notification"
_FINAL = frozenset({Fact.CERTIFY, Fact.CERTIFY_PART, Fact.MODIFY, Fact.DENY, Fact.NEED_NONE, Fact.CANCEL})
_PARTNER = TypeAdapter(UUID)


async def announce(uow: UnitOfWork, interchange_id: UUID) -> None:
    """Have a notification that edi holds read soon."""
    async with uow.begin() as tx:
        tx.schedule(READ, interchange_id, due_at=tx.now)


async def read(uow: UnitOfWork, interchange_id: UUID) -> None:
    """Keep each final answer with the request that it is of, and inquire about what is named without its answer.

    A second reading changes nothing; an answer to what is decided, or not ours, is nobody's here.
    Raises RemoteUnavailable, RemoteRefusal.
    """
    edi, practice = uow.clients["edi"], uow.practice_id
    path = f"/interchanges/{interchange_id}"
    content = await edi.get_bytes(f"{path}/content", practice_id=practice)
    partner_id = _PARTNER.validate_python((await edi.get_json(path, practice_id=practice))["partner_id"])
    try:
        responses = pas_answer.claim_responses_in(content)
    except CannotHear:
        await _inquire(uow, partner_id, pas_answer.focuses_in(content))
        return
    for response in responses:
        # Of several only its own goes into a record: the others may be of other patients.
        own = content if len(responses) == 1 else pas_answer.alone(response)
        await _hear(uow, partner_id, own, pas_answer.traces_of(response), str(response.id or ""))


async def _hear(uow: UnitOfWork, partner_id: UUID, content: bytes, traces: set[str], response_id: str) -> None:
    async with uow.begin() as tx:
        one = await store.by_trace(tx, traces) if traces else None
        if one is None:
            found = await store.by_response(tx, [response_id]) if response_id else []
            one = found[0] if found else None
        said = await _said(tx, one, partner_id, content) if one is not None else None
        if one is not None and said is not None and said.fact in _FINAL:
            await hearing.keep(uow, tx, one, said, act="notified", content=content)


async def _said(tx: Transaction, one: Authorization, partner_id: UUID, content: bytes) -> Said | None:
    """What the payer says of the open request; None where the request is not with that payer."""
    if not _is_with(one, partner_id):
        return None
    asked = await store.question_of(tx, one.id)
    if asked is None:
        return None
    try:
        return exchanging.said_of(content, asked, Wire.PAS)
    except CannotHear:
        return None


async def _inquire(uow: UnitOfWork, partner_id: UUID, response_ids: list[str]) -> None:
    """About the requests that are named; where none of ours has such an answer, about all that the payer pended."""
    async with uow.begin() as tx:
        named = [one for one in await store.by_response(tx, response_ids) if _is_with(one, partner_id)]
        every = named or [one for one in await store.pended(tx) if _is_with(one, partner_id)]
        for one in every:
            if one.request is not None and one.request.stage is Stage.PENDED:
                tx.schedule(store.INQUIRE, one.id, due_at=tx.now, version=one.version)


def _is_with(one: Authorization, partner_id: UUID) -> bool:
    """Whether the request is on its way to, or with, the payer whose server tells; what waits to be asked is not."""
    request = one.request
    return (
        request is not None
        and request.stage is not Stage.WAITING
        and request.route.wire is Wire.PAS
        and request.route.partner_id == partner_id
    )
