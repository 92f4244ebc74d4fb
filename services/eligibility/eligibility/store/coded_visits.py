"""Rows of coded visits: the newest coding of each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from common.uow import Transaction
from eligibility.domain.coded_visit import CodedVisit
from eligibility.store.reviews import PLANNED
from eligibility.tables import coded_visits

REVIEW = "review-coded-visit"
SOON = timedelta(minutes=1)


async def hear(tx: Transaction, visit: CodedVisit) -> bool:
    """Keep the coding unless an equal or newer one is there, and give whether it was kept."""
    values = {
        "coding": visit.version,
        "patient_id": visit.patient_id,
        "day": visit.on,
        "services": PLANNED.dump_python(visit.services, mode="json"),
        "waits": visit.waits,
    }
    statement = upsert(coded_visits).values(practice_id=tx.practice_id, id=visit.encounter_id, **values)
    newer = statement.on_conflict_do_update(
        index_elements=["id"], set_=values, where=coded_visits.c.coding < visit.version
    )
    return (await tx.execute(newer)).rowcount > 0


async def load(tx: Transaction, encounter_id: UUID) -> CodedVisit | None:
    """The visit, kept for this transaction."""
    row = await tx.row(select(coded_visits).where(coded_visits.c.id == encounter_id).with_for_update())
    return _visit(row) if row else None


def look_again(tx: Transaction, visit: CodedVisit) -> None:
    tx.schedule(REVIEW, visit.encounter_id, due_at=tx.now + SOON, version=visit.version)


async def waiting(tx: Transaction, patient_id: UUID) -> list[CodedVisit]:
    """The patient's coded visits that no answer was held against, kept for this transaction."""
    statement = (
        select(coded_visits)
        .where(coded_visits.c.patient_id == patient_id, coded_visits.c.waits)
        .order_by(coded_visits.c.id)
        .with_for_update()
    )
    return [_visit(row) for row in await tx.rows(statement)]


async def reviewed(tx: Transaction, encounter_id: UUID) -> None:
    await tx.execute(update(coded_visits).where(coded_visits.c.id == encounter_id).values(waits=False))


def _visit(row: Any) -> CodedVisit:
    services = PLANNED.validate_python(row["services"])
    return CodedVisit(row["id"], row["patient_id"], row["day"], row["coding"], services, row["waits"])
