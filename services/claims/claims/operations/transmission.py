"""What edi tells of a batch on the wire: it left, the 999 of it came, or it can never leave."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from claims.domain import submission
from claims.domain.acknowledgement import Acknowledgement, acknowledge
from claims.domain.batches import BatchStatus, FunctionalAnswer, SetVerdict
from claims.domain.claim import Claim
from claims.operations.following import catch_up
from claims.store import acknowledgements, batches
from claims.store import claims as store
from common.change import Change
from common.uow import Transaction, UnitOfWork


async def transmission_sent(uow: UnitOfWork, batch_id: UUID, transmission_id: UUID) -> None:
    """The claims of the batch are with their payer; acknowledgements that came before this word are applied now."""
    async with uow.begin() as tx:
        batch = await batches.load(tx, batch_id)
        if batch is None:
            return
        if batch.status in (BatchStatus.INTENDED, BatchStatus.HANDED_OVER):
            await batches.put(tx, batch_id, BatchStatus.SENT, transmission_id=transmission_id)
        claims = await store.of_batch(tx, batch_id)
        early = await _early(tx, claims)
        for claim in claims:
            change = submission.sent(claim, batch_id, transmission_id, tx.now)
            for said in early[claim.id]:
                heard = acknowledge(change.aggregate, said, tx.now)
                change = Change(heard.aggregate, (*change.events, *heard.events))
            await store.save(tx, claim, change)
            await catch_up(tx, change.aggregate)


async def transmission_acknowledged(uow: UnitOfWork, batch_id: UUID, answer: FunctionalAnswer) -> None:
    """A 999: the claims of the sets that it refused never reached their payer."""
    async with uow.begin() as tx:
        if await batches.load(tx, batch_id) is None:
            return
        await batches.put(tx, batch_id, answer.status, outcome=answer.outcome)
        carried = [(claim, _set_of(claim, batch_id)) for claim in await store.of_batch(tx, batch_id)]
        count = max((number for _, number in carried), default=1)
        for claim, number in carried:
            verdict = answer.verdict(number, of=count)
            if verdict is not SetVerdict.TAKEN:
                change = _refused(claim, batch_id, answer, number, verdict, tx.now)
                await store.save(tx, claim, change)
                await catch_up(tx, change.aggregate)


async def transmission_failed(uow: UnitOfWork, batch_id: UUID, code: str) -> None:
    """A TA1 refused the interchange, or the partner will not have it."""
    async with uow.begin() as tx:
        if await batches.load(tx, batch_id) is None:
            return
        await batches.put(tx, batch_id, BatchStatus.FAILED, outcome=code)
        await _reject(tx, batch_id, ("TA1",), (code,))


async def _reject(tx: Transaction, batch_id: UUID, categories: tuple[str, ...], statuses: tuple[str, ...]) -> None:
    for claim in await store.of_batch(tx, batch_id):
        change = submission.transmission_rejected(claim, batch_id, categories, statuses, tx.now)
        await store.save(tx, claim, change)
        await catch_up(tx, change.aggregate)


def _refused(
    claim: Claim, batch_id: UUID, answer: FunctionalAnswer, set_number: int, verdict: SetVerdict, now: datetime
) -> Change[Claim]:
    if verdict is SetVerdict.UNKNOWN:
        return submission.acknowledgement_unclear(claim, batch_id, answer.outcome, now)
    return submission.transmission_rejected(claim, batch_id, (answer.outcome,), answer.errors_of(set_number), now)


def _set_of(claim: Claim, batch_id: UUID) -> int:
    return next(one.set_number for one in claim.submissions if one.batch_id == batch_id)


async def _early(tx: Transaction, claims: list[Claim]) -> dict[UUID, list[Acknowledgement]]:
    """The acknowledgements that waited for this word, marked as applied."""
    waiting = await acknowledgements.waiting(tx, (claim.id for claim in claims))
    if waiting:
        await acknowledgements.applied(tx, (row for row, _, _ in waiting))
    by_claim: dict[UUID, list[Acknowledgement]] = defaultdict(list)
    for _, claim_id, said in waiting:
        by_claim[claim_id].append(said)
    return by_claim
