"""Claims leave together: a batch gathers, departs, is handed to edi, and is told what became of it.

The intent (which claims, which control numbers, which reference) is committed before anything leaves the house, and
edi is asked under the batch's id: a crash at any point neither loses a claim nor sends it twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from claims.domain import submission
from claims.domain.batches import Batch, BatchStatus, departure, set_number_at
from claims.domain.claim import Claim
from claims.domain.lifecycle import Status
from claims.domain.parties import Payer
from claims.operations.professional_claim import render_batch
from claims.store import batches, registers
from claims.store import claims as store
from common.http import RemoteRefusal
from common.money import Money
from common.uow import Transaction, UnitOfWork
from x12 import WriteRefused

SEND = "send-batch"
# How long what could not be taken is left to whoever is judging it.
AFTER_A_LOOK = timedelta(milliseconds=200)

DEFAULT_SIZE = Payer.__dataclass_fields__["batch_size"].default


@dataclass(frozen=True, slots=True)
class Departure:
    """A batch whose claims are fixed, and the claims in the order of their ids."""

    batch: Batch
    claims: Sequence[Claim]


async def join_batch(tx: Transaction, claim: Claim) -> None:
    """Have a batch leave for the payer of a claim that waits for one."""
    payer = claim.snapshot.payer if claim.snapshot else None
    if payer is None or claim.status not in (Status.READY, Status.CORRECTING):
        return
    departs_at = departure(tx.now, payer.batch_seconds)
    batch_id = await batches.gathering(tx, payer.payer_id, departs_at)
    tx.schedule(SEND, batch_id, due_at=departs_at)


async def send_batch(uow: UnitOfWork, batch_id: UUID) -> None:
    """Let a batch depart and hand it to edi; one that was handed over before is left alone.

    Raises RemoteUnavailable; the next call goes on from the intent.
    """
    leaving = await depart(uow, batch_id)
    if leaving is not None:
        await hand_over(uow, leaving)


async def depart(uow: UnitOfWork, batch_id: UUID) -> Departure | None:
    """Fix what the batch carries; None when it has nothing to carry or left our hands before.

    A claim may have joined while the batch was leaving without it: then its timer finds the batch gone, and the claim
    gets another one.
    """
    async with uow.begin() as tx:
        batch = await batches.load(tx, batch_id)
        if batch is None:
            return None
        if batch.status is BatchStatus.GATHERING:
            return await _intend(tx, batch)
        await _look_again(tx, batch.payer_id)
        if batch.status is BatchStatus.INTENDED:
            return Departure(batch, await store.of_batch(tx, batch_id, lock=False))
        return None


async def hand_over(uow: UnitOfWork, leaving: Departure) -> None:
    """Give the batch to edi under its own id. What edi will never take goes back to the biller."""
    batch = leaving.batch
    try:
        request = {
            "reference": str(batch.id),
            "kind": "837P",
            "payer_id": batch.payer_id,
            "bodies": render_batch(batch, leaving.claims),
        }
        answer = await uow.clients["edi"].post_json(
            "/transmissions", request, practice_id=uow.practice_id, key=batch.id
        )
    except RemoteRefusal as refusal:
        await _not_taken(uow, batch, refusal.code)
    except WriteRefused:
        await _not_taken(uow, batch, "unwritable")
    else:
        await _handed_over(uow, batch, UUID(answer["transmission_id"]))


async def _intend(tx: Transaction, batch: Batch) -> Departure | None:
    payer = await registers.payer(tx, batch.payer_id)
    size = payer.entry.batch_size if payer else DEFAULT_SIZE
    waiting = await store.waiting_for(tx, batch.payer_id, size)
    if not waiting:
        await batches.put(tx, batch.id, BatchStatus.EMPTY)
        await _look_again(tx, batch.payer_id, AFTER_A_LOOK)
        return None
    carried = [await _carry(tx, claim, batch, set_number_at(place)) for place, claim in enumerate(waiting)]
    reference = await batches.next_reference(tx)
    await batches.put(
        tx,
        batch.id,
        BatchStatus.INTENDED,
        reference=reference,
        claim_count=len(carried),
        charge=Money.sum(claim.charge for claim in carried),
        intended_at=tx.now,
    )
    await _look_again(tx, batch.payer_id)
    return Departure(replace(batch, status=BatchStatus.INTENDED, reference=reference, intended_at=tx.now), carried)


async def _carry(tx: Transaction, claim: Claim, batch: Batch, set_number: int) -> Claim:
    change = submission.put_in_batch(claim, batch.id, tx.now, set_number=set_number)
    await store.save(tx, claim, change)
    return change.aggregate


async def _look_again(tx: Transaction, payer_id: str, pause: timedelta = timedelta(0)) -> None:
    """Have another batch leave where claims were left behind: by a full one, by one that was leaving, or because they
    were being judged just then and could not be taken.
    """
    if await store.any_waits_for(tx, payer_id):
        leaves_at = tx.now + pause
        tx.schedule(SEND, await batches.gathering(tx, payer_id, leaves_at), due_at=leaves_at)


async def _handed_over(uow: UnitOfWork, batch: Batch, transmission_id: UUID) -> None:
    async with uow.begin() as tx:
        now = await batches.load(tx, batch.id)
        if now is not None and now.status is BatchStatus.INTENDED:
            await batches.put(tx, batch.id, BatchStatus.HANDED_OVER, transmission_id=transmission_id)


async def _not_taken(uow: UnitOfWork, batch: Batch, code: str) -> None:
    async with uow.begin() as tx:
        now = await batches.load(tx, batch.id)
        if now is None or now.status is not BatchStatus.INTENDED:
            return
        await batches.put(tx, batch.id, BatchStatus.NOT_TAKEN, outcome=code)
        for claim in await store.of_batch(tx, batch.id):
            await store.save(tx, claim, submission.not_taken(claim, batch.id, code, tx.now))
