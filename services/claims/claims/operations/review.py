"""What a biller does with a claim that waits for a person."""

from __future__ import annotations

from uuid import UUID

from claims.domain import assembly, recoding
from claims.domain.claim import Claim
from claims.domain.findings import Override
from claims.operations.assembly import surroundings
from claims.operations.batching import join_batch
from claims.operations.following import follow
from claims.store import claims as store
from claims.store import follow_ups
from claims.store.follow_ups import FollowUpRow
from common.phi import Phi
from common.refusal import Stale
from common.uow import UnitOfWork


async def rebuild_claim(uow: UnitOfWork, claim_id: UUID) -> Claim:
    """Assemble a held or rejected claim again. Raises NotFound, FactOutOfPlace."""
    async with uow.begin() as tx:
        before = await store.load(tx, claim_id)
        await follow(tx, before, recoding.rebuild(before, tx.now, by=tx.actor.subject))
        return tx.done(await store.load(tx, claim_id))


async def void_claim(uow: UnitOfWork, claim_id: UUID, *, reason: Phi[str]) -> Claim:
    """Give up a claim that no payer has seen. Raises NotFound, AlreadySubmitted, FactOutOfPlace."""
    async with uow.begin() as tx:
        before = await store.load(tx, claim_id)
        await store.save(tx, before, assembly.void(before, tx.now, by=tx.actor.subject, reason=reason))
        return tx.done(await store.load(tx, claim_id))


async def override_finding(
    uow: UnitOfWork, claim_id: UUID, version: int, *, finding: str, where: str, reason: Phi[str]
) -> Claim:
    """Let a finding pass for a reason, and judge the claim again.

    Raises NotFound, Stale, FindingNotThere, FindingNotOverridable, FactOutOfPlace.
    """
    async with uow.begin() as tx:
        before = await store.load(tx, claim_id)
        if before.version != version:
            raise Stale(kind="claim", id=claim_id, version=version)
        answer = Override(finding, where, reason, tx.actor.subject, tx.now)
        change = assembly.override(before, answer, await surroundings(tx, before))
        await store.save(tx, before, change)
        tx.audit("decide", "claim", claim_id, finding=finding)
        await join_batch(tx, change.aggregate)
        return tx.done(await store.load(tx, claim_id))


async def settle_follow_up(uow: UnitOfWork, follow_up_id: UUID, *, answer: Phi[str]) -> FollowUpRow:
    """Say that a follow-up was looked at. Raises NotFound, FollowUpSettled."""
    async with uow.begin() as tx:
        row = await follow_ups.settle(tx, follow_up_id, by=tx.actor.subject, answer=answer)
        tx.audit("decide", "follow-up", follow_up_id, claim_id=str(row.claim_id))
        return tx.done(row)
