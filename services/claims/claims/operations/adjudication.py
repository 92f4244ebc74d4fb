"""The payer decided, and denials acts on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from claims.domain import adjudication, correction, next_payer
from claims.domain.adjudication import Posting
from claims.domain.claim import Claim
from claims.domain.correction import Correction
from claims.operations.assembly import ASSEMBLE, surroundings
from claims.operations.batching import join_batch
from claims.operations.following import catch_up
from claims.store import claims as store
from common.change import Change
from common.money import Money
from common.uow import UnitOfWork

CROSSOVER = "crossover-answer"


async def post_remittance(uow: UnitOfWork, claim_id: UUID, posting: Posting) -> None:
    """Raises NotFound for a claim that is none of this practice's."""
    await _changed(uow, claim_id, lambda claim, now: adjudication.post(claim, posting, now))


async def request_correction(uow: UnitOfWork, claim_id: UUID, asked: Correction) -> None:
    """Change the lines, scrub, and have the replacement leave with the next batch. Raises NotFound."""
    async with uow.begin() as tx:
        before = await store.load(tx, claim_id)
        change = correction.correct(before, asked, await surroundings(tx, before), tx.now)
        await store.save(tx, before, change)
        await join_batch(tx, change.aggregate)


async def file_appeal(
    uow: UnitOfWork,
    claim_id: UUID,
    *,
    case_id: UUID,
    level: int,
    filed_on: date,
    due: date,
    remittance_id: UUID | None,
) -> None:
    """Raises NotFound."""
    await _changed(
        uow,
        claim_id,
        lambda claim, now: adjudication.appeal(
            claim, now, case_id=case_id, level=level, filed_on=filed_on, due=due, remittance_id=remittance_id
        ),
    )


async def overturn_denial(
    uow: UnitOfWork, claim_id: UUID, *, case_id: UUID, recovered: Money, remittance_id: UUID | None
) -> None:
    """Raises NotFound."""
    await _changed(
        uow,
        claim_id,
        lambda claim, now: adjudication.overturned(
            claim, now, case_id=case_id, recovered=recovered, remittance_id=remittance_id
        ),
    )


async def uphold_denial(
    uow: UnitOfWork, claim_id: UUID, *, case_id: UUID, write_off: Money, remittance_id: UUID | None
) -> None:
    """Raises NotFound."""
    await _changed(
        uow,
        claim_id,
        lambda claim, now: adjudication.upheld(
            claim, now, case_id=case_id, write_off=write_off, remittance_id=remittance_id
        ),
    )


async def crossover_due(uow: UnitOfWork, claim_id: UUID) -> None:
    """Tell somebody of a claim that was crossed over and that the next payer has not answered. Raises NotFound."""
    async with uow.begin() as tx:
        before = await store.load(tx, claim_id)
        await store.save(tx, before, next_payer.crossover_unanswered(before, tx.now))


async def _changed(uow: UnitOfWork, claim_id: UUID, act: Callable[[Claim, datetime], Change[Claim]]) -> None:
    async with uow.begin() as tx:
        before = await store.load(tx, claim_id)
        change = act(before, tx.now)
        await store.save(tx, before, change)
        claim = change.aggregate
        if len(claim.earlier) > len(before.earlier):
            tx.schedule(ASSEMBLE, claim_id, due_at=tx.now, version=claim.coded.newest)
        elif next_payer.crossed_over(claim) and not next_payer.crossed_over(before):
            due_at = tx.now + timedelta(days=next_payer.CROSSOVER_DAYS)
            tx.schedule(CROSSOVER, claim_id, due_at=due_at, version=claim.version)
        await catch_up(tx, claim)
