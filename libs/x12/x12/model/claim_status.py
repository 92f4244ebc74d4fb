"""Claim status questions and answers: 276 and 277, 005010X212. Amounts are dollars; codes are as sent."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from x12.model.acknowledgement import Status
from x12.model.inquiry import Person, Trace, TransactionHead
from x12.model.party import Party, Reference
from x12.model.procedure import Procedure
from x12.model.segments import Loop, Segment


@dataclass(frozen=True, slots=True)
class StatusLevel:
    """Loops 2000A-C with their NM1 loops: the payer, who asks (NM101 41), or the provider (1P, at most two names)."""

    parties: tuple[Party, ...]
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusPerson:
    """Loops 2000D/2100D (subscriber) or 2000E/2100E (dependent)."""

    person: Person
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimStatusReport:
    """STC: one to three statuses, the day they hold for (STC02), the charge (STC04) and payment (STC05),
    the day of the decision (STC06), and of the cheque or transfer its day (STC08) and number (STC09).
    """

    statuses: tuple[Status, ...]
    effective: date | None = None
    charge: Decimal | None = None
    paid: Decimal | None = None
    decided: date | None = None
    payment_date: date | None = None
    payment_number: str = ""
    action: str = ""
    method: str = ""
    message: str = ""

    @property
    def category(self) -> str:
        """The category of the first status, which says how far the claim has come (F, P, A, R, E, D)."""
        return self.statuses[0].category if self.statuses else ""


@dataclass(frozen=True, slots=True)
class StatusLine:
    """Loop 2210 of a 276 or 2220 of a 277: one service line; `control_number` is REF FJ. No reports in a question."""

    procedure: Procedure
    charge: Decimal
    paid: Decimal | None = None
    revenue_code: str = ""
    paid_units: Decimal | None = None
    original_procedure: Procedure | None = None
    units: Decimal | None = None
    control_number: str = ""
    reports: tuple[ClaimStatusReport, ...] = ()
    service_from: date | None = None
    service_to: date | None = None
    references: tuple[Reference, ...] = ()
    extra: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimStatusInquiry:
    """One claim asked about. `trace` comes back in the answer; `payer_control_number` REF 1K, `charge` AMT T3; other
    numbers (EJ patient account, BLT bill type, XZ pharmacy, D9 clearinghouse ...) are in `references`.
    """

    head: TransactionHead
    source: StatusLevel
    receiver: StatusLevel
    provider: StatusLevel
    subscriber: StatusPerson
    trace: Trace
    dependent: StatusPerson | None = None
    payer_control_number: str = ""
    charge: Decimal | None = None
    service_from: date | None = None
    service_to: date | None = None
    lines: tuple[StatusLine, ...] = ()
    references: tuple[Reference, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimStatusAnswer:
    """What was said of one claim (`reports`) and its lines."""

    head: TransactionHead
    source: StatusLevel
    receiver: StatusLevel
    provider: StatusLevel
    subscriber: StatusPerson
    trace: Trace
    reports: tuple[ClaimStatusReport, ...]
    dependent: StatusPerson | None = None
    payer_control_number: str = ""
    charge: Decimal | None = None
    service_from: date | None = None
    service_to: date | None = None
    lines: tuple[StatusLine, ...] = ()
    references: tuple[Reference, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelStatus:
    """What was said of a whole question (no `provider`) or of one provider's part of it, loops 2200B and 2200C."""

    head: TransactionHead
    source: StatusLevel
    receiver: StatusLevel
    provider: StatusLevel | None = None
    trace: Trace | None = None
    reports: tuple[ClaimStatusReport, ...] = ()
    references: tuple[Reference, ...] = ()
    extra: tuple[Segment, ...] = ()


ClaimStatusPart = ClaimStatusAnswer | LevelStatus
