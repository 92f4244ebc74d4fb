"""A batch: the claims that leave for one payer together, in one transmission of one or more transaction sets.

It gathers until it departs; then its claims, their sets and its reference are fixed (the intent), and what follows is
only ever this one transmission, asked for again after a crash under the same key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID


class BatchStatus(StrEnum):
    GATHERING = "gathering"
    EMPTY = "empty"
    INTENDED = "intended"
    HANDED_OVER = "handed_over"
    NOT_TAKEN = "not_taken"
    SENT = "sent"
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Batch:
    """`reference` is BHT03, None until the batch departs; `intended_at` is the time that stands in the file."""

    id: UUID
    payer_id: str
    departs_at: datetime
    status: BatchStatus
    reference: str | None = None
    intended_at: datetime | None = None
    transmission_id: UUID | None = None


# A set with one error is refused whole (IK501): few claims in a set keep what one of them spoils small.
CLAIMS_IN_SET = 10

# What a 999 says of the whole transmission (AK901, rulebook 9.4); M, W and X are refusals for security reasons.
ACKNOWLEDGED: Mapping[str, BatchStatus] = {
    "A": BatchStatus.ACCEPTED,
    "E": BatchStatus.ACCEPTED,
    "P": BatchStatus.PARTLY_ACCEPTED,
    "R": BatchStatus.REJECTED,
    "M": BatchStatus.REJECTED,
    "W": BatchStatus.REJECTED,
    "X": BatchStatus.REJECTED,
}


class SetVerdict(StrEnum):
    """What a 999 means for the claims of one set."""

    TAKEN = "taken"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SetError:
    """An error of a 999: where (`SV1-02`) and its code; `set_number` is None for one of the whole group."""

    set_number: int | None
    place: str


@dataclass(frozen=True, slots=True)
class FunctionalAnswer:
    """A 999 of a batch's transmission: AK901, IK501 by set where it names the set, and the errors."""

    outcome: str
    sets: Mapping[int, str]
    errors: tuple[SetError, ...] = ()

    @property
    def status(self) -> BatchStatus:
        return ACKNOWLEDGED.get(self.outcome, BatchStatus.REJECTED)

    def verdict(self, set_number: int, *, of: int) -> SetVerdict:
        """What it means for a set of a batch that has `of` of them.

        A set that is not named in a partial acceptance was taken when another one is named as refused. One that names
        no refused set can only mean the batch's only set; of several it does not tell which.
        """
        if self.status is BatchStatus.REJECTED:
            return SetVerdict.REFUSED
        if set_number in self.sets:
            return _refused_if(self.sets[set_number] not in _SET_TAKEN)
        if self.status is BatchStatus.PARTLY_ACCEPTED and _SET_TAKEN.issuperset(self.sets.values()):
            return SetVerdict.REFUSED if of == 1 else SetVerdict.UNKNOWN
        return SetVerdict.TAKEN

    def errors_of(self, set_number: int) -> tuple[str, ...]:
        """The places in the set and in the group, each once."""
        return tuple(dict.fromkeys(one.place for one in self.errors if one.set_number in (None, set_number)))


# IK501: accepted, and accepted with errors noted.
_SET_TAKEN = frozenset({"A", "E"})


def _refused_if(refused: bool) -> SetVerdict:
    return SetVerdict.REFUSED if refused else SetVerdict.TAKEN


def set_number_at(place: int) -> int:
    """The set (from 1) of the claim that stands at `place` (from 0) in a batch."""
    return place // CLAIMS_IN_SET + 1


def set_number_of(control: str) -> int | None:
    """The set that an ST02 names: edi numbers the bodies of a transmission 0001, 0002 ... in their order."""
    return int(control) if control.isascii() and control.isdigit() and int(control) else None


def departure(now: datetime, seconds: int) -> datetime:
    """When the batch that gathers at `now` leaves.

    The same moment for everybody who becomes ready in an interval: a later claim never puts the departure off.
    """
    elapsed = int(now.timestamp()) // seconds
    return datetime.fromtimestamp((elapsed + 1) * seconds, tz=UTC)
