"""Interchanges, cheques and claim payments, from the wire to posted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, Select, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from common.ids import new_id
from common.money import Money
from common.refusal import NotFound
from common.uow import Transaction
from payments.domain.remittance import REVERSAL, PaidClaim, ProviderLevel, Remittance
from payments.sealing import REFERENCES
from payments.tables import claim_payments, interchanges, remittances

CLAIM = TypeAdapter(PaidClaim)
PROVIDER_LEVEL = TypeAdapter(tuple[ProviderLevel, ...])
WITHOUT_REFERENCES = {"__all__": {"reference"}}
BATCH = 500


class InterchangeState(StrEnum):
    WAITING = "waiting"
    READ = "read"
    REFUSED = "refused"


class RemittanceState(StrEnum):
    POSTING = "posting"
    POSTED = "posted"
    REFUSED = "refused"


class PaymentState(StrEnum):
    WAITING = "waiting"
    POSTED = "posted"
    UNMATCHED = "unmatched"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Cheque:
    """A remittance as it stands, without its claims; `claims` is their number."""

    id: UUID
    interchange_id: UUID
    position: int
    payer: str
    trace: str
    total: Money
    paid_on: date
    adjudicated_on: date
    method: str
    claims: int
    provider_level: tuple[ProviderLevel, ...]
    state: RemittanceState


@dataclass(frozen=True, slots=True)
class Payment:
    """One claim of a cheque as it stands."""

    id: UUID
    remittance_id: UUID
    claim: PaidClaim
    state: PaymentState
    claim_id: UUID | None
    reverses: UUID | None


async def announce(tx: Transaction, interchange_id: UUID, control: str) -> bool:
    """Note that an interchange waits to be read; False when it was noted before."""
    values = {
        "id": interchange_id,
        "practice_id": tx.practice_id,
        "interchange_control": control,
        "state": InterchangeState.WAITING,
        "announced_at": tx.now,
    }
    result = await tx.execute(insert(interchanges).values(values).on_conflict_do_nothing())
    return result.rowcount == 1


async def interchange_state(tx: Transaction, interchange_id: UUID) -> InterchangeState:
    """The state of an interchange, which this transaction then holds. Raises NotFound."""
    row = await tx.row(select(interchanges.c.state).where(interchanges.c.id == interchange_id).with_for_update())
    if row is None:
        raise NotFound(kind="interchange", id=interchange_id)
    return InterchangeState(row["state"])


async def end_interchange(tx: Transaction, interchange_id: UUID, state: InterchangeState) -> None:
    await tx.execute(update(interchanges).where(interchanges.c.id == interchange_id).values(state=state))


async def at(tx: Transaction, interchange_id: UUID, position: int) -> UUID | None:
    """The remittance that was made from this transaction of the interchange, if it was read before."""
    return await tx.scalar(
        select(remittances.c.id).where(
            remittances.c.interchange_id == interchange_id, remittances.c.position == position
        )
    )


async def same_payment(tx: Transaction, remittance: Remittance) -> UUID | None:
    """An accepted remittance of the same payer, trace, amount and date (rulebook 11)."""
    row = remittances.c
    return await tx.scalar(
        select(row.id).where(
            row.payer == remittance.payer,
            row.trace == remittance.trace,
            row.total == remittance.total,
            row.paid_on == remittance.paid_on,
            row.state != RemittanceState.REFUSED,
        )
    )


async def add(tx: Transaction, interchange_id: UUID, remittance: Remittance, state: RemittanceState) -> UUID | None:
    """Keep the head of a remittance and give its id; None when the same payment was accepted meanwhile."""
    id, named = new_id(), tuple(item.reference for item in remittance.provider_level)
    values = {
        "id": id,
        "practice_id": tx.practice_id,
        "interchange_id": interchange_id,
        "position": remittance.position,
        "payer": remittance.payer,
        "trace": remittance.trace,
        "total": remittance.total,
        "paid_on": remittance.paid_on,
        "adjudicated_on": remittance.adjudicated_on,
        "method": remittance.method,
        "claims": len(remittance.claims),
        "provider_level": PROVIDER_LEVEL.dump_python(
            remittance.provider_level, mode="json", exclude=WITHOUT_REFERENCES
        ),
        "sealed_references": REFERENCES.seal_if(tx.vault, tx.practice_id, id, named or None),
        "state": state,
        "read_at": tx.now,
    }
    made = insert(remittances).values(values).on_conflict_do_nothing().returning(remittances.c.id)
    return await tx.scalar(made)


ADD_CLAIMS = text("""
    INSERT INTO claim_payments (id, practice_id, remittance_id, position, control_number, status, charge, paid,
                                body, state)
    SELECT p.id, :practice_id, :remittance_id, p.position, p.control_number, p.status, p.charge, p.paid,
           CAST(p.body AS jsonb), p.state
    FROM unnest(CAST(:id AS uuid[]), CAST(:position AS int[]), CAST(:control_number AS text[]),
                CAST(:status AS text[]), CAST(:charge AS numeric[]), CAST(:paid AS numeric[]),
                CAST(:body AS text[]), CAST(:state AS text[]))
         AS p(id, position, control_number, status, charge, paid, body, state)
""")


async def add_claims(tx: Transaction, remittance_id: UUID, claims: Sequence[tuple[PaidClaim, PaymentState]]) -> None:
    for start in range(0, len(claims), BATCH):
        batch = claims[start : start + BATCH]
        await tx.execute(
            ADD_CLAIMS,
            {
                "practice_id": tx.practice_id,
                "remittance_id": remittance_id,
                "id": [new_id() for _ in batch],
                "position": [claim.position for claim, _ in batch],
                "control_number": [claim.control_number for claim, _ in batch],
                "status": [claim.status for claim, _ in batch],
                "charge": [claim.charge.amount for claim, _ in batch],
                "paid": [claim.paid.amount for claim, _ in batch],
                "body": [CLAIM.dump_json(claim).decode() for claim, _ in batch],
                "state": [state.value for _, state in batch],
            },
        )


async def held(tx: Transaction, remittance_id: UUID) -> Cheque:
    """The remittance, held until the transaction ends: one process at a time posts a cheque. Raises NotFound."""
    return await _one(tx, remittance_id, select(remittances).with_for_update())


async def find(tx: Transaction, remittance_id: UUID) -> Cheque:
    """Raises NotFound."""
    return await _one(tx, remittance_id, select(remittances))


async def _one(tx: Transaction, remittance_id: UUID, statement: Select[Any]) -> Cheque:
    row = await tx.row(statement.where(remittances.c.id == remittance_id))
    if row is None:
        raise NotFound(kind="remittance", id=remittance_id)
    return cheque(tx, row)


async def set_state(tx: Transaction, remittance_id: UUID, state: RemittanceState) -> None:
    await tx.execute(update(remittances).where(remittances.c.id == remittance_id).values(state=state))


async def next_waiting(tx: Transaction, remittance_id: UUID, limit: int) -> Sequence[Payment]:
    """The next payments to post: what is taken back first, so that its correction finds the claim open again."""
    row = claim_payments.c
    rows = await tx.rows(
        select(claim_payments)
        .where(row.remittance_id == remittance_id, row.state == PaymentState.WAITING)
        .order_by(row.status != REVERSAL, row.position)
        .limit(limit)
    )
    return [payment(row) for row in rows]


async def payment_of(tx: Transaction, payment_id: UUID) -> Payment:
    """Raises NotFound."""
    row = await tx.row(select(claim_payments).where(claim_payments.c.id == payment_id))
    if row is None:
        raise NotFound(kind="claim payment", id=payment_id)
    return payment(row)


async def posted_for(tx: Transaction, claim_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Payment]]:
    """The posted payments of each claim, oldest first."""
    row = claim_payments.c
    found: dict[UUID, list[Payment]] = {claim_id: [] for claim_id in claim_ids}
    if claim_ids:
        statement = (
            select(claim_payments)
            .where(row.claim_id.in_(claim_ids), row.state == PaymentState.POSTED)
            .order_by(row.posted_at, row.id)
        )
        for item in await tx.rows(statement):
            found[item["claim_id"]].append(payment(item))
    return found


SETTLE = text("""
    UPDATE claim_payments AS c
    SET state = s.state, claim_id = s.claim_id, reverses = s.reverses,
        posted_at = CASE WHEN s.state = 'posted' THEN CAST(:now AS timestamptz) END
    FROM unnest(CAST(:id AS uuid[]), CAST(:state AS text[]), CAST(:claim_id AS uuid[]), CAST(:reverses AS uuid[]))
         AS s(id, state, claim_id, reverses)
    WHERE c.id = s.id
""")


async def settle(tx: Transaction, payments: Iterable[Payment]) -> None:
    """Write how each payment ended."""
    ended = list(payments)
    if ended:
        await tx.execute(
            SETTLE,
            {
                "now": tx.now,
                "id": [item.id for item in ended],
                "state": [item.state.value for item in ended],
                "claim_id": [item.claim_id for item in ended],
                "reverses": [item.reverses for item in ended],
            },
        )


async def unmatched_reversals(tx: Transaction, numbers: Collection[str]) -> Mapping[str, Sequence[PaidClaim]]:
    """The reversals under each control number that wait for the payment they take back."""
    row = claim_payments.c
    found: dict[str, list[PaidClaim]] = {}
    statement = select(claim_payments).where(
        row.state == PaymentState.UNMATCHED, row.control_number.in_(numbers), row.status == REVERSAL
    )
    for item in await tx.rows(statement) if numbers else ():
        found.setdefault(item["control_number"], []).append(payment(item).claim)
    return found


async def wake(tx: Transaction, *, numbers: Collection[str]) -> Sequence[UUID]:
    """Let unmatched payments under these control numbers be tried again; gives their remittances."""
    row = claim_payments.c
    woken = await tx.rows(
        update(claim_payments)
        .where(row.state == PaymentState.UNMATCHED, row.control_number.in_(numbers))
        .values(state=PaymentState.WAITING)
        .returning(row.remittance_id)
    )
    return sorted({item["remittance_id"] for item in woken})


async def waiting_before(tx: Transaction, remittance_id: UUID) -> Sequence[UUID]:
    """Cheques that came in before this one and have payments waiting, in the order in which they came."""
    row, own = remittances.c, remittances.alias("own")
    place = select(own.c.interchange_id, own.c.position).where(own.c.id == remittance_id).subquery()
    waiting = select(claim_payments.c.remittance_id).where(claim_payments.c.state == PaymentState.WAITING)
    rows = await tx.rows(
        select(row.id)
        .where(row.id.in_(waiting))
        .where(tuple_(row.interchange_id, row.position) < tuple_(place.c.interchange_id, place.c.position))
        .order_by(row.interchange_id, row.position)
    )
    return [item["id"] for item in rows]


async def unread_before(tx: Transaction, interchange_id: UUID) -> Sequence[UUID]:
    """Interchanges that edi took in before this one and that are not read yet, in that order."""
    row = interchanges.c
    rows = await tx.rows(
        select(row.id).where(row.state == InterchangeState.WAITING, row.id < interchange_id).order_by(row.id)
    )
    return [item["id"] for item in rows]


async def counts(tx: Transaction, remittance_ids: Collection[UUID]) -> Mapping[UUID, Mapping[PaymentState, int]]:
    """How many claim payments of each remittance are in each state."""
    row = claim_payments.c
    found: dict[UUID, dict[PaymentState, int]] = {id: {} for id in remittance_ids}
    if remittance_ids:
        statement = (
            select(row.remittance_id, row.state, func.count().label("many"))
            .where(row.remittance_id.in_(remittance_ids))
            .group_by(row.remittance_id, row.state)
        )
        for item in await tx.rows(statement):
            found[item["remittance_id"]][PaymentState(item["state"])] = item["many"]
    return found


def cheque(tx: Transaction, row: RowMapping) -> Cheque:
    values: dict[str, Any] = {name: row[name] for name in Cheque.__slots__}
    named = REFERENCES.open_if(tx.vault, tx.practice_id, row["id"], row["sealed_references"])
    levels = row["provider_level"]
    if named is not None:
        levels = [item | {"reference": name} for item, name in zip(levels, named, strict=True)]
    values["provider_level"] = PROVIDER_LEVEL.validate_python(levels)
    values["state"] = RemittanceState(row["state"])
    return Cheque(**values)


def payment(row: RowMapping) -> Payment:
    return Payment(
        id=row["id"],
        remittance_id=row["remittance_id"],
        claim=CLAIM.validate_python(row["body"]),
        state=PaymentState(row["state"]),
        claim_id=row["claim_id"],
        reverses=row["reverses"],
    )
