"""Rows to coverage checks, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Insert, Select, Update, bindparam, func, insert, select, text, union_all, update

import x12
from common.change import Change
from common.ids import new_id
from common.pagination import Cursor, keyset
from common.phi import Phi
from common.refusal import NotFound, Stale
from common.uow import Transaction
from eligibility import sealing
from eligibility.domain.check import OPEN, Cause, CoverageCheck, Status
from eligibility.domain.standing import Standing
from eligibility.tables import NO_CODES, checks, history

ASK = "ask-payer"


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of a check's history."""

    at: datetime
    actor: str
    act: str
    status: str
    codes: tuple[str, ...]
    reason: Phi[str] | None
    exchange_id: UUID | None
    milliseconds: int | None


@dataclass(frozen=True, slots=True)
class Exchanged:
    """An exchange with the payer, by edi's id."""

    exchange_id: UUID | None = None
    milliseconds: int | None = None


NO_EXCHANGE = Exchanged()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list asks for; None does not narrow it."""

    status: Status | None = None
    attention: bool | None = None
    patient_id: UUID | None = None
    payer_id: str | None = None
    day_from: date | None = None
    day_to: date | None = None
    cause: Cause | None = None


async def load(tx: Transaction, check_id: UUID, *, lock: bool = False) -> CoverageCheck:
    """Raises NotFound."""
    statement = select(checks).where(checks.c.id == check_id)
    row = await tx.row(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound(kind="check", id=check_id)
    return _check(row)


async def question_of(tx: Transaction, check_id: UUID) -> x12.EligibilityInquiry | None:
    sealed = await tx.scalar(select(checks.c.question).where(checks.c.id == check_id))
    return sealing.QUESTION.open(tx.vault, tx.practice_id, check_id, sealed) if sealed else None


async def answer_of(tx: Transaction, check_id: UUID) -> bytes | None:
    """The 271 as it came; None when there is none."""
    sealed = await tx.scalar(select(checks.c.answer).where(checks.c.id == check_id))
    return sealing.open_answer(tx, check_id, sealed) if sealed else None


async def page(tx: Transaction, wanted: Wanted, cursor: Cursor | None, limit: int) -> list[CoverageCheck]:
    return [_check(row) for row in await tx.rows(keyset(_narrowed(wanted), checks.c.id, cursor, limit))]


async def answered_for(tx: Transaction, patient_id: UUID, since: date, until: date) -> list[CoverageCheck]:
    """Answered checks of a patient for days in that span, the latest answer first."""
    statement = (
        select(checks)
        .where(checks.c.patient_id == patient_id, checks.c.status == Status.ANSWERED.value)
        .where(checks.c.day >= since, checks.c.day <= until)
        .order_by(checks.c.answered_at.desc(), checks.c.id.desc())
    )
    return [_check(row) for row in await tx.rows(statement)]


async def without_coverage(tx: Transaction, patient_id: UUID, day: date) -> CoverageCheck | None:
    """The latest check of the day that found no coverage on file."""
    statement = (
        select(checks)
        .where(checks.c.patient_id == patient_id, checks.c.day == day, checks.c.status == Status.NOT_ASKED.value)
        .where(checks.c.codes.contains(["no-coverage"]))
        .order_by(checks.c.id.desc())
        .limit(1)
    )
    row = await tx.row(statement)
    return _check(row) if row else None


async def open_for(tx: Transaction, patient_id: UUID, day: date) -> CoverageCheck | None:
    """A check of the patient for the day that has no answer yet."""
    statement = select(checks).where(checks.c.patient_id == patient_id, checks.c.day == day, _is_open()).limit(1)
    row = await tx.row(statement)
    return _check(row) if row else None


async def equal_to(tx: Transaction, check: CoverageCheck, fingerprint: bytes, since: datetime) -> CoverageCheck | None:
    """Another check with the same question: one that is being asked, else the latest that was answered after `since`.

    Whoever looks holds the question (`registers.asking`): of two that look at once, the second sees the first.
    """
    statement = (
        select(checks)
        .where(checks.c.fingerprint == fingerprint, checks.c.id != check.id, checks.c.same_as.is_(None))
        .where(
            (checks.c.status == Status.ASKING.value)
            | ((checks.c.status == Status.ANSWERED.value) & (checks.c.answered_at > since))
        )
        .order_by(checks.c.status.desc(), checks.c.answered_at.desc())
        .limit(1)
    )
    row = await tx.row(statement)
    return _check(row) if row else None


async def add(
    tx: Transaction, change: Change[CoverageCheck], *, acts: tuple[str, ...] = ("wanted",), **columns: Any
) -> CoverageCheck:
    """A check as it is wanted; `acts` is what was done about it since, in the same moment."""
    check = change.aggregate
    once = {"practice_id": tx.practice_id, "id": check.id, "version": 1, "asked_for_at": tx.now}
    lines = [_line(tx, check, act) for act in acts]
    await tx.execute(ADD[len(acts)], _named(_columns(check) | columns | once, lines))
    tx.audit("create", "coverage check", check.id, cause=check.cause.value, status=check.status.value)
    for event in change.events:
        tx.publish(event, key=check.id, version=1)
    watch(tx, check)
    return check


async def save(
    tx: Transaction,
    change: Change[CoverageCheck],
    *,
    act: str,
    reason: Phi[str] | None = None,
    exchanged: Exchanged = NO_EXCHANGE,
    **columns: Any,
) -> CoverageCheck:
    """Raises Stale when somebody was faster. `columns` are sealed ones, which no check carries about."""
    check = change.aggregate
    version = check.version + 1
    saved = replace(check, version=version)
    values = _columns(saved) | columns | {"version": version}
    line = _line(tx, saved, act, reason=reason, exchanged=exchanged)
    seen = {"the_id": check.id, "seen": check.version}
    if (await tx.execute(SAVE, _named(values, [line]) | seen)).rowcount == 0:
        raise Stale(kind="check", id=check.id, version=check.version)
    tx.audit("update", "coverage check", saved.id, act=act, status=saved.status.value, version=version)
    for event in change.events:
        tx.publish(event, key=saved.id, version=version)
    watch(tx, saved)
    return saved


def _with_history(statement: Insert | Update, lines: int = 1) -> Insert:
    """A check written and so many lines of its history with it, in one statement; no line where no check was."""
    written = statement.returning(checks.c.id).cte("written")
    selected = [
        select(*(bindparam(f"line{number}_{one.name}", type_=one.type).label(one.name) for one in history.c))
        for number in range(lines)
    ]
    told = [one.select_from(written) for one in selected]
    return insert(history).from_select(list(history.c), union_all(*told) if lines > 1 else told[0])


# Made once: they are large, and a desk waits for each of them. What is sealed is written once and stays.
NEW = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in checks.c}
SEALED = ("question", "fingerprint", "answer")
STAYS = ("practice_id", "id", "asked_for_at")
ADD = {count: _with_history(insert(checks).values(NEW), count) for count in (1, 2)}
SAVE = _with_history(
    update(checks)
    .where(checks.c.id == bindparam("the_id"), checks.c.version == bindparam("seen"))
    .values({name: value for name, value in NEW.items() if name not in (*SEALED, *STAYS)})
    .values({name: func.coalesce(NEW[name], checks.c[name]) for name in SEALED})
)


def _named(values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The parameters of a statement `_with_history`."""
    written = {f"new_{name}": values.get(name) for name in NEW}
    for number, line in enumerate(lines):
        written |= {f"line{number}_{name}": value for name, value in line.items()}
    return written


def _line(
    tx: Transaction,
    check: CoverageCheck,
    act: str,
    *,
    reason: Phi[str] | None = None,
    exchanged: Exchanged = NO_EXCHANGE,
) -> dict[str, Any]:
    """One more line of the check's history."""
    id = new_id()
    return {
        "practice_id": tx.practice_id,
        "id": id,
        "check_id": check.id,
        "at": tx.now,
        "actor": tx.actor.subject,
        "act": act,
        "status": check.status.value,
        "codes": list(check.codes),
        "sealed_reason": sealing.REASON.seal_if(tx.vault, tx.practice_id, id, reason),
        "exchange_id": exchanged.exchange_id,
        "milliseconds": exchanged.milliseconds,
    }


async def history_of(tx: Transaction, check_id: UUID) -> Sequence[Happening]:
    rows = await tx.rows(select(history).where(history.c.check_id == check_id).order_by(history.c.id))
    return [
        Happening(
            at=row["at"],
            actor=row["actor"],
            act=row["act"],
            status=row["status"],
            codes=tuple(row["codes"]),
            reason=sealing.REASON.open_if(tx.vault, tx.practice_id, row["id"], row["sealed_reason"]),
            exchange_id=row["exchange_id"],
            milliseconds=row["milliseconds"],
        )
        for row in rows
    ]


def sealed_question(
    tx: Transaction, check_id: UUID, question: x12.EligibilityInquiry, fingerprint: bytes
) -> dict[str, Any]:
    """The columns of a question, for the statement that fixes it."""
    return {"question": sealing.QUESTION.seal(tx.vault, tx.practice_id, check_id, question), "fingerprint": fingerprint}


def watch(tx: Transaction, check: CoverageCheck) -> None:
    """Set the timer of the next attempt; drop it where there is none."""
    if check.status in OPEN and check.ask_at is not None:
        tx.schedule(ASK, check.id, due_at=check.ask_at, version=check.round)
    elif check.status not in OPEN:
        tx.cancel(ASK, check.id)


def _narrowed(wanted: Wanted) -> Select[Any]:
    statement = select(checks)
    for column, value in (
        (checks.c.status, wanted.status and wanted.status.value),
        (checks.c.patient_id, wanted.patient_id),
        (checks.c.payer_id, wanted.payer_id),
        (checks.c.cause, wanted.cause and wanted.cause.value),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.attention is not None:
        statement = statement.where(NO_CODES if wanted.attention else text("attention = '[]'::jsonb"))
    if wanted.day_from is not None:
        statement = statement.where(checks.c.day >= wanted.day_from)
    if wanted.day_to is not None:
        statement = statement.where(checks.c.day <= wanted.day_to)
    return statement


def _is_open() -> Any:
    return checks.c.status.in_([status.value for status in OPEN])


def _columns(check: CoverageCheck) -> dict[str, Any]:
    return {
        "patient_id": check.patient_id,
        "day": check.on,
        "cause": check.cause.value,
        "service_types": list(check.service_types),
        "wanted_coverage": check.wanted_coverage,
        "status": check.status.value,
        "coverage_id": check.coverage_id,
        "payer_id": check.payer_id,
        "round": check.round,
        "attempts": check.attempts,
        "ask_at": check.ask_at,
        "answered_at": check.answered_at,
        "same_as": check.same_as,
        "standing": check.standing and check.standing.value,
        "codes": list(check.codes),
        "attention": list(check.attention),
        "anew": check.anew,
    }


def _check(row: Any) -> CoverageCheck:
    return CoverageCheck(
        id=row["id"],
        patient_id=row["patient_id"],
        on=row["day"],
        cause=Cause(row["cause"]),
        service_types=tuple(row["service_types"]),
        wanted_coverage=row["wanted_coverage"],
        status=Status(row["status"]),
        coverage_id=row["coverage_id"],
        payer_id=row["payer_id"],
        round=row["round"],
        attempts=row["attempts"],
        ask_at=row["ask_at"],
        answered_at=row["answered_at"],
        same_as=row["same_as"],
        standing=Standing(row["standing"]) if row["standing"] else None,
        codes=tuple(row["codes"]),
        attention=tuple(row["attention"]),
        anew=bool(row["anew"]),
        version=row["version"],
    )
