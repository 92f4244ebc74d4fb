"""Real time: one question and its answer on an open line, by the operating rules of CAQH CORE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from edi.domain.fhir import OPERATIONS
from edi.domain.inbound import Found
from edi.domain.refusals import AskedTooRecently

RULE_SECONDS = 20
"""CORE infrastructure rule: nine of ten real-time answers of a calendar month come within twenty seconds."""

HARD_SECONDS = 19.0
"""When we give up, so that whoever asked us still has an answer within the twenty."""

AGAIN_AFTER = timedelta(seconds=90)
"""CORE: who got no answer does not ask the same again before ninety seconds have passed."""

BATCH_ACKNOWLEDGED_WITHIN = timedelta(hours=1)
"""CORE: a batch has its 999 within an hour."""

QUESTIONS: Mapping[str, str] = {"270": "271", "276": "277", "278": "278", **{kind: kind for kind in OPERATIONS}}
"""The kinds that are asked in real time, and the kind that answers each."""


class Outcome(StrEnum):
    """`asked` is left where the process died before it heard anything."""

    ASKED = "asked"
    ANSWERED = "answered"
    REJECTED = "rejected"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and what came of it. `milliseconds` from asking to the whole answer."""

    id: UUID
    partner_id: UUID
    reference: UUID
    kind: str
    payer_id: str
    fingerprint: str
    interchange_control: str
    request_id: UUID
    asked_at: datetime
    response_id: UUID | None = None
    answered_at: datetime | None = None
    milliseconds: int | None = None
    outcome: Outcome = Outcome.ASKED
    code: str | None = None


def meets_rule(in_time: int, asked: int) -> bool:
    """Whether nine of ten were answered within `RULE_SECONDS`."""
    return in_time * 10 >= asked * 9


def may_ask_again(earlier: Iterable[datetime], now: datetime) -> None:
    """Raises AskedTooRecently when the same question was asked, without an answer, less than ninety seconds ago."""
    last = max(earlier, default=None)
    if last is not None and now - last < AGAIN_AFTER:
        left = AGAIN_AFTER - (now - last)
        raise AskedTooRecently(seconds=int(left.total_seconds()) + 1)


def verdict(found: Sequence[Found], kind: str, control: str, group_control: str) -> tuple[Outcome, str | None]:
    """What an answer that was read says: answered, rejected by its TA1 or 999 (with a code), or no answer at all."""
    if len(found) != 1:
        return Outcome.UNREADABLE, "interchanges"
    answer = found[0]
    if QUESTIONS[kind] in answer.kinds:
        return Outcome.ANSWERED, None
    for told in answer.verdicts:
        if told.interchange_control == control and told.rejects:
            return Outcome.REJECTED, f"ta1-{told.note}"
    for ack in answer.group_acks:
        if ack.group_control == group_control and ack.outcome == "R":
            return Outcome.REJECTED, "999-" + (ack.errors[0].code if ack.errors else "R")
    return Outcome.UNREADABLE, "another-kind"
