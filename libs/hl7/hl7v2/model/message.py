"""A message whole."""

from __future__ import annotations

from dataclasses import dataclass

from hl7v2.model.header import Header
from hl7v2.model.insurance import Insurance
from hl7v2.model.people import Guarantor, Merge, Patient
from hl7v2.model.scheduling import Appointment
from hl7v2.model.visit import Charge, Diagnosis, Observation, ProcedureCode, Visit


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """What was read, in the order it was sent; `fingerprint` is the same for the same content sent again."""

    header: Header
    fingerprint: bytes
    patients: tuple[Patient, ...] = ()
    visit: Visit | None = None
    guarantors: tuple[Guarantor, ...] = ()
    insurance: tuple[Insurance, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    procedures: tuple[ProcedureCode, ...] = ()
    charges: tuple[Charge, ...] = ()
    observations: tuple[Observation, ...] = ()
    merges: tuple[Merge, ...] = ()
    appointment: Appointment | None = None

    @property
    def patient(self) -> Patient | None:
        """The one patient, None when there is none or more than one."""
        return self.patients[0] if len(self.patients) == 1 else None
