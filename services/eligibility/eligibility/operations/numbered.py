"""Appointments of a book that another system keeps, known by its number of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from common.refusal import Refusal
from common.uow import UnitOfWork
from eligibility.domain.appointment import Appointment, AppointmentStatus
from eligibility.operations import scheduling
from eligibility.store import appointments, numbers
from eligibility.store.numbers import Number


class NumberOfAnother(Refusal):
    code = "appointment-of-another"
    sentence = "Appointment {appointment_id} has that number already, for another patient."
    mend = "If this is another appointment, give it another number."


class NumberUnknown(Refusal):
    code = "appointment-unknown"
    sentence = "No appointment is known by that number."
    mend = "Nothing has to be called off; book the appointment if it is to take place."
    status = 404


async def put_in_the_book(uow: UnitOfWork, number: Number, patient_id: UUID, on: date) -> Appointment:
    """Book the appointment, or move the one with its number when the day is another.

    Raises NumberOfAnother, AppointmentOver.
    """
    async with uow.begin() as tx:
        joined = replace(uow, joined=tx)
        known = await numbers.appointment_of(tx, number)
        if known is None:
            booked = await scheduling.book(joined, patient_id, on)
            await numbers.add(tx, number, booked.id)
            return tx.done(booked)
        before = await appointments.load(tx, known, lock=True)
        if before.patient_id != patient_id:
            raise NumberOfAnother(appointment_id=known)
        same = before.on == on and before.status is AppointmentStatus.BOOKED
        return tx.done(before if same else await scheduling.move(joined, known, before.version, on))


async def call_off(uow: UnitOfWork, number: Number) -> Appointment:
    """Cancel the appointment with that number; one that is cancelled stays so. Raises NumberUnknown."""
    async with uow.begin() as tx:
        known = await numbers.appointment_of(tx, number)
        if known is None:
            raise NumberUnknown
        before = await appointments.load(tx, known, lock=True)
        if before.status is AppointmentStatus.CANCELLED:
            return tx.done(before)
        return tx.done(await scheduling.cancel(replace(uow, joined=tx), known, before.version))
