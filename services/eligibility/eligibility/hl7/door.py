"""Which SIU events are taken, and what is done with them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic_core import to_json

from common.uow import UnitOfWork
from eligibility.domain.appointment import Appointment
from eligibility.operations import numbered
from eligibility.operations.numbered import NumberUnknown
from eligibility.store.numbers import Number
from hl7v2 import Appointment as Sch
from hl7v2 import Code, Fault, Message, Place, Unreadable
from hl7v2.door import Intake
from hl7v2.identifying import only_patient, record_number

CALLED_OFF = frozenset({"CANCELLED", "CANCELED", "DELETED"})


@dataclass(frozen=True, slots=True)
class Told:
    """What an SIU says of one appointment. `on` is its day at the practice."""

    number: Number
    record_number: str
    on: date | None
    called_off: bool

    @classmethod
    def by(cls, message: Message, zone: Any) -> Told:
        """Raises Unreadable."""
        appointment = message.appointment
        if appointment is None:
            says = "The message has no appointment."
            raise Unreadable([Fault(Code.SEGMENT_SEQUENCE, Place("SCH"), says, "Send an SCH segment.")])
        number = appointment.filler or appointment.placer
        if number is None:
            says, mend = "The appointment has no number.", "Send the number that stays with it in SCH-2 or SCH-1."
            raise Unreadable([Fault(Code.REQUIRED_FIELD_MISSING, Place("SCH", 1, 2), says, mend)])
        starts = appointment.starts
        return cls(
            number=Number(message.header.sending_application.name, number.value),
            record_number=record_number(only_patient(message)),
            on=starts.at(zone).astimezone(zone).date() if starts else None,
            called_off=_is_called_off(appointment),
        )

    @property
    def day(self) -> date:
        """Raises Unreadable where the message does not say it."""
        if self.on is None:
            says, mend = "The appointment has no time.", "Send it in SCH-11.4, TQ1-7 or the first AIS."
            raise Unreadable([Fault(Code.REQUIRED_FIELD_MISSING, Place("SCH", 1, 11, 1, 4), says, mend)])
        return self.on


async def put_in_the_book(uow: UnitOfWork, message: Message) -> Appointment:
    """Book the appointment, or move the one that is known by its number; its coverage is then checked before it comes.

    Raises Unreadable, AppointmentOver, and what calling patients raises.
    """
    told = _told(uow, message)
    if told.called_off:
        return await call_off(uow, message)
    patient_id = await _patient(uow, told.record_number)
    return await numbered.put_in_the_book(uow, told.number, patient_id, told.day)


async def call_off(uow: UnitOfWork, message: Message) -> Appointment:
    """Raises Unreadable for an appointment that is not known; one that is called off already stays so."""
    told = _told(uow, message)
    try:
        return await numbered.call_off(uow, told.number)
    except NumberUnknown as unknown:
        place = Place("SCH", 1, 2)
        fault = Fault(Code.UNKNOWN_KEY, place, unknown.detail, unknown.remedy, unknown.code)
        raise Unreadable([fault]) from None


def _told(uow: UnitOfWork, message: Message) -> Told:
    zone = uow.workplace.zone
    assert isinstance(zone, ZoneInfo)
    return Told.by(message, zone)


def _is_called_off(appointment: Sch) -> bool:
    return (appointment.status or "").upper() in CALLED_OFF


async def _patient(uow: UnitOfWork, number: str) -> UUID:
    answer = await uow.clients["patients"].call(
        "POST",
        "/patients/search",
        practice_id=uow.practice_id,
        body=to_json({"record_number": number}),
        media_type="application/json",
        safe=True,
    )
    found: list[dict[str, Any]] = json.loads(answer.body)
    if not found:
        says = "No patient of the practice has that record number."
        raise Unreadable([Fault(Code.UNKNOWN_KEY, Place("PID", 1, 3), says, "Send the patient by ADT first.")])
    return UUID(found[0]["id"])


# Booked, rescheduled, modified; cancelled, deleted.
INTAKE = Intake(
    "eligibility:write",
    {f"SIU^{event}": put_in_the_book for event in ("S12", "S13", "S14")}
    | {f"SIU^{event}": call_off for event in ("S15", "S17")},
)
