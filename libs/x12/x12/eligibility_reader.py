"""270 and 271 to inquiries and answers, one patient at a time."""

from collections.abc import Iterator
from dataclasses import replace

from x12.fields import (
    dated,
    enclosing,
    frozen,
    in_days,
    longer,
    needed_loop,
    optional,
    optional_amount,
    reference,
)  # fmt: skip
from x12.guides.eligibility_inquiry import GUIDE as INQUIRY
from x12.guides.eligibility_response import GUIDE as RESPONSE
from x12.guides.spec import Guide
from x12.inquiry_fields import head_of, named, person, pointers, ranged_procedure, rest, texts, trace, without
from x12.model.claim import DatedEvent
from x12.model.eligibility import (
    Benefit,
    Condition,
    Delivery,
    EligibilityAnswer,
    EligibilityInquiry,
    InformationReceiver,
    InformationSource,
    Member,
    Rejection,
    RelatedEntity,
    ServiceInquiry,
)  # fmt: skip
from x12.model.envelope import Envelope, Received
from x12.model.inquiry import Trace
from x12.model.party import Party, Reference
from x12.model.segments import Loop, Segment, element
from x12.reader import OpenLoop
from x12.sets import Report, attempt, read_sets, reported
from x12.tokens import DEFAULT_LIMITS, Elements, Limits, Source

_BELOW = {"2000A": "2000B", "2000B": "2000C", "2000C": "2000D", "2000D": ""}
_NAMES = {"2000A": "2100A", "2000B": "2100B", "2000C": "2100C", "2000D": "2100D"}


def read_eligibility_inquiries(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Received[EligibilityInquiry]]:
    """Stream the 270s of a file, one patient at a time. Errors as `read_claims`."""
    return reported(_inquiries(source, report, limits), report)


def read_eligibility_answers(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Received[EligibilityAnswer]]:
    """Stream the 271s of a file, one patient (or one level turned away as a whole) at a time. Errors as
    `read_claims`.
    """
    return reported(_answers(source, report, limits), report)


def _inquiries(source: Source, report: Report | None, limits: Limits) -> Iterator[Received[EligibilityInquiry]]:
    for loop, opened in _told(source, INQUIRY, report, limits):
        inquiry = attempt(_inquiry, loop, report)
        if inquiry is not None:
            yield Received(opened, loop.position(), inquiry)


def _answers(source: Source, report: Report | None, limits: Limits) -> Iterator[Received[EligibilityAnswer]]:
    for loop, opened in _told(source, RESPONSE, report, limits):
        answer = attempt(_answer, loop, report)
        if answer is not None:
            yield Received(opened, loop.position(), answer)


def _told(source: Source, guide: Guide, report: Report | None, limits: Limits) -> Iterator[tuple[OpenLoop, Envelope]]:
    """The levels that something is said of, in the order of the file: those with nothing below them, and subscribers
    of whom something is said besides their dependents.
    """
    for opened in read_sets(source, guide, report, limits):
        told: OpenLoop | None = None
        for loop in opened.loops:
            if loop.id not in _BELOW:
                continue
            if loop.id == "2000D" and loop.around is not told and loop.around is not None:
                told = loop.around
                if _says(told):
                    yield told, opened.envelope
            if _BELOW[loop.id] not in loop.counts:
                yield loop, opened.envelope


def _says(subscriber: OpenLoop) -> bool:
    inner = subscriber.inner("2100C")
    return inner is not None and "2110C" in inner.counts


def _inquiry(loop: OpenLoop) -> EligibilityInquiry:
    subscriber = enclosing(loop, "2000C", "HL")
    return EligibilityInquiry(
        head=head_of(loop),
        source=_source(enclosing(loop, "2000A", "HL")),
        receiver=_receiver(enclosing(loop, "2000B", "HL")),
        subscriber=member(subscriber, "2100C"),
        dependent=member(loop, "2100D") if loop is not subscriber else None,
        services=tuple(map(_service, _asked(loop))),
    )


def _answer(loop: OpenLoop) -> EligibilityAnswer:
    receiver, subscriber = loop.enclosing("2000B"), loop.enclosing("2000C")
    return EligibilityAnswer(
        head=head_of(loop),
        source=_source(enclosing(loop, "2000A", "HL")),
        receiver=_receiver(receiver) if receiver else None,
        subscriber=member(subscriber, "2100C") if subscriber else None,
        dependent=member(loop, "2100D") if loop.id == "2000D" else None,
        benefits=tuple(map(_benefit, _asked(loop))) if subscriber else (),
    )


def _asked(loop: OpenLoop) -> list[OpenLoop]:
    inner = needed_loop(loop, _NAMES[loop.id], "NM1")
    return [item for item in inner.loops if item.id.startswith("2110")]


def level(
    loop: OpenLoop, name_loop: str
) -> tuple[Party, str, tuple[Rejection, ...], tuple[Segment, ...], tuple[Loop, ...]]:
    """What the levels of source and receiver say alike; `name_loop` is the one with NM1. Raises MissingSegment."""
    inner = needed_loop(loop, name_loop, "NM1")
    said = [item for item in (*loop.segments[1:], *inner.segments) if plain_rejection(item)]
    who = without(named(inner), *(item for item in inner.segments if plain_rejection(item)))
    extra = tuple(frozen(item) for item in loop.segments[1:] if not plain_rejection(item))
    return who, element(inner.segments[0], 1), tuple(map(rejection, said)), extra, _unread(loop, inner)


def _source(loop: OpenLoop) -> InformationSource:
    if not isinstance(loop.value, InformationSource):
        loop.value = InformationSource(*level(loop, _NAMES[loop.id]))
    return loop.value


def _receiver(loop: OpenLoop) -> InformationReceiver:
    if not isinstance(loop.value, InformationReceiver):
        loop.value = InformationReceiver(*level(loop, _NAMES[loop.id]))
    return loop.value


def _unread(loop: OpenLoop, read: OpenLoop) -> tuple[Loop, ...]:
    return tuple(inner.kept() for inner in loop.loops if inner is not read)


def plain_rejection(segment: Elements) -> bool:
    """Whether an AAA says no more than a `Rejection` holds."""
    return segment[0] == "AAA" and not element(segment, 2) and not longer(segment, 4)


def rejection(segment: Elements) -> Rejection:
    """AAA."""
    return Rejection(element(segment, 3), element(segment, 4), element(segment, 1))


def member(loop: OpenLoop, name_loop: str) -> Member:
    """The subscriber or dependent of a level, read once. Raises MissingSegment, BadElement."""
    if isinstance(loop.value, Member):
        return loop.value
    inner = needed_loop(loop, name_loop, "NM1")
    traces: list[Trace] = []
    extra: list[Segment] = []
    for segment in loop.segments[1:]:
        if segment[0] == "TRN" and not longer(segment, 4):
            traces.append(trace(segment))
        else:
            extra.append(frozen(segment))
    loop.value = _with_details(inner, tuple(traces), tuple(extra), _unread(loop, inner))
    return loop.value


def _with_details(
    loop: OpenLoop, traces: tuple[Trace, ...], extra: tuple[Segment, ...], loops: tuple[Loop, ...]
) -> Member:
    someone = person(loop)
    dates: list[DatedEvent] = []
    rejections: list[Rejection] = []
    taken: list[Elements] = []
    insured: Elements = []
    for segment in loop.segments[1:]:
        match segment[0]:
            case "DTP" if in_days(segment) and not longer(segment, 3):
                dates.append(dated(loop, segment))
            case "AAA" if plain_rejection(segment):
                rejections.append(rejection(segment))
            case "INS" if not insured:
                insured = segment
            case _:
                continue
        taken.append(segment)
    who = without(someone.party, *taken)
    beyond = rest(insured, 2) if insured else ()
    return Member(
        person=replace(someone, party=replace(who, extra=(*who.extra, *beyond))),
        entity=element(loop.segments[0], 1),
        is_subscriber=element(insured, 1),
        relationship=element(insured, 2),
        traces=traces,
        dates=tuple(dates),
        rejections=tuple(rejections),
        extra=extra,
        loops=loops,
    )


def _service(loop: OpenLoop) -> ServiceInquiry:
    head = loop.segments[0]
    gathered = _Gathered(loop)
    procedure, end = optional(loop, head, 2, ranged_procedure) or (None, "")
    return ServiceInquiry(
        service_types=texts(head, 1),
        procedure=procedure,
        procedure_end=end,
        coverage_level=element(head, 3),
        insurance_type=element(head, 4),
        pointers=optional(loop, head, 5, pointers) or (),
        dates=tuple(gathered.dates),
        references=tuple(gathered.references),
        extra=(*gathered.extra, *rest(head, 5)),
        loops=tuple(inner.kept() for inner in loop.loops),
    )


class _Gathered:
    """The dates and references below an EQ or EB, and what no field holds."""

    def __init__(self, loop: OpenLoop) -> None:
        self.dates: list[DatedEvent] = []
        self.references: list[Reference] = []
        self.rejections: list[Rejection] = []
        self.messages: list[str] = []
        self.deliveries: list[Delivery] = []
        self.extra: list[Segment] = []
        answer = loop.segments[0][0] == "EB"
        for segment in loop.segments[1:]:
            if not (answer and self._answered(loop, segment)):
                self._take(loop, segment)

    def _take(self, loop: OpenLoop, segment: Elements) -> None:
        match segment[0]:
            case "DTP" if in_days(segment) and not longer(segment, 3):
                self.dates.append(dated(loop, segment))
            case "REF" if (read := reference(segment)) is not None:
                self.references.append(read)
            case _:
                self.extra.append(frozen(segment))

    def _answered(self, loop: OpenLoop, segment: Elements) -> bool:
        match segment[0]:
            case "AAA" if plain_rejection(segment):
                self.rejections.append(rejection(segment))
            case "MSG" if not longer(segment, 1):
                self.messages.append(element(segment, 1))
            case "HSD" if not longer(segment, 8):
                self.deliveries.append(delivery(loop, segment))
            case _:
                return False
        return True


def delivery(loop: OpenLoop, segment: Elements) -> Delivery:
    """HSD. Raises BadElement."""
    return Delivery(
        quantity_qualifier=element(segment, 1),
        quantity=optional_amount(loop, segment, 2),
        unit=element(segment, 3),
        sampling=optional_amount(loop, segment, 4),
        time_period=element(segment, 5),
        periods=optional_amount(loop, segment, 6),
        calendar_pattern=element(segment, 7),
        time_pattern=element(segment, 8),
    )


def _benefit(loop: OpenLoop) -> Benefit:
    head = loop.segments[0]
    gathered = _Gathered(loop)
    procedure, end = optional(loop, head, 13, ranged_procedure) or (None, "")
    related = next((inner for inner in loop.loops if inner.id == "LS" and _plain_related(inner)), None)
    return Benefit(
        information=element(head, 1),
        coverage_level=element(head, 2),
        service_types=texts(head, 3),
        insurance_type=element(head, 4),
        plan=element(head, 5),
        time_period=element(head, 6),
        amount=optional_amount(loop, head, 7),
        percent=optional_amount(loop, head, 8),
        quantity_qualifier=element(head, 9),
        quantity=optional_amount(loop, head, 10),
        authorization_required=element(head, 11),
        in_network=element(head, 12),
        procedure=procedure,
        procedure_end=end,
        pointers=optional(loop, head, 14, pointers) or (),
        deliveries=tuple(gathered.deliveries),
        references=tuple(gathered.references),
        dates=tuple(gathered.dates),
        rejections=tuple(gathered.rejections),
        messages=tuple(gathered.messages),
        conditions=tuple(_condition(inner) for inner in loop.loops if inner.id.startswith("2115")),
        related=tuple(map(_related, related.loops)) if related else (),
        extra=(*gathered.extra, *rest(head, 14)),
        loops=tuple(_kept_related(inner) for inner in loop.loops if inner.id == "LS" and inner is not related),
    )


def _condition(loop: OpenLoop) -> Condition:
    head = loop.segments[0]
    return Condition(
        element(head, 1), element(head, 2), element(head, 3), element(head, 4),
        (*map(frozen, loop.segments[1:]), *rest(head, 4)),
    )  # fmt: skip


def _plain_related(loop: OpenLoop) -> bool:
    """Whether LS, its entities and LE are all there is, so that they are written again as they came."""
    return [*map(frozen, loop.segments)] == [("LS", "2120"), ("LE", "2120")] and bool(loop.loops)


def _kept_related(loop: OpenLoop) -> Loop:
    """A related loop that is not whole, kept; what came after its entities (LE) stays after them."""
    kept = loop.kept()
    begin = loop.loops[0].start if loop.loops else 0
    own = [segment for segment, at in zip(kept.segments, loop.positions, strict=True) if not begin or at < begin]
    after = kept.segments[len(own) :]
    return Loop(kept.id, tuple(own), (*kept.loops, *((Loop("LE", after),) if after else ())))


def _related(loop: OpenLoop) -> RelatedEntity:
    head = loop.segments[0]
    return RelatedEntity(element(head, 1), named(loop, 10), element(head, 10))
