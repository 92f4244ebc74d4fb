"""Rows to denial cases, and back. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from common.change import Change
from common.ids import new_id
from common.pagination import Cursor, keyset
from common.phi import Phi
from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction
from denials.domain.case import FINAL, Denial, DenialCase, Status
from denials.domain.terms import DEFAULTS, Program, Terms
from denials.sealing import REASON
from denials.tables import cases, history, payer_terms

DENIAL = TypeAdapter(Denial)
TERMS = TypeAdapter(Terms)


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of a case's history."""

    at: datetime
    actor: str
    act: str
    status: str
    reason: Phi[str] | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a worklist asks for; None does not narrow it."""

    status: Status | None = None
    category: str | None = None
    payer_id: str | None = None
    respond_before: date | None = None


async def load(tx: Transaction, case_id: UUID) -> DenialCase:
    """Raises NotFound."""
    row = await tx.row(select(cases).where(cases.c.id == case_id))
    if row is None:
        raise NotFound(kind="case", id=case_id)
    return _case(row)


async def of_claim(tx: Transaction, claim_id: UUID) -> DenialCase | None:
    row = await tx.row(select(cases).where(cases.c.claim_id == claim_id))
    return _case(row) if row else None


async def page(tx: Transaction, wanted: Wanted, cursor: Cursor | None, limit: int) -> list[DenialCase]:
    return [_case(row) for row in await tx.rows(keyset(_narrowed(wanted), cases.c.id, cursor, limit))]


async def open_cases(tx: Transaction, limit: int) -> list[DenialCase]:
    """Cases that still can be won, those with the nearest deadline first."""
    statement = (
        select(cases)
        .where(cases.c.status.not_in([status.value for status in FINAL]))
        .order_by(cases.c.respond_by, cases.c.id)
        .limit(limit)
    )
    return [_case(row) for row in await tx.rows(statement)]


async def add(tx: Transaction, change: Change[DenialCase], *, act: str) -> DenialCase:
    case = change.aggregate
    await tx.execute(insert(cases).values(practice_id=tx.practice_id, id=case.id, version=1, **_columns(case)))
    await note(tx, case, act=act)
    _publish(tx, change.events, case.id, 1)
    return case


async def save(
    tx: Transaction, change: Change[DenialCase], *, act: str, reason: Phi[str] | None = None, **facts: Any
) -> DenialCase:
    """Raises Stale when somebody was faster."""
    case = change.aggregate
    version = await save_version(tx, cases, case.id, case.version, _columns(case), kind="case")
    saved = replace(case, version=version)
    await note(tx, saved, act=act, reason=reason, **facts)
    _publish(tx, change.events, case.id, version)
    return saved


async def note(tx: Transaction, case: DenialCase, *, act: str, reason: Phi[str] | None = None, **facts: Any) -> None:
    """One more line of the case's history."""
    id = new_id()
    await tx.execute(
        insert(history).values(
            practice_id=tx.practice_id,
            id=id,
            case_id=case.id,
            at=tx.now,
            actor=tx.actor.subject,
            act=act,
            status=case.status.value,
            sealed_reason=REASON.seal_if(tx.vault, tx.practice_id, id, reason),
            facts=TypeAdapter(dict[str, Any]).dump_python(facts, mode="json"),
        )
    )


async def history_of(tx: Transaction, case_id: UUID) -> Sequence[Happening]:
    rows = await tx.rows(select(history).where(history.c.case_id == case_id).order_by(history.c.id))
    return [
        Happening(
            at=row["at"],
            actor=row["actor"],
            act=row["act"],
            status=row["status"],
            reason=REASON.open_if(tx.vault, tx.practice_id, row["id"], row["sealed_reason"]),
            facts=row["facts"],
        )
        for row in rows
    ]


async def terms_of(tx: Transaction, payer_id: str) -> Terms:
    """The payer's windows, or the defaults of a commercial payer."""
    row = await tx.row(select(payer_terms).where(payer_terms.c.payer_id == payer_id))
    if row is None:
        return DEFAULTS[Program.COMMERCIAL]
    return Terms(Program(row["program"]), row["correction_days"], row["appeal_days"], row["decision_days"])


async def set_terms(tx: Transaction, payer_id: str, terms: Terms) -> None:
    values = TERMS.dump_python(terms, mode="json")
    statement = upsert(payer_terms).values(
        practice_id=tx.practice_id, id=new_id(), version=1, payer_id=payer_id, **values
    )
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["practice_id", "payer_id"],
            set_=values | {"version": payer_terms.c.version + 1},
        )
    )


def _narrowed(wanted: Wanted) -> Any:
    statement = select(cases)
    if wanted.status:
        statement = statement.where(cases.c.status == wanted.status.value)
    if wanted.category:
        statement = statement.where(cases.c.category == wanted.category)
    if wanted.payer_id:
        statement = statement.where(cases.c.payer_id == wanted.payer_id)
    if wanted.respond_before:
        statement = statement.where(cases.c.respond_by < wanted.respond_before)
    return statement


def _publish(tx: Transaction, events: tuple[Any, ...], case_id: UUID, version: int) -> None:
    for event in events:
        tx.publish(event, key=case_id, version=version)


def _columns(case: DenialCase) -> dict[str, Any]:
    return {
        "claim_id": case.claim_id,
        "encounter_id": case.encounter_id,
        "patient_id": case.patient_id,
        "payer_id": case.denial.payer_id,
        "status": case.status.value,
        "category": case.category,
        "carc": case.carc,
        "denied": case.denial.denied,
        "respond_by": case.respond_by,
        "decision_due": case.decision_due,
        "appeals": case.appeals,
        "owner": case.owner,
        "denial": DENIAL.dump_python(case.denial, mode="json"),
        "terms": TERMS.dump_python(case.terms, mode="json"),
    }


def _case(row: Any) -> DenialCase:
    return DenialCase(
        id=row["id"],
        claim_id=row["claim_id"],
        encounter_id=row["encounter_id"],
        patient_id=row["patient_id"],
        status=Status(row["status"]),
        denial=DENIAL.validate_python(row["denial"]),
        terms=TERMS.validate_python(row["terms"]),
        appeals=row["appeals"],
        decision_due=row["decision_due"],
        owner=row["owner"],
        version=row["version"],
    )
