"""276 and 277 to claim status inquiries and answers, one claim at a time."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from x12 import values
from x12.errors import MissingSegment
from x12.fields import (
    amount,
    bad,
    dated,
    enclosing,
    frozen,
    in_days,
    longer,
    needed_loop,
    optional,
    optional_amount,
    procedure,
    reference,
    value,
)  # fmt: skip
from x12.guides.claim_status_request import GUIDE as REQUEST
from x12.guides.claim_status_response import GUIDE as RESPONSE
from x12.inquiry_fields import head_of, named, person, plain_birth, rest, trace
from x12.model.acknowledgement import Status
from x12.model.claim_status import (
    ClaimStatusAnswer,
    ClaimStatusInquiry,
    ClaimStatusPart,
    ClaimStatusReport,
    LevelStatus,
    StatusLevel,
    StatusLine,
    StatusPerson,
)  # fmt: skip
from x12.model.envelope import Received
from x12.model.party import Reference
from x12.model.segments import COMPONENT, Loop, Segment, element
from x12.reader import OpenLoop
from x12.sets import Report, attempt, read_sets, reported
from x12.tokens import DEFAULT_LIMITS, Elements, Limits, Source

_PATIENTS = {"2000D": "2200D", "2000E": "2200E"}
_REFUSABLE = {"2000B": ("2200B", "2000C"), "2000C": ("2200C", "2000D")}
_STATUSES = (1, 10, 11)


def read_claim_status_inquiries(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Received[ClaimStatusInquiry]]:
    """Stream the 276s of a file, one claim at a time. Errors as `read_claims`."""
    return reported(_inquiries(source, report, limits), report)


def read_claim_statuses(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Received[ClaimStatusPart]]:
    """Stream the 277s (005010X212) of a file: what was said of each claim, and before it of a whole question or
    provider where that was said. Errors as `read_claims`.
    """
    return reported(_answers(source, report, limits), report)


def _inquiries(source: Source, report: Report | None, limits: Limits) -> Iterator[Received[ClaimStatusInquiry]]:
    for opened in read_sets(source, REQUEST, report, limits):
        told: list[OpenLoop] = []
        for loop in opened.loops:
            for claim in _claims(loop, told, report):
                inquiry = attempt(_inquiry, claim, report)
                if inquiry is not None:
                    yield Received(opened.envelope, claim.position(), inquiry)


def _answers(source: Source, report: Report | None, limits: Limits) -> Iterator[Received[ClaimStatusPart]]:
    for opened in read_sets(source, RESPONSE, report, limits):
        told: list[OpenLoop] = []
        levels: dict[str, OpenLoop] = {}
        for loop in opened.loops:
            for level in _levels(loop, levels):
                status = attempt(_level_status, level, report)
                if status is not None:
                    yield Received(opened.envelope, level.position(), status)
            for claim in _claims(loop, told, report):
                answer = attempt(_answer, claim, report)
                if answer is not None:
                    yield Received(opened.envelope, claim.position(), answer)


def _claims(loop: OpenLoop, told: list[OpenLoop], report: Report | None) -> Iterator[OpenLoop]:
    """The claims of a patient level that closes; a subscriber's own come before those of the first dependent.
    `told` holds the subscriber whose claims were given last.
    """
    if loop.id == "2000E" and loop.around is not None and loop.around not in told:
        told[:] = [loop.around]
        yield from (inner for inner in loop.around.loops if inner.id == "2200D")
    if loop.id in _PATIENTS and loop not in told:
        claims = [inner for inner in loop.loops if inner.id == _PATIENTS[loop.id]]
        if not claims and "2000E" not in loop.counts:
            attempt(_nothing_asked, loop, report)
        yield from claims


def _nothing_asked(loop: OpenLoop) -> None:
    raise MissingSegment("A loop is missing", loop.position(), loop=_PATIENTS[loop.id], segment="TRN")


def _levels(loop: OpenLoop, told: dict[str, OpenLoop]) -> Iterator[OpenLoop]:
    """The levels around a loop that closes (or itself) that were refused or end there, once each, outermost first."""
    for name, (saying, below) in _REFUSABLE.items():
        level = loop.enclosing(name)
        if level is not None and told.get(name) is not level:
            told[name] = level
            if level.inner(saying) is not None or below not in level.counts:
                yield level


def _status_level(loop: OpenLoop, name: str) -> StatusLevel:
    if isinstance(loop.value, StatusLevel):
        return loop.value
    needed_loop(loop, name, "NM1")
    loop.value = StatusLevel(
        tuple(named(inner) for inner in loop.loops if inner.id == name),
        tuple(map(frozen, loop.segments[1:])),
        _kept(loop, name, name.replace("2100", "2200")),
    )
    return loop.value


def _kept(loop: OpenLoop, *read: str) -> tuple[Loop, ...]:
    return tuple(inner.kept() for inner in loop.loops if inner.id not in read)


def _person(loop: OpenLoop) -> StatusPerson:
    if isinstance(loop.value, StatusPerson):
        return loop.value
    letter = loop.id[-1]
    inner = needed_loop(loop, f"2100{letter}", "NM1")
    birth = next((item for item in loop.segments if item[0] == "DMG" and plain_birth(item)), None)
    extra = tuple(frozen(item) for item in loop.segments[1:] if item is not birth)
    someone = person(loop=inner, demographic=birth)
    loop.value = StatusPerson(someone, extra, _kept(loop, inner.id, f"2200{letter}"))
    return loop.value


class _Said:
    """What the segments of a claim or line say."""

    def __init__(self, loop: OpenLoop) -> None:
        self.reports: list[ClaimStatusReport] = []
        self.references: list[Reference] = []
        self.extra: list[Segment] = []
        self.served: tuple[date | None, date | None] = (None, None)
        self.charge: Decimal | None = None
        for segment in loop.segments[1:]:
            self._take(loop, segment)

    def _take(self, loop: OpenLoop, segment: Elements) -> None:
        match segment[0]:
            case "STC" if not longer(segment, 12):
                self.reports.append(_report(loop, segment))
            case "REF" if (read := reference(segment)) is not None:
                self.references.append(read)
            case "AMT" if self.charge is None and element(segment, 1) == "T3" and not longer(segment, 2):
                self.charge = amount(loop, segment, 2)
            case "DTP" if self.served[0] is None and element(segment, 1) == "472" and in_days(segment):
                on = dated(loop, segment)
                self.served = (on.start, on.end)
            case _:
                self.extra.append(frozen(segment))

    def pick(self, qualifier: str) -> str:
        for item in self.references:
            if item.qualifier == qualifier and item.value and not item.description:
                self.references.remove(item)
                return item.value
        return ""


def _report(loop: OpenLoop, segment: Elements) -> ClaimStatusReport:
    statuses: list[Status] = []
    for number in _STATUSES:
        if text := element(segment, number):
            parts = text.split(COMPONENT)
            if len(parts) > 4:
                raise bad(loop, segment, number, "has more components than a status")
            statuses.append(Status(*parts))
    if not statuses:
        raise bad(loop, segment, 1, "names no status")
    return ClaimStatusReport(
        statuses=tuple(statuses),
        effective=optional(loop, segment, 2, values.day),
        action=element(segment, 3),
        charge=optional_amount(loop, segment, 4),
        paid=optional_amount(loop, segment, 5),
        decided=optional(loop, segment, 6, values.day),
        method=element(segment, 7),
        payment_date=optional(loop, segment, 8, values.day),
        payment_number=element(segment, 9),
        message=element(segment, 12),
    )


def _level_status(loop: OpenLoop) -> LevelStatus:
    receiver = _status_level(enclosing(loop, "2000B", "HL"), "2100B")
    status = loop.inner(_REFUSABLE[loop.id][0])
    said = _Said(status) if status is not None else None
    head = status.segments[0] if status is not None else None
    return LevelStatus(
        head=head_of(loop),
        source=_status_level(enclosing(loop, "2000A", "HL"), "2100A"),
        receiver=receiver,
        provider=_status_level(loop, "2100C") if loop.id == "2000C" else None,
        trace=trace(head) if head is not None else None,
        reports=tuple(said.reports) if said else (),
        references=tuple(said.references) if said else (),
        extra=(*said.extra, *_dates(said), *rest(head, 4)) if said and head else (),
    )


def _dates(said: "_Said | None") -> tuple[Segment, ...]:
    """A service date at a level has no field; it is kept."""
    if said is None or said.served[0] is None:
        return ()
    return (("DTP", "472", *values.days_text(said.served[0], said.served[1])),)


def _inquiry(loop: OpenLoop) -> ClaimStatusInquiry:
    said = _Said(loop)
    patient = loop.around or loop
    return ClaimStatusInquiry(
        head=head_of(loop),
        source=_status_level(enclosing(loop, "2000A", "HL"), "2100A"),
        receiver=_status_level(enclosing(loop, "2000B", "HL"), "2100B"),
        provider=_status_level(enclosing(loop, "2000C", "HL"), "2100C"),
        subscriber=_person(enclosing(loop, "2000D", "HL")),
        dependent=_person(patient) if patient.id == "2000E" else None,
        trace=trace(loop.segments[0]),
        payer_control_number=said.pick("1K"),
        charge=said.charge,
        service_from=said.served[0],
        service_to=said.served[1],
        lines=tuple(_line(inner) for inner in loop.loops),
        references=tuple(said.references),
        extra=(*said.extra, *rest(loop.segments[0], 4)),
    )


def _answer(loop: OpenLoop) -> ClaimStatusAnswer:
    said = _Said(loop)
    patient = loop.around or loop
    return ClaimStatusAnswer(
        head=head_of(loop),
        source=_status_level(enclosing(loop, "2000A", "HL"), "2100A"),
        receiver=_status_level(enclosing(loop, "2000B", "HL"), "2100B"),
        provider=_status_level(enclosing(loop, "2000C", "HL"), "2100C"),
        subscriber=_person(enclosing(loop, "2000D", "HL")),
        dependent=_person(patient) if patient.id == "2000E" else None,
        trace=trace(loop.segments[0]),
        reports=tuple(said.reports),
        payer_control_number=said.pick("1K"),
        charge=said.charge,
        service_from=said.served[0],
        service_to=said.served[1],
        lines=tuple(_line(inner) for inner in loop.loops),
        references=tuple(said.references),
        extra=(*said.extra, *rest(loop.segments[0], 4)),
    )


def _line(loop: OpenLoop) -> StatusLine:
    head = loop.segments[0]
    said = _Said(loop)
    return StatusLine(
        procedure=value(loop, head, 1, procedure),
        charge=amount(loop, head, 2),
        paid=optional_amount(loop, head, 3),
        revenue_code=element(head, 4),
        paid_units=optional_amount(loop, head, 5),
        original_procedure=optional(loop, head, 6, procedure),
        units=optional_amount(loop, head, 7),
        control_number=said.pick("FJ"),
        reports=tuple(said.reports),
        service_from=said.served[0],
        service_to=said.served[1],
        references=tuple(said.references),
        extra=(*said.extra, *rest(head, 7)),
    )
