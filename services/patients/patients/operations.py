"""What the front desk does. Each function is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from common.ids import new_id
from common.phi import Phi
from common.refusal import Stale
from common.uow import UnitOfWork
from patients import store
from patients.domain import coverage as coverages
from patients.domain import person as people
from patients.domain.coverage import Coverage, CoverageFacts
from patients.domain.person import Guarantor, Patient, Person
from patients.domain.refusals import RecordNumberTaken


async def register(
    uow: UnitOfWork, *, record_number: Phi[str], person: Person, phone: Phi[str] | None, today: date
) -> Patient:
    """Put a new patient on file. Raises RecordNumberTaken, BornInTheFuture."""
    async with uow.begin() as tx:
        await store.hold_record_number(tx, record_number)
        taken = await store.with_record_number(tx, record_number)
        if taken is not None:
            raise RecordNumberTaken(patient_id=taken)
        change = people.register(new_id(), record_number=record_number, person=person, phone=phone, today=today)
        patient = await store.add(tx, change)
        tx.audit("create", "patient", patient.id)
        return tx.done(patient)


async def amend(
    uow: UnitOfWork,
    patient_id: UUID,
    version: int,
    *,
    record_number: Phi[str],
    person: Person,
    phone: Phi[str] | None,
    today: date,
) -> Patient:
    """Correct a patient read at `version`. Raises NotFound, Stale, RecordNumberTaken, BornInTheFuture."""
    async with uow.begin() as tx:
        patient = await store.load(tx, patient_id)
        if patient.version != version:
            raise Stale(kind="patient", id=patient_id, version=version)
        await store.hold_record_number(tx, record_number)
        taken = await store.with_record_number(tx, record_number)
        if taken is not None and taken != patient_id:
            raise RecordNumberTaken(patient_id=taken)
        change = patient.amended(record_number=record_number, person=person, phone=phone, today=today)
        patient = await store.save(tx, change)
        tx.audit("update", "patient", patient.id, version=patient.version)
        return tx.done(patient)


async def set_guarantor(uow: UnitOfWork, patient_id: UUID, version: int, guarantor: Guarantor | None) -> Patient:
    """Say who answers for the bill. Raises NotFound, Stale."""
    async with uow.begin() as tx:
        patient = await store.load(tx, patient_id)
        if patient.version != version:
            raise Stale(kind="patient", id=patient_id, version=version)
        patient = await store.save(tx, patient.with_guarantor(guarantor))
        tx.audit("update", "guarantor", patient.id, version=patient.version)
        return tx.done(patient)


async def record_coverage(uow: UnitOfWork, patient_id: UUID, facts: CoverageFacts) -> Coverage:
    """Put a coverage on file. Raises NotFound and what domain.coverage.record raises."""
    async with uow.begin() as tx:
        await store.lock(tx, patient_id)
        others = await store.coverages_of(tx, patient_id)
        coverage = await store.add_coverage(tx, coverages.record(new_id(), patient_id, facts, others))
        tx.audit("create", "coverage", coverage.id, patient_id=patient_id)
        return tx.done(coverage)


async def amend_coverage(uow: UnitOfWork, coverage_id: UUID, version: int, facts: CoverageFacts) -> Coverage:
    """Correct or end a coverage. Raises NotFound, Stale and what domain.coverage.record raises."""
    async with uow.begin() as tx:
        coverage = await store.load_coverage(tx, coverage_id)
        await store.lock(tx, coverage.patient_id)
        if coverage.version != version:
            raise Stale(kind="coverage", id=coverage_id, version=version)
        others = await store.coverages_of(tx, coverage.patient_id)
        coverage = await store.save_coverage(tx, coverage.amended(facts, others))
        tx.audit("update", "coverage", coverage.id, version=coverage.version)
        return tx.done(coverage)


@dataclass(frozen=True, slots=True)
class Admission:
    """How a patient is now by another system's account; a coverage without an id is not on file yet."""

    record_number: Phi[str]
    person: Person
    phone: Phi[str] | None
    guarantor: Guarantor | None
    coverages: tuple[tuple[UUID | None, CoverageFacts], ...] = ()


Account = Callable[[Patient | None, Sequence[Coverage]], Admission]


async def admit(uow: UnitOfWork, record_number: Phi[str], account: Account, *, today: date) -> Patient:
    """Put on file what another system says of a patient: all of it, or nothing where something is refused.

    `account` is given the patient and the coverages on file, and says what they are now. What is the same already
    stays as it is. Coverages that end are amended first, so that what follows them does not overlap. Raises what
    `account`, `register`, `amend`, `set_guarantor`, `record_coverage` and `amend_coverage` raise.
    """
    async with uow.begin() as tx:
        joined = replace(uow, joined=tx)
        await store.hold_record_number(tx, record_number)
        found = await store.with_record_number(tx, record_number)
        on_file = await store.load(tx, found) if found else None
        coverages = await store.coverages_of(tx, found) if found else []
        told = account(on_file, coverages)
        patient = await _as_told(joined, on_file, told, today=today)
        if patient.guarantor != told.guarantor:
            patient = await set_guarantor(joined, patient.id, patient.version, told.guarantor)
        of_file = {coverage.id: coverage for coverage in coverages}
        for coverage_id, facts in sorted(told.coverages, key=_ends_first):
            if coverage_id is None:
                await record_coverage(joined, patient.id, facts)
            elif of_file[coverage_id].facts != facts:
                await amend_coverage(joined, coverage_id, of_file[coverage_id].version, facts)
        return tx.done(patient)


async def _as_told(uow: UnitOfWork, on_file: Patient | None, told: Admission, *, today: date) -> Patient:
    number, person, phone = told.record_number, told.person, told.phone
    if on_file is None:
        return await register(uow, record_number=number, person=person, phone=phone, today=today)
    if (on_file.person, on_file.phone) == (person, phone):
        return on_file
    return await amend(uow, on_file.id, on_file.version, record_number=number, person=person, phone=phone, today=today)


def _ends_first(told: tuple[UUID | None, CoverageFacts]) -> tuple[bool, date, int]:
    coverage_id, facts = told
    return coverage_id is None, facts.effective_to or date.max, facts.priority
