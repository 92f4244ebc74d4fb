"""A payer is asked: the request is written down, put through edi in real time, and the answer kept.

What is asked is committed before it is asked, under a key that is the same for the same attempt: a process that dies in
between asks again under that key, and edi gives the answer it already has. No request is lost and none goes out twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import x12
from authorizations import sealing
from authorizations.domain.authorization import Authorization
from authorizations.domain.registers import Payer
from authorizations.domain.request import BY_X12, Certification, Route, Stage, Wire
from authorizations.domain.retroactive import is_too_late
from authorizations.operations import exchanging, hearing, question
from authorizations.operations.exchanging import Answered
from authorizations.operations.patient_facts import PatientFacts, ask_patients
from authorizations.operations.question import CannotHear
from authorizations.store import records as store
from authorizations.store import registers
from common.change import Change
from common.failpoints import failpoint, named
from common.uow import Transaction, UnitOfWork

WRITTEN = named("authorizations.written", "a request is written down; edi was not asked")
TOLD = named("authorizations.told", "edi gave the payer's answer; it is not kept")


@dataclass(frozen=True, slots=True)
class Asking:
    """A request that is written down; `earlier` is the one before it that the payer took."""

    authorization: Authorization
    question: x12.AuthorizationRequest
    earlier: x12.AuthorizationRequest | None

    @property
    def route(self) -> Route:
        return self.authorization.request.route if self.authorization.request else BY_X12


async def ask(uow: UnitOfWork, authorization_id: UUID) -> None:
    """Put the open request to its payer, once. One that is not open, or is with the payer already, is left alone.

    Raises RemoteUnavailable when `patients` does not answer.
    """
    asking = await _written_down(uow, authorization_id)
    if asking is None:
        return
    failpoint(WRITTEN)
    answered = await _put(uow, asking)
    failpoint(TOLD)
    await _keep(uow, asking, answered)


async def _written_down(uow: UnitOfWork, authorization_id: UUID) -> Asking | None:
    async with uow.begin() as tx:
        one = await store.load(tx, authorization_id)
        if one.request is None or one.request.stage is Stage.PENDED:
            return None
        if one.request.stage is Stage.ASKING:
            kept = await store.question_of(tx, authorization_id)
            earlier = await store.earlier_of(tx, authorization_id)
            return Asking(one, kept, earlier) if kept is not None else None
    facts = await ask_patients(uow, one.wish.patient_id, one.asked.first)
    async with uow.begin() as tx:
        one = await store.load(tx, authorization_id, lock=True)
        waits = one.request is not None and one.request.stage is Stage.WAITING
        return await _fix(tx, one, facts, uow.today) if waits else None


async def _fix(tx: Transaction, one: Authorization, facts: PatientFacts | None, today: date) -> Asking | None:
    """Write the request down; or find that something it needs is missing."""
    asking = await registers.asking_provider(tx)
    coverage = facts.coverage(one.asked.coverage_id) if facts else None
    if facts is None or coverage is None or asking is None:
        code = "unknown-patient" if facts is None else "no-coverage" if coverage is None else "no-asking-provider"
        await store.save(tx, Change(one.nothing_to_ask(code)), act="nothing to ask")
        return None
    payer = await registers.payer(tx, coverage.payer_id)
    unheard = _unheard(one, payer, today)
    if unheard is not None:
        await store.save(tx, Change(one.nothing_to_ask(unheard)), act="nothing to ask")
        return None
    fixed = one.written_down(coverage.id, coverage.payer_id, payer.program, tx.now, payer.route)
    clinicians = await registers.clinicians_of(tx, one.asked.clinicians)
    asked = question.question_of(fixed, facts, coverage, payer, asking, clinicians, tx.now)
    saved = await store.save(tx, Change(fixed), act="written down")
    await store.give_question(tx, one.id, asked)
    return Asking(saved, asked, await store.earlier_of(tx, one.id))


def _unheard(one: Authorization, payer: Payer, today: date) -> str | None:
    """Why the payer would not hear the request: it is too late, or its wire has no request without a service."""
    assert one.request is not None
    if one.request.certification is Certification.CANCELLATION:
        return None
    if is_too_late(one.asked, today, payer.retro_days):
        return "retro-too-late"
    return "names-no-service" if payer.route.wire is Wire.PAS and not one.asked.services else None


async def _put(uow: UnitOfWork, asking: Asking) -> Answered:
    one = asking.authorization
    body = exchanging.asking_of(asking.question, asking.route, asking.earlier, one.asked.course)
    return await exchanging.put(uow, one, body, one.key)


def _unanswered(one: Authorization, answered: Answered, now: datetime) -> Authorization:
    """The request after a try that brought no answer: turned away at once, given up, or to be asked again."""
    if answered.refused:
        return one.turned_away(answered.code)
    return one.gave_up(answered.code) if answered.final else one.heard_nothing(answered.code, now)


async def _keep(uow: UnitOfWork, asking: Asking, answered: Answered) -> None:
    async with uow.begin() as tx:
        one = await store.load(tx, asking.authorization.id, lock=True)
        if one.version != asking.authorization.version:
            return
        if not answered.content:
            after = _unanswered(one, answered, tx.now)
            await store.save(tx, Change(after), act="no answer", exchange_id=answered.exchange_id)
            return
        try:
            said = exchanging.said_of(answered.content, asking.question, asking.route.wire)
        except CannotHear as fault:
            sealed = sealing.seal_answer(tx, one.id, answered.content)
            after = one.gave_up(fault.code)
            await store.save(tx, Change(after), act="answered", exchange_id=answered.exchange_id, answer=sealed)
            return
        content = answered.content
        await hearing.keep(uow, tx, one, said, act="answered", content=content, exchange_id=answered.exchange_id)
