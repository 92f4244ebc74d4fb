"""A request on its way to the payer: one 278, from the wish to the payer's word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Certification(StrEnum):
    """UM02: what is asked of the payer."""

    INITIAL = "I"
    RENEWAL = "R"
    EXTENSION = "4"
    REVISION = "S"
    CANCELLATION = "3"
    IMMEDIATE_APPEAL = "1"
    STANDARD_APPEAL = "2"


class Stage(StrEnum):
    """`asking`: the question is written down; `pended`: the payer has it and answers later."""

    WAITING = "waiting"
    ASKING = "asking"
    PENDED = "pended"


# A process that dies after the question was written down leaves this long until it is put again, under the same key.
MEANWHILE = timedelta(seconds=30)
# CAQH CORE: a question without an answer is not put again before ninety seconds have passed.
_RETRIES = (timedelta(seconds=90), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))


@dataclass(frozen=True, slots=True)
class Request:
    """`number` counts the requests of one authorization, `attempts` the times this one was put to the payer."""

    certification: Certification
    number: int = 1
    stage: Stage = Stage.WAITING
    attempts: int = 0
    ask_at: datetime | None = None
    sent_at: datetime | None = None

    def written_down(self, now: datetime) -> Request:
        return replace(self, stage=Stage.ASKING, ask_at=now + MEANWHILE)

    def heard_nothing(self, now: datetime) -> Request | None:
        """The request with its next attempt; None when it was put often enough."""
        if self.attempts >= len(_RETRIES):
            return None
        return replace(self, attempts=self.attempts + 1, ask_at=now + _RETRIES[self.attempts])

    def pended(self, now: datetime) -> Request:
        return replace(self, stage=Stage.PENDED, ask_at=None, sent_at=self.sent_at or now)
