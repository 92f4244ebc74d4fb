"""An appointment: checked some days before it comes, and once for each day it is moved to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from eligibility.domain.gaps import Planned
from eligibility.domain.refusals import AppointmentOver


class AppointmentStatus(StrEnum):
    BOOKED = "booked"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Appointment:
    """`check_id` is the check that was begun for the day it is on now; `planned` what is to be done, where known."""

    id: UUID
    patient_id: UUID
    on: date
    status: AppointmentStatus = AppointmentStatus.BOOKED
    check_id: UUID | None = None
    planned: tuple[Planned, ...] = ()
    version: int = 1

    def moved(self, on: date) -> Appointment:
        """To another day, which is another question. Raises AppointmentOver."""
        self._still_booked()
        return replace(self, on=on, check_id=self.check_id if on == self.on else None)

    def cancelled(self) -> Appointment:
        """Raises AppointmentOver."""
        self._still_booked()
        return replace(self, status=AppointmentStatus.CANCELLED)

    def checked(self, check_id: UUID) -> Appointment:
        return replace(self, check_id=check_id)

    def check_on(self, days_before: int, today: date) -> date | None:
        """The day to ask the payer; None when there is nothing to ask about any more."""
        if self.status is not AppointmentStatus.BOOKED or self.check_id is not None or self.on < today:
            return None
        return max(self.on - timedelta(days=days_before), today)

    def _still_booked(self) -> None:
        if self.status is not AppointmentStatus.BOOKED:
            raise AppointmentOver(appointment_id=self.id, status=self.status.value)
