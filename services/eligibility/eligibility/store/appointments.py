"""Rows to appointments, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import insert, select

from common.pagination import Cursor, keyset
from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction
from eligibility.domain.appointment import Appointment, AppointmentStatus
from eligibility.domain.gaps import Planned
from eligibility.tables import appointments

PLANNED = TypeAdapter(tuple[Planned, ...])
CHECK = "check-appointment"
# Early, so that the desk finds the answers when it opens; and not at midnight, when payers do their own work.
HOUR = time(5)


async def load(tx: Transaction, appointment_id: UUID, *, lock: bool = False) -> Appointment:
    """Raises NotFound."""
    statement = select(appointments).where(appointments.c.id == appointment_id)
    row = await tx.row(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound(kind="appointment", id=appointment_id)
    return _appointment(row)


async def of_check(tx: Transaction, check_id: UUID) -> list[Appointment]:
    """Appointments that a check was begun for."""
    return [_appointment(row) for row in await tx.rows(select(appointments).where(appointments.c.check_id == check_id))]


async def page(
    tx: Transaction, patient_id: UUID | None, day: date | None, cursor: Cursor | None, limit: int
) -> list[Appointment]:
    statement = select(appointments)
    if patient_id is not None:
        statement = statement.where(appointments.c.patient_id == patient_id)
    if day is not None:
        statement = statement.where(appointments.c.day == day)
    return [_appointment(row) for row in await tx.rows(keyset(statement, appointments.c.id, cursor, limit))]


async def add(tx: Transaction, appointment: Appointment) -> Appointment:
    await tx.execute(
        insert(appointments).values(practice_id=tx.practice_id, id=appointment.id, version=1, **_columns(appointment))
    )
    tx.audit("create", "appointment", appointment.id)
    return appointment


async def save(tx: Transaction, appointment: Appointment) -> Appointment:
    """Raises Stale when somebody was faster."""
    version = await save_version(
        tx, appointments, appointment.id, appointment.version, _columns(appointment), kind="appointment"
    )
    tx.audit("update", "appointment", appointment.id, version=version, status=appointment.status.value)
    return replace(appointment, version=version)


def watch(tx: Transaction, appointment: Appointment, *, days_before: int, today: date, zone: ZoneInfo) -> None:
    """Set the timer of the check that the appointment still needs, or drop it."""
    day = appointment.check_on(days_before, today)
    if day is None:
        tx.cancel(CHECK, appointment.id)
    else:
        morning = datetime.combine(day, HOUR, zone).astimezone(UTC)
        tx.schedule(CHECK, appointment.id, due_at=max(morning, tx.now), version=appointment.version)


def _columns(appointment: Appointment) -> dict[str, Any]:
    return {
        "patient_id": appointment.patient_id,
        "day": appointment.on,
        "status": appointment.status.value,
        "check_id": appointment.check_id,
        "planned": PLANNED.dump_python(appointment.planned, mode="json") or None,
    }


def _appointment(row: Any) -> Appointment:
    return Appointment(
        row["id"],
        row["patient_id"],
        row["day"],
        AppointmentStatus(row["status"]),
        row["check_id"],
        PLANNED.validate_python(row["planned"] or ()),
        row["version"],
    )
