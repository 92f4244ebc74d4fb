"""What holds each claim and for how much, and the timers of claims that may be judged anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, and_, delete, exists, func, insert, select, true

from claims.domain.claim import Claim
from claims.domain.findings import Finding, holding
from claims.domain.lifecycle import Status
from claims.domain.scrubbing import LOCATION_UNKNOWN
from claims.tables import claim_holds, claims
from common.money import Money
from common.pagination import Cursor, keyset
from common.uow import Transaction

WEIGH = "weigh-claim"
UNSENT = (Status.HELD, Status.READY, Status.CORRECTING)
# What another claim can end by giving something back.
USED_UP = ("AUTH_UNITS", "REFERRAL_VISITS", "REFERRAL_SERVICES")


@dataclass(frozen=True, slots=True)
class HoldTotal:
    """How many claims a reason holds and the dollars of what it holds; a claim with two reasons is in both."""

    reason: str
    claims: int
    amount: Money


async def keep(tx: Transaction, before: Claim | None, claim: Claim) -> None:
    """Write what holds the claim now; units and visits that it gave up are offered to the patient's claims."""
    if before is None:
        return
    if Status.HELD in (before.status, claim.status):
        await tx.execute(delete(claim_holds).where(claim_holds.c.claim_id == claim.id))
        if rows := _rows(tx, claim):
            await tx.execute(insert(claim_holds), rows)
    if before.authorized and (claim.status is Status.VOID or claim.authorized != before.authorized):
        wanting = exists().where(claim_holds.c.claim_id == claims.c.id, claim_holds.c.hold.in_(USED_UP))
        others = (claims.c.patient_id == claim.patient_id) & (claims.c.id != claim.id) & wanting
        weigh_soon(tx, await unsent(tx, others))


async def unsent(tx: Transaction, which: ColumnElement[bool] = true(), *columns: Any) -> Sequence[RowMapping]:
    """The ids, and `columns`, of claims that have not left for their payer: of all, or of those that are `which`."""
    waiting = claims.c.status.in_([status.value for status in UNSENT])
    return await tx.rows(select(claims.c.id, *columns).where(which, waiting).order_by(claims.c.id))


async def without_location(tx: Transaction, code: str) -> Sequence[RowMapping]:
    """The ids of claims that are held because the register lacked this location."""
    lacking = and_(claim_holds.c.claim_id == claims.c.id, claim_holds.c.hold == LOCATION_UNKNOWN.id)
    return await unsent(tx, and_(claims.c.coded["location_code"].astext == code, exists().where(lacking)))


def weigh_soon(tx: Transaction, rows: Iterable[RowMapping]) -> None:
    """Have claims judged anew, each in a transaction of its own."""
    for row in rows:
        tx.schedule(WEIGH, row["id"], due_at=tx.now)


async def listed(
    tx: Transaction, *, reason: str | None, payer_id: str | None, cursor: Cursor | None, limit: int
) -> list[UUID]:
    """The ids of held claims, oldest first."""
    statement = select(claims.c.id).where(claims.c.status == Status.HELD.value)
    if payer_id is not None:
        statement = statement.where(claims.c.payer_id == payer_id)
    if reason is not None:
        of_reason = and_(claim_holds.c.claim_id == claims.c.id, claim_holds.c.hold == reason)
        statement = statement.where(exists().where(of_reason))
    return [row["id"] for row in await tx.rows(keyset(statement, claims.c.id, cursor, limit))]


async def totals(tx: Transaction) -> list[HoldTotal]:
    """By reason, most dollars first."""
    amount = func.sum(claim_holds.c.amount)
    counted = func.count(claim_holds.c.claim_id.distinct())
    statement = (
        select(claim_holds.c.hold, counted.label("claims"), amount.label("amount"))
        .group_by(claim_holds.c.hold)
        .order_by(amount.desc(), claim_holds.c.hold)
    )
    return [HoldTotal(row["hold"], row["claims"], row["amount"]) for row in await tx.rows(statement)]


async def held(tx: Transaction) -> tuple[int, Money]:
    """How many claims are held, and their charges, each once."""
    found = select(func.count().label("claims"), func.sum(claims.c.charge).label("amount"))
    row = await tx.row(found.where(claims.c.status == Status.HELD.value))
    assert row is not None
    return row["claims"], row["amount"] or Money.zero()


def amount_of(claim: Claim, finding: Finding) -> Money:
    """The dollars that a finding keeps from the payer: its line's, or the claim's."""
    return next((line.charge for line in claim.lines if f"line {line.number}" == finding.where), claim.charge)


def _rows(tx: Transaction, claim: Claim) -> list[dict[str, Any]]:
    if claim.status is not Status.HELD:
        return []
    amounts = {
        (finding.id, finding.where): amount_of(claim, finding) for finding in holding(claim.findings, claim.overrides)
    }
    return [
        {"practice_id": tx.practice_id, "claim_id": claim.id, "hold": hold, "place": place, "amount": amount}
        for (hold, place), amount in amounts.items()
    ]
