"""A transmission: one interchange on its way to a partner, and what the partner said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from common.change import Change
from edi.domain.acknowledgement import GroupAck, InterchangeVerdict
from edi.domain.events import SetError, TransmissionAcknowledged, TransmissionFailed, TransmissionSent
from edi.domain.kinds import ACKNOWLEDGEMENTS
from edi.domain.refusals import IllegalMove


class Status(StrEnum):
    """Who has the interchange: we, the partner without a word, the partner with a 999, nobody."""

    QUEUED = "queued"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"


class Fact(StrEnum):
    """What can happen to a transmission."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused by the partner"
    REJECTED = "rejected by TA1"


TRANSITIONS: Mapping[tuple[Status, Fact], Status] = {
    (Status.QUEUED, Fact.SENT): Status.SENT,
    (Status.QUEUED, Fact.REFUSED): Status.FAILED,
    (Status.SENT, Fact.ACKNOWLEDGED): Status.ACKNOWLEDGED,
    (Status.SENT, Fact.REJECTED): Status.FAILED,
}

# Answers that speak of the interchange itself: the same bytes will never be taken. Every other 4xx is about the
# address or the access, and the same interchange goes once that is mended.
FINAL_ANSWERS = frozenset({400, 413, 415, 422})


@dataclass(frozen=True, slots=True)
class Transmission:
    """One interchange to one partner. `ordinal` is its place in the partner's series of control numbers."""

    id: UUID
    partner_id: UUID
    interchange_id: UUID
    reference: UUID
    kind: str
    payer_id: str | None
    sets: int
    ordinal: int
    interchange_control: str
    group_control: str
    queued_at: datetime
    status: Status = Status.QUEUED
    sent_at: datetime | None = None
    acknowledge_by: datetime | None = None
    overdue_at: datetime | None = None
    acknowledged_at: datetime | None = None
    outcome: str | None = None
    errors: tuple[SetError, ...] = ()
    failure: str | None = None
    version: int = 0

    def sent(self, now: datetime, within: timedelta) -> Change[Transmission]:
        """The partner took it; its 999 is due `within`, unless it is an acknowledgement itself."""
        due = None if self.kind in ACKNOWLEDGEMENTS else now + within
        moved = replace(self._moved(Fact.SENT), sent_at=now, acknowledge_by=due)
        event = TransmissionSent(self.id, self.reference, self.kind, self.interchange_control, self.group_control)
        return Change(moved, (event,))

    def acknowledged(self, ack: GroupAck, now: datetime) -> Change[Transmission]:
        """A 999 for it came back."""
        moved = replace(self._moved(Fact.ACKNOWLEDGED), acknowledged_at=now, outcome=ack.outcome, errors=ack.errors)
        event = TransmissionAcknowledged(self.id, self.reference, ack.outcome, ack.errors, ack.sets)
        return Change(moved, (event,))

    def rejected(self, verdict: InterchangeVerdict) -> Change[Transmission]:
        """A TA1 rejects the whole interchange: nothing in it was read."""
        return self._failed(Fact.REJECTED, f"ta1-{verdict.note}")

    def refused(self, word: str) -> Change[Transmission]:
        """The partner's endpoint refused the interchange for what it is (`FINAL_ANSWERS`), in CORE's word or HTTP's."""
        return self._failed(Fact.REFUSED, word)

    def overdue(self, now: datetime) -> Transmission | None:
        """The transmission flagged, when its 999 is not back by `acknowledge_by`; None when nothing is to be said."""
        waiting = self.status is Status.SENT and self.overdue_at is None
        if not waiting or self.acknowledge_by is None or now < self.acknowledge_by:
            return None
        return replace(self, overdue_at=now)

    def can(self, fact: Fact) -> bool:
        return (self.status, fact) in TRANSITIONS

    def _failed(self, fact: Fact, code: str) -> Change[Transmission]:
        moved = replace(self._moved(fact), failure=code)
        return Change(moved, (TransmissionFailed(self.id, self.reference, code),))

    def _moved(self, fact: Fact) -> Transmission:
        status = TRANSITIONS.get((self.status, fact))
        if status is None:
            raise IllegalMove(transmission_id=self.id, status=self.status.value, fact=fact.value)
        return replace(self, status=status)
