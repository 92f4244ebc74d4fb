"""A payer is asked: the question is written down, put through edi in real time, and the answer kept.

What is asked is committed before it is asked, under a key that is the same for the same attempt. A process that dies in
between asks again under that key, and edi gives the answer it already has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

import x12
from common.change import Change
from common.failpoints import failpoint, named
from common.http import RemoteRefusal, RemoteUnavailable
from common.uow import Transaction, UnitOfWork
from eligibility import sealing
from eligibility.domain.check import CoverageCheck, Status
from eligibility.domain.picture import picture
from eligibility.operations import hearing, question, reviewing, showing
from eligibility.operations.patient_facts import PatientFacts, ask_patients
from eligibility.store import checks as store
from eligibility.store import registers
from eligibility.store.checks import NO_EXCHANGE, Exchanged

WRITTEN = named("eligibility.written", "a question is written down; edi was not asked")
TOLD = named("eligibility.told", "edi gave the payer's answer; it is not kept")

# CAQH CORE: an answer within twenty seconds. Edi gives up after nineteen and says so.
SECONDS = 21.0
# An equal question is on its way: its answer will do.
LOOK_AGAIN = timedelta(seconds=5)

REPLACED = "\ufffd"

_INQUIRY = TypeAdapter(x12.EligibilityInquiry)

# What edi says that the same question will always hear.
FINAL_REFUSALS = frozenset({"no-route", "question-invalid", "partner-wire", "cannot-be-written", "unknown-kind"})


# Why there is no answer yet, by what edi said in its place.
SILENCES = {
    "status-504": "payer-timeout",
    "status-503": "payer-unavailable",
    "status-502": "payer-gateway",
    "status-429": "asked-too-recently",
}


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that is written down."""

    check: CoverageCheck
    question: x12.EligibilityInquiry


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of asking: the interchange of the answer, or why there is none. `final`: no use in asking again."""

    content: bytes = b""
    code: str = ""
    final: bool = False
    exchanged: Exchanged = NO_EXCHANGE


async def ask(uow: UnitOfWork, check_id: UUID) -> None:
    """Put the check's question to its payer, once. A check that is not open, or not due yet, is left alone.

    Raises RemoteUnavailable when `patients` does not answer.
    """
    asking = await _written_down(uow, check_id)
    if asking is None:
        return
    failpoint(WRITTEN)
    answered = await _put(uow, asking)
    failpoint(TOLD)
    await _keep(uow, asking, answered)


async def _written_down(uow: UnitOfWork, check_id: UUID) -> Asking | None:
    async with uow.begin() as tx:
        check = await store.load(tx, check_id)
        if check.status is Status.ASKING:
            kept = await store.question_of(tx, check_id)
            return Asking(check, kept) if kept is not None else None
        if check.status is not Status.WAITING:
            return None
    facts = await ask_patients(uow, check.patient_id, check.on)
    async with uow.begin() as tx:
        check = await store.load(tx, check_id, lock=True)
        return await _fix(tx, check, facts) if check.status is Status.WAITING else None


async def _fix(tx: Transaction, check: CoverageCheck, facts: PatientFacts | None) -> Asking | None:
    """Write the question down; or find that there is nothing to ask, or that the same was asked before."""
    asking = await registers.asking_provider(tx)
    coverage = facts.coverage(check.wanted_coverage) if facts else None
    if facts is None or coverage is None or asking is None:
        code = "unknown-patient" if facts is None else "no-coverage" if coverage is None else "no-asking-provider"
        await reviewing.review_appointments(
            tx, await store.save(tx, Change(check.nothing_to_ask(code)), act="nothing to ask")
        )
        return None
    payer = await registers.payer(tx, coverage.payer_id)
    services = check.service_types or payer.service_types
    fingerprint = sealing.fingerprint(tx, *question.facets(facts, coverage, check, services))
    since = tx.now - timedelta(hours=payer.fresh_hours)
    if check.may_reuse and (earlier := await store.equal_to(tx, check, fingerprint, since)):
        await _use(tx, check, earlier)
        return None
    fixed = check.written_down(coverage.id, coverage.payer_id, services, tx.now)
    asked = question.question_of(fixed, facts, coverage, payer, asking, tx.now)
    await store.give_question(tx, check.id, asked, fingerprint)
    return Asking(await store.save(tx, Change(fixed), act="written down"), asked)


async def _use(tx: Transaction, check: CoverageCheck, earlier: CoverageCheck) -> None:
    """Take the answer of an equal question, or look again when that one is on its way."""
    if earlier.status is Status.ASKING:
        asked = (earlier.ask_at if earlier.attempts else None) or tx.now
        tx.schedule(store.ASK, check.id, due_at=asked + LOOK_AGAIN, version=check.round)
        return
    told = await showing.picture_of(tx, earlier)
    saved = await store.save(tx, check.reused(earlier, told, today=tx.now.date()), act="answered before")
    await reviewing.review_appointments(tx, saved)


async def _put(uow: UnitOfWork, asking: Asking) -> Answered:
    """One question through edi. What edi answered before under this key comes without its content."""
    check = asking.check
    request = {
        "reference": str(check.id),
        "kind": "270",
        "payer_id": check.payer_id,
        "question": _INQUIRY.dump_python(asking.question, mode="json"),
    }
    edi = uow.clients["edi"]
    try:
        told: Any = await edi.post_json(
            "/realtime", request, practice_id=uow.practice_id, key=check.key, once=True, seconds=SECONDS
        )
        exchanged = Exchanged(UUID(told["exchange_id"]), told.get("milliseconds"))
        if told["outcome"] != "answered":
            return Answered(code=told.get("code") or told["outcome"], final=True, exchanged=exchanged)
        # Text of another encoding came with replaced characters; the archive has it as it was.
        if told.get("content") and REPLACED not in told["content"]:
            return Answered(told["content"].encode(), exchanged=exchanged)
        path = f"/interchanges/{told['response_id']}/content"
        return Answered(await edi.get_bytes(path, practice_id=uow.practice_id), exchanged=exchanged)
    except RemoteRefusal as refusal:
        return Answered(code=refusal.code, final=refusal.code in FINAL_REFUSALS)
    except RemoteUnavailable as fault:
        return Answered(code=SILENCES.get(fault.reason, fault.reason))


async def _keep(uow: UnitOfWork, asking: Asking, answered: Answered) -> None:
    async with uow.begin() as tx:
        check = await store.load(tx, asking.check.id, lock=True)
        if (check.status, check.version) != (Status.ASKING, asking.check.version):
            return
        if not answered.content:
            after = check.gave_up(answered.code) if answered.final else check.heard_nothing(answered.code, tx.now)
            await store.save(tx, Change(after), act="no answer", exchanged=answered.exchanged)
            return
        sealed = sealing.seal_answer(tx, check.id, answered.content)
        change = _understood(uow, tx, check, asking, answered)
        saved = await store.save(tx, change, act="answered", exchanged=answered.exchanged, answer=sealed)
        await reviewing.review_appointments(tx, saved)


def _understood(
    uow: UnitOfWork, tx: Transaction, check: CoverageCheck, asking: Asking, answered: Answered
) -> Change[CoverageCheck]:
    try:
        answer = hearing.answer_to(question.trace_of(check), hearing.answers_in(answered.content))
    except hearing.CannotHear as fault:
        return Change(replace(check.gave_up(fault.code), answered_at=tx.now))
    said = hearing.heard(answer, asking.question)
    return check.heard(said, picture(said, check.on), now=tx.now, today=uow.today)
