"""Appointments, and the checks that begin by themselves: before a visit, on registration, before a claim."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from common.change import Change
from common.ids import new_id
from common.refusal import Stale
from common.uow import Transaction, UnitOfWork
from eligibility.domain.appointment import Appointment
from eligibility.domain.check import Cause, Status
from eligibility.domain.gaps import Planned
from eligibility.domain.registers import DEFAULT_DAYS_BEFORE
from eligibility.operations.requesting import Wish, open_check
from eligibility.store import appointments as store
from eligibility.store import checks, registers


async def book(uow: UnitOfWork, patient_id: UUID, on: date, planned: tuple[Planned, ...] = ()) -> Appointment:
    """An appointment; what is planned for it is held against the benefits as soon as they are known."""
    async with uow.begin() as tx:
        appointment = await store.add(tx, Appointment(new_id(), patient_id, on, planned=planned))
        await _watch(uow, tx, appointment)
        return tx.done(appointment)


async def move(uow: UnitOfWork, appointment_id: UUID, version: int, on: date) -> Appointment:
    """Raises NotFound, Stale, AppointmentOver."""
    async with uow.begin() as tx:
        before = await _read(tx, appointment_id, version)
        moved = await store.save(tx, before.moved(on))
        if moved.check_id is None:
            await _withdraw(tx, before)
        await _watch(uow, tx, moved)
        return tx.done(moved)


async def cancel(uow: UnitOfWork, appointment_id: UUID, version: int) -> Appointment:
    """Raises NotFound, Stale, AppointmentOver."""
    async with uow.begin() as tx:
        before = await _read(tx, appointment_id, version)
        cancelled = await store.save(tx, before.cancelled())
        await _withdraw(tx, before)
        await _watch(uow, tx, cancelled)
        return tx.done(cancelled)


async def check_appointment(uow: UnitOfWork, appointment_id: UUID) -> None:
    """The time has come to ask about the visit; one that somebody asked about meanwhile is not asked about again."""
    async with uow.begin() as tx:
        appointment = await store.load(tx, appointment_id, lock=True)
        asking = await registers.asking_provider(tx)
        if appointment.check_on(0, uow.today) is None or (asking is not None and not asking.automatic):
            return
        known = await checks.open_for(tx, appointment.patient_id, appointment.on)
        check = known or await open_check(tx, Wish(appointment.patient_id, appointment.on, Cause.APPOINTMENT))
        await store.save(tx, appointment.checked(check.id))


async def coverage_registered(
    uow: UnitOfWork, patient_id: UUID, coverage_id: UUID, since: date, until: date | None
) -> None:
    """A coverage was recorded or amended: whether it holds is asked today, or on its first day if that lies ahead."""
    async with uow.begin() as tx:
        asking = await registers.asking_provider(tx)
        if asking is None or not asking.automatic or (until is not None and until < uow.today):
            return
        if since <= uow.today and await checks.open_for(tx, patient_id, uow.today) is None:
            await open_check(tx, Wish(patient_id, uow.today, Cause.REGISTRATION, coverage_id))


async def visit_coded(uow: UnitOfWork, patient_id: UUID, on: date) -> None:
    """A claim is about to be made: a visit with no check near its day is asked about first."""
    async with uow.begin() as tx:
        asking = await registers.asking_provider(tx)
        if asking is None or not asking.automatic:
            return
        window = timedelta(days=asking.claim_window_days)
        answered = await checks.answered_for(tx, patient_id, on - window, on + window)
        if not answered and await checks.open_for(tx, patient_id, on) is None:
            await open_check(tx, Wish(patient_id, on, Cause.CLAIM))


async def _watch(uow: UnitOfWork, tx: Transaction, appointment: Appointment) -> None:
    asking = await registers.asking_provider(tx)
    days = asking.days_before_visit if asking else DEFAULT_DAYS_BEFORE
    store.watch(tx, appointment, days_before=days, today=uow.today, zone=cast(ZoneInfo, uow.workplace.zone))


async def _withdraw(tx: Transaction, appointment: Appointment) -> None:
    """Nobody need ask any more about the day that the appointment was on."""
    if appointment.check_id is None:
        return
    check = await checks.load(tx, appointment.check_id, lock=True)
    if check.status is Status.WAITING and check.cause is Cause.APPOINTMENT:
        await checks.save(tx, Change(check.withdrawn()), act="withdrawn")


async def _read(tx: Transaction, appointment_id: UUID, version: int) -> Appointment:
    appointment = await store.load(tx, appointment_id, lock=True)
    if appointment.version != version:
        raise Stale(kind="appointment", id=appointment_id, version=version)
    return appointment
