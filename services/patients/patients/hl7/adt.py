"""From PID, GT1 and IN1 to what the register keeps, checked by the same models as the REST routes.

A field that is absent keeps what is on file, HL7's null deletes it, and a name or an address is replaced whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.phi import Phi
from hl7v2 import Code, Fault, Guarantor, Message, Unreadable
from hl7v2 import Patient as Pid
from hl7v2.identifying import only_patient, record_number
from patients.domain.coverage import Coverage
from patients.domain.person import Patient
from patients.hl7.coverages import coverage_told
from patients.hl7.fitting import GT1, PID, address_of, chosen_address, chosen_name, digits, fitted, name_of
from patients.models import GuarantorIn, PatientIn, PatientOut
from patients.operations import Admission

SELF = frozenset({"SEL", "SLF", "SELF", "18"})
SEX = {"F": "F", "M": "M"}


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """A message with exactly one patient, who has one record number."""

    message: Message
    patient: Pid
    number: str

    @classmethod
    def by(cls, message: Message) -> Told:
        """Raises Unreadable."""
        patient = only_patient(message)
        return cls(message, patient, record_number(patient))

    @property
    def record_number(self) -> Phi[str]:
        return Phi(self.number)

    def admission(self, on_file: Patient | None, coverages: Sequence[Coverage]) -> Admission:
        """What the register has to be changed to. Raises Unreadable with every place that does not fit."""
        faults: list[Fault] = []
        patient = fitted(PatientIn, self._person(on_file), PID, self.patient.place, faults)
        guarantor = self._guarantor(on_file, faults)
        born = patient.birth_date if patient else None
        told = tuple(
            coverage_told(insurance, rank, born, coverages, faults)
            for rank, insurance in enumerate(self.message.insurance, 1)
        )
        if faults or patient is None:
            raise Unreadable(faults)
        return Admission(
            record_number=Phi(patient.record_number),
            person=patient.person(),
            phone=patient.told_phone(),
            guarantor=guarantor.guarantor() if guarantor else None,
            coverages=tuple(each for each in told if each is not None),
        )

    def _person(self, on_file: Patient | None) -> Mapping[str, Any]:
        kept: dict[str, Any] = {}
        if on_file is not None:
            kept = PatientOut.of(on_file).model_dump(exclude={"id", "version", "guarantor"}, exclude_none=True)
        patient = self.patient
        names, addresses = chosen_name(patient.names), chosen_address(patient.addresses)
        told = {
            "record_number": self.number,
            "name": name_of(names) if names else None,
            "birth_date": patient.birth_date,
            "sex": SEX.get(patient.sex, "U") if patient.sex else None,
            "address": address_of(addresses) if addresses else None,
            "phone": digits(patient.phone),
        }
        facts = {"sex": "U"} | kept | {name: value for name, value in told.items() if value is not None}
        return {name: value for name, value in facts.items() if value != ""}

    def _guarantor(self, on_file: Patient | None, faults: list[Fault]) -> GuarantorIn | None:
        """The guarantor told of, else the one on file; None where the patient answers for the bill."""
        told = self.message.guarantors
        if len(told) > 1:
            says = "The message has a second guarantor, and one answers for the bill here."
            faults.append(Fault(Code.CARDINALITY, told[1].place, says, "Send one GT1 segment."))
        if not told:
            of_file = PatientOut.of(on_file).guarantor if on_file else None
            return GuarantorIn.model_validate(of_file.model_dump()) if of_file else None
        relationship = told[0].relationship
        if relationship is not None and (relationship.code or "").upper() in SELF:
            return None
        return fitted(GuarantorIn, _guarantor_facts(told[0]), GT1, told[0].place, faults)


def _guarantor_facts(told: Guarantor) -> Mapping[str, Any]:
    relationship = told.relationship
    name, address = chosen_name(told.names), chosen_address(told.addresses)
    return {
        "name": name_of(name) if name else {},
        "address": address_of(address) if address else {},
        "relationship": (relationship.text or relationship.code) if relationship else None,
    }
