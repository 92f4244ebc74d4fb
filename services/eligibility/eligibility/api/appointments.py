"""Appointments, which are checked before they come."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response

from common.pagination import Cursor, Limit, Page
from common.web import Creates, IfMatch, Reads, Writes, etag, needs
from eligibility.models.batches import AppointmentIn, AppointmentOut, MoveIn
from eligibility.operations import scheduling
from eligibility.store import appointments as store

router = APIRouter(prefix="/appointments", tags=["appointments"])

READ, WRITE = "eligibility:read", "eligibility:write"


@router.post("", status_code=201, dependencies=[needs(WRITE)])
async def book(body: AppointmentIn, uow: Creates) -> AppointmentOut:
    """An appointment; its coverage is checked some days before, at once when it is nearer."""
    planned = tuple(line.planned() for line in body.planned)
    return AppointmentOut.of(await scheduling.book(uow.answering(AppointmentOut.of), body.patient_id, body.on, planned))


@router.get("", dependencies=[needs(READ)])
async def list_appointments(
    reads: Reads,
    patient_id: UUID | None = None,
    on: date | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[AppointmentOut]:
    async with reads.begin() as tx:
        found = await store.page(tx, patient_id, on, cursor, limit)
    return Page.of(found, limit, AppointmentOut.of, lambda one: one.id)


@router.get("/{appointment_id}", dependencies=[needs(READ)])
async def get(appointment_id: UUID, reads: Reads, response: Response) -> AppointmentOut:
    async with reads.begin() as tx:
        found = await store.load(tx, appointment_id)
    response.headers["ETag"] = etag(found.version)
    return AppointmentOut.of(found)


@router.post("/{appointment_id}/move", dependencies=[needs(WRITE)])
async def move(appointment_id: UUID, body: MoveIn, version: IfMatch, uow: Writes) -> AppointmentOut:
    """To another day, which is checked anew."""
    moved = await scheduling.move(uow.answering(AppointmentOut.of, 200), appointment_id, version, body.on)
    return AppointmentOut.of(moved)


@router.post("/{appointment_id}/cancel", dependencies=[needs(WRITE)])
async def cancel(appointment_id: UUID, version: IfMatch, uow: Writes) -> AppointmentOut:
    """Called off: a check that nobody has begun to ask is withdrawn."""
    return AppointmentOut.of(await scheduling.cancel(uow.answering(AppointmentOut.of, 200), appointment_id, version))
