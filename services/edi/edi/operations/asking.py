"""Real time: a question is written, numbered and archived, asked once, and its answer archived beside it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from common.failpoints import failpoint, named
from common.http import RemoteRefusal, RemoteUnavailable
from common.ids import new_id
from common.refusal import Refusal
from common.uow import Transaction, UnitOfWork
from edi.domain import bodies as body_rules
from edi.domain import core, fhir
from edi.domain.inbound import Reading
from edi.domain.kinds import WRITTEN
from edi.domain.numbering import ControlNumbers
from edi.domain.partner import FHIR, Partner
from edi.domain.real_time import HARD_SECONDS, QUESTIONS, Exchange, Outcome, may_ask_again, verdict
from edi.domain.refusals import (
    AnswerUnreadable,
    NotThisWire,
    PayerTimeout,
    PayerUnavailable,
    QuestionRefused,
    UnknownKind,
)
from edi.operations import archive, fhir_line, writing
from edi.operations.http_line import endpoint, unpacked
from edi.operations.line import refusal_word
from edi.operations.reach import installation_of
from edi.operations.reading import digest, read_file
from edi.operations.receiving import Arrival, take_in
from edi.sealing import fingerprint_of
from edi.store import exchanges, files, partners

ASKED = named("edi.asked", "a question is written down; the payer was not asked")
HEARD = named("edi.heard", "the payer answered a question; the answer is not kept")

# What the caller is told of an exchange that has no answer to show.
_REFUSALS: dict[Outcome, type[Refusal]] = {
    Outcome.TIMEOUT: PayerTimeout,
    Outcome.UNAVAILABLE: PayerUnavailable,
    Outcome.REFUSED: QuestionRefused,
    Outcome.UNREADABLE: AnswerUnreadable,
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is written down: where it goes, and what goes there."""

    exchange: Exchange
    partner: Partner
    group_control: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the exchange as it ended, and the interchange of the answer."""

    exchange: Exchange
    content: bytes


async def ask(
    uow: UnitOfWork, *, reference: UUID, kind: str, payer_id: str, body: str, partner_id: UUID | None = None
) -> Answer:
    """Ask a payer one thing in real time; `partner_id` where another partner than the payer's route has real time.

    Raises UnknownKind, BadBody, BadQuestion, NoRoute, NotThisWire, CannotBeWritten, AskedTooRecently before anything is
    asked, and PayerTimeout, PayerUnavailable, QuestionRefused, AnswerUnreadable after it. Nothing is asked twice from
    here.
    """
    if kind not in QUESTIONS:
        raise UnknownKind(known=", ".join(QUESTIONS))
    if kind in fhir.OPERATIONS:
        fhir.check(kind, body)
    else:
        body_rules.check([body], WRITTEN[kind])
    question = await _write(uow, reference, kind, payer_id, body, partner_id)
    failpoint(ASKED)
    started = time.monotonic()
    content, exchange = await _put(uow, question)
    failpoint(HEARD)
    took = int((time.monotonic() - started) * 1000)
    reading = await asyncio.to_thread(_read, question, content) if content else Reading()
    # What failed is no answer to keep under the caller's key: the same key may ask again when its time has come.
    async with (uow if content else replace(uow, request=None, render=None)).begin() as tx:
        ended = await _keep(tx, question, replace(exchange, milliseconds=took), content, reading)
        return tx.done(Answer(ended, content))


def refusal_of(exchange: Exchange) -> Refusal | None:
    """What to say of an exchange without an answer; None when there is one."""
    refused = _REFUSALS.get(exchange.outcome)
    return refused(exchange_id=exchange.id, reason=exchange.code or exchange.outcome.value) if refused else None


async def _write(
    uow: UnitOfWork, reference: UUID, kind: str, payer_id: str, body: str, partner_id: UUID | None
) -> Question:
    # The key of the request is taken with the answer: a crash in between leaves nothing that looks like one.
    async with replace(uow, request=None, render=None).begin() as tx:
        fingerprint = fingerprint_of(tx.vault, tx.practice_id, kind, payer_id, body)
        partner = await (partners.load_partner(tx, partner_id) if partner_id else partners.partner_for(tx, payer_id))
        if partner.facts.wire != (FHIR if kind in fhir.OPERATIONS else "http"):
            raise NotThisWire(partner_id=partner.id, wire=partner.facts.wire)
        # Under the lock of the counter, so that two who ask the same at once do not both get through.
        numbers = await partners.take_numbers(tx, partner.id)
        may_ask_again(await exchanges.unanswered(tx, partner.id, reference, fingerprint), tx.now)
        # Last: an answer that is kept between the two looks is seen by the second.
        await tx.look_up(uow.request)
        content = _written(partner, numbers, kind, body, tx.now)
        stored = await files.keep(tx, content, digest(content))
        request_id = await archive.outbound(tx, partner, numbers, kind, 1, stored)
        exchange = Exchange(
            id=new_id(),
            partner_id=partner.id,
            reference=reference,
            kind=kind,
            payer_id=payer_id,
            fingerprint=fingerprint,
            interchange_control=numbers.interchange_text,
            request_id=request_id,
            asked_at=tx.now,
        )
        await exchanges.add(tx, exchange)
        tx.audit("create", "exchange", exchange.id, transaction=kind)
        return Question(exchange, partner, numbers.group_text, content)


def _written(partner: Partner, numbers: ControlNumbers, kind: str, body: str, now: datetime) -> bytes:
    """What goes over the wire: a Bundle as it came, or an interchange around the body."""
    if kind in fhir.OPERATIONS:
        return body.encode()
    return writing.interchange(partner.facts, numbers, WRITTEN[kind], [body], now)


def _read(question: Question, content: bytes) -> Reading:
    exchange, facts = question.exchange, question.partner.facts
    if exchange.kind in fhir.OPERATIONS:
        return fhir_line.read(content, facts, exchange.kind, exchange.interchange_control)
    return read_file(content, facts.ours.id)


async def _put(uow: UnitOfWork, question: Question) -> tuple[bytes, Exchange]:
    """The bytes of the answer, none where there is none, and the exchange with what is known by then."""
    exchange = question.exchange
    try:
        async with asyncio.timeout(HARD_SECONDS):
            return await _over_the_line(uow, question), exchange
    except TimeoutError:
        return b"", replace(exchange, outcome=Outcome.TIMEOUT)
    except RemoteUnavailable as fault:
        late = fault.reason == "timeout"
        return b"", replace(exchange, outcome=Outcome.TIMEOUT if late else Outcome.UNAVAILABLE, code=fault.reason)
    except RemoteRefusal as refusal:
        # Over FHIR a 4xx is the payer's no to this question, with an OperationOutcome or without one.
        no = Outcome.REJECTED if exchange.kind in fhir.OPERATIONS else Outcome.REFUSED
        return b"", replace(exchange, outcome=no, code=refusal_word(refusal))
    except Refusal as refusal:
        return b"", replace(exchange, outcome=Outcome.REFUSED, code=refusal.code)


async def _over_the_line(uow: UnitOfWork, question: Question) -> bytes:
    partner, kind = question.partner, question.exchange.kind
    if kind in fhir.OPERATIONS:
        return await fhir_line.put(partner, installation_of(uow), kind, question.content)
    outside = await endpoint(partner, installation_of(uow), seconds=HARD_SECONDS)
    try:
        told = await outside.post_json(partner.facts.real_time_path, _envelope(question))
    finally:
        await outside.close()
    content = unpacked(told)
    if not content:
        raise RemoteUnavailable("partner", "no-payload")
    return content


def _envelope(question: Question) -> dict[str, str]:
    """The payload id is the exchange's: the same, the same question."""
    facts, exchange = question.partner.facts, question.exchange
    ends = core.Ends(facts.ours.id, facts.theirs.id)
    return core.submission(exchange.kind, core.REAL_TIME, ends, exchange.id, exchange.asked_at, question.content)


async def _keep(tx: Transaction, question: Question, exchange: Exchange, content: bytes, reading: Reading) -> Exchange:
    if content:
        exchange = await _judged(tx, question, replace(exchange, answered_at=tx.now), content, reading)
    await exchanges.save(tx, exchange)
    return exchange


async def _judged(
    tx: Transaction, question: Question, exchange: Exchange, content: bytes, reading: Reading
) -> Exchange:
    """The answer into the archive, whatever it is; what cannot be read waits in quarantine for a person."""
    if reading.reason is not None:
        await take_in(tx, Arrival(question.partner, "real-time", f"exchange-{exchange.id}", content), reading)
        return replace(exchange, outcome=Outcome.UNREADABLE, code=reading.reason.value)
    stored = await files.keep(tx, content, digest(content))
    outcome, code = _verdict(question, content, reading)
    response_id = None
    for ordinal, found in enumerate(reading.found, start=1):
        response_id = await archive.answer(tx, question.partner.id, stored.archive_id, ordinal, found)
    return replace(exchange, outcome=outcome, code=code, response_id=response_id)


def _verdict(question: Question, content: bytes, reading: Reading) -> tuple[Outcome, str | None]:
    exchange = question.exchange
    if exchange.kind in fhir.OPERATIONS:
        refused = fhir.refused(content)
        return (Outcome.REJECTED, refused) if refused else (Outcome.ANSWERED, None)
    return verdict(reading.found, exchange.kind, exchange.interchange_control, question.group_control)
