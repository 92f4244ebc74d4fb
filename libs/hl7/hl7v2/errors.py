"""What can be wrong with a message: a place, a code of HL7 table 0357, a sentence, and how to mend it.

No sentence holds a value of the message, so every one of them may be logged and sent back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MOST_FAULTS = 20


class Code(StrEnum):
    """HL7 table 0357, message error condition codes."""

    SEGMENT_SEQUENCE = "100"
    REQUIRED_FIELD_MISSING = "101"
    DATA_TYPE = "102"
    NOT_IN_TABLE = "103"
    TOO_LONG = "104"
    CARDINALITY = "198"
    OTHER = "199"
    UNSUPPORTED_TYPE = "200"
    UNSUPPORTED_EVENT = "201"
    UNSUPPORTED_PROCESSING = "202"
    UNSUPPORTED_VERSION = "203"
    UNKNOWN_KEY = "204"
    DUPLICATE_KEY = "205"
    INTERNAL = "207"


TEXTS = {
    Code.SEGMENT_SEQUENCE: "Segment sequence error",
    Code.REQUIRED_FIELD_MISSING: "Required field missing",
    Code.DATA_TYPE: "Data type error",
    Code.NOT_IN_TABLE: "Table value not found",
    Code.TOO_LONG: "Value too long",
    Code.CARDINALITY: "Non-conformant cardinality",
    Code.OTHER: "Other HL7 error",
    Code.UNSUPPORTED_TYPE: "Unsupported message type",
    Code.UNSUPPORTED_EVENT: "Unsupported event code",
    Code.UNSUPPORTED_PROCESSING: "Unsupported processing id",
    Code.UNSUPPORTED_VERSION: "Unsupported version id",
    Code.UNKNOWN_KEY: "Unknown key identifier",
    Code.DUPLICATE_KEY: "Duplicate key identifier",
    Code.INTERNAL: "Application internal error",
}


class Outcome(StrEnum):
    """MSA-1 of an application acknowledgement (HL7 table 0008)."""

    ACCEPTED = "AA"
    ERROR = "AE"
    REJECTED = "AR"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a message (data type ERL); everything counts from 1, and 0 means that it is not said.

    `sequence` is the occurrence of the segment's name: the second DG1 is DG1, 2.
    """

    segment: str
    sequence: int = 1
    field: int = 0
    repetition: int = 0
    component: int = 0
    subcomponent: int = 0

    def __str__(self) -> str:
        name = self.segment if self.sequence < 2 else f"{self.segment}[{self.sequence}]"
        field = f"-{self.field}" if self.field else ""
        repetition = f"~{self.repetition}" if self.repetition > 1 else ""
        component = f".{self.component}" if self.component else ""
        return name + field + repetition + component + (f".{self.subcomponent}" if self.subcomponent else "")


MSH = Place("MSH")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. `application_code` is the stable code of a rule of the receiver (ERR-5), where one said no."""

    code: Code
    place: Place | None
    says: str
    mend: str
    application_code: str = ""

    def __str__(self) -> str:
        return f"{f'{self.place}: ' if self.place else ''}{self.says} {self.mend}".strip()


class Unreadable(Exception):
    """The message is not taken, and why; `faults` are in the order of the message.

    `outcome` is AR when what was sent is no message that is taken here at all, AE when what it says is wrong.
    """

    def __init__(self, faults: Iterable[Fault], outcome: Outcome = Outcome.ERROR) -> None:
        self.faults = tuple(faults)[:MOST_FAULTS]
        self.outcome = outcome
        super().__init__("; ".join(str(fault) for fault in self.faults))


def rejected(code: Code, place: Place | None, says: str, mend: str) -> Unreadable:
    """The refusal (AR) of something that cannot be taken as a message."""
    return Unreadable([Fault(code, place, says, mend)], Outcome.REJECTED)
