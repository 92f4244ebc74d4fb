"""Requests for authorization and decisions to the body of a 278."""

from collections.abc import Iterable, Iterator

from x12 import values
from x12.eligibility_writer import delivery, member_segments, rejection
from x12.errors import WriteRefused
from x12.guides.authorization_parts import READING
from x12.inquiry_phrases import head, numbers, places, ranged_procedure, rejoined, trace, who
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
from x12.model.claim import Attachment
from x12.model.eligibility import InformationReceiver, InformationSource, Member
from x12.model.segments import REPETITION, Loop, Segment
from x12.phrases import dated, references
from x12.writer import amount, body_text, composite, flatten

Part = AuthorizationRequest | AuthorizationDecision
_PLACES = places(READING)


def render_authorization_requests_body(requests: Iterable[AuthorizationRequest]) -> str:
    """The segments between ST and SE of one 278 that asks or informs, in canonical delimiters.

    Requests that follow one another share payer, requester, subscriber and dependent where these are equal. Raises
    WriteRefused when nothing is given or the heads differ, DelimiterInData.
    """
    return body_text(_segments(requests))


def render_authorization_decisions_body(decisions: Iterable[AuthorizationDecision]) -> str:
    """The segments between ST and SE of one 278 that answers; as `render_authorization_requests_body`."""
    return body_text(_segments(decisions))


def _segments(parts: Iterable[Part]) -> Iterator[Segment]:
    levels: _Levels | None = None
    for part in parts:
        if levels is None:
            levels = _Levels(part)
            yield from head(part.head)
        elif levels.begun.head != part.head:
            raise WriteRefused("One set has one head")
        yield from levels.write(part)
    if levels is None:
        raise WriteRefused("A set needs at least one patient event")


class _Levels:
    """Counts HL segments and remembers which levels are open, so that equal ones are shared."""

    def __init__(self, begun: Part) -> None:
        self.begun = begun
        self.count = 0
        self.open: list[tuple[str, object, str]] = []

    def write(self, part: Part) -> Iterator[Segment]:
        """The levels of a part that are not open already, and its event. A level that nothing follows is not shared:
        being there is what it says.
        """
        path = _path(part)
        shared = 0
        for (name, level, _), (wanted, other) in zip(self.open, path[:-1], strict=False):
            if (name, level) != (wanted, other):
                break
            shared += 1
        # An event of the subscriber's own would be taken for one of the dependent that is still open.
        if len(self.open) > shared == 3 and path[shared][0] == "2000E" and self.open[shared][0] == "2000D":
            shared = 2
        del self.open[shared:]
        for place, (name, level) in enumerate(path[shared:], start=shared + 1):
            above = self.open[-1][2] if self.open else ""
            yield from self._level(name, level, above, below=place < len(path))
        if part.event is None:
            self.open[-1] = (self.open[-1][0], None, self.open[-1][2])

    def _level(self, name: str, level: object, above: str, *, below: bool) -> Iterator[Segment]:
        if isinstance(level, PatientEvent):
            yield from self._event(level, above)
            return
        hl = self._hl(above, _CODES[name], below=below)
        self.open.append((name, level, hl[1]))
        letter = name[-1]
        if isinstance(level, Member):
            own = (hl, *map(trace, level.traces), *level.extra)
            inner = Loop(f"2010{letter}", tuple(member_segments(level)))
            yield from flatten(Loop(name, own, (inner, *level.loops)), _PLACES[name])
        elif isinstance(level, InformationSource | InformationReceiver):
            said = (*who(level.entity, level.party), *map(rejection, level.rejections))
            loop = Loop(name, (hl, *level.extra), (Loop(f"2010{letter}", said), *level.loops))
            yield from flatten(loop, _PLACES[name])

    def _hl(self, above: str, code: str, *, below: bool) -> Segment:
        self.count += 1
        return ("HL", str(self.count), above, code, "1" if below else "0")

    def _event(self, event: PatientEvent, above: str) -> Iterator[Segment]:
        hl = self._hl(above, "EV", below=bool(event.services))
        own = (*rejoined(hl, event.extra), *_said(event), *_diagnoses(event.diagnoses))
        parties = (
            *(_party("2010EA", item) for item in event.providers),
            *(_party("2010EB", item) for item in event.stops),
        )
        services = tuple(self._service(item, hl[1]) for item in event.services)
        yield from flatten(Loop("2000E", own, (*parties, *services, *event.loops)), _PLACES["2000E"])

    def _service(self, service: ServiceReview, above: str) -> Loop:
        hl, *kept = rejoined(self._hl(above, "SS", below=False), service.extra)
        own = (hl, *_line(service.line, kept), *_said(service))
        return Loop("2000F", own, (*(_party("2010F", item) for item in service.providers), *service.loops))


_CODES = {"2000A": "20", "2000B": "21", "2000C": "22", "2000D": "23"}


def _path(part: Part) -> list[tuple[str, object]]:
    """The levels of a part from the payer down to the last that is there."""
    path: list[tuple[str, object]] = [("2000A", part.payer)]
    for name, level in (("2000B", part.requester), ("2000C", part.subscriber)):
        if level is None:
            return path
        path.append((name, level))
    if part.dependent is not None:
        path.append(("2000D", part.dependent))
    if part.event is not None:
        path.append(("2000E", part.event))
    return path


def _said(item: PatientEvent | ServiceReview) -> Iterator[Segment]:
    """What events and services say alike; the guide puts it in order."""
    yield from map(trace, item.traces)
    yield from map(rejection, item.rejections)
    if item.review is not None:
        yield _review(item.review)
    if item.decision is not None:
        yield _decision(item.decision)
    yield from references(item.references)
    yield from map(dated, item.dates)
    yield from map(delivery, item.deliveries)
    yield from map(_attachment, item.attachments)
    yield from (("MSG", text) for text in item.messages)


def _review(item: Review) -> Segment:
    place = composite(item.place, item.place_qualifier) if item.place else ""
    return (
        "UM", item.category, item.certification, item.service_type, place, composite(*item.causes), item.urgency,
        item.health_status, item.prognosis, item.release, item.delay,
    )  # fmt: skip


def _decision(item: ReviewDecision) -> Segment:
    return ("HCR", item.action, item.number, REPETITION.join(item.reasons), item.second_opinion)


def _diagnoses(items: tuple[EventDiagnosis, ...]) -> tuple[Segment, ...]:
    """HI."""
    codes = [
        composite(item.qualifier, item.code, *(("D8", values.day_text(item.known)) if item.known else ()))
        for item in items
    ]
    return (("HI", *codes),) if codes else ()


def _attachment(item: Attachment) -> Segment:
    number = ("", "", "AC", item.control_number) if item.control_number else ()
    return ("PWK", item.report_type, item.transmission, *number)


def _line(item: ReviewLine | None, kept: list[Segment]) -> Iterator[Segment]:
    """SV1, SV2 or SV3 with what was kept of it, then what else was kept."""
    if item is None:
        yield from kept
        return
    code = ranged_procedure(item.procedure, item.procedure_end)
    charge, quantity = amount(item.charge), amount(item.quantity)
    match item.kind:
        case "SV2":
            segment: Segment = ("SV2", item.revenue_code, code, charge, item.unit, quantity)
        case "SV3":
            segment = ("SV3", code, charge, "", item.oral_cavity, "", quantity)
        case _:
            segment = ("SV1", code, charge, item.unit, quantity, "", "", numbers(item.pointers))
    yield from rejoined(segment, kept)


def _party(loop_id: str, item: EventParty) -> Loop:
    return Loop(loop_id, (*who(item.role, item.party), *map(rejection, item.rejections)))
