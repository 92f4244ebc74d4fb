"""Rows to authorizations, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Select, insert, select, text, update

import x12
from authorizations import sealing
from authorizations.domain.authorization import Authorization, Decided, renewal_day
from authorizations.domain.clocks import Program
from authorizations.domain.counting import CertifiedService
from authorizations.domain.lifecycle import CERTIFIED, IN_FORCE, Status
from authorizations.domain.request import Request, Stage
from authorizations.domain.wish import Amendment, Kind, Wish
from authorizations.tables import LOOKED_AT, history, records
from common.change import Change
from common.ids import new_id
from common.pagination import Cursor, keyset
from common.phi import Phi
from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction

ASK, INQUIRE, RESPONSE_DUE, DECISION_DUE, EXPIRING, EXPIRED = (
    "ask-payer",
    "inquire-payer",
    "response-due",
    "decision-due",
    "authorization-expiring",
    "authorization-expired",
)

_WISH, _DECIDED, _REQUEST = TypeAdapter(Wish), TypeAdapter(Decided), TypeAdapter(Request)
_AMENDMENT = TypeAdapter(Amendment)
_SERVICES = TypeAdapter(tuple[CertifiedService, ...])


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of an authorization's history."""

    at: datetime
    actor: str
    act: str
    status: str
    codes: tuple[str, ...]
    reason: Phi[str] | None
    exchange_id: UUID | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list asks for; None does not narrow it."""

    status: Status | None = None
    attention: bool | None = None
    patient_id: UUID | None = None
    payer_id: str | None = None
    kind: Kind | None = None
    ending_before: date | None = None


async def load(tx: Transaction, authorization_id: UUID, *, lock: bool = False) -> Authorization:
    """Raises NotFound."""
    statement = select(records).where(records.c.id == authorization_id)
    row = await tx.row(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound(kind="authorization", id=authorization_id)
    return _authorization(row)


async def by_trace(tx: Transaction, traces: set[str]) -> Authorization | None:
    """The authorization whose newest request carries one of these trace numbers, locked."""
    statement = select(records).where(records.c.trace.in_(traces)).limit(1).with_for_update()
    row = await tx.row(statement)
    return _authorization(row) if row else None


async def by_response(tx: Transaction, response_ids: Sequence[str]) -> list[Authorization]:
    """The authorizations whose last answer over FHIR has one of these ids, locked."""
    keys = [response_key(tx, id) for id in response_ids]
    if not keys:
        return []
    statement = select(records).where(records.c.response_key.in_(keys)).order_by(records.c.id).with_for_update()
    return [_authorization(row) for row in await tx.rows(statement)]


async def pended(tx: Transaction, most: int = 200) -> list[Authorization]:
    """Requests that payers have and did not decide, oldest first."""
    statement = select(records).where(records.c.request["stage"].astext == Stage.PENDED.value)
    return [_authorization(row) for row in await tx.rows(statement.order_by(records.c.id).limit(most))]


def response_key(tx: Transaction, response_id: str) -> str | None:
    """What stands for the id of an answer: a payer may make its ids of anything. None for none."""
    return tx.vault.index(tx.practice_id, "answer over FHIR", response_id).hex() if response_id else None


async def certified_of(tx: Transaction, patient_id: UUID) -> list[Authorization]:
    """The patient's authorizations under which something may be, or could be, done; locked."""
    statement = (
        select(records)
        .where(records.c.patient_id == patient_id)
        .where(records.c.status.in_([status.value for status in CERTIFIED]))
        .order_by(records.c.id)
        .with_for_update()
    )
    return [_authorization(row) for row in await tx.rows(statement)]


async def page(tx: Transaction, wanted: Wanted, cursor: Cursor | None, limit: int) -> list[Authorization]:
    return [_authorization(row) for row in await tx.rows(keyset(_narrowed(wanted), records.c.id, cursor, limit))]


async def question_of(tx: Transaction, authorization_id: UUID) -> x12.AuthorizationRequest | None:
    sealed = await tx.scalar(select(records.c.question).where(records.c.id == authorization_id))
    return sealing.QUESTION.open_if(tx.vault, tx.practice_id, authorization_id, sealed)


async def earlier_of(tx: Transaction, authorization_id: UUID) -> x12.AuthorizationRequest | None:
    """The last question that the payer took; None where it took none."""
    sealed = await tx.scalar(select(records.c.earlier).where(records.c.id == authorization_id))
    return sealing.EARLIER.open_if(tx.vault, tx.practice_id, authorization_id, sealed)


async def taken(tx: Transaction, authorization_id: UUID) -> dict[str, Any]:
    """For `save`: the payer took the question, so that the next one changes this one."""
    question = await question_of(tx, authorization_id)
    return {"earlier": sealing.EARLIER.seal_if(tx.vault, tx.practice_id, authorization_id, question)}


async def give_question(tx: Transaction, authorization_id: UUID, question: x12.AuthorizationRequest) -> None:
    """Keep the question beside its record, in the transaction that fixes it."""
    sealed = sealing.QUESTION.seal(tx.vault, tx.practice_id, authorization_id, question)
    await tx.execute(update(records).where(records.c.id == authorization_id).values(question=sealed))


async def answer_of(tx: Transaction, authorization_id: UUID) -> bytes | None:
    """The payer's last answer as it came; None when there is none."""
    sealed = await tx.scalar(select(records.c.answer).where(records.c.id == authorization_id))
    return sealing.open_answer(tx, authorization_id, sealed) if sealed else None


async def add(tx: Transaction, authorization: Authorization, *, act: str) -> Authorization:
    values = _columns(authorization) | {"id": authorization.id, "version": 1}
    await tx.execute(insert(records).values(practice_id=tx.practice_id, **values))
    await _note(tx, authorization, act)
    tx.audit("create", "authorization", authorization.id, about=authorization.wish.kind.value)
    _watch(tx, authorization)
    return authorization


async def save(
    tx: Transaction,
    change: Change[Authorization],
    *,
    act: str,
    reason: Phi[str] | None = None,
    exchange_id: UUID | None = None,
    **columns: Any,
) -> Authorization:
    """Raises Stale when somebody was faster. `columns` are sealed ones, which no record carries about."""
    one = change.aggregate
    version = await save_version(tx, records, one.id, one.version, _columns(one) | columns, kind="authorization")
    saved = replace(one, version=version)
    await _note(tx, saved, act, reason, exchange_id)
    tx.audit("update", "authorization", saved.id, act=act, status=saved.status.value, version=version)
    for event in change.events:
        tx.publish(event, key=saved.id, version=version)
    _watch(tx, saved)
    return saved


async def history_of(tx: Transaction, authorization_id: UUID) -> Sequence[Happening]:
    statement = select(history).where(history.c.authorization_id == authorization_id).order_by(history.c.id)
    return [
        Happening(
            at=row["at"],
            actor=row["actor"],
            act=row["act"],
            status=row["status"],
            codes=tuple(row["codes"]),
            reason=sealing.REASON.open_if(tx.vault, tx.practice_id, row["id"], row["sealed_reason"]),
            exchange_id=row["exchange_id"],
        )
        for row in await tx.rows(statement)
    ]


async def _note(
    tx: Transaction, one: Authorization, act: str, reason: Phi[str] | None = None, exchange_id: UUID | None = None
) -> None:
    id = new_id()
    await tx.execute(
        insert(history).values(
            practice_id=tx.practice_id,
            id=id,
            authorization_id=one.id,
            at=tx.now,
            actor=tx.actor.subject,
            act=act,
            status=one.status.value,
            codes=[*one.attention, *one.decided.reasons],
            sealed_reason=sealing.REASON.seal_if(tx.vault, tx.practice_id, id, reason),
            exchange_id=exchange_id,
        )
    )


def _watch(tx: Transaction, one: Authorization) -> None:
    """Set the timers that its state calls for, and drop the others."""
    request = one.request
    _timer(tx, ASK, one, request.ask_at if request else None)
    _timer(tx, INQUIRE, one, request.inquire_at if request else None)
    _timer(tx, RESPONSE_DUE, one, one.response_due)
    _timer(tx, DECISION_DUE, one, one.decision_due)
    in_force = one.status in IN_FORCE
    _timer(tx, EXPIRING, one, _morning(renewal_day(one)) if in_force and "date" not in one.alerted else None)
    ends = one.decided.valid_to if in_force or one.status is Status.EXHAUSTED else None
    _timer(tx, EXPIRED, one, _morning(ends + timedelta(days=1)) if ends else None)


def _timer(tx: Transaction, kind: str, one: Authorization, due_at: datetime | None) -> None:
    if due_at is None:
        tx.cancel(kind, one.id)
    else:
        tx.schedule(kind, one.id, due_at=due_at, version=one.version)


def _morning(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(11), UTC)


def _narrowed(wanted: Wanted) -> Select[Any]:
    statement = select(records)
    for column, value in (
        (records.c.status, wanted.status and wanted.status.value),
        (records.c.patient_id, wanted.patient_id),
        (records.c.payer_id, wanted.payer_id),
        (records.c.kind, wanted.kind and wanted.kind.value),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.attention is not None:
        statement = statement.where(LOOKED_AT if wanted.attention else text("attention = '[]'::jsonb"))
    if wanted.ending_before is not None:
        statement = statement.where(records.c.valid_to < wanted.ending_before)
    return statement


def _columns(one: Authorization) -> dict[str, Any]:
    return {
        "patient_id": one.wish.patient_id,
        "kind": one.wish.kind.value,
        "status": one.status.value,
        "payer_id": one.payer_id,
        "program": one.program.value,
        "wish": _WISH.dump_python(one.wish, mode="json"),
        "request": _REQUEST.dump_python(one.request, mode="json") if one.request else None,
        "requests": one.requests,
        "trace": one.trace,
        "decided": _DECIDED.dump_python(one.decided, mode="json"),
        "valid_to": one.decided.valid_to,
        "used": _SERVICES.dump_python(one.used, mode="json"),
        "alerted": list(one.alerted),
        "attention": list(one.attention),
        "response_due": one.response_due,
        "decision_due": one.decision_due,
        "clock_rule": one.clock_rule,
        "owner": one.owner,
        "amendment": _AMENDMENT.dump_python(one.amendment, mode="json") if one.amendment else None,
        "visits_used": one.visits_used,
    }


def _authorization(row: Any) -> Authorization:
    return Authorization(
        id=row["id"],
        wish=_WISH.validate_python(row["wish"]),
        status=Status(row["status"]),
        payer_id=row["payer_id"],
        program=Program(row["program"]),
        request=_REQUEST.validate_python(row["request"]) if row["request"] else None,
        requests=row["requests"],
        decided=_DECIDED.validate_python(row["decided"]),
        used=_SERVICES.validate_python(row["used"]),
        alerted=tuple(row["alerted"]),
        attention=tuple(row["attention"]),
        response_due=row["response_due"],
        decision_due=row["decision_due"],
        clock_rule=row["clock_rule"],
        owner=row["owner"],
        amendment=_AMENDMENT.validate_python(row["amendment"]) if row["amendment"] else None,
        visits_used=row["visits_used"],
        version=row["version"],
    )
