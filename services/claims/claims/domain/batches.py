"""A batch: the claims that leave for one payer together, in one transaction set.

It gathers until it departs; then its claims and its reference are fixed (the intent), and what follows is only ever
this one transmission, asked for again after a crash under the same key.
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


# What a 999 says of the whole transmission (AK901, rulebook 9.4). A batch is one transaction set, so a partial
# acceptance can only have left ours out; M, W and X are refusals for security reasons.
ACKNOWLEDGED: Mapping[str, BatchStatus] = {
    "A": BatchStatus.ACCEPTED,
    "E": BatchStatus.ACCEPTED,
    "P": BatchStatus.REJECTED,
    "R": BatchStatus.REJECTED,
    "M": BatchStatus.REJECTED,
    "W": BatchStatus.REJECTED,
    "X": BatchStatus.REJECTED,
}


def departure(now: datetime, seconds: int) -> datetime:
    """When the batch that gathers at `now` leaves.

    The same moment for everybody who becomes ready in an interval: a later claim never puts the departure off.
    """
    elapsed = int(now.timestamp()) // seconds
    return datetime.fromtimestamp((elapsed + 1) * seconds, tz=UTC)
