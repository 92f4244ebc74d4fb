"""A request on its way to the payer, from the wish to the payer's word; by X12 or by FHIR, it goes the same way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


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


class Wire(StrEnum):
    """How a payer is asked: X12 278, or FHIR Da Vinci PAS."""

    X12 = "x12"
    PAS = "pas"


@dataclass(frozen=True, slots=True)
class Route:
    """`partner_id` is the partner of edi that has the payer's FHIR server; a 278 goes by the payer's route."""

    wire: Wire = Wire.X12
    partner_id: UUID | None = None


BY_X12 = Route()

# A process that dies after the question was written down leaves this long until it is put again, under the same key.
MEANWHILE = timedelta(seconds=30)
# CAQH CORE: a question without an answer is not put again before ninety seconds have passed.
_RETRIES = (timedelta(seconds=90), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
# Over FHIR nothing comes by itself: who was pended inquires, soon at first, then every four hours.
_INQUIRIES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))


@dataclass(frozen=True, slots=True)
class Request:
    """`number` counts the requests of one authorization, `attempts` the times this one was put to the payer.

    `route` is the one it was written down for. Over FHIR `inquiries` counts how often what was pended was asked about.
    `retroactive`: its first day lay behind when it was submitted.
    """

    certification: Certification
    number: int = 1
    stage: Stage = Stage.WAITING
    attempts: int = 0
    ask_at: datetime | None = None
    sent_at: datetime | None = None
    route: Route = BY_X12
    inquiries: int = 0
    inquire_at: datetime | None = None
    retroactive: bool = False

    def written_down(self, now: datetime, route: Route = BY_X12) -> Request:
        return replace(self, stage=Stage.ASKING, ask_at=now + MEANWHILE, route=route)

    def heard_nothing(self, now: datetime) -> Request | None:
        """The request with its next attempt; None when it was put often enough."""
        if self.attempts >= len(_RETRIES):
            return None
        return replace(self, attempts=self.attempts + 1, ask_at=now + _RETRIES[self.attempts])

    def pended(self, now: datetime) -> Request:
        inquire_at = now + self._pause if self.route.wire is Wire.PAS else None
        return replace(self, stage=Stage.PENDED, ask_at=None, sent_at=self.sent_at or now, inquire_at=inquire_at)

    def inquired(self, now: datetime) -> Request:
        """Asked about once more, whatever was heard: the next inquiry is another one."""
        return replace(self, inquiries=self.inquiries + 1).pended(now)

    @property
    def _pause(self) -> timedelta:
        return _INQUIRIES[min(self.inquiries, len(_INQUIRIES) - 1)]
