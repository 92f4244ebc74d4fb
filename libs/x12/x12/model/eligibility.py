"""Eligibility questions and answers: 270 and 271, 005010X279A1. Codes are as sent; nothing is concluded from them."""

from dataclasses import dataclass
from decimal import Decimal

from x12.model.claim import DatedEvent
from x12.model.inquiry import Person, Trace, TransactionHead
from x12.model.party import Party, Reference
from x12.model.procedure import Procedure
from x12.model.segments import Loop, Segment


@dataclass(frozen=True, slots=True)
class Rejection:
    """AAA: `reason` AAA03 (42, 72, 75 ...), `follow_up` AAA04 (C, N, R, S, W, X, Y ...).

    `valid` AAA01 is Y when the question was well formed but could not be answered, N when it was not. Words for the
    codes are in `codes.eligibility`.
    """

    reason: str
    follow_up: str = ""
    valid: str = "N"


@dataclass(frozen=True, slots=True)
class InformationSource:
    """Loops 2000A and 2100A: the payer (`entity` PR), or who answers for it (2B, 36, GP, P5)."""

    party: Party
    entity: str = "PR"
    rejections: tuple[Rejection, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class InformationReceiver:
    """Loops 2000B and 2100B: the provider (`entity` 1P), facility (FA) or other who asks."""

    party: Party
    entity: str = "1P"
    rejections: tuple[Rejection, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """Loops 2000C/2100C (subscriber, `entity` IL) or 2000D/2100D (dependent, 03).

    `is_subscriber` INS01, `relationship` INS02; `dates` are the plan's, enrollment's and eligibility's (DTP 291,
    307, 346,
    356 ...); `party.references` hold policy and group numbers.
    """

    person: Person
    entity: str = "IL"
    is_subscriber: str = ""
    relationship: str = ""
    traces: tuple[Trace, ...] = ()
    dates: tuple[DatedEvent, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceInquiry:
    """Loop 2110 of a 270: what is asked. `service_types` EQ01 (30 for everything), or a procedure EQ02.

    `pointers` EQ05 are 1-based into the diagnoses of the HI segment kept with the member.
    """

    service_types: tuple[str, ...] = ()
    procedure: Procedure | None = None
    procedure_end: str = ""
    coverage_level: str = ""
    insurance_type: str = ""
    pointers: tuple[int, ...] = ()
    dates: tuple[DatedEvent, ...] = ()
    references: tuple[Reference, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class EligibilityInquiry:
    """One patient asked about: the dependent where there is one, else the subscriber."""

    head: TransactionHead
    source: InformationSource
    receiver: InformationReceiver
    subscriber: Member
    dependent: Member | None = None
    services: tuple[ServiceInquiry, ...] = ()

    @property
    def patient(self) -> Member:
        """Who is asked about."""
        return self.dependent or self.subscriber


@dataclass(frozen=True, slots=True)
class Delivery:
    """HSD: how much, how often and when a benefit is given; `quantity` in units of `quantity_qualifier` (VS visits ...)
    per `unit`, over `periods` of `time_period`.
    """

    quantity_qualifier: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    sampling: Decimal | None = None
    time_period: str = ""
    periods: Decimal | None = None
    calendar_pattern: str = ""
    time_pattern: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Loop 2115, III: a diagnosis, place of service (ZZ) or nature of injury the benefit is bound to."""

    qualifier: str
    code: str
    category: str = ""
    text: str = ""
    extra: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class RelatedEntity:
    """Loop 2120: who else matters for the benefit: `entity` NM101 P3 primary care provider, PR/PRP/SEP/TTP other payer,
    X3 utilization management, 1P provider ...; `relationship` NM110.
    """

    entity: str
    party: Party
    relationship: str = ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """One EB (loop 2110) with everything below it.

    `information` EB01, `coverage_level` EB02, `service_types` EB03, `insurance_type` EB04, `plan` EB05,
    `time_period` EB06,
    `amount` EB07 in dollars, `percent` EB08 as a fraction of one, `quantity` EB10 in `quantity_qualifier` EB09,
    `authorization_required` EB11, `in_network` EB12 (both Y, N, U unknown, W not applicable, or empty), `procedure`
    EB13
    and `procedure_end` the last of a range, `pointers` EB14.
    """

    information: str
    coverage_level: str = ""
    service_types: tuple[str, ...] = ()
    insurance_type: str = ""
    plan: str = ""
    time_period: str = ""
    amount: Decimal | None = None
    percent: Decimal | None = None
    quantity_qualifier: str = ""
    quantity: Decimal | None = None
    authorization_required: str = ""
    in_network: str = ""
    procedure: Procedure | None = None
    procedure_end: str = ""
    pointers: tuple[int, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[DatedEvent, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    messages: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    related: tuple[RelatedEntity, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class EligibilityAnswer:
    """What was said of one patient; without subscriber (or receiver) when the question was turned away at that
    level.
    """

    head: TransactionHead
    source: InformationSource
    receiver: InformationReceiver | None = None
    subscriber: Member | None = None
    dependent: Member | None = None
    benefits: tuple[Benefit, ...] = ()

    @property
    def patient(self) -> Member | None:
        """Who is spoken of, or None when the question did not get that far."""
        return self.dependent or self.subscriber

    @property
    def rejections(self) -> tuple[Rejection, ...]:
        """Every AAA, outermost level first."""
        levels = (self.source, self.receiver, self.subscriber, self.dependent, *self.benefits)
        return tuple(item for level in levels if level is not None for item in level.rejections)
