"""Rows of gap reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import insert, select

from common.pagination import Cursor, keyset
from common.refusal import NotFound
from common.uow import Transaction
from eligibility.domain.gaps import Found, Planned
from eligibility.domain.picture import Network
from eligibility.tables import gap_reviews

PLANNED = TypeAdapter(tuple[Planned, ...])
FOUND = TypeAdapter(tuple[Found, ...])


@dataclass(frozen=True, slots=True)
class Review:
    """What was planned, held against what was covered then. It is never changed: a later answer makes another.

    Of a coded visit it has the encounter, and the version of its coding.
    """

    id: UUID
    at: datetime
    patient_id: UUID
    on: date
    check_id: UUID | None
    network: Network
    planned: tuple[Planned, ...]
    found: tuple[Found, ...]
    appointment_id: UUID | None = None
    encounter_id: UUID | None = None
    coding: int | None = None


async def add(tx: Transaction, review: Review) -> Review:
    await tx.execute(
        insert(gap_reviews).values(
            practice_id=tx.practice_id,
            id=review.id,
            at=review.at,
            patient_id=review.patient_id,
            day=review.on,
            check_id=review.check_id,
            appointment_id=review.appointment_id,
            network=review.network.value,
            planned=PLANNED.dump_python(review.planned, mode="json"),
            found=FOUND.dump_python(review.found, mode="json"),
            encounter_id=review.encounter_id,
            coding=review.coding,
        )
    )
    return review


async def load(tx: Transaction, review_id: UUID) -> Review:
    """Raises NotFound."""
    row = await tx.row(select(gap_reviews).where(gap_reviews.c.id == review_id))
    if row is None:
        raise NotFound(kind="gap review", id=review_id)
    return _review(row)


async def page(
    tx: Transaction, patient_id: UUID | None, day: date | None, cursor: Cursor | None, limit: int
) -> list[Review]:
    statement = select(gap_reviews)
    if patient_id is not None:
        statement = statement.where(gap_reviews.c.patient_id == patient_id)
    if day is not None:
        statement = statement.where(gap_reviews.c.day == day)
    return [_review(row) for row in await tx.rows(keyset(statement, gap_reviews.c.id, cursor, limit))]


def _review(row: Any) -> Review:
    return Review(
        row["id"],
        row["at"],
        row["patient_id"],
        row["day"],
        row["check_id"],
        Network(row["network"]),
        PLANNED.validate_python(row["planned"]),
        FOUND.validate_python(row["found"]),
        row["appointment_id"],
        row["encounter_id"],
        row["coding"],
    )
