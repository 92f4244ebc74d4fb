"""What the services before the visit say is kept, and the claims that it bears on are judged anew."""

from __future__ import annotations

from uuid import UUID

from claims.domain import assembly, recoding
from claims.domain.claim import Claim
from claims.domain.facts import Fact
from claims.domain.gate_policy import GatePolicy
from claims.domain.lifecycle import Status
from claims.domain.scrubbing import LOCATION_UNKNOWN
from claims.operations.batching import join_batch
from claims.operations.following import follow
from claims.store import claims as store
from claims.store import holds, readiness, registers
from claims.store.registers import Registered
from common.uow import Transaction, UnitOfWork

WEIGH = holds.WEIGH


async def hear(uow: UnitOfWork, told: Fact, id: UUID) -> None:
    """Keep a fact of aggregate `id`, and have the unsent claims judged that it concerns, before or after it.

    A word that is not newer than what was heard changes nothing.
    """
    async with uow.begin() as tx:
        known, joined = await readiness.keep(tx, told, id)
        if joined != known:
            holds.weigh_soon(tx, await readiness.concerned(tx, [fact for fact in (known, joined) if fact is not None]))


async def put_policy(uow: UnitOfWork, entry: GatePolicy, version: int) -> Registered[GatePolicy]:
    """Change what the practice asks for; every claim that has not left is judged by it. Raises Stale."""
    async with uow.begin() as tx:
        await readiness.alone(tx)
        put = await readiness.put_policy(tx, entry, version)
        tx.audit("update", "gate-policy", put.id, version=put.version)
        holds.weigh_soon(tx, await holds.unsent(tx))
        return tx.done(put)


async def weigh_claim(uow: UnitOfWork, claim_id: UUID) -> None:
    """Judge a claim by what was heard since; one that has left is left alone, and one that was held for a location
    that is known now is built again. Raises NotFound.
    """
    async with uow.begin() as tx:
        before = await store.load(tx, claim_id)
        if await _is_found(tx, before):
            await follow(tx, before, recoding.rebuild(before, tx.now, by=store.BY_ITSELF))
            return
        await store.one_at_a_time(tx, before.patient_id)
        change = assembly.weigh(before, await readiness.facts_of(tx, before), tx.now)
        await store.save(tx, before, change)
        if change.aggregate != before:
            await join_batch(tx, change.aggregate)


async def _is_found(tx: Transaction, claim: Claim) -> bool:
    """Whether a claim is held for a location that the register has now."""
    if claim.status is not Status.HELD or not any(finding.id == LOCATION_UNKNOWN.id for finding in claim.findings):
        return False
    return await registers.location(tx, claim.coded.location_code) is not None
