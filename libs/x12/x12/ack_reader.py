"""999 and 277CA to typed acknowledgements."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import cast

from x12 import values
from x12.fields import (
    amount,
    bad,
    dated,
    enclosing,
    frozen,
    in_days,
    longer,
    needed,
    needed_loop,
    optional,
    optional_amount,
    party,
    procedure,
    reference,
    value,
)  # fmt: skip
from x12.guides.claim_ack import GUIDE as CLAIM_ACK
from x12.guides.functional_ack import GUIDE as FUNCTIONAL_ACK
from x12.model.acknowledgement import (
    AckSource,
    ClaimAck,
    ClaimAckPart,
    Context,
    ElementError,
    FunctionalAck,
    Level,
    LevelAck,
    LineAck,
    SegmentError,
    SetAck,
    Status,
    StatusReport,
)  # fmt: skip
from x12.model.envelope import Received
from x12.model.party import Party, Reference
from x12.model.segments import COMPONENT, Segment, element
from x12.reader import OpenLoop
from x12.sets import OpenSet, Report, attempt, read_sets, reported
from x12.tokens import DEFAULT_LIMITS, Elements, Limits, Source

_LEVELS: dict[str, tuple[Level, str, str]] = {
    "2000B": ("receiver", "2100B", "2200B"),
    "2000C": ("provider", "2100C", "2200C"),
}


def read_functional_acks(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Received[FunctionalAck]]:
    """Stream the 999s of a file, each with the verdicts on all its sets. Errors as `read_claims`."""
    return reported(_functional_acks(source, report, limits), report)


def _functional_acks(source: Source, report: Report | None, limits: Limits) -> Iterator[Received[FunctionalAck]]:
    for opened in read_sets(source, FUNCTIONAL_ACK, report, limits):
        verdicts: list[SetAck] = []
        for loop in opened.loops:
            if loop.id == "2000":
                verdict = attempt(_set_ack, loop, report)
                if verdict is not None:
                    verdicts.append(verdict)
            elif loop.around is None:
                loop.value = tuple(verdicts)
                ack = attempt(_functional_ack, loop, report)
                if ack is not None:
                    yield Received(opened.envelope, opened.position, ack)


def _functional_ack(root: OpenLoop) -> FunctionalAck:
    about = needed(root, "AK1")
    total = needed(root, "AK9")
    return FunctionalAck(
        functional_id=element(about, 1),
        group_control_number=element(about, 2),
        version=element(about, 3),
        code=element(total, 1),
        included=value(root, total, 2, values.integer),
        received=value(root, total, 3, values.integer),
        accepted=value(root, total, 4, values.integer),
        errors=tuple(code for code in total[5:] if code),
        sets=cast(tuple[SetAck, ...], root.value),
        extra=_others(root, about, total),
    )


def _others(loop: OpenLoop, *read: Elements | None) -> tuple[Segment, ...]:
    return tuple(frozen(item) for item in loop.segments if not any(item is one for one in read))


def _set_ack(loop: OpenLoop) -> SetAck:
    head = loop.segments[0]
    verdict = needed(loop, "IK5")
    return SetAck(
        kind=element(head, 1),
        control_number=element(head, 2),
        version=element(head, 3),
        code=element(verdict, 1),
        errors=tuple(code for code in verdict[2:] if code),
        segments=tuple(_segment_error(inner) for inner in loop.loops),
        extra=_others(loop, head, verdict),
    )


def _segment_error(loop: OpenLoop) -> SegmentError:
    head = loop.segments[0]
    contexts, extra = _contexts(loop)
    return SegmentError(
        element(head, 1),
        value(loop, head, 2, values.integer),
        element(head, 3),
        element(head, 4),
        tuple(_element_error(inner) for inner in loop.loops),
        contexts,
        extra,
    )


def _element_error(loop: OpenLoop) -> ElementError:
    head = loop.segments[0]
    contexts, extra = _contexts(loop)
    place, component, repetition = _places(loop, head, 1)
    if place is None:
        raise bad(loop, head, 1, "names no element")
    return ElementError(
        element=place,
        component=component,
        repetition=repetition,
        reference=element(head, 2),
        code=element(head, 3),
        # IK404 repeats what was sent, components and all.
        value=element(head, 4).replace(COMPONENT, " "),
        contexts=contexts,
        extra=extra,
    )


def _contexts(loop: OpenLoop) -> tuple[tuple[Context, ...], tuple[Segment, ...]]:
    contexts: list[Context] = []
    extra: list[Segment] = []
    for segment in loop.segments[1:]:
        parts = element(segment, 1).split(COMPONENT)
        # CTX01 may repeat or name more than one thing; such a segment is kept as it came.
        if segment[0] != "CTX" or len(parts) > 2 or COMPONENT in element(segment, 6) or longer(segment, 6):
            extra.append(frozen(segment))
            continue
        place, component, repetition = _places(loop, segment, 5)
        if repetition is not None:
            extra.append(frozen(segment))
            continue
        contexts.append(
            Context(
                name=parts[0],
                value=parts[1] if len(parts) > 1 else "",
                segment=element(segment, 2),
                position=optional(loop, segment, 3, values.integer),
                loop=element(segment, 4),
                element=place,
                component=component,
                reference=element(segment, 6),
            )
        )
    return tuple(contexts), tuple(extra)


def _places(loop: OpenLoop, segment: Elements, number: int) -> tuple[int | None, int | None, int | None]:
    """Element, component and repetition numbers of one composite; absent ones are None."""
    parts = [*element(segment, number).split(COMPONENT), "", ""][:3]
    try:
        place, component, repetition = (values.integer(part) if part else None for part in parts)
    except ValueError as error:
        raise bad(loop, segment, number, str(error)) from None
    return place, component, repetition


def read_claim_acks(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Received[ClaimAckPart]]:
    """Stream the 277CAs of a file: what was said of the batch, of each provider, then of each of its claims.

    A `LevelAck` comes before the claims below it, and alone when nothing stands below it (a batch rejected
    as a whole). Errors as `read_claims`.
    """
    return reported(_claim_acks(source, report, limits), report)


def _claim_acks(source: Source, report: Report | None, limits: Limits) -> Iterator[Received[ClaimAckPart]]:
    for opened in read_sets(source, CLAIM_ACK, report, limits):
        told: dict[str, OpenLoop] = {}
        for loop in opened.loops:
            yield from _untold_levels(opened, loop, told, report)
            if loop.id == "2000D":
                for inner in loop.loops:
                    ack = attempt(_claim_ack, inner, report) if inner.id == "2200D" else None
                    if ack is not None:
                        yield Received(opened.envelope, inner.position(), ack)


def _untold_levels(
    opened: OpenSet, loop: OpenLoop, told: dict[str, OpenLoop], report: Report | None
) -> Iterator[Received[ClaimAckPart]]:
    """The levels around a loop that closes (or the loop itself) which were not handed out yet, outermost
    first.
    """
    for name in _LEVELS:
        level = loop.enclosing(name)
        if level is None or told.get(name) is level:
            continue
        told[name] = level
        ack = attempt(_level, level, report)
        if ack is not None:
            yield Received(opened.envelope, level.position(), ack)


def _source(loop: OpenLoop) -> AckSource:
    if isinstance(loop.value, AckSource):
        return loop.value
    root = enclosing(loop, "ST", "BHT")
    head = needed(root, "BHT")
    try:
        created = values.moment(element(head, 4), element(head, 5))
    except ValueError as error:
        raise bad(root, head, 4, str(error)) from None
    named = needed_loop(loop, "2100A", "NM1")
    trace = loop.inner("2200A")
    days: dict[str, date] = {}
    extra: list[Segment] = []
    for segment in trace.segments[1:] if trace else ():
        if segment[0] == "DTP" and element(segment, 1) in ("050", "009") and element(segment, 2) == "D8":
            days[segment[1]] = value(trace or loop, segment, 3, values.day)
        else:
            extra.append(frozen(segment))
    loop.value = AckSource(
        reference=element(head, 3),
        created=created,
        party=party(named),
        entity=element(named.segments[0], 1),
        trace=element(trace.segments[0], 2) if trace else "",
        received=days.get("050"),
        processed=days.get("009"),
        extra=tuple(extra),
    )
    return loop.value


class _Said:
    """What the segments of a status loop say."""

    def __init__(self, loop: OpenLoop | None) -> None:
        self.loop = loop
        self.reports: list[StatusReport] = []
        self.references: list[Reference] = []
        self.totals: dict[str, Decimal] = {}
        self.extra: list[Segment] = []
        self.served: tuple[date | None, date | None] = (None, None)
        for segment in loop.segments[1:] if loop else ():
            self._take(loop, segment)

    def _take(self, loop: OpenLoop | None, segment: Elements) -> None:
        if loop is None:
            return
        code = element(segment, 1)
        match segment[0]:
            case "STC":
                self.reports.append(_report(loop, segment))
            case "REF" if (read := reference(segment)) is not None:
                self.references.append(read)
            case "QTY" | "AMT" if code in ("90", "AA", "QA", "QC", "YU", "YY") and not longer(segment, 2):
                self.totals[code] = amount(loop, segment, 2)
            case "DTP" if code == "472" and in_days(segment) and self.served[0] is None:
                on = dated(loop, segment)
                self.served = (on.start, on.end)
            case _:
                self.extra.append(frozen(segment))

    def total(self, *codes: str) -> Decimal | None:
        return next((self.totals[code] for code in codes if code in self.totals), None)

    def pick(self, qualifier: str) -> str:
        for item in self.references:
            if item.qualifier == qualifier and not item.description:
                self.references.remove(item)
                return item.value
        return ""


def _report(loop: OpenLoop, segment: Elements) -> StatusReport:
    statuses: list[Status] = []
    for number in (1, 10, 11):
        if text := element(segment, number):
            parts = [*text.split(COMPONENT), "", "", ""]
            statuses.append(Status(*parts[:4]))
    return StatusReport(
        tuple(statuses),
        optional(loop, segment, 2, values.day),
        element(segment, 3),
        optional_amount(loop, segment, 4),
        element(segment, 12),
    )


def _level(loop: OpenLoop) -> LevelAck:
    if isinstance(loop.value, LevelAck):
        return loop.value
    level, naming, saying = _LEVELS[loop.id]
    said = _Said(loop.inner(saying))
    status = loop.inner(saying)
    loop.value = LevelAck(
        level=level,
        source=_source(enclosing(loop, "2000A", "HL")),
        party=party(needed_loop(loop, naming, "NM1")),
        receiver=_level(enclosing(loop, "2000B", "HL")) if level == "provider" else None,
        trace=element(status.segments[0], 2) if status else "",
        reports=tuple(said.reports),
        accepted_count=said.total("90", "QA"),
        rejected_count=said.total("AA", "QC"),
        accepted_amount=said.total("YU"),
        rejected_amount=said.total("YY"),
        references=tuple(said.references),
        extra=(*map(frozen, loop.segments[1:]), *said.extra),
    )
    return loop.value


def _claim_ack(loop: OpenLoop) -> ClaimAck:
    patient = enclosing(loop, "2000D", "HL")
    said = _Said(loop)
    named = patient.inner("2100D")
    provider = _level(enclosing(patient, "2000C", "HL"))
    return ClaimAck(
        control_number=element(loop.segments[0], 2),
        reports=tuple(said.reports),
        source=provider.source,
        receiver=provider.receiver or _level(enclosing(patient, "2000B", "HL")),
        provider=provider,
        patient=party(named) if named else Party(),
        payer_control_number=said.pick("1K"),
        clearinghouse_trace=said.pick("D9"),
        service_from=said.served[0],
        service_to=said.served[1],
        lines=tuple(_line_ack(inner) for inner in loop.loops),
        references=tuple(said.references),
        extra=tuple(said.extra),
    )


def _line_ack(loop: OpenLoop) -> LineAck:
    head = loop.segments[0]
    said = _Said(loop)
    return LineAck(
        procedure=value(loop, head, 1, procedure),
        charge=amount(loop, head, 2),
        revenue_code=element(head, 4),
        units=optional_amount(loop, head, 7),
        control_number=said.pick("FJ"),
        reports=tuple(said.reports),
        service_from=said.served[0],
        service_to=said.served[1],
        references=tuple(said.references),
        extra=tuple(said.extra),
    )
