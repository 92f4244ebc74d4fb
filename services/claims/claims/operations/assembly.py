"""A claim is put together: what `patients` knows, what the registers say, and the scrubber's word."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from claims.domain import assembly
from claims.domain.assembly import Surroundings
from claims.domain.claim import Claim
from claims.domain.lifecycle import Status
from claims.domain.parties import Snapshot
from claims.operations.batching import join_batch
from claims.operations.patient_facts import RESPONSIBILITIES, PatientFacts, ask_patients
from claims.store import claims as store
from claims.store import readiness, registers
from common.uow import Transaction, UnitOfWork

ASSEMBLE = "assemble-claim"


async def assemble_claim(uow: UnitOfWork, claim_id: UUID) -> None:
    """Ask `patients`, then freeze, price and scrub; a claim that has moved on since is left alone.

    Raises RemoteUnavailable, RemoteRefusal when `patients` will not answer.
    """
    async with uow.begin() as tx:
        waiting = await store.load(tx, claim_id, lock=False)
    if waiting.status is not Status.ASSEMBLING:
        return
    facts = await ask_patients(uow, waiting.patient_id, waiting.coded.date_of_service)
    async with uow.begin() as tx:
        before = await store.load(tx, claim_id)
        if before.status is not Status.ASSEMBLING or before.coded.revision != waiting.coded.revision:
            return
        around = await surroundings(tx, before)
        snapshot = await _snapshot(tx, before, facts, around.today)
        charges = await registers.charges_of(tx, (line.cpt for line in before.lines))
        change = assembly.assemble(before, snapshot, charges, around, tx.now)
        await store.save(tx, before, change)
        await join_batch(tx, change.aggregate)


async def surroundings(tx: Transaction, claim: Claim) -> Surroundings:
    """What `claim` is judged against: the practice's day, what else is billed for the patient, and what was heard."""
    zone = ZoneInfo(await registers.time_zone(tx))
    today, neighbours = tx.now.astimezone(zone).date(), await store.neighbours_of(tx, claim)
    return Surroundings(today, neighbours, await readiness.facts_of(tx, claim))


async def _snapshot(tx: Transaction, claim: Claim, facts: PatientFacts, on: date) -> Snapshot:
    billed = {earlier.snapshot.coverage.coverage_id for earlier in claim.earlier if earlier.snapshot.coverage}
    left = [coverage for coverage in facts.coverages if coverage.coverage_id not in billed]
    coverage = replace(left[0], responsibility=RESPONSIBILITIES[len(claim.earlier)]) if left else None
    payer = await registers.payer(tx, coverage.payer_id) if coverage else None
    practice = await registers.practice(tx)
    rendering = await registers.rendering(tx, claim.coded.rendering_npi)
    location = await registers.location(tx, claim.coded.location_code)
    return Snapshot(
        taken_on=on,
        patient=facts.patient,
        coverage=coverage,
        payer=payer.entry if payer else None,
        practice=practice.entry if practice else None,
        rendering=rendering.entry if rendering else None,
        location=location.entry if location else None,
        further_payers=min(len(left), len(RESPONSIBILITIES) - len(claim.earlier)) - 1 if left else 0,
    )
