"""From a DFT to the visit form, as far as it says facts, and the EHR's proposal beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from codes.npi import is_valid_npi
from coding.domain.findings import Finding
from coding.domain.proposal import Proposal
from coding.domain.refusals import VisitUnreadable
from coding.hl7.charges import proposal_of
from coding.hl7.diagnoses import Problems, problems_of
from coding.hl7.facts import Facts
from coding.models.visits import LOCATION_CODE, VISIT_NUMBER
from hl7v2 import Code, Fault, Message, Place, Unreadable
from hl7v2.identifying import npis, only_patient, record_number

_TOLD_ELSEWHERE = {"date": Place("FT1", 1, 4), "patient": Place("PID", 1, 7)}


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """What a DFT says of one visit, apart from what the register knows of the patient."""

    record_number: str
    visit_number: str
    rendering_npi: str
    on: date
    proposal: Proposal
    problems: Problems
    facts: Facts
    location_code: str | None = None

    @property
    def questions(self) -> tuple[Finding, ...]:
        return self.problems.questions

    def document(self, *, born: date, sex: str) -> Mapping[str, Any]:
        """The visit form; what the register knows of the patient stands in it, and what the OBX say goes before."""
        said = dict(self.facts.form)
        age = self.on.year - born.year - ((self.on.month, self.on.day) < (born.month, born.day))
        of_file = {"age": age, "sex": sex}
        patient = said.get("patient", {})
        if isinstance(patient, dict):
            said["patient"] = of_file | patient
        return {"procedures": []} | said | {"date": self.on.isoformat(), "problems": self.problems.form}

    def in_its_own_words(self, refusal: VisitUnreadable) -> Unreadable:
        """The complaints about the form by the places of the message."""
        return Unreadable(
            Fault(Code.DATA_TYPE, self._place(fault.path), f"({fault.path}) {fault.says}.", "Correct the fact.")
            for fault in refusal.faults
        )

    def _place(self, path: str) -> Place:
        problem = re.match(r"problems\[(\d+)\]", path)
        if problem is not None:
            return self.problems.places[int(problem[1])]
        of_others = _TOLD_ELSEWHERE.get(path.partition(".")[0])
        return self.facts.place_of(path) or of_others or Place("OBX")


def told_by(message: Message) -> Told:
    """Raises Unreadable with every place that is missing or wrong."""
    patient = only_patient(message)
    number = record_number(patient)
    faults: list[Fault] = []
    facts = Facts.of(message.observations)
    faults += facts.faults
    proposal = proposal_of(message.charges, faults)
    location = _location_code(message, faults)
    visit_number, npi, on = _visit_number(message, faults), _clinician(message, faults), _day(message, faults)
    for word in ("date", "problems"):
        if word in facts.form:
            says, mend = "This fact is told by other segments.", "Leave it out; FT1-4 has the day, DG1 the problems."
            faults.append(Fault(Code.OTHER, facts.place_of(word), says, mend))
    if faults or visit_number is None or npi is None or on is None:
        raise Unreadable(faults)
    problems = problems_of(message.diagnoses, message.charges)
    return Told(number, visit_number, npi, on, proposal, problems, facts, location)


def _visit_number(message: Message, faults: list[Fault]) -> str | None:
    number = message.visit.number if message.visit else None
    place = Place("PV1", 1, 19, 1, 1)
    if number is None:
        says, mend = "The visit has no number.", "Send the number that the EHR keeps for the visit."
        faults.append(Fault(Code.REQUIRED_FIELD_MISSING, place, says, mend))
        return None
    if not re.fullmatch(VISIT_NUMBER, number.value):
        says, mend = "It is no visit number.", "Send at most 64 letters, digits, dots, slashes and dashes."
        faults.append(Fault(Code.DATA_TYPE, place, says, mend))
        return None
    return number.value


def _location_code(message: Message, faults: list[Fault]) -> str | None:
    """The facility, which of the parts of a PL is the most general; a point of care is a part of it."""
    location = message.visit.location if message.visit else None
    code = location.facility if location else None
    if code is not None and not re.fullmatch(LOCATION_CODE, code):
        says, mend = "It is no location code.", "Send at most 20 capital letters, digits and dashes, or nothing."
        faults.append(Fault(Code.DATA_TYPE, Place("PV1", 1, 3, 1, 4), says, mend))
    return code


def _clinician(message: Message, faults: list[Fault]) -> str | None:
    """Who performed the charges, else who attended; always by NPI."""
    performed = {npi for charge in message.charges for npi in npis(charge.performed_by)}
    found = performed or npis(message.visit.attending if message.visit else ())
    place = Place("FT1", 1, 20, 1, 1)
    if len(found) > 1:
        says, mend = "More than one clinician performed the charges.", "Send the charges of each as a visit."
        faults.append(Fault(Code.CARDINALITY, place, says, mend))
    elif not found:
        says, mend = "The clinician has no NPI.", "Send it in FT1-20 or PV1-7 with NPI in its component 13."
        faults.append(Fault(Code.REQUIRED_FIELD_MISSING, place, says, mend))
    elif not all(map(is_valid_npi, found)):
        says, mend = "The number is no NPI: its last digit does not check the others.", "Correct the number."
        faults.append(Fault(Code.DATA_TYPE, place, says, mend))
    else:
        return found.pop()
    return None


def _day(message: Message, faults: list[Fault]) -> date | None:
    days = {charge.on.day for charge in message.charges if charge.on}
    place = Place("FT1", 1, 4)
    if len(days) > 1:
        says, mend = "The charges are of more than one day.", "Send the charges of each day as a visit."
        faults.append(Fault(Code.CARDINALITY, place, says, mend))
    elif not days and message.charges:
        faults.append(Fault(Code.REQUIRED_FIELD_MISSING, place, "The day of service is missing.", "Send YYYYMMDD."))
    return days.pop() if len(days) == 1 else None
