"""An encounter was coded, waits for a person in coding again, or will not be billed."""

from __future__ import annotations

from uuid import UUID

from claims.domain import assembly
from claims.domain.claim import Claim, started
from claims.domain.coding import CodedEncounter, LaterWord, NotBilled
from claims.domain.lifecycle import Status
from claims.operations.assembly import ASSEMBLE
from claims.store import claims as store
from claims.store import not_billed
from common.change import Change
from common.ids import new_id
from common.uow import UnitOfWork


async def take_coded(uow: UnitOfWork, coded: CodedEncounter, self_pay: NotBilled | None) -> Claim:
    """Open the encounter's claim, or bring the one it has up to this revision.

    What the patient pays alone is kept beside it. An older revision, or one told before, changes nothing.
    """
    async with uow.begin() as tx:
        if self_pay is not None:
            await not_billed.keep(tx, self_pay)
        before = await store.of_encounter(tx, coded.encounter_id)
        if before is None:
            claim = started(new_id(), await store.next_number(tx), coded, tx.now)
            await store.add(tx, Change(claim))
        else:
            change = assembly.recode(before, coded, tx.now)
            await store.save(tx, before, change)
            claim = change.aggregate
        if claim.status is Status.ASSEMBLING and claim != before:
            tx.schedule(ASSEMBLE, claim.id, due_at=tx.now, version=coded.revision)
        return tx.done(claim)


async def take_held(uow: UnitOfWork, encounter_id: UUID, word: LaterWord) -> None:
    """Coding asks about the encounter again: its claim is held, or a biller told when a payer may have it.

    An encounter that was never coded has no claim to hold, and an older revision changes nothing.
    """
    async with uow.begin() as tx:
        before = await store.of_encounter(tx, encounter_id)
        if before is not None:
            await store.save(tx, before, assembly.hold(before, word, tx.now))


async def take_not_billable(uow: UnitOfWork, facts: NotBilled) -> None:
    """Keep that no payer will see the encounter.

    A claim that an earlier revision opened is voided while no payer has seen it; otherwise the biller is told.
    """
    async with uow.begin() as tx:
        await not_billed.keep(tx, facts)
        before = await store.of_encounter(tx, facts.encounter_id)
        if before is not None and facts.revision > before.coded.newest:
            await store.save(tx, before, assembly.withdraw(before, facts, tx.now))
