"""What the other side says about what it received: TA1, 999 (005010X231A1) and 277CA (005010X214)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from x12.model.party import Party, Reference
from x12.model.procedure import Procedure
from x12.model.segments import Segment


@dataclass(frozen=True, slots=True)
class InterchangeAck:
    """TA1. `code` A accepted, E accepted with errors, R rejected; `note` 000 for no error, 001, 008, 020,
    021, 025 ...

    `created` is the acknowledged interchange's own date and time (ISA09, ISA10), None when that cannot be
    read.
    """

    control_number: str
    created: datetime | None
    code: str
    note: str = "000"


@dataclass(frozen=True, slots=True)
class Context:
    """CTX. `name` is SITUATIONAL TRIGGER, or the name of a business unit (CLM01, TRN02 ...) with its `value`.

    For a situational trigger: the segment, its position in the set, the loop and the element that set it off.
    """

    name: str
    value: str = ""
    segment: str = ""
    position: int | None = None
    loop: str = ""
    element: int | None = None
    component: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ElementError:
    """IK4: element and component number, reference to the data dictionary, IK403 code, and a copy of what was
    sent.
    """

    element: int
    code: str
    component: int | None = None
    repetition: int | None = None
    reference: str = ""
    value: str = ""
    contexts: tuple[Context, ...] = ()
    extra: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentError:
    """IK3: segment id, position in the set (ST = 1), loop, IK304 code (1, 2, 3, 4, 5, 6, 7, 8, I4, I6-I9)."""

    segment: str
    position: int
    loop: str
    code: str
    elements: tuple[ElementError, ...] = ()
    contexts: tuple[Context, ...] = ()
    extra: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class SetAck:
    """AK2 to IK5: the verdict on one transaction set. `code` IK501: A, E, R (or M, W, X); `errors`
    IK502-506.
    """

    kind: str
    control_number: str
    version: str
    code: str
    errors: tuple[str, ...] = ()
    segments: tuple[SegmentError, ...] = ()
    extra: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionalAck:
    """One 999: AK1 names the group, each AK2 a set, AK9 sums up. `code` AK901: A, E, P, R (or M, W, X)."""

    functional_id: str
    group_control_number: str
    version: str
    code: str
    included: int
    received: int
    accepted: int
    errors: tuple[str, ...] = ()
    sets: tuple[SetAck, ...] = ()
    extra: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """One status composite of STC: category (A0-A8, R*, E*, P*, F*), status code, entity (PR, 85, 41 ...), and RX when
    the status is of the pharmacy's code list.
    """

    category: str
    code: str = ""
    entity: str = ""
    code_list: str = ""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """STC: one to three statuses, the day they hold for, the action (WQ accept, U reject), the amount, a
    message.
    """

    statuses: tuple[Status, ...]
    effective: date | None = None
    action: str = ""
    amount: Decimal | None = None
    message: str = ""

    @property
    def category(self) -> str:
        """The category of the first status: what decides acceptance."""
        return self.statuses[0].category if self.statuses else ""

    @property
    def accepted(self) -> bool:
        """True when the action, or without one the category, says accepted (rulebook 9.4: A0, A1, A2, A5)."""
        if self.action:
            return self.action == "WQ"
        return bool(self.statuses) and all(status.category in ACCEPTING for status in self.statuses)


ACCEPTING = frozenset({"A0", "A1", "A2", "A5"})
"""277CA categories that accept: forwarded, received, accepted to adjudication, split."""

Level = Literal["receiver", "provider"]


@dataclass(frozen=True, slots=True)
class AckSource:
    """BHT and loop 2100A: who acknowledges (payer or clearinghouse) and when. `reference` BHT03, `trace`
    TRN02.

    `received` is DTP 050, `processed` DTP 009; `entity` NM101 is PR for a payer, AY for a clearinghouse.
    """

    reference: str
    created: datetime
    party: Party
    entity: str = "PR"
    trace: str = ""
    received: date | None = None
    processed: date | None = None
    extra: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelAck:
    """What was said about the whole batch (level receiver) or about one provider's part of it (level
    provider).

    `trace` is TRN02: BHT03 of our 837 at receiver level. `accepted_count` QTY 90 / QA, `rejected_count` QTY
    AA / QC, `accepted_amount` AMT YU, `rejected_amount` AMT YY.
    """

    level: Level
    source: AckSource
    party: Party
    receiver: "LevelAck | None" = None
    trace: str = ""
    reports: tuple[StatusReport, ...] = ()
    accepted_count: Decimal | None = None
    rejected_count: Decimal | None = None
    accepted_amount: Decimal | None = None
    rejected_amount: Decimal | None = None
    references: tuple[Reference, ...] = ()
    extra: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class LineAck:
    """Loop 2220D: what was said about one service line; `control_number` is REF FJ."""

    procedure: Procedure
    charge: Decimal
    units: Decimal | None = None
    control_number: str = ""
    reports: tuple[StatusReport, ...] = ()
    service_from: date | None = None
    service_to: date | None = None
    revenue_code: str = ""
    references: tuple[Reference, ...] = ()
    extra: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimAck:
    """Loops 2000D and 2200D: what was said about one claim.

    `control_number` TRN02 is our CLM01; `payer_control_number` REF 1K; `clearinghouse_trace` REF D9.
    """

    control_number: str
    reports: tuple[StatusReport, ...]
    source: AckSource
    receiver: LevelAck
    provider: LevelAck
    patient: Party
    payer_control_number: str = ""
    clearinghouse_trace: str = ""
    service_from: date | None = None
    service_to: date | None = None
    lines: tuple[LineAck, ...] = ()
    references: tuple[Reference, ...] = ()
    extra: tuple[Segment, ...] = ()

    @property
    def accepted(self) -> bool:
        """True when no report, of the claim or of a line, rejects."""
        reports = self.reports + tuple(report for line in self.lines for report in line.reports)
        return bool(reports) and all(report.accepted for report in reports)


ClaimAckPart = LevelAck | ClaimAck
