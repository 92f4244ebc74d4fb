"""What a payer pended over FHIR is asked about until it decides (`Claim/$inquire`): no file of answers comes of it."""

from __future__ import annotations

from uuid import UUID

import x12
from authorizations.domain.authorization import Authorization, is_with_payer
from authorizations.domain.lifecycle import Fact
from authorizations.domain.request import Wire
from authorizations.operations import exchanging, hearing
from authorizations.operations.exchanging import Answered
from authorizations.operations.question import CannotHear
from authorizations.store import records as store
from common.change import Change
from common.uow import UnitOfWork


async def inquire(uow: UnitOfWork, authorization_id: UUID) -> None:
    """Ask how far the payer is, once. What was decided or taken back meanwhile is left alone."""
    async with uow.begin() as tx:
        one = await store.load(tx, authorization_id)
        asked = await store.question_of(tx, authorization_id)
    if one.request is None or one.request.route.wire is not Wire.PAS or not is_with_payer(one) or asked is None:
        return
    answered = await exchanging.put(uow, one, exchanging.inquiry_of(asked, one.request.route), one.inquiry_key)
    await _keep(uow, one, asked, answered)


async def _keep(uow: UnitOfWork, inquired: Authorization, asked: x12.AuthorizationRequest, answered: Answered) -> None:
    """Keep a decision as any other; whatever is none leaves the request with the payer, and the next inquiry due."""
    async with uow.begin() as tx:
        one = await store.load(tx, inquired.id, lock=True)
        if one.request is None or one.inquiry_key != inquired.inquiry_key:
            return
        attention: tuple[str, ...] = ()
        if answered.content:
            try:
                said = exchanging.said_of(answered.content, asked, Wire.PAS)
            except CannotHear as fault:
                attention = (fault.code,)
            else:
                if said.fact not in (Fact.PEND, Fact.REJECT):
                    again, content = one.inquired(tx.now), answered.content
                    act, exchange_id = "answered later", answered.exchange_id
                    await hearing.keep(uow, tx, again, said, act=act, content=content, exchange_id=exchange_id)
                    return
                attention = tuple(f"aaa-{each.reason}" for each in said.rejections)
        after = one.inquired(tx.now, attention)
        await store.save(tx, Change(after), act="inquired", exchange_id=answered.exchange_id)
