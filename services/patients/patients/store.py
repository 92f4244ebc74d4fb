"""Rows to patients and coverages, and back. Never commits.

What names a person is sealed into `who` and `card` here, and opened here; `sealing.py` has the documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from common.change import Change
from common.pagination import Cursor, keyset
from common.phi import Phi
from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction
from patients.domain.coverage import Coverage, CoverageFacts, Relationship
from patients.domain.person import Patient
from patients.sealing import CARD, WHO, Card, Who, member_hash, name_hash, record_number_hash
from patients.tables import coverages, patients


async def load(tx: Transaction, patient_id: UUID) -> Patient:
    """Raises NotFound."""
    row = await tx.row(select(patients).where(patients.c.id == patient_id))
    if row is None:
        raise NotFound(kind="patient", id=patient_id)
    return _patient(tx, row)


async def lock(tx: Transaction, patient_id: UUID) -> None:
    """Let one change at a time look at the patient's coverages. Raises NotFound."""
    if await tx.row(select(patients.c.id).where(patients.c.id == patient_id).with_for_update()) is None:
        raise NotFound(kind="patient", id=patient_id)


async def with_record_number(tx: Transaction, record_number: Phi[str]) -> UUID | None:
    wanted = record_number_hash(tx.vault, tx.practice_id, record_number)
    return await tx.scalar(select(patients.c.id).where(patients.c.record_number_hash == wanted))


async def hold_record_number(tx: Transaction, record_number: Phi[str]) -> None:
    """Let one transaction at a time decide whether the number is on file, also while it is not."""
    held = record_number_hash(tx.vault, tx.practice_id, record_number)
    await tx.execute(select(func.pg_advisory_xact_lock(int.from_bytes(held[:8], signed=True))))


async def page(tx: Transaction, cursor: Cursor | None, limit: int) -> list[Patient]:
    rows = await tx.rows(keyset(select(patients), patients.c.id, cursor, limit))
    return [_patient(tx, row) for row in rows]


async def found_by(tx: Transaction, criteria: Mapping[str, Phi[Any]], limit: int) -> list[Patient]:
    """Patients of whom all of `criteria` hold: a record number, a member id, or a family name with a birth date.

    A family name or a birth date beside one of the others is looked at after the row is opened: no hash has it alone.
    """
    practice, statement = tx.practice_id, select(patients).order_by(patients.c.id).limit(limit)
    record_number, member_id = criteria.get("record_number"), criteria.get("member_id")
    family, born = criteria.get("family"), criteria.get("birth_date")
    if record_number is not None:
        wanted = record_number_hash(tx.vault, practice, record_number)
        statement = statement.where(patients.c.record_number_hash == wanted)
    if member_id is not None:
        card = coverages.c.member_hash == member_hash(tx.vault, practice, member_id)
        statement = statement.where(patients.c.id.in_(select(coverages.c.patient_id).where(card)))
    if family is not None and born is not None:
        statement = statement.where(patients.c.name_hash == name_hash(tx.vault, practice, family, born))
    found = [_patient(tx, row) for row in await tx.rows(statement)]
    return [
        patient
        for patient in found
        if (family is None or patient.person.name.family == family)
        and (born is None or patient.person.birth_date == born)
    ]


async def add(tx: Transaction, change: Change[Patient]) -> Patient:
    patient = change.aggregate
    await tx.execute(
        insert(patients).values(id=patient.id, practice_id=tx.practice_id, **_columns(tx, patient), version=1)
    )
    _publish(tx, change.events, patient.id, 1)
    return patient


async def save(tx: Transaction, change: Change[Patient]) -> Patient:
    """Raises Stale when somebody was faster."""
    patient = change.aggregate
    version = await save_version(tx, patients, patient.id, patient.version, _columns(tx, patient), kind="patient")
    _publish(tx, change.events, patient.id, version)
    return replace(patient, version=version)


async def coverages_of(tx: Transaction, patient_id: UUID) -> list[Coverage]:
    rows = await tx.rows(
        select(coverages).where(coverages.c.patient_id == patient_id).order_by(coverages.c.priority, coverages.c.id)
    )
    return [_coverage(tx, row) for row in rows]


async def load_coverage(tx: Transaction, coverage_id: UUID) -> Coverage:
    """Raises NotFound."""
    row = await tx.row(select(coverages).where(coverages.c.id == coverage_id))
    if row is None:
        raise NotFound(kind="coverage", id=coverage_id)
    return _coverage(tx, row)


async def add_coverage(tx: Transaction, change: Change[Coverage]) -> Coverage:
    coverage = change.aggregate
    await tx.execute(
        insert(coverages).values(
            id=coverage.id,
            practice_id=tx.practice_id,
            patient_id=coverage.patient_id,
            version=1,
            **_coverage_columns(tx, coverage),
        )
    )
    _publish(tx, change.events, coverage.id, 1)
    return coverage


async def save_coverage(tx: Transaction, change: Change[Coverage]) -> Coverage:
    """Raises Stale when somebody was faster."""
    coverage = change.aggregate
    version = await save_version(
        tx, coverages, coverage.id, coverage.version, _coverage_columns(tx, coverage), kind="coverage"
    )
    _publish(tx, change.events, coverage.id, version)
    return replace(coverage, version=version)


def _publish(tx: Transaction, events: tuple[Any, ...], key: UUID, version: int) -> None:
    for event in events:
        tx.publish(event, key=key, version=version)


def _columns(tx: Transaction, patient: Patient) -> dict[str, Any]:
    who = Who(patient.record_number, patient.person, patient.phone, patient.guarantor)
    return who.columns(tx.vault, tx.practice_id, patient.id)


def _patient(tx: Transaction, row: Any) -> Patient:
    who = WHO.open(tx.vault, tx.practice_id, row["id"], row["who"])
    return Patient(row["id"], who.record_number, who.person, who.phone, who.guarantor, row["version"])


def _coverage_columns(tx: Transaction, coverage: Coverage) -> dict[str, Any]:
    facts = coverage.facts
    card = Card(facts.member_id, facts.group_number, facts.subscriber)
    return {
        **card.columns(tx.vault, tx.practice_id, coverage.id),
        "payer_id": facts.payer_id,
        "relationship": facts.relationship.value,
        "priority": facts.priority,
        "effective_from": facts.effective_from,
        "effective_to": facts.effective_to,
    }


def _coverage(tx: Transaction, row: Any) -> Coverage:
    card = CARD.open(tx.vault, tx.practice_id, row["id"], row["card"])
    facts = CoverageFacts(
        payer_id=row["payer_id"],
        member_id=card.member_id,
        relationship=Relationship(row["relationship"]),
        priority=row["priority"],
        effective_from=row["effective_from"],
        effective_to=row["effective_to"],
        group_number=card.group_number,
        subscriber=card.subscriber,
    )
    return Coverage(row["id"], row["patient_id"], facts, row["version"])
