"""Which ADT events are taken, and what is done with them."""

from __future__ import annotations

from common.uow import UnitOfWork
from hl7v2 import Code, Message, Place, Unreadable, rejected
from hl7v2.door import Intake
from patients import operations
from patients.domain.person import Patient
from patients.hl7.adt import Told

# Admitted, registered, pre-admitted, updated, person added, person updated: each says how the patient is now.
SNAPSHOTS = ("A01", "A04", "A05", "A08", "A28", "A31")


async def put_on_file(uow: UnitOfWork, message: Message) -> Patient:
    """Register the patient of the message, or amend the one with its record number, with guarantor and coverages.

    All of it or nothing. Raises Unreadable with the places that are wrong, and what the register refuses.
    """
    told = Told.by(message)
    return await operations.admit(uow, told.record_number, told.admission, today=uow.today)


def not_merged() -> Unreadable:
    """Two patients become one by a person's decision, since claims of both may be with payers."""
    says = "Patients are not merged by a message here."
    mend = (
        "Have a person decide it: put the coverages on the patient who stays, and use that record number from now on."
    )
    return rejected(Code.UNSUPPORTED_EVENT, Place("MSH", field=9, component=2), says, mend)


INTAKE = Intake("patients:write", {f"ADT^{event}": put_on_file for event in SNAPSHOTS}, {"ADT^A40": not_merged})
