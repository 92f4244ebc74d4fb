"""Which DFT events are taken, and what is done with them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from coding.domain.encounter import Outcome
from coding.domain.refusals import VisitUnreadable
from coding.hl7.visit import told_by
from coding.operations import recording
from coding.operations.unfinished import as_far_as_told
from common.uow import UnitOfWork
from hl7v2 import Code, Fault, Message, Place, Unreadable
from hl7v2.door import Intake


@dataclass(frozen=True, slots=True, repr=False)
class OnFile:
    """What the register says of the patient."""

    id: UUID
    born: date
    sex: str


async def take_charges(uow: UnitOfWork, message: Message) -> Outcome:
    """Keep the visit with the EHR's codes beside it; what it does not document is asked for.

    Raises Unreadable with the places that are missing or wrong, VisitNumberTaken, and what calling patients raises.
    """
    told = told_by(message)
    patient = await _on_file(uow, told.record_number)
    try:
        visit = as_far_as_told(told.document(born=patient.born, sex=patient.sex), told.questions)
    except VisitUnreadable as refusal:
        raise told.in_its_own_words(refusal) from None
    return await recording.receive(
        uow,
        visit,
        patient_id=patient.id,
        rendering_npi=told.rendering_npi,
        visit_number=told.visit_number,
        proposal=told.proposal,
        location_code=told.location_code,
    )


async def _on_file(uow: UnitOfWork, record_number: str) -> OnFile:
    answer = await uow.clients["patients"].call(
        "POST",
        "/patients/search",
        practice_id=uow.practice_id,
        body=to_json({"record_number": record_number}),
        media_type="application/json",
        safe=True,
    )
    found: list[dict[str, Any]] = json.loads(answer.body)
    if not found:
        says = "No patient of the practice has that record number."
        raise Unreadable([Fault(Code.UNKNOWN_KEY, Place("PID", 1, 3), says, "Send the patient by ADT first.")])
    patient = found[0]
    return OnFile(UUID(patient["id"]), date.fromisoformat(patient["birth_date"]), patient["sex"])


INTAKE = Intake("encounters:write", {"DFT^P03": take_charges, "DFT^P11": take_charges})
