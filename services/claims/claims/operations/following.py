"""A claim follows what coding says of its encounter, at once or when its payer's word lets it."""

from __future__ import annotations

from claims.domain import recoding
from claims.domain.claim import Claim
from claims.domain.lifecycle import Status
from claims.operations.assembly import ASSEMBLE
from claims.store import claims as store
from claims.store import follow_ups
from common.change import Change
from common.uow import Transaction


async def follow(tx: Transaction, before: Claim, change: Change[Claim]) -> Claim:
    """Save the change; a claim that is to be built again is assembled next, and nobody waits for it any more."""
    await store.save(tx, before, change)
    claim = change.aggregate
    if claim.status is Status.ASSEMBLING and claim != before:
        tx.schedule(ASSEMBLE, claim.id, due_at=tx.now, version=claim.coded.newest)
    if recoding.waits(before) and not recoding.waits(claim):
        waited = (recoding.RECODED_WAITS, recoding.WITHDRAWN_WAITS)
        await follow_ups.answered(tx, before.id, waited, by=store.BY_ITSELF)
    return claim


async def catch_up(tx: Transaction, changed: Claim) -> None:
    """Have a claim that was just saved follow the word that waited for its payer's."""
    if recoding.is_behind(changed):
        before = await store.load(tx, changed.id)
        await follow(tx, before, recoding.catch_up(before, tx.now))
