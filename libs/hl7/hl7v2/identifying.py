"""Which of the numbers that were sent names the patient, the visit or the clinician for certain."""

from __future__ import annotations

from collections.abc import Sequence

from hl7v2.errors import Code, Fault, Place, Unreadable
from hl7v2.model.message import Message
from hl7v2.model.people import Identifier, Patient, Practitioner

# Table 0203, in the order in which a number is the practice's own for the patient.
RECORD_NUMBERS = ("MR", "PI", "PT")
NPI_AUTHORITIES = frozenset({"NPI", "2.16.840.1.113883.4.6"})


def only_patient(message: Message) -> Patient:
    """Raises Unreadable for a message without exactly one PID."""
    patient = message.patient
    if patient is None:
        says = "The message has no patient, or more than one."
        raise Unreadable([Fault(Code.CARDINALITY, Place("PID"), says, "Send exactly one PID segment.")])
    return patient


def record_number(patient: Patient) -> str:
    """The practice's own number of the patient. Raises Unreadable where it cannot be told for certain."""
    numbers = _candidates(patient.identifiers)
    if len(numbers) == 1:
        return numbers.pop()
    place = Place(patient.place.segment, patient.place.sequence, 3)
    if not numbers:
        says, mend = "The patient has no record number.", "Send it in PID-3.1 with MR in PID-3.5."
        raise Unreadable([Fault(Code.REQUIRED_FIELD_MISSING, place, says, mend)])
    says = "It is not certain which of the numbers is the patient's record number."
    raise Unreadable([Fault(Code.CARDINALITY, place, says, "Send MR in PID-3.5 of that one alone.")])


def npis(practitioners: Sequence[Practitioner]) -> set[str]:
    """The numbers that are said to be an NPI, by XCN-13 or by the authority of XCN-9."""
    return {
        each.id
        for each in practitioners
        if each.id and ((each.kind or "").upper() == "NPI" or (each.authority or "").upper() in NPI_AUTHORITIES)
    }


def _candidates(identifiers: Sequence[Identifier]) -> set[str]:
    for kind in RECORD_NUMBERS:
        found = {number.value for number in identifiers if (number.kind or "").upper() == kind}
        if found:
            return found
    return {number.value for number in identifiers if not number.kind}
