"""Fee schedules, and the estimates that were given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from common.ids import new_id
from common.money import Money
from common.pagination import Cursor, keyset
from common.refusal import NotFound
from common.uow import Transaction
from eligibility.domain.estimate import Estimate, Range
from eligibility.domain.gaps import Planned
from eligibility.domain.picture import Network
from eligibility.domain.pricing import Priced
from eligibility.tables import estimates, fee_schedules

PLANNED = TypeAdapter(tuple[Planned, ...])


@dataclass(frozen=True, slots=True)
class Fee:
    code: str
    effective_from: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Second:
    """What a second coverage leaves of the share, on the answer of `check_id`. `estimate` is its own, were it alone."""

    payer_id: str
    check_id: UUID
    estimate: Estimate
    share: Range


@dataclass(frozen=True, slots=True)
class Result:
    """How the lines were priced, the share that follows, and what a second coverage leaves of it."""

    prices: tuple[Priced, ...]
    estimate: Estimate
    second: Second | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """An estimate as it was given, on the answer of `check_id`. It is never changed."""

    id: UUID
    at: datetime
    patient_id: UUID
    on: date
    check_id: UUID
    payer_id: str
    network: Network
    planned: tuple[Planned, ...]
    result: Result


RESULT = TypeAdapter(Result)


async def put_fees(tx: Transaction, payer_id: str, fees: Iterable[Fee]) -> int:
    """Amounts of a payer; one for a code and day that has one takes its place. Gives how many there were."""
    rows = [
        {
            "practice_id": tx.practice_id,
            "id": new_id(),
            "payer_id": payer_id,
            "code": fee.code,
            "effective_from": fee.effective_from,
            "amount": fee.amount,
        }
        for fee in fees
    ]
    statement = upsert(fee_schedules)
    named = ["practice_id", "payer_id", "code", "effective_from"]
    await tx.execute(
        statement.on_conflict_do_update(index_elements=named, set_={"amount": statement.excluded.amount}), rows
    )
    return len(rows)


async def fees(tx: Transaction, payer_id: str, cursor: Cursor | None, limit: int) -> Sequence[RowMapping]:
    statement = select(fee_schedules).where(fee_schedules.c.payer_id == payer_id)
    return await tx.rows(keyset(statement, fee_schedules.c.id, cursor, limit))


async def schedule(tx: Transaction, payer_id: str, codes: Iterable[str], on: date) -> Mapping[str, Money]:
    """The amount of each code that holds on the day."""
    statement = (
        select(fee_schedules.c.code, fee_schedules.c.amount)
        .where(fee_schedules.c.payer_id == payer_id, fee_schedules.c.code.in_(list(codes)))
        .where(fee_schedules.c.effective_from <= on)
        .order_by(fee_schedules.c.code, fee_schedules.c.effective_from)
    )
    return {row["code"]: row["amount"] for row in await tx.rows(statement)}


async def add(tx: Transaction, given: Given) -> Given:
    await tx.execute(
        insert(estimates).values(
            practice_id=tx.practice_id,
            id=given.id,
            at=given.at,
            patient_id=given.patient_id,
            day=given.on,
            check_id=given.check_id,
            payer_id=given.payer_id,
            network=given.network.value,
            planned=PLANNED.dump_python(given.planned, mode="json"),
            result=RESULT.dump_python(given.result, mode="json"),
        )
    )
    return given


async def load(tx: Transaction, estimate_id: UUID) -> Given:
    """Raises NotFound."""
    row = await tx.row(select(estimates).where(estimates.c.id == estimate_id))
    if row is None:
        raise NotFound(kind="estimate", id=estimate_id)
    return _given(row)


async def page(tx: Transaction, patient_id: UUID | None, cursor: Cursor | None, limit: int) -> list[Given]:
    statement = select(estimates)
    if patient_id is not None:
        statement = statement.where(estimates.c.patient_id == patient_id)
    return [_given(row) for row in await tx.rows(keyset(statement, estimates.c.id, cursor, limit))]


def _given(row: Any) -> Given:
    return Given(
        row["id"],
        row["at"],
        row["patient_id"],
        row["day"],
        row["check_id"],
        row["payer_id"],
        Network(row["network"]),
        PLANNED.validate_python(row["planned"]),
        RESULT.validate_python(row["result"]),
    )
