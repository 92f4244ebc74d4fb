"""Requests for authorization and what was decided: 278, 005010X217, X216 and X215 (rulebook 7.4). Codes are as sent;
words for them are in `codes.authorization`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from x12.model.claim import Attachment, DatedEvent
from x12.model.eligibility import Delivery, InformationReceiver, InformationSource, Member, Rejection
from x12.model.inquiry import Trace, TransactionHead
from x12.model.party import Party, Reference
from x12.model.procedure import Procedure
from x12.model.segments import Loop, Segment

CERTIFYING = frozenset({"A1", "A2", "A6"})
"""HCR01 that certify something: in total, in part, or modified."""


@dataclass(frozen=True, slots=True)
class Review:
    """UM: what is asked for.

    `category` UM01 (AR admission, HS health services, SC specialty care, IN individual), `certification` UM02 (I
    initial, R renewal, S revised, 3 cancel, 4 extension, 1 and 2 appeals), `service_type` UM03, `place` UM04 with its
    qualifier (B place of service, A bill type), `causes` UM05 with state and country as its components, `urgency` UM06
    (03 emergency, U urgent, E elective), `health_status` UM07, `prognosis` UM08, `release` UM09, `delay` UM10.
    """

    category: str
    certification: str = ""
    service_type: str = ""
    place: str = ""
    place_qualifier: str = "B"
    causes: tuple[str, ...] = ()
    urgency: str = ""
    health_status: str = ""
    prognosis: str = ""
    release: str = ""
    delay: str = ""


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """HCR: `action` HCR01, the certification `number` HCR02, the `reasons` HCR03 of what was not certified, and
    `second_opinion` HCR04 (Y when a second surgical opinion is needed).
    """

    action: str
    number: str = ""
    reasons: tuple[str, ...] = ()
    second_opinion: str = ""

    @property
    def certifies(self) -> bool:
        """Whether anything was certified."""
        return self.action in CERTIFYING


@dataclass(frozen=True, slots=True)
class EventDiagnosis:
    """One code of HI: `qualifier` ABK principal, ABF other, ABJ admitting, APR reason for the visit; `known` is the
    date it was made.
    """

    qualifier: str
    code: str
    known: date | None = None


@dataclass(frozen=True, slots=True)
class EventParty:
    """Loops 2010EA, 2010EB and 2010F: who treats (`role` SJ service provider, 71 attending, FA facility, DN referring
    ...) or where the patient is taken from and to (PW, 45, ND, R3, FS).
    """

    role: str
    party: Party
    rejections: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """SV1, SV2 or SV3 (`kind`): the procedure (and the last of a range), `revenue_code` of SV2, charge in dollars,
    `quantity` in `unit` (UN units, F2, MJ minutes, DA days), `oral_cavity` of SV3, and 1-based diagnosis
    pointers of SV1.
    """

    procedure: Procedure | None = None
    quantity: Decimal | None = None
    unit: str = ""
    kind: str = "SV1"
    procedure_end: str = ""
    revenue_code: str = ""
    charge: Decimal | None = None
    pointers: tuple[int, ...] = ()
    oral_cavity: str = ""


@dataclass(frozen=True, slots=True)
class ServiceReview:
    """Loop 2000F: one service that is asked for or decided; `line` is None where only dates or quantities are said."""

    line: ReviewLine | None = None
    review: Review | None = None
    decision: ReviewDecision | None = None
    traces: tuple[Trace, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[DatedEvent, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    messages: tuple[str, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    providers: tuple[EventParty, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class PatientEvent:
    """Loop 2000E: the admission, course of treatment or referral under review, with its services.

    `dates` DTP: AAH event, 435 admission, 096 discharge, 472 service, 007 certified period, 036 expiry, 102 issue ...;
    `references` REF: BB earlier authorization, NT administrative number of the payer. Segments CRC, CL1, CR1, CR2, CR5
    and CR6 are in `extra`.
    """

    review: Review | None = None
    decision: ReviewDecision | None = None
    traces: tuple[Trace, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[DatedEvent, ...] = ()
    diagnoses: tuple[EventDiagnosis, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    messages: tuple[str, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    providers: tuple[EventParty, ...] = ()
    stops: tuple[EventParty, ...] = ()
    services: tuple[ServiceReview, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """One patient event put to a payer: a request, a change or cancellation of one, an inquiry, or a notice; `head`
    tells which (BHT02 13, 01, 36, 28, or those of a notice).

    `payer` is the organization that reviews (NM101 X3), `requester` the provider (1P, FA ...). The patient is the
    dependent where there is one, else the subscriber.
    """

    head: TransactionHead
    payer: InformationSource
    requester: InformationReceiver
    subscriber: Member
    dependent: Member | None = None
    event: PatientEvent | None = None

    @property
    def patient(self) -> Member:
        """Who is to be treated."""
        return self.dependent or self.subscriber

    @property
    def trace(self) -> str:
        """The first trace number of the event, or the empty string."""
        return _trace(self.event)


@dataclass(frozen=True, slots=True)
class AuthorizationDecision:
    """What a payer said of one patient event; without event (or any level above it) when the request was turned away
    there.
    """

    head: TransactionHead
    payer: InformationSource
    requester: InformationReceiver | None = None
    subscriber: Member | None = None
    dependent: Member | None = None
    event: PatientEvent | None = None

    @property
    def patient(self) -> Member | None:
        """Who is spoken of, or None when the request did not get that far."""
        return self.dependent or self.subscriber

    @property
    def trace(self) -> str:
        """The first trace number of the event (the requester's own), or the empty string."""
        return _trace(self.event)

    @property
    def decision(self) -> ReviewDecision | None:
        """What was decided of the event as a whole."""
        return self.event.decision if self.event else None

    @property
    def certification_number(self) -> str:
        """The number of the event, else of its first certified service, or the empty string."""
        said = [self.decision, *(item.decision for item in self.event.services)] if self.event else []
        return next((item.number for item in said if item is not None and item.certifies and item.number), "")

    @property
    def effective(self) -> date | None:
        """From when the certification holds (DTP 007, else AAH, else 472)."""
        found = self._dated("007") or self._dated("AAH") or self._dated("472")
        return found.start if found else None

    @property
    def expires(self) -> date | None:
        """Until when it holds (DTP 036, else the end of the range of 007, AAH or 472)."""
        last = self._dated("036")
        ends = (item.end for item in map(self._dated, ("007", "AAH", "472")) if item is not None and item.end)
        return last.start if last else next(ends, None)

    @property
    def rejections(self) -> tuple[Rejection, ...]:
        """Every AAA, outermost level first."""
        event = self.event
        parts = (self.payer, self.requester, self.subscriber, self.dependent, event)
        inner = (*event.providers, *event.stops) if event else ()
        services = event.services if event else ()
        below = tuple(part for service in services for part in (service, *service.providers))
        return tuple(item for part in (*parts, *inner, *below) if part is not None for item in part.rejections)

    def _dated(self, qualifier: str) -> DatedEvent | None:
        dates = self.event.dates if self.event else ()
        return next((item for item in dates if item.qualifier == qualifier), None)


def _trace(event: PatientEvent | None) -> str:
    return event.traces[0].number if event and event.traces else ""
