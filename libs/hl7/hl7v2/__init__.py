"""HL7 v2 in: a total reader into small frozen types, acknowledgements, and MLLP.

`hl7v2.door` is the part that a service of the platform opens; the rest knows nothing of it.
"""

from hl7v2.acknowledgement import ACCEPTED, Answer, acknowledged, answers
from hl7v2.errors import Code, Fault, Outcome, Place, Unreadable, rejected
from hl7v2.fields import Moment
from hl7v2.headers import control_id_of
from hl7v2.mllp import FrameFault, Frames, framed
from hl7v2.model.header import Header, System
from hl7v2.model.insurance import Insurance
from hl7v2.model.message import Message
from hl7v2.model.people import Address, Coded, Guarantor, Identifier, Merge, Name, Patient, Practitioner
from hl7v2.model.scheduling import Appointment, Resource
from hl7v2.model.visit import Charge, Diagnosis, Location, Observation, ProcedureCode, Visit
from hl7v2.reading import Envelope, open_envelope, read

__all__ = [
    "ACCEPTED",
    "Address",
    "Answer",
    "Appointment",
    "Charge",
    "Code",
    "Coded",
    "Diagnosis",
    "Envelope",
    "Fault",
    "FrameFault",
    "Frames",
    "Guarantor",
    "Header",
    "Identifier",
    "Insurance",
    "Location",
    "Merge",
    "Message",
    "Moment",
    "Name",
    "Observation",
    "Outcome",
    "Patient",
    "Place",
    "Practitioner",
    "ProcedureCode",
    "Resource",
    "System",
    "Unreadable",
    "Visit",
    "acknowledged",
    "answers",
    "control_id_of",
    "framed",
    "open_envelope",
    "read",
    "rejected",
]
