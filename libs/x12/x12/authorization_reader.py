"""278 to requests and decisions, one patient event at a time."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from x12 import values
from x12.claim_parts import plain_attachment
from x12.eligibility_reader import delivery, level, member, plain_rejection, rejection
from x12.fields import dated, enclosing, first, frozen, in_days, longer, optional, optional_amount, reference
from x12.guides import authorization_notice, authorization_request
from x12.guides.authorization_parts import READING
from x12.inquiry_fields import head_of, named, pointers, ranged_procedure, rest, texts, trace, without
from x12.model.authorization import (
    AuthorizationDecision,
    AuthorizationRequest,
    EventDiagnosis,
    EventParty,
    PatientEvent,
    Review,
    ReviewDecision,
    ReviewLine,
    ServiceReview,
)  # fmt: skip
from x12.model.claim import Attachment, DatedEvent
from x12.model.eligibility import Delivery, InformationReceiver, InformationSource, Rejection
from x12.model.envelope import Envelope, Received
from x12.model.inquiry import Trace
from x12.model.party import Reference
from x12.model.segments import COMPONENT, Segment, element
from x12.reader import OpenLoop
from x12.sets import Report, attempt, read_sets, reported
from x12.tokens import DEFAULT_LIMITS, Elements, Limits, Source

T = TypeVar("T")
_BELOW = {"2000A": ("2000B",), "2000B": ("2000C",), "2000C": ("2000D", "2000E"), "2000D": ("2000E",), "2000E": ()}
_ASKING = frozenset({*authorization_request.PURPOSES.split("|"), authorization_request.INQUIRY_PURPOSES})
_NOTING = frozenset(authorization_notice.PURPOSES.split("|"))
_LINES = frozenset({"SV1", "SV2", "SV3"})


def read_authorization_requests(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Received[AuthorizationRequest]]:
    """Stream the requests, inquiries (BHT02 28) and notices among the 278s of a file, one patient event at a time.
    Errors as `read_claims`.
    """
    return reported(_told(source, _request, report, limits, asking=True), report)


def read_authorization_decisions(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Received[AuthorizationDecision]]:
    """Stream the answers and acknowledgements among the 278s of a file, one patient event (or one level turned away as
    a whole) at a time. Errors as `read_claims`.
    """
    return reported(_told(source, _decision, report, limits, asking=False), report)


def _told(
    source: Source, make: Callable[[OpenLoop], T], report: Report | None, limits: Limits, *, asking: bool
) -> Iterator[Received[T]]:
    for opened in read_sets(source, READING, report, limits):
        for loop in opened.loops:
            below = _BELOW.get(loop.id)
            if below is None or any(name in loop.counts for name in below) or _asks(loop) is not asking:
                continue
            value = attempt(make, loop, report)
            if value is not None:
                yield _received(opened.envelope, loop, value)


def _received(envelope: Envelope, loop: OpenLoop, value: T) -> Received[T]:
    return Received(envelope, loop.position(), value)


def _asks(loop: OpenLoop) -> bool:
    """Whether the set asks or informs; one without BHT is taken for a request, whose reading names the fault."""
    root = loop
    while root.around is not None:
        root = root.around
    head = first(root, "BHT")
    purpose = element(head, 2) if head else ""
    return not purpose or purpose in _ASKING or purpose in _NOTING


def _request(loop: OpenLoop) -> AuthorizationRequest:
    dependent = loop.enclosing("2000D")
    return AuthorizationRequest(
        head=head_of(loop),
        payer=_payer(enclosing(loop, "2000A", "HL")),
        requester=_requester(enclosing(loop, "2000B", "HL")),
        subscriber=member(enclosing(loop, "2000C", "HL"), "2010C"),
        dependent=member(dependent, "2010D") if dependent else None,
        event=_event(loop) if loop.id == "2000E" else None,
    )


def _decision(loop: OpenLoop) -> AuthorizationDecision:
    requester, subscriber, dependent = map(loop.enclosing, ("2000B", "2000C", "2000D"))
    return AuthorizationDecision(
        head=head_of(loop),
        payer=_payer(enclosing(loop, "2000A", "HL")),
        requester=_requester(requester) if requester else None,
        subscriber=member(subscriber, "2010C") if subscriber else None,
        dependent=member(dependent, "2010D") if dependent else None,
        event=_event(loop) if loop.id == "2000E" else None,
    )


def _payer(loop: OpenLoop) -> InformationSource:
    if not isinstance(loop.value, InformationSource):
        loop.value = InformationSource(*level(loop, "2010A"))
    return loop.value


def _requester(loop: OpenLoop) -> InformationReceiver:
    if not isinstance(loop.value, InformationReceiver):
        loop.value = InformationReceiver(*level(loop, "2010B"))
    return loop.value


class _Gathered:
    """What an event or a service says, and what no field holds."""

    def __init__(self, loop: OpenLoop) -> None:
        self.review: Review | None = None
        self.decision: ReviewDecision | None = None
        self.line: ReviewLine | None = None
        self.traces: list[Trace] = []
        self.references: list[Reference] = []
        self.dates: list[DatedEvent] = []
        self.diagnoses: tuple[EventDiagnosis, ...] = ()
        self.deliveries: list[Delivery] = []
        self.attachments: list[Attachment] = []
        self.messages: list[str] = []
        self.rejections: list[Rejection] = []
        self.extra: list[Segment] = []
        for segment in loop.segments[1:]:
            if not (self._once(loop, segment) or self._often(loop, segment)):
                self.extra.append(frozen(segment))
        self.extra += rest(loop.segments[0], 4)

    def _once(self, loop: OpenLoop, segment: Elements) -> bool:
        match segment[0]:
            case "UM" if self.review is None and _plain_review(segment):
                self.review = _review(segment)
            case "HCR" if self.decision is None and element(segment, 1) and not longer(segment, 4):
                self.decision = ReviewDecision(
                    element(segment, 1), element(segment, 2), texts(segment, 3), element(segment, 4)
                )
            case "HI" if loop.id == "2000E" and not self.diagnoses:
                self.diagnoses = _diagnoses(segment)
                return bool(self.diagnoses)
            case name if name in _LINES and self.line is None and loop.id == "2000F" and _plain_line(segment):
                self.line = _line(loop, segment)
                self.extra += rest(segment, _LAST[name])
            case _:
                return False
        return True

    def _often(self, loop: OpenLoop, segment: Elements) -> bool:
        match segment[0]:
            case "TRN" if not longer(segment, 4):
                self.traces.append(trace(segment))
            case "REF" if (read := reference(segment)) is not None:
                self.references.append(read)
            case "DTP" if in_days(segment) and not longer(segment, 3):
                self.dates.append(dated(loop, segment))
            case "HSD" if any(segment[1:]) and not longer(segment, 8):
                self.deliveries.append(delivery(loop, segment))
            case "PWK" if plain_attachment(segment):
                self.attachments.append(Attachment(segment[1], element(segment, 2), element(segment, 6)))
            case "MSG" if not longer(segment, 1):
                self.messages.append(element(segment, 1))
            case "AAA" if plain_rejection(segment):
                self.rejections.append(rejection(segment))
            case _:
                return False
        return True


def _plain_review(segment: Elements) -> bool:
    """Whether a UM says no more than a `Review` holds."""
    place, causes = element(segment, 4), element(segment, 5).split(COMPONENT)
    named = not place or (place.count(COMPONENT) == 1 and not place.startswith(COMPONENT))
    return bool(element(segment, 1)) and named and bool(causes[-1] or len(causes) == 1) and not longer(segment, 10)


def _review(segment: Elements) -> Review:
    place, _, qualifier = element(segment, 4).partition(COMPONENT)
    causes = element(segment, 5)
    return Review(
        element(segment, 1), element(segment, 2), element(segment, 3), place, qualifier if place else "B",
        tuple(causes.split(COMPONENT)) if causes else (), *(element(segment, at) for at in range(6, 11)),
    )  # fmt: skip


def _diagnoses(segment: Elements) -> tuple[EventDiagnosis, ...]:
    """The codes of HI, each with at most the date it was made; none when it holds anything else."""
    found: list[EventDiagnosis] = []
    for text in frozen(segment)[1:]:
        parts = text.split(COMPONENT)
        if len(parts) not in (2, 4) or not all(parts) or (len(parts) == 4 and parts[2] != "D8"):
            return ()
        try:
            found.append(EventDiagnosis(parts[0], parts[1], values.day(parts[3]) if len(parts) == 4 else None))
        except ValueError:
            return ()
    return tuple(found)


_LAST = {"SV1": 7, "SV2": 5, "SV3": 6}
"""The last element of each that a `ReviewLine` holds; what comes after it is kept."""
_UNHELD = {"SV1": (5, 6), "SV2": (), "SV3": (3, 5)}


def _plain_line(segment: Elements) -> bool:
    name = segment[0]
    said = any(segment[1 : _LAST[name] + 1])
    return said and not any(element(segment, at) for at in _UNHELD[name])


def _line(loop: OpenLoop, segment: Elements) -> ReviewLine:
    name = segment[0]
    code, charge, unit, quantity = {"SV1": (1, 2, 3, 4), "SV2": (2, 3, 4, 5), "SV3": (1, 2, 0, 6)}[name]
    procedure, end = optional(loop, segment, code, ranged_procedure) or (None, "")
    return ReviewLine(
        procedure=procedure,
        quantity=optional_amount(loop, segment, quantity),
        unit=element(segment, unit) if unit else "",
        kind=name,
        procedure_end=end,
        revenue_code=element(segment, 1) if name == "SV2" else "",
        charge=optional_amount(loop, segment, charge),
        pointers=(optional(loop, segment, 7, pointers) or ()) if name == "SV1" else (),
        oral_cavity=element(segment, 4) if name == "SV3" else "",
    )


def _event(loop: OpenLoop) -> PatientEvent:
    said = _Gathered(loop)
    return PatientEvent(
        review=said.review,
        decision=said.decision,
        traces=tuple(said.traces),
        references=tuple(said.references),
        dates=tuple(said.dates),
        diagnoses=said.diagnoses,
        deliveries=tuple(said.deliveries),
        attachments=tuple(said.attachments),
        messages=tuple(said.messages),
        rejections=tuple(said.rejections),
        providers=_parties(loop, "2010EA"),
        stops=_parties(loop, "2010EB"),
        services=tuple(_service(inner) for inner in loop.loops if inner.id == "2000F"),
        extra=tuple(said.extra),
    )


def _service(loop: OpenLoop) -> ServiceReview:
    said = _Gathered(loop)
    return ServiceReview(
        line=said.line,
        review=said.review,
        decision=said.decision,
        traces=tuple(said.traces),
        references=tuple(said.references),
        dates=tuple(said.dates),
        deliveries=tuple(said.deliveries),
        attachments=tuple(said.attachments),
        messages=tuple(said.messages),
        rejections=tuple(said.rejections),
        providers=_parties(loop, "2010F"),
        extra=tuple(said.extra),
    )


def _parties(loop: OpenLoop, loop_id: str) -> tuple[EventParty, ...]:
    return tuple(map(_party, (inner for inner in loop.loops if inner.id == loop_id)))


def _party(loop: OpenLoop) -> EventParty:
    refused = [item for item in loop.segments if plain_rejection(item)]
    who = without(named(loop), *refused)
    return EventParty(element(loop.segments[0], 1), who, tuple(map(rejection, refused)))
