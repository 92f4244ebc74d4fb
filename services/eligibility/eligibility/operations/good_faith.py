"""Good-faith estimates: made, and given within their clock."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from common.ids import new_id
from common.phi import Phi
from common.refusal import NotFound, Stale
from common.uow import UnitOfWork
from eligibility.domain.good_faith import Document, ExpectedItem, GoodFaithEstimate, Provider, Why, due_on
from eligibility.domain.refusals import PracticeIncomplete
from eligibility.operations.document import as_pdf
from eligibility.operations.patient_facts import Person, ask_patients
from eligibility.store import good_faith as store


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected for a patient; `begun_on` is when it was scheduled, or asked for."""

    patient_id: UUID
    why: Why
    begun_on: date
    scheduled_on: date | None
    primary_service: str
    items: tuple[ExpectedItem, ...]
    scheduled_apart: tuple[str, ...] = ()


async def make(uow: UnitOfWork, expected: Expected) -> GoodFaithEstimate:
    """Make an estimate of what is expected. Raises NotFound, PracticeIncomplete, EstimateNotRequired,
    CannotBeShown.
    """
    due = due_on(expected.why, expected.begun_on, expected.scheduled_on)
    async with replace(uow, request=None, render=None).begin() as tx:
        provider = await store.provider(tx)
    if provider is None:
        raise PracticeIncomplete
    facts = await ask_patients(uow, expected.patient_id, expected.scheduled_on or expected.begun_on)
    if facts is None:
        raise NotFound(kind="patient", id=expected.patient_id)
    async with uow.begin() as tx:
        document = Document(
            patient_name=_name(facts.patient),
            birth_date=facts.patient.birth_date,
            primary_service=expected.primary_service,
            items=expected.items,
            provider=provider,
            made_on=uow.today,
            scheduled_on=expected.scheduled_on,
            scheduled_apart=expected.scheduled_apart,
        )
        made = GoodFaithEstimate(
            id=new_id(),
            patient_id=expected.patient_id,
            why=expected.why,
            begun_on=expected.begun_on,
            due_on=due,
            total=document.total,
            scheduled_on=expected.scheduled_on,
        )
        # Shown once before it is kept: one that cannot be handed over is not made.
        await asyncio.to_thread(as_pdf, made.id, document)
        return tx.done(await store.add(tx, made, document))


async def give(uow: UnitOfWork, estimate_id: UUID, version: int) -> GoodFaithEstimate:
    """It was handed over or sent. Raises NotFound, Stale, AlreadyGiven."""
    async with uow.begin() as tx:
        made = await store.load(tx, estimate_id)
        if made.version != version:
            raise Stale(kind="good-faith estimate", id=estimate_id, version=version)
        return tx.done(await store.save(tx, made.given(tx.now)))


async def put_provider(uow: UnitOfWork, entry: Provider) -> Provider:
    async with uow.begin() as tx:
        await store.put_provider(tx, entry)
        return tx.done(entry)


def _name(person: Person) -> Phi[str]:
    return Phi(f"{person.name.given.reveal()} {person.name.family.reveal()}")
