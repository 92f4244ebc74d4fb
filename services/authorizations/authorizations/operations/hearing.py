"""A payer's word is kept with its request: at once, or days later in a file for what was pended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from authorizations import sealing
from authorizations.domain.authorization import Authorization
from authorizations.domain.clocks import decision_clock, response_clock
from authorizations.domain.lifecycle import Fact
from authorizations.domain.refusals import UnreadableAnswers
from authorizations.domain.request import Wire
from authorizations.domain.said import Said
from authorizations.operations import counting, pas_answer, question
from authorizations.store import records as store
from authorizations.store import registers
from common.uow import Transaction, UnitOfWork

READ = "read-answers"


async def announce(uow: UnitOfWork, interchange_id: UUID) -> None:
    """Have a file of answers that edi holds read soon."""
    async with uow.begin() as tx:
        tx.schedule(READ, interchange_id, due_at=tx.now)


async def read_answers(uow: UnitOfWork, interchange_id: UUID) -> None:
    """Keep each final answer of a file with the request whose trace number it repeats.

    A second reading changes nothing, and an answer that repeats no number of ours is nobody's here.
    Raises UnreadableAnswers, RemoteUnavailable, RemoteRefusal.
    """
    content = await uow.clients["edi"].get_bytes(f"/interchanges/{interchange_id}/content", practice_id=uow.practice_id)
    try:
        answers = question.answers_in(content)
    except question.CannotHear:
        raise UnreadableAnswers(interchange_id=interchange_id) from None
    for answer in answers:
        async with uow.begin() as tx:
            one = await store.by_trace(tx, question.traces_of(answer))
            if one is not None and one.request is not None:
                await keep(uow, tx, one, question.heard(answer), act="answered later", content=content)


async def keep(
    uow: UnitOfWork,
    tx: Transaction,
    one: Authorization,
    said: Said,
    *,
    act: str,
    content: bytes,
    exchange_id: UUID | None = None,
) -> None:
    """Keep an answer with its request, and count what the patient's authorizations now allow."""
    payer = await registers.payer(tx, one.payer_id or "")
    asked, here = one.asked, tx.now.astimezone(uow.workplace.zone)
    decision = decision_clock(one.program, asked.urgency, tx.now, drug=asked.drug, days=payer.days)
    change = one.heard(said, now=tx.now, today=uow.today, response=response_clock(here), decision=decision)
    columns: dict[str, Any] = {"answer": sealing.seal_answer(tx, one.id, content)}
    if one.request is not None and one.request.route.wire is Wire.PAS:
        columns["response_key"] = store.response_key(tx, pas_answer.id_of(content))
    if said.fact is not Fact.REJECT:
        columns |= await store.taken(tx, one.id)
    await store.save(tx, change, act=act, exchange_id=exchange_id, **columns)
    await counting.count(tx, one.wish.patient_id)
