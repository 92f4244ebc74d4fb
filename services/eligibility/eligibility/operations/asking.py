"""A payer is asked: the question is written down, put through edi in real time, and the answer kept.

What is asked is committed before it is asked, under a key that is the same for the same attempt. A process that dies in
between asks again under that key, and edi gives the answer it already has.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

import x12
from common.change import Change
from common.failpoints import failpoint, named
from common.http import RemoteRefusal, RemoteUnavailable
from common.refusal import Stale
from common.uow import Transaction, UnitOfWork
from eligibility import sealing
from eligibility.domain.check import CoverageCheck, Status
from eligibility.domain.picture import picture
from eligibility.operations import hearing, question, reviewing, showing
from eligibility.operations.patient_facts import PatientFacts, ask_patients
from eligibility.operations.requesting import Wish, want_check
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
class Fixed:
    """What becomes of a check that waits, in one word of its history; its question where there is one to ask."""

    change: Change[CoverageCheck]
    act: str
    question: x12.EligibilityInquiry | None = None
    fingerprint: bytes = b""

    def columns(self, tx: Transaction) -> dict[str, Any]:
        if self.question is None:
            return {}
        return store.sealed_question(tx, self.change.aggregate.id, self.question, self.fingerprint)


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
    if asking is not None:
        await _ask(uow, asking)


async def ask_now(uow: UnitOfWork, wish: Wish) -> CoverageCheck:
    """Open a check and put its question in the same breath, for who waits for the answer; gives what came of it.

    The check and its question are one commit, before anybody is asked. While `patients` does not answer the check
    waits for its timer as any other.
    """
    try:
        facts = await ask_patients(uow, wish.patient_id, wish.on)
    except (RemoteUnavailable, RemoteRefusal):
        return await want_check(uow, wish)
    async with uow.begin() as tx:
        wanted = wish.check(tx.now)
        fixed = await _fixed(tx, wanted, facts)
        acts = ("wanted", fixed.act) if fixed.act else ("wanted",)
        check = tx.done(await store.add(tx, fixed.change, acts=acts, **fixed.columns(tx)))
        await reviewing.review_ended(tx, check)
    if fixed.question is None:
        return check
    return await _ask(replace(uow, request=None, render=None), Asking(check, fixed.question))


async def _ask(uow: UnitOfWork, asking: Asking) -> CoverageCheck:
    failpoint(WRITTEN)
    answered = await _put(uow, asking)
    failpoint(TOLD)
    return await _keep(uow, asking, answered)


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
        if check.status is not Status.WAITING:
            return None
        fixed = await _fixed(tx, check, facts)
        if not fixed.act:
            store.watch(tx, fixed.change.aggregate)
            return None
        saved = await store.save(tx, fixed.change, act=fixed.act, **fixed.columns(tx))
        await reviewing.review_ended(tx, saved)
        return Asking(saved, fixed.question) if fixed.question is not None else None


async def _fixed(tx: Transaction, check: CoverageCheck, facts: PatientFacts | None) -> Fixed:
    """The question of a check that waits; or that there is nothing to ask, or that the same was asked before."""
    coverage = facts.coverage(check.wanted_coverage) if facts else None
    if facts is None or coverage is None:
        return _nothing(check, "unknown-patient" if facts is None else "no-coverage")
    held = sealing.fingerprint(tx, "held", coverage.payer_id, coverage.member_id, check.on.isoformat())
    asking = await registers.asking(tx, coverage.payer_id, held)
    if asking is None:
        return _nothing(check, "no-asking-provider")
    provider, payer = asking
    services = check.service_types or payer.service_types
    fingerprint = sealing.fingerprint(tx, *question.facets(facts, coverage, check, services))
    since = tx.now - timedelta(hours=payer.fresh_hours)
    if check.may_reuse and (earlier := await store.equal_to(tx, check, fingerprint, since)):
        return await _reused(tx, check, earlier)
    fixed = check.written_down(coverage.id, coverage.payer_id, services, tx.now)
    asked = question.question_of(fixed, facts, coverage, payer, provider, tx.now)
    return Fixed(Change(fixed), "written down", asked, fingerprint)


def _nothing(check: CoverageCheck, code: str) -> Fixed:
    return Fixed(Change(check.nothing_to_ask(code)), "nothing to ask")


async def _reused(tx: Transaction, check: CoverageCheck, earlier: CoverageCheck) -> Fixed:
    """The answer of an equal question; where that one is on its way the check only looks again later."""
    if earlier.status is Status.ASKING:
        asked = (earlier.ask_at if earlier.attempts else None) or tx.now
        return Fixed(Change(replace(check, ask_at=asked + LOOK_AGAIN)), "")
    told = await showing.picture_of(tx, earlier)
    return Fixed(check.reused(earlier, told, today=tx.now.date()), "answered before")


async def _put(uow: UnitOfWork, asking: Asking) -> Answered:
    """One question through edi. What edi answered before under this key comes without its content."""
    check = asking.check
    request = {
        "reference": str(check.id),
        "kind": "270",
        "payer_id": check.payer_id,
        "question": _INQUIRY.dump_python(asking.question, mode="json"),
        # Read here, and once.
        "answers": False,
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


async def _keep(uow: UnitOfWork, asking: Asking, answered: Answered) -> CoverageCheck:
    """What came of asking; who asked the same meanwhile and was faster has kept it already."""
    check = asking.check
    with suppress(Stale):
        async with uow.begin() as tx:
            if not answered.content:
                after = check.gave_up(answered.code) if answered.final else check.heard_nothing(answered.code, tx.now)
                return await store.save(tx, Change(after), act="no answer", exchanged=answered.exchanged)
            sealed = sealing.seal_answer(tx, check.id, answered.content)
            change = _understood(uow, tx, check, asking, answered)
            saved = await store.save(tx, change, act="answered", exchanged=answered.exchanged, answer=sealed)
            await reviewing.review_ended(tx, saved)
            return saved
    async with uow.begin() as tx:
        return await store.load(tx, check.id)


def _understood(
    uow: UnitOfWork, tx: Transaction, check: CoverageCheck, asking: Asking, answered: Answered
) -> Change[CoverageCheck]:
    try:
        answer = hearing.answer_to(question.trace_of(check), hearing.answers_in(answered.content))
    except hearing.CannotHear as fault:
        return Change(replace(check.gave_up(fault.code), answered_at=tx.now))
    said = hearing.heard(answer, asking.question)
    return check.heard(said, picture(said, check.on), now=tx.now, today=uow.today)
