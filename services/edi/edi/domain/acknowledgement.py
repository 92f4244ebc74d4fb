"""What a partner says of our interchanges: a TA1 of the envelope, a 999 of each group."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edi.domain.events import SetError, SetOutcome

# AK901 and IK501 also know M, W and X, rejected for reasons of security (rulebook 9.4).
_OUTCOMES = {"A": "A", "E": "E", "P": "P"}
_CODE = re.compile(r"[A-Z0-9]{0,10}")

INTERCHANGE_REJECTED = "R"


@dataclass(frozen=True, slots=True)
class GroupAck:
    """A 999 of one of our groups (AK102), in this service's own terms."""

    group_control: str
    outcome: str
    errors: tuple[SetError, ...] = ()
    sets: tuple[SetOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class InterchangeVerdict:
    """A TA1 of one of our interchanges (TA101): A accepted, E accepted with errors, R rejected; the note says why."""

    interchange_control: str
    code: str
    note: str

    @property
    def rejects(self) -> bool:
        return self.code == INTERCHANGE_REJECTED


def outcome_of(code: str) -> str:
    """A, E, P as they are; everything else rejects."""
    return _OUTCOMES.get(code, "R")


def code_like(text: str) -> str:
    """The text where it has the form of an X12 code or control number, else a question mark.

    An acknowledgement may quote what it rejects (IK404): nothing but codes goes on to the others.
    """
    return text if _CODE.fullmatch(text) else "?"
