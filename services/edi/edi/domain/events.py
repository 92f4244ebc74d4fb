"""What this service tells the others: ids, control numbers and codes; the content is read over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SetError:
    """One error of a 999: the set (ST02), the segment and its position in the set (ST is 1), the element, the code.

    An error of a whole set has no segment and position 0 (IK502-506); one of a whole group no set either (AK905-909).
    """

    set_control: str
    segment: str
    position: int
    code: str
    element: int | None = None


@dataclass(frozen=True, slots=True)
class SetOutcome:
    """What a 999 says of one set: A accepted, E accepted with errors, R rejected (IK501)."""

    set_control: str
    outcome: str


@dataclass(frozen=True, slots=True)
class TransmissionSent:
    """The partner has the interchange."""

    transmission_id: UUID
    reference: UUID
    kind: str
    interchange_control: str
    group_control: str


@dataclass(frozen=True, slots=True)
class TransmissionAcknowledged:
    """A 999 came back. `outcome` is AK901: A, E, P or R; the sets count the request's bodies from 0001."""

    transmission_id: UUID
    reference: UUID
    outcome: str
    errors: tuple[SetError, ...] = ()
    sets: tuple[SetOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class TransmissionFailed:
    """The partner will never take this interchange: `ta1-020` for a TA1 with that note, `http-422` for its answer."""

    transmission_id: UUID
    reference: UUID
    code: str


@dataclass(frozen=True, slots=True)
class InterchangeReceived:
    """An interchange is in the archive; `sets` counts its transactions of `kind`."""

    interchange_id: UUID
    kind: str
    partner_id: UUID
    interchange_control: str
    sets: int
