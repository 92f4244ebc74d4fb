"""Rows to patients and coverages, and back. Never commits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import insert, select

from common.change import Change
from common.pagination import Cursor, keyset
from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction
from patients.domain.coverage import Coverage, CoverageFacts, Relationship
from patients.domain.person import Address, Guarantor, Name, Patient, Person, Sex
from patients.tables import coverages, patients

ADDRESS = TypeAdapter(Address)
GUARANTOR = TypeAdapter(Guarantor)
PERSON = TypeAdapter(Person)


async def load(tx: Transaction, patient_id: UUID) -> Patient:
    """Raises NotFound."""
    row = await tx.row(select(patients).where(patients.c.id == patient_id))
    if row is None:
        raise NotFound(kind="patient", id=patient_id)
    return _patient(row)


async def lock(tx: Transaction, patient_id: UUID) -> None:
    """Let one change at a time look at the patient's coverages. Raises NotFound."""
    if await tx.row(select(patients.c.id).where(patients.c.id == patient_id).with_for_update()) is None:
        raise NotFound(kind="patient", id=patient_id)


async def with_record_number(tx: Transaction, record_number: str) -> UUID | None:
    return await tx.scalar(select(patients.c.id).where(patients.c.record_number == record_number))


async def page(tx: Transaction, cursor: Cursor | None, limit: int) -> list[Patient]:
    rows = await tx.rows(keyset(select(patients), patients.c.id, cursor, limit))
    return [_patient(row) for row in rows]


async def found_by(tx: Transaction, criteria: dict[str, Any], limit: int) -> list[Patient]:
    """Patients whose columns equal all of `criteria`; `member_id` looks at their coverages."""
    criteria = dict(criteria)
    statement = select(patients).order_by(patients.c.id).limit(limit)
    member_id = criteria.pop("member_id", None)
    if member_id is not None:
        statement = statement.where(
            patients.c.id.in_(select(coverages.c.patient_id).where(coverages.c.member_id == member_id))
        )
    for name, value in criteria.items():
        statement = statement.where(patients.c[name] == value)
    return [_patient(row) for row in await tx.rows(statement)]


async def add(tx: Transaction, change: Change[Patient]) -> Patient:
    patient = change.aggregate
    await tx.execute(insert(patients).values(id=patient.id, practice_id=tx.practice_id, **_columns(patient), version=1))
    _publish(tx, change.events, patient.id, 1)
    return patient


async def save(tx: Transaction, change: Change[Patient]) -> Patient:
    """Raises Stale when somebody was faster."""
    patient = change.aggregate
    version = await save_version(tx, patients, patient.id, patient.version, _columns(patient), kind="patient")
    _publish(tx, change.events, patient.id, version)
    return replace(patient, version=version)


async def coverages_of(tx: Transaction, patient_id: UUID) -> list[Coverage]:
    rows = await tx.rows(
        select(coverages).where(coverages.c.patient_id == patient_id).order_by(coverages.c.priority, coverages.c.id)
    )
    return [_coverage(row) for row in rows]


async def load_coverage(tx: Transaction, coverage_id: UUID) -> Coverage:
    """Raises NotFound."""
    row = await tx.row(select(coverages).where(coverages.c.id == coverage_id))
    if row is None:
        raise NotFound(kind="coverage", id=coverage_id)
    return _coverage(row)


async def add_coverage(tx: Transaction, change: Change[Coverage]) -> Coverage:
    coverage = change.aggregate
    await tx.execute(
        insert(coverages).values(
            id=coverage.id,
            practice_id=tx.practice_id,
            patient_id=coverage.patient_id,
            version=1,
            **_coverage_columns(coverage.facts),
        )
    )
    _publish(tx, change.events, coverage.id, 1)
    return coverage


async def save_coverage(tx: Transaction, change: Change[Coverage]) -> Coverage:
    """Raises Stale when somebody was faster."""
    coverage = change.aggregate
    version = await save_version(
        tx, coverages, coverage.id, coverage.version, _coverage_columns(coverage.facts), kind="coverage"
    )
    _publish(tx, change.events, coverage.id, version)
    return replace(coverage, version=version)


def _publish(tx: Transaction, events: tuple[Any, ...], key: UUID, version: int) -> None:
    for event in events:
        tx.publish(event, key=key, version=version)


def _columns(patient: Patient) -> dict[str, Any]:
    person = patient.person
    return {
        "record_number": patient.record_number,
        "family": person.name.family,
        "given": person.name.given,
        "middle": person.name.middle,
        "birth_date": person.birth_date,
        "sex": person.sex.value,
        "address": ADDRESS.dump_python(person.address, mode="json"),
        "phone": patient.phone,
        "guarantor": GUARANTOR.dump_python(patient.guarantor, mode="json") if patient.guarantor else None,
    }


def _patient(row: Any) -> Patient:
    person = Person(
        name=Name(row["family"], row["given"], row["middle"]),
        birth_date=row["birth_date"],
        sex=Sex(row["sex"]),
        address=ADDRESS.validate_python(row["address"]),
    )
    return Patient(
        id=row["id"],
        record_number=row["record_number"],
        person=person,
        phone=row["phone"],
        guarantor=GUARANTOR.validate_python(row["guarantor"]) if row["guarantor"] else None,
        version=row["version"],
    )


def _coverage_columns(facts: CoverageFacts) -> dict[str, Any]:
    return {
        "payer_id": facts.payer_id,
        "member_id": facts.member_id,
        "group_number": facts.group_number,
        "relationship": facts.relationship.value,
        "priority": facts.priority,
        "effective_from": facts.effective_from,
        "effective_to": facts.effective_to,
        "subscriber": PERSON.dump_python(facts.subscriber, mode="json") if facts.subscriber else None,
    }


def _coverage(row: Any) -> Coverage:
    facts = CoverageFacts(
        payer_id=row["payer_id"],
        member_id=row["member_id"],
        relationship=Relationship(row["relationship"]),
        priority=row["priority"],
        effective_from=row["effective_from"],
        effective_to=row["effective_to"],
        group_number=row["group_number"],
        subscriber=PERSON.validate_python(row["subscriber"]) if row["subscriber"] else None,
    )
    return Coverage(row["id"], row["patient_id"], facts, row["version"])
