"""An encounter was coded, waits for a person in coding again, or will not be billed."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from claims.domain import assembly, recoding
from claims.domain.claim import Claim, started
from claims.domain.coding import LaterWord, NotBilled
from claims.domain.recoding import Recoded
from claims.operations.assembly import ASSEMBLE
from claims.operations.following import follow
from claims.store import claims as store
from claims.store import not_billed, registers
from common.change import Change
from common.ids import new_id
from common.uow import UnitOfWork


async def take_coded(uow: UnitOfWork, word: Recoded, self_pay: NotBilled | None) -> Claim:
    """Open the encounter's claim, or have the one it has follow this revision.

    What the patient pays alone is kept beside it. An older revision, or one told before, changes nothing.
    """
    coded = word.coded
    async with uow.begin() as tx:
        if self_pay is not None:
            await not_billed.keep(tx, self_pay)
        before = await store.of_encounter(tx, coded.encounter_id)
        if before is None:
            claim = started(new_id(), await store.next_number(tx), coded, tx.now)
            await store.add(tx, Change(claim))
            tx.schedule(ASSEMBLE, claim.id, due_at=tx.now, version=coded.revision)
            return tx.done(claim)
        location = await registers.location(tx, coded.location_code)
        told = replace(word, location=location.entry if location else None)
        return tx.done(await follow(tx, before, recoding.recode(before, told, tx.now)))


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

    A claim that an earlier revision opened is voided, here while no payer has seen it and afterwards at its payer.
    """
    async with uow.begin() as tx:
        await not_billed.keep(tx, facts)
        before = await store.of_encounter(tx, facts.encounter_id)
        if before is not None and facts.revision > before.coded.newest:
            await follow(tx, before, recoding.withdraw(before, facts, tx.now))
